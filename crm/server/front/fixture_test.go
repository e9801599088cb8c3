package front

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

const password = "correct horse battery"

// office is a server under test with its company.
type office struct {
	t         testing.TB
	front     *Front
	access    *access.Access
	workspace crm.ID
	database  string
	url       string
	clock     *clock
	log       *logged
}

type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// logged keeps what the server logs.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// databaseURL is the database of the next test.
var databaseURL = func(_ testing.TB, dir string) string { return "sqlite:" + filepath.Join(dir, "server.db") }

func open(t testing.TB) *office {
	t.Helper()
	return openOn(t, databaseURL(t, t.TempDir()))
}

func openOn(t testing.TB, url string) *office {
	t.Helper()
	dir := t.TempDir()
	db, err := database.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	vault, err := access.OpenVault(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, database: url, clock: &clock{}, log: &logged{}}
	log := slog.New(slog.NewJSONHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.access = access.New(db, vault, o.clock.now)
	o.access.SetCost(access.Cost{Memory: 64, Passes: 1}) // many sign in here
	engine := server.NewEngine(server.Engine{DB: db, Now: o.clock.now, Random: rand.Reader, Log: log})
	o.front = New(Options{Access: o.access, Engine: engine, Log: log, Region: "DE", RouteTime: patience})
	if o.workspace, err = o.front.company.FirstWorkspace(t.Context(), "DE"); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(o.front.Handler())
	t.Cleanup(s.Close)
	o.url = s.URL
	return o
}

// add makes a user who can sign in.
func (o *office) add(email string, u crm.User) crm.User {
	o.t.Helper()
	id, err := o.access.NewID()
	if err != nil {
		o.t.Fatal(err)
	}
	u.ID, u.Email = id, email
	if err := o.front.company.SaveUser(context.Background(), o.workspace, u); err != nil {
		o.t.Fatal(err)
	}
	if err := o.access.AddCredential(context.Background(), o.workspace, id, email, password); err != nil {
		o.t.Fatal(err)
	}
	return u
}

// program is one that talks to the server.
type program struct {
	o       *office
	device  crm.ID
	session wire.Session
	form    string // of messages
}

// signIn has a program sign in on a new device.
func (o *office) signIn(email string) *program {
	o.t.Helper()
	id, err := o.access.NewID()
	if err != nil {
		o.t.Fatal(err)
	}
	p := &program{o: o, device: id, form: wire.TypeCBOR}
	p.must(http.StatusOK, "POST", wire.PathSession, wire.SignIn{Email: email, Password: password, Device: wire.DeviceInfo{ID: id, Name: "laptop"}}, &p.session)
	return p
}

// ask sends a message and reads the answer; refused is what the server says instead.
func (p *program) ask(method, path string, in, out any) (status int, refused wire.Problem) {
	p.o.t.Helper()
	var body io.Reader
	if in != nil {
		data, err := wire.Encode(p.form, in)
		if err != nil {
			p.o.t.Fatal(err)
		}
		body = bytes.NewReader(data)
	}
	r, err := http.NewRequest(method, p.o.url+path, body)
	if err != nil {
		p.o.t.Fatal(err)
	}
	r.Header.Set("Content-Type", p.form)
	r.Header.Set("Accept", p.form)
	if p.session.Access != "" {
		r.Header.Set("Authorization", "Bearer "+p.session.Access)
	}
	status, kind, data := do(p.o.t, r)
	into := out
	if status >= 400 {
		into = &refused
	}
	if into != nil && len(data) > 0 {
		if err := wire.Decode(kind, data, into); err != nil {
			p.o.t.Fatalf("%s %s answers %d %q: %v", method, path, status, data, err)
		}
	}
	return status, refused
}

func (p *program) must(want int, method, path string, in, out any) {
	p.o.t.Helper()
	if status, refused := p.ask(method, path, in, out); status != want {
		p.o.t.Fatalf("%s %s: %d %v, want %d", method, path, status, refused, want)
	}
}

func (p *program) refused(want wire.Code, method, path string, in any) {
	p.o.t.Helper()
	if status, refused := p.ask(method, path, in, nil); refused.Code != want || status != refused.Status() {
		p.o.t.Errorf("%s %s: %d %v, want %s", method, path, status, refused, want)
	}
}

func do(t testing.TB, r *http.Request) (status int, kind string, body []byte) {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Content-Type"), body
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	r, err := http.NewRequest("GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	status, _, body := do(t, r)
	return status, string(body)
}

func (p *program) hello() (w wire.Welcome, client crm.ID) {
	p.o.t.Helper()
	client, err := p.o.access.NewID()
	if err != nil {
		p.o.t.Fatal(err)
	}
	p.must(http.StatusOK, "POST", wire.PathHello, wire.Hello{Client: client, Schemas: []int{wire.Schema}, Sent: time.Now()}, &w)
	return w, client
}

func (p *program) push(w wire.Welcome, client crm.ID, seq uint64, changes ...crm.Change) wire.Pushed {
	p.o.t.Helper()
	in := wire.Push{Client: client, Epoch: w.Epoch}
	for i, c := range changes {
		args, err := json.Marshal(c)
		if err != nil {
			p.o.t.Fatal(err)
		}
		id, err := p.o.access.NewID()
		if err != nil {
			p.o.t.Fatal(err)
		}
		in.Commands = append(in.Commands, wire.Command{Seq: seq + uint64(i), ID: id, Name: c.CommandName(), Args: args, At: crm.HLC(0).Next(time.Now())})
	}
	var out wire.Pushed
	p.must(http.StatusOK, "POST", wire.PathPush, in, &out)
	return out
}

func contact(t testing.TB, a *access.Access, last, number string) crm.Contact {
	t.Helper()
	id, err := a.NewID()
	if err != nil {
		t.Fatal(err)
	}
	return crm.Contact{ID: id, LastName: last, Numbers: []crm.Number{crm.Parse(number, "DE").Number(crm.LabelWork)}}
}
