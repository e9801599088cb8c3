package front

import (
	"context"
	"io"
	"net/http"
	"time"

	"leadline/crm/wire"
)

// health says that the process lives.
func (f *Front) health(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") }

// ready says that it can work: the database answers and takes changes, and it is not about to stop.
func (f *Front) ready(w http.ResponseWriter, r *http.Request) {
	select {
	case <-f.closing:
		f.refuse(w, r, wire.Problem{Code: wire.Unavailable, Message: "the server is about to stop"})
		return
	default:
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := f.Engine.DB.Ready(ctx); err != nil {
		if f.unready.Due() {
			f.Log.Error("the database cannot be worked with", "error", err)
		}
		f.refuse(w, r, wire.Problem{Code: wire.Unavailable, Message: "the database cannot be worked with"})
		return
	}
	f.unready.Over()
	_, _ = io.WriteString(w, "ready\n")
}
