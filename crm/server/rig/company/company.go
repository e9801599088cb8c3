// Package company is the whole shared server of a company, as tests of what talks to it need it: on a database of its own, over HTTP on
// loopback, and with a line to it that can break. It is for tests only.
package company

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/front"
	"leadline/crm/server/recordings"
	"leadline/crm/wire"
)

// Password is that of every user.
const Password = "correct horse battery"

// Company is the server of one workspace.
type Company struct {
	T testing.TB // the test that it is for
	front.Company
	Access    *access.Access
	Snapshots *server.Snapshots // that new devices may start from
	Folder    string            // of the recordings
	Workspace crm.ID
	URL       string

	NoHints atomic.Bool // no WebSocket gets through, as behind some proxies
	Away    atomic.Bool // nothing gets through

	vault   *access.Vault
	front   *front.Front
	handler atomic.Pointer[http.Handler]
	web     *httptest.Server
	hints   sync.Map // the connections of WebSockets
}

// New starts a server. through, if it is not nil, stands before it on the line.
func New(t testing.TB, through func(server http.Handler) http.Handler) *Company {
	t.Helper()
	dir := t.TempDir()
	db := must(database.Open(t.Context(), "sqlite:"+filepath.Join(dir, "server.db")))(t)
	t.Cleanup(func() { _ = db.Close() })
	c := &Company{T: t, Folder: t.TempDir(), vault: must(access.OpenVault(filepath.Join(dir, "key")))(t)}
	c.Engine = server.NewEngine(server.Engine{DB: db, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	c.Access = access.New(db, c.vault, time.Now)
	c.Access.SetCost(access.Cost{Memory: 64, Passes: 1})
	c.Snapshots = must(server.OpenSnapshots(c.Engine, t.TempDir()))(t)
	c.Restart(nil)
	c.Workspace = must(c.FirstWorkspace(t.Context(), "DE"))(t)
	var line http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*c.handler.Load()).ServeHTTP(w, r) })
	if through != nil {
		line = through(line)
	}
	c.web = httptest.NewUnstartedServer(c.breaking(line))
	c.web.Config.ConnState = func(conn net.Conn, s http.ConnState) {
		if s == http.StateHijacked {
			c.hints.Store(conn, nil)
		}
	}
	c.web.Start()
	c.URL = c.web.URL
	t.Cleanup(func() { c.front.Close(); c.web.CloseClientConnections(); c.web.Close() })
	return c
}

// Restart starts the server anew; free is how many bytes the disk of its recordings has left, nil for the real disk.
func (c *Company) Restart(free func(folder string) (uint64, error)) {
	if c.front != nil {
		c.front.Close()
	}
	log := slog.New(slog.DiscardHandler)
	c.front = front.New(front.Options{Access: c.Access, Engine: c.Engine, Log: log, Snapshots: c.Snapshots, Region: "DE",
		Recordings: recordings.New(recordings.Options{Engine: c.Engine, Vault: c.vault, Folder: c.Folder, Free: free})})
	h := c.front.Handler()
	c.handler.Store(&h)
}

// breaking is the line with what NoHints and Away do to it.
func (c *Company) breaking(line http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case c.Away.Load():
			panic(http.ErrAbortHandler)
		case c.NoHints.Load() && r.URL.Path == wire.PathWatch:
			http.Error(w, "a proxy in between knows no WebSocket", http.StatusForbidden)
		default:
			line.ServeHTTP(w, r)
		}
	})
}

// BreakConnections breaks all connections but those of WebSockets.
func (c *Company) BreakConnections() { c.web.CloseClientConnections() }

// BreakHints breaks the connections of WebSockets.
func (c *Company) BreakHints() {
	c.hints.Range(func(conn, _ any) bool { return conn.(net.Conn).Close() == nil })
}

// Hints is how many WebSockets there have been.
func (c *Company) Hints() (n int) {
	c.hints.Range(func(any, any) bool { n++; return true })
	return n
}

// User adds one who signs in with Password. The id is made here.
func (c *Company) User(u crm.User) crm.User {
	c.T.Helper()
	u.ID = c.ID()
	if err := errors.Join(c.SaveUser(c.T.Context(), c.Workspace, u), c.Access.AddCredential(c.T.Context(), c.Workspace, u.ID, u.Email, Password)); err != nil {
		c.T.Fatal(err)
	}
	return u
}

// ID is a new one.
func (c *Company) ID() crm.ID {
	c.T.Helper()
	return must(c.Access.NewID())(c.T)
}

func must[V any](v V, err error) func(testing.TB) V {
	return func(t testing.TB) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
