package phone_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// rung sends an INVITE that rings, and is its text.
func rung(d *desk, caller *siptest.Call) (phone.Call, string) {
	d.t.Helper()
	text := caller.Request("INVITE", siptest.SDP(4000))
	caller.Send(caller.To, text)
	caller.Theirs = caller.Expect("180").Tag("To")
	return d.rings(), text
}

// An INVITE that the network brings once more when its call is over is a copy, however the call has ended: nobody is rung, and
// the caller is told nothing new (RFC 6026 §7.1).
func TestALateCopyOfAnINVITERingsNobody_B4(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*desk, *siptest.Call, phone.CallID){
		"hung up there": func(d *desk, caller *siptest.Call, id phone.CallID) {
			d.do(d.Answer(id))
			caller.Answered("")
			caller.Do("BYE", "")
			caller.Expect("200 BYE")
		},
		"hung up here": func(d *desk, caller *siptest.Call, id phone.CallID) {
			d.do(d.Answer(id))
			caller.Answered("")
			d.do(d.HangUp(id))
			caller.Reply(caller.Expect("BYE"), 200, "OK", "")
		},
		"declined": func(d *desk, caller *siptest.Call, id phone.CallID) {
			d.do(d.Decline(id, false))
			caller.Refused(603)
		},
		"taken back": func(_ *desk, caller *siptest.Call, _ phone.CallID) {
			caller.Do("CANCEL", "")
			caller.Refused(487)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pbx := siptest.New(t)
			d := newDesk(t, pbx, calm).registered()
			caller := pbx.NewCall()
			c, text := rung(d, caller)
			end(d, caller, c.ID)
			d.eventually("it is over", func() bool { return d.last(c.ID).State == phone.Ended })
			time.Sleep(20 * t1) // T4, after which the transaction has ended of itself, is half of that
			var said atomic.Value
			pbx.Handle(func(m siptest.Message) bool {
				if m.Get("Call-ID") == caller.ID && m.CSeqMethod() == "INVITE" {
					said.Store(m.Start)
				}
				return false
			})
			for range 3 {
				caller.Send(caller.To, text)
				time.Sleep(5 * t1)
			}
			if m := said.Load(); m != nil {
				t.Errorf("to the copy is said %q", m)
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			if slices.ContainsFunc(d.ear.calls, func(x phone.Call) bool { return x.ID != c.ID }) {
				t.Error("it rings once more")
			}
		})
	}
}

// Whoever finds nobody here may be led here once more by the same INVITE, in a branch of its own (RFC 3261 §16.6): that rings.
func TestAProxyThatComesBackWithAnINVITERings(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx, calm).registered()
	caller := pbx.NewCall()
	c, text := rung(d, caller)
	caller.Do("CANCEL", "")
	caller.Refused(487)
	d.eventually("it is over", func() bool { return d.last(c.ID).State == phone.Ended })
	time.Sleep(20 * t1)
	caller.Send(caller.To, strings.Replace(text, "branch="+caller.Branch, "branch="+caller.Branch+"again", 1))
	if again := d.rings(); again.ID == c.ID {
		t.Error("it is the same call")
	}
}
