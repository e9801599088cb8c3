package phone_test

import (
	"context"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/sip"
	"leadline/phone/siptest"
)

// The protocol's clock (RFC 3261 §17): twenty-five times as fast as usual, or as LEADLINE_T1 says, which is "100ms".
var (
	t1 = 20 * time.Millisecond
	t2 = 8 * t1
)

func TestMain(m *testing.M) {
	if slower, err := time.ParseDuration(os.Getenv("LEADLINE_T1")); err == nil {
		t1, t2 = slower, 8*slower
	}
	sip.SetTimers(t1, t2, 10*t1)
	os.Exit(m.Run())
}

// ear is a Listener that keeps everything.
type ear struct {
	mu    sync.Mutex
	calls []phone.Call
	regs  []phone.Registration
}

func (e *ear) CallChanged(c phone.Call) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, c)
}

func (e *ear) RegistrationChanged(r phone.Registration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.regs = append(e.regs, r)
}

func (e *ear) registrations() []phone.Registration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]phone.Registration(nil), e.regs...)
}

// desk is a phone, its sound and what it told.
type desk struct {
	*phone.Phone
	*ear
	t     testing.TB
	sound *audio.Fake
	acc   phone.Account
}

func quick() phone.Timing {
	return phone.Timing{
		RetryMin: 50 * time.Millisecond, RetryMax: 400 * time.Millisecond, Answer: 400 * time.Millisecond,
		Ping: 200 * time.Millisecond, Look: 20 * time.Millisecond, BusyTone: 100 * time.Millisecond,
	}
}

// calm gives a busy machine time for each answer, where a telephone that loses its PBX for a moment is not the matter.
func calm(c *phone.Config, _ *phone.Account) { c.Timing.Answer = 2 * time.Second }

// newDesk registers a phone at the peer.
func newDesk(t testing.TB, pbx *siptest.Peer, change ...func(*phone.Config, *phone.Account)) *desk {
	t.Helper()
	e := &ear{}
	sound := audio.NewFake()
	cfg := phone.Config{Sound: sound, Listener: e, Timing: quick()}
	acc := phone.Account{Name: "Office", Address: "sip:101@" + pbx.Addr(), Password: "secret", Bind: "127.0.0.1:0"}
	for _, f := range change {
		f(&cfg, &acc)
	}
	d := &desk{Phone: phone.New(cfg), ear: e, t: t, sound: sound, acc: acc}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := d.Close(ctx); err != nil {
			t.Errorf("close: %v\n%s", err, stacks())
		}
	})
	if err := d.SetAccounts([]phone.Account{acc}); err != nil {
		t.Fatal(err)
	}
	return d
}

func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

// registered waits until the account stands.
func (d *desk) registered() *desk {
	d.t.Helper()
	d.eventually("registered", func() bool { return d.Registrations()[0].State == phone.Registered })
	return d
}

func (d *desk) eventually(what string, ok func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(siptest.Patience); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	d.t.Fatalf("never happened: %s\ntold: %s\nregistrations: %+v", what, d.history(), d.Registrations())
}

func (d *desk) history() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var b strings.Builder
	for _, c := range d.ear.calls {
		b.WriteString("\n  " + string(c.ID) + " " + c.State.String() + ", " + c.Cause.String() + " " + c.SIPReason)
	}
	return b.String()
}

// call waits until a call was told that fits.
func (d *desk) call(what string, fits func(phone.Call) bool) phone.Call {
	d.t.Helper()
	var found phone.Call
	d.eventually(what, func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, c := range d.ear.calls {
			if fits(c) {
				found = c
				return true
			}
		}
		return false
	})
	return found
}

func (d *desk) state(s phone.CallState) phone.Call {
	d.t.Helper()
	return d.call(s.String(), func(c phone.Call) bool { return c.State == s })
}

// rings waits until a call rings, and is that call.
func (d *desk) rings() (ringing phone.Call) {
	d.t.Helper()
	d.eventually("a call rings", func() bool {
		calls := d.Calls()
		i := slices.IndexFunc(calls, func(c phone.Call) bool { return c.State == phone.Ringing })
		if i >= 0 {
			ringing = calls[i]
		}
		return i >= 0 && d.last(ringing.ID).ID != "" // told, too
	})
	return ringing
}

func (d *desk) ended(cause phone.Cause) phone.Call {
	d.t.Helper()
	return d.call("ended: "+cause.String(), func(c phone.Call) bool { return c.State == phone.Ended && c.Cause == cause })
}

// last is the newest state of a call.
func (d *desk) last(id phone.CallID) phone.Call {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := len(d.ear.calls) - 1; i >= 0; i-- {
		if d.ear.calls[i].ID == id {
			return d.ear.calls[i]
		}
	}
	return phone.Call{}
}

func (d *desk) do(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// rtpPort is a socket to hear with.
func rtpPort(t testing.TB) (*net.UDPConn, int) {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, c.LocalAddr().(*net.UDPAddr).Port
}
