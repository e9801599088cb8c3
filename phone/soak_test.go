package phone_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// forgetful is a Listener that passes on which calls end, and keeps nothing.
type forgetful struct{ ended chan phone.Call }

func (f forgetful) CallChanged(c phone.Call) {
	if c.State == phone.Ended {
		f.ended <- c
	}
}
func (forgetful) RegistrationChanged(phone.Registration) {}

// soakCalls is how many calls TestCallsLeaveNothingBehind makes: LEADLINE_CALLS, or a thousand.
func soakCalls(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("LEADLINE_CALLS"))
	if err != nil || n <= 0 {
		n = 1000
	}
	return n
}

// holding is what a program holds.
type holding struct {
	goroutines, files int
	heap              uint64 // bytes
}

func held() holding {
	runtime.GC()
	runtime.GC() // what finalizers let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, _ := os.ReadDir("/proc/self/fd") // nothing of the kind elsewhere
	return holding{runtime.NumGoroutine(), len(files), m.HeapAlloc}
}

// Issue 3: calls in a row, in and out, encrypted and not, without a goroutine, a socket or a
// megabyte left over.
func TestCallsLeaveNothingBehind(t *testing.T) {
	pbx := siptest.New(t)
	told := forgetful{make(chan phone.Call, 10)}
	d := newDesk(t, pbx, func(c *phone.Config, a *phone.Account) {
		c.Listener = told
		a.AutoAnswer, a.SRTP = "always", "preferred"
	}).registered()
	far := newConfidant(t)
	offers := []string{siptest.SDP(far.port), far.describes(savp)}
	one := func(n int) {
		offer := offers[n/2%2]
		if n%2 == 0 {
			caller := pbx.NewCall()
			caller.Invite(offer)
			caller.Answered("")
			caller.Do("BYE", "")
			caller.Expect("200 BYE")
		} else {
			_, err := d.Dial("", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			pbx.Reply(invite, 200, "OK", siptest.SDP(far.port))
			ack := pbx.Expect("ACK")
			(&siptest.Call{Peer: pbx, ID: ack.Get("Call-ID"), Tag: "peer", Theirs: ack.Tag("From"),
				To: invite.From, Target: invite.ContactURI(), Branch: "z9hG4bKbye" + strconv.Itoa(n)}).Do("BYE", "")
			pbx.Expect("200 BYE")
		}
		select {
		case c := <-told.ended:
			if c.Cause != phone.HungUpThere {
				t.Fatalf("call %d ended as %s: %s", n, c.Cause, c.SIPReason)
			}
		case <-time.After(siptest.Patience):
			t.Fatalf("call %d has not ended", n)
		}
	}
	for n := range 50 {
		one(n) // what is made once for all
	}
	before := settled(t, holding{}, 0)
	calls := soakCalls(t)
	began := time.Now()
	for n := range calls {
		one(50 + n)
	}
	took := time.Since(began)
	after := settled(t, before, 1<<20)
	t.Logf("%d calls, %.1f ms each; goroutines %d, then %d; files %d, then %d; heap %d kB, then %d kB", calls,
		float64(took.Milliseconds())/float64(calls), before.goroutines, after.goroutines, before.files, after.files,
		before.heap>>10, after.heap>>10)
}

// The same for all that is done in a call: held by both sides, digits, transfers that fail in both directions.
func TestWhatIsDoneInCallsLeavesNothingBehind(t *testing.T) {
	pbx := siptest.New(t)
	pbx.Handle(func(m siptest.Message) bool {
		if m.Method() == "NOTIFY" {
			pbx.Reply(m, 200, "OK", "")
			return true
		}
		return false
	})
	told := forgetful{make(chan phone.Call, 10)}
	d := newDesk(t, pbx, func(c *phone.Config, a *phone.Account) { c.Listener, a.AutoAnswer = told, "always" }).registered()
	ends := func(want phone.Cause) {
		t.Helper()
		select {
		case c := <-told.ended:
			if c.Cause != want {
				t.Fatalf("ended as %s: %s; want %s", c.Cause, c.SIPReason, want)
			}
		case <-time.After(siptest.Patience):
			t.Fatalf("none has ended as %s", want)
		}
	}
	one := func() {
		caller := pbx.NewCall()
		caller.Invite(siptest.SDP(4000))
		caller.Answered("")
		id := d.Calls()[0].ID
		agrees := func(lines ...string) {
			t.Helper()
			caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(4000, lines...))
			caller.Expect("ACK")
		}
		d.do(d.Hold(id, true))
		agrees("a=recvonly")
		d.do(d.Hold(id, false))
		agrees()
		caller.Do("INVITE", siptest.SDP(4000, "a=sendonly"))
		caller.Expect("200 INVITE")
		caller.Do("ACK", "")
		caller.Do("UPDATE", siptest.SDP(4000))
		caller.Expect("200 UPDATE")
		caller.Do("INFO", "Signal=5\r\n", "Content-Type: application/dtmf-relay")
		caller.Expect("200 INFO")
		d.do(d.Transfer(id, "102"))
		agrees("a=recvonly")
		caller.Reply(caller.Expect("REFER"), 403, "Forbidden", "")
		agrees()
		caller.Do("REFER", "", "Refer-To: <sip:103@"+caller.Addr()+">")
		caller.Expect("202 REFER")
		for range 2 { // the hold and the new call, in any order
			if m := caller.Expect("INVITE"); m.Tag("To") == "" {
				caller.Reply(m, 486, "Busy Here", "")
			} else {
				caller.Reply(m, 200, "OK", siptest.SDP(4000, "a=recvonly"))
			}
		}
		ends(phone.Busy)
		agrees()
		caller.Do("BYE", "")
		caller.Expect("200 BYE")
		ends(phone.HungUpThere)
	}
	for range 20 { // what is made once for all
		one()
	}
	before := settled(t, holding{}, 0)
	calls := soakCalls(t) / 10
	for range calls {
		one()
	}
	after := settled(t, before, 1<<19) // each would keep some 9 kB
	t.Logf("%d calls; goroutines %d, then %d; files %d, then %d; heap %d kB, then %d kB", calls,
		before.goroutines, after.goroutines, before.files, after.files, before.heap>>10, after.heap>>10)
}

// settled waits until the transactions' timers have run out and no more is held than before,
// but for slack bytes. With a zero before it waits until nothing is let go of any more.
func settled(t *testing.T, before holding, slack uint64) holding {
	t.Helper()
	last := held()
	for deadline := time.Now().Add(30 * time.Second); ; {
		time.Sleep(1500 * time.Millisecond) // 64·T1 is 1.28 s here
		now := held()
		fits := now.goroutines <= before.goroutines && now.files <= before.files && now.heap <= before.heap+slack
		calm := before == holding{} && now.goroutines >= last.goroutines && now.heap+64<<10 >= last.heap
		if fits || calm {
			return now
		}
		if time.Now().After(deadline) {
			t.Fatalf("left over: %d goroutines, %d files, %d kB of heap\n%s", now.goroutines-before.goroutines,
				now.files-before.files, (int64(now.heap)-int64(before.heap))>>10, stacks())
		}
		last = now
	}
}
