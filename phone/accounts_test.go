package phone_test

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// Several accounts at once, each over a transport of its own.
func TestAccountsOverEveryTransportAtOnce(t *testing.T) {
	authority := siptest.NewAuthority(t)
	pbxs := map[string]*siptest.Peer{
		"udp": siptest.New(t), "tcp": siptest.NewTCP(t, nil), "tls": siptest.NewTCP(t, authority.Issue("127.0.0.1").Server(t)),
	}
	d := newDesk(t, pbxs["udp"], patient)
	var accounts []phone.Account
	for transport, pbx := range pbxs {
		accounts = append(accounts, phone.Account{
			Name: transport, Address: "101@" + pbx.Addr(), Transport: transport, CA: authority.File, Bind: "127.0.0.1:0",
		})
	}
	d.do(d.SetAccounts(accounts))
	d.eventually("all registered", func() bool {
		n := 0
		for _, r := range d.Registrations() {
			if r.State == phone.Registered {
				n++
			}
		}
		return n == 3
	})
	for transport, pbx := range pbxs {
		_, err := d.Dial(transport, "102")
		d.do(err)
		invite := pbx.Expect("INVITE")
		pbx.Reply(invite, 486, "Busy Here", "")
		pbx.Expect("ACK")
		d.call("busy over "+transport, func(c phone.Call) bool { return c.Account == transport && c.Cause == phone.Busy })
	}
}

// A connection that breaks again and again, with what is watched over it, leaves nothing
// behind.
func TestBrokenConnectionsLeaveNothingBehind(t *testing.T) {
	pbx := siptest.NewTCP(t, nil)
	pbx.Handle(func(m siptest.Message) bool {
		if m.Method() == "SUBSCRIBE" {
			pbx.Accept(m, 600)
			return true
		}
		return false
	})
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.Transport, a.Watch, a.MWI = "tcp", []string{"102"}, true }).registered()
	again := func() {
		t.Helper()
		before, _ := pbx.Phone()
		pbx.Cut()
		d.eventually("registered anew", func() bool {
			now, _ := pbx.Phone()
			return now != before && d.Registrations()[0].State == phone.Registered
		})
	}
	for range 5 {
		again()
	}
	before := runtime.NumGoroutine()
	for range 30 {
		again()
	}
	d.eventually(fmt.Sprintf("no more than %d goroutines", before+10), func() bool { return runtime.NumGoroutine() <= before+10 })
}

// Whoever calls an account that is just being taken away, and still known to the PBX, is refused: nobody could answer.
func TestACallToAnAccountThatLeavesDoesNotRing(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	leaves := make(chan bool, 10)
	pbx.Handle(func(m siptest.Message) bool {
		if m.Method() != "REGISTER" || m.Get("Expires") != "0" {
			return false
		}
		leaves <- true
		return true // never answered
	})
	d := newDesk(t, pbx, calm).registered()
	d.do(d.SetAccounts(nil))
	<-leaves
	caller := pbx.NewCall()
	caller.Do("INVITE", siptest.SDP(4000))
	caller.Refused(480)
	if calls := d.Calls(); len(calls) != 0 {
		t.Errorf("it rings: %+v", calls)
	}
}

// A call that fails in the moment in which its account goes leaves no tone behind.
func TestACallThatFailsWhileItsAccountGoesFallsSilent(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	var armed atomic.Bool
	ends := make(chan struct{})
	d := newDesk(t, pbx, func(c *phone.Config, _ *phone.Account) {
		c.Timing.BusyTone = time.Hour
		c.Now = func() time.Time { // asked as the call ends
			if armed.CompareAndSwap(true, false) {
				<-ends
			}
			return time.Now()
		}
	}).registered()
	_, invite := dialled(t, d, pbx, "103")
	armed.Store(true)
	pbx.Reply(invite, 486, "Busy Here", "")
	d.eventually("it is about to end", func() bool { return !armed.Load() })
	d.do(d.SetAccounts(nil))
	time.Sleep(100 * time.Millisecond) // the account goes
	close(ends)
	d.ended(phone.Busy)
	d.eventually("silence", func() bool { return len(d.sound.Tones()) == 0 })
}
