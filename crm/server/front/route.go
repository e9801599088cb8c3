package front

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// routeTime is how long a PBX waits for us while a customer hears nothing (D3).
const routeTime = 50 * time.Millisecond

// mostAsked bounds the numbers in a question.
const mostAsked = 256

// route answers a PBX with an extension, or with nothing: then the call takes the line's normal way. In doubt,
// and after routeTime, it is nothing.
func (f *Front) route(w http.ResponseWriter, r *http.Request, p access.Person) error {
	q := r.URL.Query()
	caller, line := plus(q.Get("caller")), plus(q.Get("line"))
	if len(caller) > mostAsked || len(line) > mostAsked {
		return wire.Problem{Code: wire.Malformed, Message: "caller or line is too long"}
	}
	extension := f.askRoute(r.Context(), p.Workspace, caller, line)
	answer := "normal"
	if extension != "" {
		answer = "extension"
	}
	f.metrics.routes.WithLabelValues(answer).Inc()
	head := w.Header()
	head.Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, extension)
	return nil
}

// plus puts back what a PBX did not escape: in a query a + is a space.
func plus(number string) string {
	if rest, ok := strings.CutPrefix(number, " "); ok {
		return "+" + rest
	}
	return number
}

func (f *Front) askRoute(ctx context.Context, workspace crm.ID, caller, line string) string {
	ctx, cancel := context.WithTimeout(ctx, routeTime)
	defer cancel()
	answer := make(chan string, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				f.Log.Error("a question for a route made the server panic", "panic", p)
				f.metrics.panics.Inc()
				answer <- ""
			}
		}()
		f.learn(ctx, workspace)
		route, err := f.Engine.Route(ctx, workspace, caller, line, func(user crm.ID) bool { return f.board.free(workspace, user) })
		if err != nil {
			if ctx.Err() == nil {
				f.Log.Error("a route cannot be found", "error", err)
			}
			route.Extension = ""
		}
		answer <- route.Extension
	}()
	select {
	case extension := <-answer:
		if !dialable(extension) {
			return ""
		}
		return extension
	case <-ctx.Done():
		f.Log.Warn("a route was not found in time")
		return ""
	}
}

// dialable keeps out of a dialplan what is no extension.
func dialable(extension string) bool {
	if len(extension) > 32 {
		return false
	}
	for _, c := range extension {
		if (c < '0' || c > '9') && c != '*' && c != '#' && c != '+' {
			return false
		}
	}
	return true
}
