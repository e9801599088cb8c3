package webhook

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/server/rig"
	"leadline/crm/wire"
)

// listener is other software that is told.
type listener struct {
	mu     sync.Mutex
	status int
	bodies [][]byte
	signed []string
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || l.status >= 300 {
		w.WriteHeader(l.status)
		return
	}
	l.bodies, l.signed = append(l.bodies, body), append(l.signed, r.Header.Get(SignatureHeader))
}

func (l *listener) answer(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status = status
}

// events are those that came, in their order.
func (l *listener) events(t *testing.T) (all []Event) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.bodies {
		var post struct{ Events []Event }
		if err := json.Unmarshal(b, &post); err != nil {
			t.Fatal(err)
		}
		all = append(all, post.Events...)
	}
	return all
}

type office struct {
	t         *testing.T
	hooks     *Hooks
	engine    *server.Engine
	workspace crm.ID
	now       time.Time
	listener  *listener
	url       string
}

func TestMain(m *testing.M) { os.Exit(rig.Run(m)) }

// databaseURL is the database of the next test.
var databaseURL = func(_ *testing.T, dir string) string { return "sqlite:" + filepath.Join(dir, "server.db") }

func TestOnPostgreSQL(t *testing.T) {
	embedded := databaseURL
	defer func() { databaseURL = embedded }()
	databaseURL = func(t *testing.T, _ string) string { return rig.PostgresURL(t) }
	t.Run("in order", TestChangesAreToldSignedAndInOrder)
	t.Run("again", TestWhatIsNotTakenIsToldAgain)
	t.Run("one tells", TestOfSeveralServersOneTells)
	t.Run("clock", TestAWebhookGoesOnOnceTheClockIsSetRight)
}

func open(t *testing.T) *office {
	t.Helper()
	dir := t.TempDir()
	db, err := database.Open(t.Context(), databaseURL(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	vault, err := access.OpenVault(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, now: time.Now(), listener: &listener{}}
	now := func() time.Time { return o.now }
	o.engine = server.NewEngine(server.Engine{DB: db, Now: now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	o.hooks = New(o.engine, access.New(db, vault, now), vault)
	if o.workspace, err = o.engine.CreateWorkspace(t.Context(), "Meier KG", "DE"); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(o.listener)
	t.Cleanup(s.Close)
	o.url = s.URL
	return o
}

func (o *office) id() crm.ID {
	o.t.Helper()
	id, err := crm.NewID(o.now, rand.Reader)
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

func (o *office) do(change crm.Change) {
	o.t.Helper()
	o.now = o.now.Add(time.Millisecond)
	r, err := o.engine.Do(o.t.Context(), o.workspace, ledger.Sender{System: true}, crm.Command{ID: o.id(), At: crm.HLC(0).Next(o.now), Change: change})
	if err != nil || r.Status != wire.Applied {
		o.t.Fatalf("%s: %+v %v", change.CommandName(), r, err)
	}
}

func (o *office) user(name string) crm.ID {
	o.t.Helper()
	u := crm.User{ID: o.id(), Name: name}
	o.do(crm.SaveUser{User: u})
	return u.ID
}

func (o *office) tell() {
	o.t.Helper()
	if err := o.hooks.Tell(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

func TestChangesAreToldSignedAndInOrder(t *testing.T) {
	o := open(t)
	o.do(crm.CreateContact{Contact: crm.Contact{ID: o.id(), LastName: "Before"}})
	_, secret, err := o.hooks.Add(t.Context(), o.workspace, o.user("Anna"), o.url, []string{"contact"})
	if err != nil {
		t.Fatal(err)
	}
	c := crm.Contact{ID: o.id(), LastName: "Meier"}
	o.do(crm.CreateContact{Contact: c})
	o.do(crm.CreateLead{Lead: crm.Lead{ID: o.id(), Title: "of another kind"}})
	for i := range 250 {
		o.do(crm.CreateContact{Contact: crm.Contact{ID: o.id(), LastName: fmt.Sprint(i)}})
	}
	o.do(crm.RemoveRecord{Ref: crm.Ref{Kind: crm.KindContact, ID: c.ID}})
	o.tell()
	o.tell()
	events := o.listener.events(t)
	if len(events) != 251 || len(o.listener.bodies) < 3 {
		t.Fatalf("%d changes in %d posts", len(events), len(o.listener.bodies))
	}
	for i := 1; i < len(events); i++ {
		if events[i].Rev <= events[i-1].Rev {
			t.Fatalf("%d after %d", events[i].Rev, events[i-1].Rev)
		}
	}
	if last := events[250]; last.ID != c.ID || !last.Deleted || len(last.Data) > 0 {
		t.Errorf("%+v", last)
	}
	for i, signed := range o.listener.signed {
		at, _, _ := strings.Cut(strings.TrimPrefix(signed, "t="), ",")
		unix, err := strconv.ParseInt(at, 10, 64)
		if err != nil || signed != Sign([]byte(secret), time.Unix(unix, 0), o.listener.bodies[i]) {
			t.Errorf("%s: %v", signed, err)
		}
		if signed == Sign([]byte("another secret"), time.Unix(unix, 0), o.listener.bodies[i]) {
			t.Error("any secret will do")
		}
	}
}

func TestWhatIsNotTakenIsToldAgain(t *testing.T) {
	o := open(t)
	if _, _, err := o.hooks.Add(t.Context(), o.workspace, o.user("Anna"), o.url, nil); err != nil {
		t.Fatal(err)
	}
	o.listener.answer(http.StatusInternalServerError)
	o.do(crm.CreateContact{Contact: crm.Contact{ID: o.id(), LastName: "First"}})
	o.tell()
	o.do(crm.CreateContact{Contact: crm.Contact{ID: o.id(), LastName: "Second"}})
	o.now = o.now.Add(time.Second)
	o.tell()
	if hooks, err := o.hooks.List(t.Context(), o.workspace); err != nil || hooks[0].Failures != 2 {
		t.Errorf("%+v %v", hooks, err)
	}
	o.listener.answer(http.StatusOK)
	o.tell()
	if got := o.listener.events(t); len(got) != 0 {
		t.Errorf("before its time: %+v", got)
	}
	o.now = o.now.Add(2 * time.Second)
	o.tell()
	if got := o.listener.events(t); len(got) != 2 || !strings.Contains(string(got[0].Data), "First") || !strings.Contains(string(got[1].Data), "Second") {
		t.Errorf("%+v", got)
	}
	for failures, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 60: longest} {
		if got := pause(failures); got != want {
			t.Errorf("after %d failures %v", failures, got)
		}
	}
}

func TestAWebhookSeesWhatItsUserSees_G1(t *testing.T) {
	o := open(t)
	anna, ben := o.user("Anna"), o.user("Ben")
	hook, _, err := o.hooks.Add(t.Context(), o.workspace, anna, o.url, []string{"call"})
	if err != nil {
		t.Fatal(err)
	}
	for _, agent := range []crm.ID{anna, ben} {
		o.do(crm.BeginCall{Call: crm.Call{ID: o.id(), Agent: agent, Direction: crm.Incoming, Party: crm.Parse("030 1234567", "DE"), Began: o.now}})
	}
	o.tell()
	if got := o.listener.events(t); len(got) != 1 || !strings.Contains(string(got[0].Data), string(anna)) {
		t.Errorf("%+v", got)
	}
	if err := o.hooks.Remove(t.Context(), o.workspace, hook.ID); err != nil {
		t.Fatal(err)
	}
	o.do(crm.BeginCall{Call: crm.Call{ID: o.id(), Agent: anna, Direction: crm.Incoming, Began: o.now}})
	o.tell()
	if got := o.listener.events(t); len(got) != 1 {
		t.Errorf("after it was removed: %+v", got)
	}
}

// Other software that does not answer holds up nobody else's.
func TestAWebhookThatHangsHoldsUpNoOther(t *testing.T) {
	o := open(t)
	reached, release := make(chan struct{}, 1), make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		select {
		case reached <- struct{}{}:
		default:
		}
		<-release
	}))
	defer hanging.Close()
	defer close(release)
	user := o.user("Anna")
	for _, url := range []string{hanging.URL, o.url} {
		if _, _, err := o.hooks.Add(t.Context(), o.workspace, user, url, nil); err != nil {
			t.Fatal(err)
		}
	}
	o.hooks.every = 5 * time.Millisecond
	o.hooks.client.Timeout = time.Hour // it hangs for as long as the test may take
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	o.do(crm.CreateContact{Contact: crm.Contact{ID: o.id(), LastName: "First"}})
	running.Go(func() { o.hooks.Run(ctx) })
	<-reached
	quiet := func() bool { // the other has heard of the first
		o.hooks.mu.Lock()
		defer o.hooks.mu.Unlock()
		return len(o.hooks.busy) == 1 && len(o.listener.events(t)) == 1
	}
	for late := time.Now().Add(time.Minute); !quiet(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatal("nobody is told of the first")
		}
	}
	second := crm.Command{ID: o.id(), At: crm.HLC(0).Next(o.now), Change: crm.CreateContact{Contact: crm.Contact{ID: o.id(), LastName: "Second"}}}
	if _, err := o.engine.Do(t.Context(), o.workspace, ledger.Sender{System: true}, second); err != nil {
		t.Fatal(err)
	}
	for late := time.Now().Add(time.Minute); len(o.listener.events(t)) < 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("it has heard of %+v while the other hangs", o.listener.events(t))
		}
	}
}

// A webhook whose secret was sealed by a key that is no more holds up no other, and is said once.
func TestAWebhookThatCannotSignHoldsUpNoOther(t *testing.T) {
	o := open(t)
	var log bytes.Buffer
	o.engine.Log = slog.New(slog.NewTextHandler(&log, nil))
	lost, _, err := o.hooks.Add(t.Context(), o.workspace, o.user("Anna"), o.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.hooks.Add(t.Context(), o.workspace, o.user("Petra"), o.url, nil); err != nil {
		t.Fatal(err)
	}
	if err := o.engine.DB.Write(t.Context(), string(o.workspace), func(x *database.Tx) error {
		return x.Exec(t.Context(), "UPDATE webhook SET secret = $2 WHERE ws = $1 AND id = $3", string(o.workspace), []byte("of another key"), string(lost.ID))
	}); err != nil {
		t.Fatal(err)
	}
	o.do(crm.CreateContact{Contact: crm.Contact{ID: o.id(), LastName: "Meier"}})
	o.tell()
	o.tell()
	if n := len(o.listener.events(t)); n != 1 {
		t.Errorf("told of %d changes", n)
	}
	if n := strings.Count(log.String(), "secret cannot be read"); n != 1 {
		t.Errorf("said %d times: %s", n, log.String())
	}
	if err := o.hooks.Remove(t.Context(), o.workspace, lost.ID); err != nil {
		t.Error(err)
	}
}

// Who looks after the server reads why a webhook is not told; its address, which may be a secret, is not in the log.
func TestTheLogSaysWhyAWebhookIsNotTold(t *testing.T) {
	o := open(t)
	var log bytes.Buffer
	o.engine.Log = slog.New(slog.NewTextHandler(&log, nil))
	gone := httptest.NewServer(http.NotFoundHandler())
	for _, url := range []string{gone.URL + "/hook/secret", "http://127.0.0.1:1/hook/secret"} {
		hook, _, err := o.hooks.Add(t.Context(), o.workspace, o.user("Anna"), url, nil)
		if err != nil {
			t.Fatal(err)
		}
		o.do(crm.CreateContact{Contact: crm.Contact{ID: o.id(), LastName: "Meier"}})
		o.tell()
		if err := o.hooks.Remove(t.Context(), o.workspace, hook.ID); err != nil {
			t.Fatal(err)
		}
	}
	gone.Close()
	if s := log.String(); !strings.Contains(s, "404 Not Found") || !strings.Contains(s, "refused") || strings.Contains(s, "secret") {
		t.Errorf("the log says %s", s)
	}
	if err := o.hooks.Remove(t.Context(), o.workspace, o.id()); !errors.Is(err, ErrNone) {
		t.Errorf("a webhook that is not there is removed: %v", err)
	}
}

// A server whose clock is ahead takes over while the first still tells. What the first notes then does not take the second back.
func TestASlowServerDoesNotTakeAWebhookBack(t *testing.T) {
	o := open(t)
	hook, _, err := o.hooks.Add(t.Context(), o.workspace, o.user("Anna"), o.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	first, second := hook, hook
	first.Cursor, second.Cursor = hook.Cursor+1, hook.Cursor+2
	if err := o.hooks.settle(t.Context(), o.workspace, second, hook.Cursor); err != nil {
		t.Fatal(err)
	}
	if err := o.hooks.settle(t.Context(), o.workspace, first, hook.Cursor); err != nil {
		t.Fatal(err)
	}
	if now, err := o.hooks.List(t.Context(), o.workspace); err != nil || now[0].Cursor != second.Cursor {
		t.Errorf("it stands at %+v, %v", now, err)
	}
}

func TestOfSeveralServersOneTells(t *testing.T) {
	o := open(t)
	hook, _, err := o.hooks.Add(t.Context(), o.workspace, o.user("Anna"), o.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if mine, err := o.hooks.claim(t.Context(), o.workspace, hook, o.now.Add(claimTime)); err != nil || !mine {
		t.Fatal(mine, err)
	}
	if mine, err := o.hooks.claim(t.Context(), o.workspace, hook, o.now.Add(claimTime)); err != nil || mine {
		t.Error("two have it", err)
	}
	o.now = o.now.Add(claimTime) // the first has died
	if mine, err := o.hooks.claim(t.Context(), o.workspace, hook, o.now.Add(claimTime)); err != nil || !mine {
		t.Error("nobody has it", err)
	}
}

// A clock that was a day ahead and is set right holds up no webhook for a day.
func TestAWebhookGoesOnOnceTheClockIsSetRight(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusInternalServerError} {
		o := open(t)
		if _, _, err := o.hooks.Add(t.Context(), o.workspace, o.user("Anna"), o.url, nil); err != nil {
			t.Fatal(err)
		}
		o.now = o.now.AddDate(0, 0, 1)
		o.listener.answer(status)
		o.do(crm.CreateContact{Contact: crm.Contact{ID: o.id(), LastName: "First"}})
		o.tell()
		o.now = o.now.AddDate(0, 0, -1)
		o.listener.answer(http.StatusOK)
		o.do(crm.CreateContact{Contact: crm.Contact{ID: o.id(), LastName: "Second"}})
		o.tell()
		if got := o.listener.events(t); len(got) != 2 || !strings.Contains(string(got[1].Data), "Second") {
			t.Errorf("after it answered %d: %+v", status, got)
		}
	}
}

func TestWhereAWebhookMayGo(t *testing.T) {
	o := open(t)
	for _, bad := range []string{"", "x", "ftp://example.org", "http://example.org/", "https://user:secret@example.org", "javascript:alert(1)"} {
		if _, _, err := o.hooks.Add(t.Context(), o.workspace, "", bad, nil); !errors.Is(err, ErrURL) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, _, err := o.hooks.Add(t.Context(), o.workspace, "", "https://example.org/hook", []string{"user"}); !errors.Is(err, ErrKinds) {
		t.Error(err)
	}
}
