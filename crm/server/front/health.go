package front

import (
	"context"
	"io"
	"net/http"
	"time"

	"leadline/crm/server/database"
	"leadline/crm/wire"
)

// health says that the process lives.
func (f *Front) health(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") }

// ready says that it can work: the database answers, and it is not about to stop.
func (f *Front) ready(w http.ResponseWriter, r *http.Request) {
	select {
	case <-f.closing:
		f.refuse(w, r, wire.Problem{Code: wire.Unavailable, Message: "the server is about to stop"})
		return
	default:
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := f.Engine.DB.Read(ctx, "", func(t *database.Tx) error {
		_, err := t.Workspaces(ctx)
		return err
	}); err != nil {
		f.Log.Error("the database does not answer", "error", err)
		f.refuse(w, r, wire.Problem{Code: wire.Unavailable, Message: "the database does not answer"})
		return
	}
	_, _ = io.WriteString(w, "ready\n")
}
