package front

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// routeTime is the default of Options.RouteTime.
const routeTime = 50 * time.Millisecond

// mostAsked is how many bytes caller and line may have each.
const mostAsked = 256

// forPBX lets in those who may ask for routes. A customer hears nothing until the answer, so RouteTime includes the authentication.
func (f *Front) forPBX(next handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), f.RouteTime)
		defer cancel()
		within := r.WithContext(ctx)
		p, err := f.authenticate(within)
		if err == nil {
			err = hasScope(p, access.ScopeRoute)
		}
		if err == nil {
			err = next(w, within, p)
		}
		switch {
		case err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
			f.Log.Warn("who asks for a route was not found in time")
			f.toPBX(w, "", "")
		case err != nil:
			f.refuse(w, r, problem(err))
		}
	}
}

// route answers a PBX with an extension, or with nothing: then the call takes the line's normal way. In doubt,
// and after RouteTime, it is nothing.
func (f *Front) route(w http.ResponseWriter, r *http.Request, p access.Person) error {
	q := r.URL.Query()
	caller, line := plus(q.Get("caller")), plus(q.Get("line"))
	if len(caller) > mostAsked || len(line) > mostAsked {
		return wire.Problem{Code: wire.Malformed, Message: "caller or line is too long"}
	}
	extension := f.inTime(r.Context(), "a route", func(ctx context.Context) (string, error) {
		f.learn(ctx, p.Workspace)
		route, err := f.Engine.Route(ctx, p.Workspace, caller, line, func(user crm.ID) bool { return f.board.free(p.Workspace, user) })
		if !dialable(route.Extension) {
			return "", err
		}
		return route.Extension, err
	})
	f.toPBX(w, extension, "extension")
	return nil
}

// queue answers a PBX with the extensions of a line's queue group (D4): those that are rung at once with & between
// them, those that are rung one after the other with a comma. In doubt, and after RouteTime, it is nothing.
func (f *Front) queue(w http.ResponseWriter, r *http.Request, p access.Person) error {
	line := plus(r.URL.Query().Get("line"))
	if len(line) > mostAsked {
		return wire.Problem{Code: wire.Malformed, Message: "line is too long"}
	}
	extensions := f.inTime(r.Context(), "a queue group", func(ctx context.Context) (string, error) {
		order, err := f.Engine.Queue(ctx, p.Workspace, line)
		var turns []string
		for _, together := range order {
			var turn []string
			for _, u := range together {
				if dialable(u.Extension) {
					turn = append(turn, u.Extension)
				}
			}
			if len(turn) > 0 {
				turns = append(turns, strings.Join(turn, "&"))
			}
		}
		return strings.Join(turns, ","), err
	})
	f.toPBX(w, extensions, "queue")
	return nil
}

// toPBX answers in plain text, and counts it.
func (f *Front) toPBX(w http.ResponseWriter, text, kind string) {
	if text == "" {
		kind = "normal"
	}
	f.metrics.routes.WithLabelValues(kind).Inc()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, text)
}

// plus puts back what a PBX did not escape: in a query a + is a space.
func plus(number string) string {
	if rest, ok := strings.CutPrefix(number, " "); ok {
		return "+" + rest
	}
	return number
}

// inTime is what find gives within RouteTime; "" when it takes longer, and for an error, which is logged.
func (f *Front) inTime(ctx context.Context, what string, find func(context.Context) (string, error)) string {
	ctx, cancel := context.WithTimeout(ctx, f.RouteTime)
	defer cancel()
	answer := make(chan string, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				f.Log.Error("a question of a PBX made the server panic", "panic", p)
				f.metrics.panics.Inc()
				answer <- ""
			}
		}()
		found, err := find(ctx)
		if err != nil {
			if ctx.Err() == nil {
				f.Log.Error(what+" cannot be found", "error", err)
			}
			found = ""
		}
		answer <- found
	}()
	select {
	case found := <-answer:
		return found
	case <-ctx.Done():
		f.Log.Warn(what + " was not found in time")
		return ""
	}
}

// dialable says whether something is an extension: nothing else may get into a dialplan.
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
