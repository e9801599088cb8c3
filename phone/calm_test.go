package phone_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/siptest"
)

// slow is a Listener that takes its time, and one that fails.
type slow struct {
	*ear
	wait    time.Duration
	panics  bool
	blocked chan struct{}
}

func (s *slow) CallChanged(c phone.Call) {
	if s.panics {
		panic("listener")
	}
	select {
	case <-s.blocked:
	case <-time.After(s.wait):
	}
	s.ear.CallChanged(c)
}

// slowSound takes its time to ring.
type slowSound struct {
	*audio.Fake
	blocked chan struct{}
}

func (s slowSound) Ring() func() {
	<-s.blocked
	return s.Fake.Ring()
}

func TestThe180WaitsForNobody(t *testing.T) {
	pbx := siptest.New(t)
	blocked := make(chan struct{})
	d := newDesk(t, pbx, func(c *phone.Config, _ *phone.Account) {
		c.Listener = &slow{ear: &ear{}, wait: time.Minute, blocked: blocked}
		c.Sound = slowSound{audio.NewFake(), blocked}
	}).registered()
	defer close(blocked)
	for range 3 {
		pbx.NewCall().Invite(siptest.SDP(4000)) // fails after siptest.Patience
	}
	d.eventually("three calls", func() bool { return len(d.Calls()) == 3 })
}

func TestAListenerThatPanicsIsSurvived(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx, func(c *phone.Config, _ *phone.Account) {
		c.Listener = &slow{ear: &ear{}, panics: true}
	}).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	d.eventually("a call", func() bool { return len(d.Calls()) == 1 })
	d.do(d.Answer(d.Calls()[0].ID))
	caller.Answered("")
}

func TestAFloodOfInvitesIsBounded(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	for range 32 {
		pbx.NewCall().Invite(siptest.SDP(4000))
	}
	d.eventually("32 calls", func() bool { return len(d.Calls()) == 32 })
	more := pbx.NewCall()
	more.Do("INVITE", siptest.SDP(4000))
	more.Refused(486)
}

// A scanner asks thousands of times a second. It is answered a few hundred times, the PBX as ever; when it has stopped,
// strangers are heard again.
func TestAFloodOfStrangersIsBounded(t *testing.T) {
	pbx, scanner := siptest.New(t), siptest.NewAt(t, "127.0.0.5:0")
	d := newDesk(t, pbx).registered()
	to, contact := pbx.Phone()
	var answered atomic.Int64
	scanner.Handle(func(m siptest.Message) bool {
		if m.Code() == 200 {
			answered.Add(1)
		}
		return true
	})
	ask := func(n int) {
		scanner.Send(to, fmt.Sprintf("OPTIONS %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=z9hG4bKscan%d\r\nFrom: <sip:%d@x>;tag=1\r\n"+
			"To: <sip:101@x>\r\nCall-ID: scan%d\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n", contact, scanner.Addr(), n, n, n))
	}
	began := time.Now()
	const flood = 5000
	for n := range flood {
		ask(n)
	}
	caller := pbx.NewCall()
	invite := caller.Request("INVITE", siptest.SDP(4000))
	d.eventually("the PBX is heard", func() bool {
		caller.Send(caller.To, invite) // and again: the socket may have been full
		time.Sleep(20 * time.Millisecond)
		return len(d.Calls()) > 0
	})
	d.do(d.Decline(d.rings().ID, false))
	caller.Refused(603)
	if most := 300 + int64(60*time.Since(began).Seconds()); answered.Load() > most || answered.Load() == 0 {
		t.Errorf("%d of %d are answered in %v", answered.Load(), flood, time.Since(began))
	}
	before := answered.Load()
	d.eventually("strangers are heard again", func() bool {
		ask(flood + int(time.Since(began).Milliseconds()))
		time.Sleep(50 * time.Millisecond)
		return answered.Load() > before
	})
}

func TestAutoAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		setting string
		header  string
		answers bool
	}{
		"always":                {"always", "X-Nothing: x", true},
		"asked, and allowed":    {"header", "Call-Info: <sip:x>;answer-after=0", true},
		"asked by Alert-Info":   {"header", "Alert-Info: <http://x>;info=alert-autoanswer", true},
		"not asked":             {"header", "Alert-Info: <http://x>;info=external", false},
		"asked, but not wanted": {"never", "Call-Info: <sip:x>;answer-after=0", false},
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.AutoAnswer = tt.setting }).registered()
			caller := pbx.NewCall()
			caller.Invite(siptest.SDP(4000), tt.header)
			if tt.answers {
				caller.Answered("")
				d.state(phone.Active)
			} else if _, ok := caller.Await("200 INVITE", 100*time.Millisecond); ok {
				t.Error("answered by itself")
			}
		})
	}
}

func TestEverythingGoesThroughTheOutboundProxy(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) {
		a.Address, a.OutboundProxy = "sip:101@pbx.invalid", pbx.Addr()
	}).registered()
	id, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	if !strings.HasPrefix(invite.Start, "INVITE sip:102@pbx.invalid ") || !strings.Contains(invite.Get("Route"), pbx.Addr()) {
		t.Errorf("%s, Route %s", invite.Start, invite.Get("Route"))
	}
	pbx.Reply(invite, 180, "Ringing", "")
	d.state(phone.RingingThere)
	d.do(d.HangUp(id))
	cancel := pbx.Expect("CANCEL")
	if cancel.Get("Route") != invite.Get("Route") {
		t.Errorf("CANCEL without the INVITE's Route: %q", cancel.Get("Route"))
	}
	pbx.Reply(cancel, 200, "OK", "")
	pbx.Reply(invite, 487, "Request Terminated", "")
	if ack := pbx.Expect("ACK"); ack.Get("Route") != invite.Get("Route") {
		t.Errorf("ACK without the INVITE's Route: %q", ack.Get("Route"))
	}
}

func TestRecordRouteIsFollowed(t *testing.T) {
	pbx, proxy := siptest.New(t), siptest.New(t)
	d := newDesk(t, pbx).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	route := "<sip:" + proxy.Addr() + ";lr>"
	pbx.Reply(invite, 200, "OK", siptest.SDP(4000), "Record-Route: "+route)
	if ack := proxy.Expect("ACK"); ack.Get("Route") != route {
		t.Errorf("ACK with Route %q", ack.Get("Route"))
	}
	id := d.state(phone.Active).ID
	d.do(d.Hold(id, true))
	hold := proxy.Expect("INVITE")
	proxy.Reply(hold, 200, "OK", siptest.SDP(4000, "a=recvonly"))
	proxy.Expect("ACK")
	d.state(phone.HeldHere)
	d.do(d.HangUp(id))
	bye := proxy.Expect("BYE")
	if bye.CSeq() <= hold.CSeq() || bye.Get("Route") != route {
		t.Errorf("BYE: CSeq %d after %d, Route %q", bye.CSeq(), hold.CSeq(), bye.Get("Route"))
	}
	proxy.Reply(bye, 200, "OK", "")
}

func TestNothingIsLeftRunningAfterClose(t *testing.T) {
	pbx := siptest.New(t)
	before := ours()
	d := newDesk(t, pbx).registered()
	active, ringing := pbx.NewCall(), pbx.NewCall()
	active.Invite(siptest.SDP(4000))
	d.do(d.Answer(d.state(phone.Ringing).ID))
	active.Answered("")
	ringing.Invite(siptest.SDP(4002))
	if _, err := d.Dial("", "102"); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			m, ok := pbx.AwaitAny(time.Second, "BYE", "480 INVITE", "INVITE", "CANCEL")
			switch {
			case !ok:
				return
			case m.Method() == "INVITE":
				pbx.Reply(m, 180, "Ringing", "")
			case m.Method() != "":
				pbx.Reply(m, 200, "OK", "")
			}
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := d.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := d.HangUp("call-1"); err == nil {
		t.Error("a closed phone hangs up")
	}
	for deadline := time.Now().Add(siptest.Patience); ours() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, before %d\n%s", ours(), before, stacks())
		}
	}
}

// ours is how many goroutines run code of the phone or its libraries.
func ours() int {
	buf := make([]byte, 1<<22)
	n := 0
	for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(g, "emiago/") || strings.Contains(g, "leadline/phone.") || strings.Contains(g, "leadline/phone/sip.") {
			n++
		}
	}
	return n
}
