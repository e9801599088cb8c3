package front

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

func TestPasswordsCannotBeTriedThrough(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	p := &program{o: o, form: wire.TypeJSON}
	id, _ := o.access.NewID()
	try := wire.SignIn{Email: "Anna@example.org ", Password: "wrong wrong", Device: wire.DeviceInfo{ID: id}}
	for range 10 {
		p.refused(wire.BadSignIn, "POST", wire.PathSession, try)
	}
	p.refused(wire.TooMany, "POST", wire.PathSession, try)
	try.Password = password
	p.refused(wire.TooMany, "POST", wire.PathSession, try)
	o.clock.advance(time.Minute)
	p.must(http.StatusOK, "POST", wire.PathSession, try, nil)
}

// Nor by trying many at the same time.
func TestPasswordsCannotBeTriedThroughAllAtOnce(t *testing.T) {
	o := open(t)
	o.access.SetCost(access.DefaultCost) // no attempt is over at once
	o.add("anna@example.org", crm.User{Name: "Anna"})
	id, err := o.access.NewID()
	if err != nil {
		t.Fatal(err)
	}
	var tried atomic.Int64
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			p := &program{o: o, form: wire.TypeJSON}
			if _, refused := p.ask("POST", wire.PathSession, wire.SignIn{Email: "anna@example.org", Password: "wrong wrong", Device: wire.DeviceInfo{ID: id}}, nil); refused.Code == wire.BadSignIn {
				tried.Add(1)
			}
		})
	}
	all.Wait()
	const underWay = 4 // as the tenth failed
	if n := tried.Load(); n > 10+underWay {
		t.Errorf("%d passwords were tried", n)
	}
}

// Whoever guesses brings an address of any length, each time another one: they are counted, and not kept.
func TestWhoGuessesFillsNoMemory(t *testing.T) {
	o := open(t)
	id, err := o.access.NewID()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{o: o, form: wire.TypeJSON}
	try := wire.SignIn{Email: strings.Repeat("a", 1<<17), Password: "wrong wrong", Device: wire.DeviceInfo{ID: id}}
	p.refused(wire.TooLarge, "POST", wire.PathSession, try)
	for i := range 40 { // more than are tried
		try.Email = fmt.Sprint(strings.Repeat("a", 10_000), i, "@example.org")
		p.ask("POST", wire.PathSession, try, nil)
	}
	o.front.limits.email.mu.Lock()
	defer o.front.limits.email.mu.Unlock()
	for key := range o.front.limits.email.keys {
		if len(key) > 64 {
			t.Fatalf("%d bytes are kept of an address", len(key))
		}
	}
}

// One device cannot take all connections that the server may have.
func TestADeviceHasFewConnectionsForHints(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	anna, ben := o.signIn("anna@example.org"), o.signIn("ben@example.org")
	w, client := anna.hello()
	var last *websocket.Conn
	for range mostOfDevice {
		last = anna.watch()
		if _, err := hint(t, last); err != nil {
			t.Fatal(err)
		}
	}
	anna.refused(wire.TooMany, "GET", wire.PathWatch, nil)
	anna.refused(wire.TooMany, "POST", wire.PathPull, wire.Pull{Client: client, Epoch: w.Epoch, Cursor: w.Head, View: w.View, Wait: time.Second})
	if _, err := hint(t, ben.watch()); err != nil {
		t.Error("a colleague is shut out: ", err)
	}
	_ = last.CloseNow()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		if status, _ := anna.ask("POST", wire.PathPull, wire.Pull{Client: client, Epoch: w.Epoch, Cursor: w.Head, View: w.View, Wait: time.Millisecond}, nil); status == http.StatusOK {
			break
		} else if time.Now().After(end) {
			t.Fatal("a connection that has ended still counts: ", status)
		}
	}
}

// A device's id is its own word: who signs in with another's as theirs does not use up what that may ask.
func TestWhoTakesAnothersDeviceUsesUpNothingOfTheirs(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	o.add("mallory@example.org", crm.User{Name: "Mallory"})
	anna := o.signIn("anna@example.org")
	mallory := &program{o: o, device: anna.device, form: wire.TypeJSON}
	mallory.must(http.StatusOK, "POST", wire.PathSession, wire.SignIn{Email: "mallory@example.org", Password: password, Device: wire.DeviceInfo{ID: anna.device}}, &mallory.session)
	for range 1000 {
		if status, _ := mallory.ask("GET", wire.PathPresence, nil, nil); status == http.StatusTooManyRequests {
			break
		}
	}
	anna.must(http.StatusOK, "GET", wire.PathPresence, nil, nil)
}

func TestForgedTokensAreCountedAgainstTheAddress(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	anna := o.signIn("anna@example.org") // in the same office
	p := &program{o: o, form: wire.TypeJSON, session: wire.Session{Access: strings.Repeat("A", 43)}}
	for range 30 {
		p.refused(wire.BadSignIn, "GET", wire.PathDevices, nil)
	}
	p.refused(wire.TooMany, "GET", wire.PathDevices, nil)
	p.refused(wire.TooMany, "POST", wire.PathRefresh, wire.Refresh{Token: p.session.Access, Device: anna.device})
	anna.must(http.StatusOK, "GET", wire.PathDevices, nil, nil)
	anna.must(http.StatusOK, "POST", wire.PathRefresh, wire.Refresh{Token: anna.session.Refresh, Device: anna.device}, nil)
}

func TestHowOftenAnAddressMayAskIsSet(t *testing.T) {
	c := &clock{}
	count := func(perAddress int) (n int) {
		for l := newLimits(c.now, perAddress); n < 3000 && l.address.take("192.0.2.1") == 0; n++ {
		}
		return n
	}
	for perAddress, want := range map[int]int{0: 10 * addressRate, 5: 50, -1: 3000} {
		if got := count(perAddress); got < want || got > want+want/10 {
			t.Errorf("%d a second: %d at once, want %d", perAddress, got, want)
		}
	}
}

func TestAddressesCountAsTheyShould(t *testing.T) {
	for _, c := range []struct{ remote, forwarded, want string }{
		{"192.0.2.1:1234", "", "192.0.2.1"},
		{"192.0.2.1:1234", "198.51.100.7", "192.0.2.1"}, // not our proxy: it could say anything
		{"127.0.0.1:1234", "203.0.113.9, 198.51.100.7", "198.51.100.7"},
		{"127.0.0.1:1234", "rubbish", "127.0.0.1"},
		{"[2001:db8:1:2:3::1]:99", "", "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.1]:99", "", "192.0.2.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := addressOf(r); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestMetersForgetWhoWaited(t *testing.T) {
	c := &clock{}
	m := newMeter(c.now, 1, 2)
	for i := range 2 * mostMeasured {
		m.take(fmt.Sprint(i))
	}
	if len(m.keys) > mostMeasured {
		t.Errorf("%d addresses are remembered", len(m.keys))
	}
	m.take("x")
	m.take("x")
	if m.take("x") == 0 || m.spent("x") == 0 {
		t.Error("a third time at once")
	}
	c.advance(time.Minute)
	if m.take("x") > 0 {
		t.Error("a minute later")
	}
}
