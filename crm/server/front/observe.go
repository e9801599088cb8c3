package front

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"leadline/crm/wire"
)

// observe counts and logs requests by their route, not by their URL, which may have a caller's number in it. A panic ends that request
// only.
func (f *Front) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		seen := &observed{ResponseWriter: w}
		f.metrics.inFlight.Inc()
		defer f.metrics.inFlight.Dec()
		defer func() {
			if p := recover(); p != nil {
				f.Log.Error("a request made the server panic", "route", r.Pattern, "panic", p, "stack", string(debug.Stack()))
				f.metrics.panics.Inc()
				if seen.status == 0 {
					f.refuse(seen, r, wire.Problem{Code: wire.Internal, Message: "the server made a mistake"})
				}
			}
			f.note(r, seen, time.Since(began))
		}()
		f.limitTime(seen, r)
		head := seen.Header()
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Cache-Control", "no-store")
		next.ServeHTTP(seen, r)
	})
}

// limitTime closes the connection of a client that does not send the body of its request, read or not, or does not take the answer in
// time. Routes that may take longer set their own deadline.
func (f *Front) limitTime(w http.ResponseWriter, r *http.Request) {
	controls := http.NewResponseController(w)
	if r.ContentLength != 0 {
		_ = controls.SetReadDeadline(time.Now().Add(f.bodyTime))
	}
	_ = controls.SetWriteDeadline(time.Now().Add(f.wholeTime))
}

func (f *Front) note(r *http.Request, seen *observed, took time.Duration) {
	status := seen.status
	if status == 0 {
		status = http.StatusOK
	}
	route := r.Pattern
	if route == "" || route == "/" {
		route = "none"
	}
	f.metrics.request(route, status, took)
	level := slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelError
	case quiet[route]:
		level = slog.LevelDebug
	}
	f.Log.Log(r.Context(), level, "request", "route", route, "status", status, "ms", took.Milliseconds(), "sent", seen.sent)
}

// quiet are routes that machines ask every few seconds: they are not logged.
var quiet = map[string]bool{"GET /healthz": true, "GET /readyz": true, "GET /metrics": true, "POST " + wire.PathPull: true}

// observed is a ResponseWriter that remembers status and size of the answer.
type observed struct {
	http.ResponseWriter
	status int
	sent   int64
}

func (o *observed) WriteHeader(status int) {
	if o.status == 0 {
		o.status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

func (o *observed) Write(b []byte) (int, error) {
	if o.status == 0 {
		o.status = http.StatusOK
	}
	n, err := o.ResponseWriter.Write(b)
	o.sent += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }
