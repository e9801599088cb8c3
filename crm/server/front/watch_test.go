package front

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

const patience = 30 * time.Second // for what happens at once, on a busy machine

// watch connects a program for hints.
func (p *program) watch() *websocket.Conn {
	p.o.t.Helper()
	conn, answer, err := websocket.Dial(p.o.t.Context(), p.o.url+wire.PathWatch, &websocket.DialOptions{
		HTTPHeader: http.Header{"Authorization": {"Bearer " + p.session.Access}, "Accept": {wire.TypeCBOR}}})
	if err != nil {
		p.o.t.Fatalf("%v %v", answer, err)
	}
	p.o.t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

func hint(t *testing.T, conn *websocket.Conn) (h wire.Hint, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, data, err := conn.Read(ctx)
	if err != nil {
		return h, err
	}
	if err := wire.Decode(wire.TypeCBOR, data, &h); err != nil {
		t.Fatal(err)
	}
	return h, nil
}

// until reads hints until one is as wanted.
func until(t *testing.T, conn *websocket.Conn, what string, wanted func(wire.Hint) bool) wire.Hint {
	t.Helper()
	for {
		h, err := hint(t, conn)
		if err != nil {
			t.Fatalf("waiting for %s: %v", what, err)
		}
		if wanted(h) {
			return h
		}
	}
}

func TestAHintFollowsEachCommit_I2(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	anna, ben := o.signIn("anna@example.org"), o.signIn("ben@example.org")
	conn := ben.watch()
	first, err := hint(t, conn)
	if err != nil {
		t.Fatal(err)
	}
	w, client := anna.hello()
	if first.Epoch != w.Epoch || first.Rev != w.Head {
		t.Errorf("the first hint is %+v, the head %d in epoch %d", first, w.Head, w.Epoch)
	}
	for seq := uint64(1); seq <= 5; seq++ {
		out := anna.push(w, client, seq, crm.CreateContact{Contact: contact(t, o.access, "Meier", "030 1234567")})
		until(t, conn, "a hint of the commit", func(h wire.Hint) bool { return h.Rev >= out.Head })
	}
}

func TestManyCommitsMakeFewHints(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	conn := o.signIn("anna@example.org").watch()
	if _, err := hint(t, conn); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	const commits = 2000
	for rev := uint64(1000); rev < 1000+commits; rev++ {
		o.front.hub.advance(o.workspace, rev)
	}
	hints := 0
	until(t, conn, "the last revision", func(h wire.Hint) bool { hints++; return h.Rev == 1000+commits-1 })
	if most := int(time.Since(began)/hintPause) + 2; hints > most {
		t.Errorf("%d hints, at most %d are due", hints, most)
	}
}

func TestPullWaitsForNews(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	anna, ben := o.signIn("anna@example.org"), o.signIn("ben@example.org")
	w, client := anna.hello()
	wb, clientB := ben.hello()
	ask := wire.Pull{Client: clientB, Epoch: wb.Epoch, View: wb.View, Cursor: wb.Head, Wait: time.Millisecond}
	var page wire.Page
	ben.must(http.StatusOK, "POST", wire.PathPull, ask, &page)
	if len(page.Rows) != 0 || page.Rev != wb.Head {
		t.Errorf("with nothing new: %+v", page)
	}
	ask.Wait = 25 * time.Second
	got := make(chan wire.Page)
	go func() {
		var page wire.Page
		ben.ask("POST", wire.PathPull, ask, &page)
		got <- page
	}()
	for len(o.front.hub.watched()) == 0 { // until it waits
		select {
		case page := <-got:
			t.Fatalf("it did not wait: %+v", page)
		case <-time.After(time.Millisecond):
		}
	}
	anna.push(w, client, 1, crm.CreateContact{Contact: contact(t, o.access, "Meier", "030 1234567")})
	if page := <-got; len(page.Rows) == 0 {
		t.Errorf("%+v", page)
	}
}

// waiting has a program wait for news until it is heard of; the answer comes later.
func (p *program) waiting(ask wire.Pull) <-chan wire.Problem {
	p.o.t.Helper()
	got := make(chan wire.Problem, 1)
	go func() {
		_, refused := p.ask("POST", wire.PathPull, ask, nil)
		got <- refused
	}()
	for len(p.o.front.hub.watched()) == 0 {
		select {
		case refused := <-got:
			p.o.t.Fatalf("it did not wait: %+v", refused)
		case <-time.After(time.Millisecond):
		}
	}
	return got
}

// Who is signed out while they wait for news is told so at once, and nothing else.
func TestADeviceThatIsRevokedWhileItWaitsGetsNoNews(t *testing.T) {
	o := open(t)
	a := o.add("anna@example.org", crm.User{Name: "Anna"})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	for name, revoke := range map[string]func(anna, ben *program){
		"here": func(anna, _ *program) {
			o.signIn("anna@example.org").must(http.StatusNoContent, "DELETE", wire.PathDevices+"/"+string(anna.device), nil, nil)
		},
		"elsewhere": func(anna, ben *program) {
			if err := o.access.Revoke(t.Context(), o.workspace, a.ID, anna.device, true); err != nil {
				t.Fatal(err)
			}
			w, client := ben.hello()
			ben.push(w, client, 1, crm.CreateContact{Contact: contact(t, o.access, "Meier", "030 1234567")})
		},
	} {
		anna, ben := o.signIn("anna@example.org"), o.signIn("ben@example.org")
		w, client := anna.hello()
		got := anna.waiting(wire.Pull{Client: client, Epoch: w.Epoch, View: w.View, Cursor: w.Head, Wait: 25 * time.Second})
		began := time.Now()
		revoke(anna, ben)
		if refused := <-got; refused.Code != wire.Revoked || time.Since(began) > 20*time.Second {
			t.Errorf("%s: after %v it is said %+v", name, time.Since(began), refused)
		}
	}
}

// A database that is put back under a server begins again at an earlier revision: who is connected is to say hello anew, and hears what
// comes then (I2).
func TestAfterARestoreUnderItAServerTellsWhatIsNew_I2(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	anna := o.signIn("anna@example.org")
	w, client := anna.hello()
	conn := anna.watch()
	if _, err := hint(t, conn); err != nil {
		t.Fatal(err)
	}
	o.front.poll(t.Context())
	out := anna.push(w, client, 1, crm.CreateContact{Contact: contact(t, o.access, "Meier", "030 1234567")}, crm.CreateContact{Contact: contact(t, o.access, "Later", "030 7654321")})
	until(t, conn, "what is lost then", func(h wire.Hint) bool { return h.Rev == out.Head })
	if err := o.front.Engine.DB.Write(t.Context(), string(o.workspace), func(tx *database.Tx) error {
		return tx.Exec(t.Context(), "UPDATE ws SET rev = $2 WHERE id = $1", string(o.workspace), int64(w.Head))
	}); err != nil {
		t.Fatal(err)
	}
	if err := o.front.Engine.Restored(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	o.front.poll(t.Context())
	if h, err := hint(t, conn); websocket.CloseStatus(err) != websocket.StatusServiceRestart {
		t.Fatalf("%+v %v", h, err)
	}
	conn = anna.watch()
	if h, err := hint(t, conn); err != nil || h.Rev != w.Head || h.Epoch == w.Epoch {
		t.Fatalf("%+v %v", h, err)
	}
	o.front.poll(t.Context())
	o.front.hub.advance(o.workspace, w.Head+1)
	until(t, conn, "what is new", func(h wire.Hint) bool { return h.Rev == w.Head+1 })
}

func TestPresenceReachesColleagues_D3(t *testing.T) {
	o := open(t)
	a := o.add("anna@example.org", crm.User{Name: "Anna"})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	anna, second, ben := o.signIn("anna@example.org"), o.signIn("anna@example.org"), o.signIn("ben@example.org")
	conn := ben.watch()
	is := func(want wire.Availability) {
		t.Helper()
		until(t, conn, string(want), func(h wire.Hint) bool {
			for _, p := range h.Presence {
				if p.User == a.ID && p.State == want {
					return true
				}
			}
			return false
		})
	}
	say := func(p *program, s wire.Availability) {
		t.Helper()
		p.must(http.StatusNoContent, "POST", wire.PathPresence, wire.Presence{User: "somebody else", State: s}, nil)
	}
	say(anna, wire.Free)
	is(wire.Free)
	if !o.front.board.free(o.workspace, a.ID) {
		t.Error("she is not free")
	}
	say(second, wire.Talking) // on her other device
	is(wire.Talking)
	say(second, wire.Offline)
	is(wire.Free)
	say(anna, wire.DoNotDisturb)
	is(wire.DoNotDisturb)
	var team []wire.Presence
	ben.must(http.StatusOK, "GET", wire.PathPresence, nil, &team)
	if len(team) != 1 || team[0].User != a.ID {
		t.Errorf("%+v", team)
	}
	anna.refused(wire.Malformed, "POST", wire.PathPresence, wire.Presence{State: "on the moon"})
	o.clock.advance(presenceTime + time.Second) // nothing is heard of her
	o.front.expire()
	is(wire.Offline)
	if o.front.board.free(o.workspace, a.ID) {
		t.Error("she is free")
	}
}

func TestServersShareWhoIsThere_D3(t *testing.T) {
	o := open(t)
	a := o.add("anna@example.org", crm.User{Name: "Anna"})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	here, there := o.front, New(Options{Access: o.access, Engine: server.NewEngine(*o.front.Engine), Log: o.front.Log, Shared: true})
	here.Shared = true
	s := httptest.NewServer(there.Handler())
	defer s.Close()
	anna, ben := o.signIn("anna@example.org"), o.signIn("ben@example.org")
	anna.must(http.StatusNoContent, "POST", wire.PathPresence, wire.Presence{State: wire.Free}, nil)
	o.url = s.URL
	state := func() wire.Availability {
		t.Helper()
		o.clock.advance(askEvery)
		var team []wire.Presence
		ben.must(http.StatusOK, "GET", wire.PathPresence, nil, &team)
		if len(team) == 0 {
			return wire.Offline
		}
		return team[0].State
	}
	if got := state(); got != wire.Free || !there.board.free(o.workspace, a.ID) {
		t.Errorf("the other server takes her for %s", got)
	}
	conn := ben.watch() // to the other server, to which Anna's next word goes, too
	anna.must(http.StatusNoContent, "POST", wire.PathPresence, wire.Presence{State: wire.Talking}, nil)
	if got := state(); got != wire.Talking {
		t.Errorf("the other server takes her for %s", got)
	}
	until(t, conn, "talking", func(h wire.Hint) bool { return len(h.Presence) == 1 && h.Presence[0].State == wire.Talking })
	for range 5 { // she is heard of by the first server only
		o.clock.advance(sayEvery)
		here.heard(t.Context(), access.Person{Workspace: o.workspace, User: a.ID, Device: anna.device})
	}
	if got := state(); got != wire.Talking {
		t.Errorf("a while later the other server takes her for %s", got)
	}
	o.clock.advance(presenceTime + time.Second)
	if got := state(); got != wire.Offline {
		t.Errorf("when nothing is heard of her: %s", got)
	}
	o.clock.advance(forgotten)
	if err := here.forgetPresence(t.Context(), o.workspace); err != nil {
		t.Error(err)
	}
}

func TestAConnectionOfARevokedDeviceEnds(t *testing.T) {
	o := open(t)
	a := o.add("anna@example.org", crm.User{Name: "Anna"})
	anna := o.signIn("anna@example.org")
	p := access.Person{Workspace: o.workspace, User: a.ID, Device: anna.device}
	if err := o.access.StillIn(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	conn := anna.watch()
	if _, err := hint(t, conn); err != nil {
		t.Fatal(err)
	}
	anna.must(http.StatusNoContent, "DELETE", wire.PathDevices+"/"+string(anna.device), nil, nil)
	if h, err := hint(t, conn); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("%+v %v", h, err)
	}
}

func TestWhatAProgramSendsOverTheWebSocketEndsIt(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	conn := o.signIn("anna@example.org").watch()
	if _, err := hint(t, conn); err != nil {
		t.Fatal(err)
	}
	if err := conn.Write(t.Context(), websocket.MessageBinary, make([]byte, 64<<10)); err != nil {
		t.Fatal(err)
	}
	if _, err := hint(t, conn); err == nil {
		t.Error("it goes on")
	}
}

func TestWhoIsNotSignedInGetsNoHints(t *testing.T) {
	o := open(t)
	_, answer, err := websocket.Dial(t.Context(), o.url+wire.PathWatch, nil)
	if err == nil || answer == nil || answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("%v %v", answer, err)
	}
}
