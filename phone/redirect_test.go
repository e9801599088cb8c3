package phone_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// sends answers an INVITE with a redirection to contacts.
func sends(pbx *siptest.Peer, invite siptest.Message, code int, headers ...string) {
	pbx.Send(invite.From, invite.Response(code, "Moved", fmt.Sprintf("moved%d", invite.CSeq()), "", headers...))
	pbx.Expect("ACK")
}

// RFC 3261 §8.1.3.4, RFC 5806: the preferred contact first, the next when that one fails.
func TestARedirectionIsFollowed(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	id, err := d.Dial("", "102")
	d.do(err)
	first := pbx.Expect("INVITE")
	pbx.Reply(first, 180, "Ringing", "")
	d.state(phone.RingingThere)
	at := "@" + pbx.Addr()
	sends(pbx, first, 302, "Contact: <mailto:anna@example.org>, <sip:103"+at+"?Subject=x>;q=0.2, <sip:104"+at+";method=MESSAGE>;q=0.7")
	second := pbx.Expect("INVITE")
	if second.Start != "INVITE sip:104"+at+" SIP/2.0" {
		t.Errorf("sent on to %s", second.Start)
	}
	if second.Get("Call-ID") != first.Get("Call-ID") || second.Get("From") != first.Get("From") ||
		second.Get("To") != first.Get("To") || second.CSeq() != first.CSeq()+1 || second.Get("Via") == first.Get("Via") {
		t.Errorf("not the same call's next INVITE:\n%+v\n%+v", first, second)
	}
	if got, want := second.Get("Diversion"), "<sip:102"+at+">;reason=unconditional"; got != want {
		t.Errorf("Diversion: %s, want %s", got, want)
	}
	if c := d.call("sent on", func(c phone.Call) bool { return c.SentOn.User == "104" }); c.ID != id || c.Remote.User != "102" {
		t.Errorf("told %+v", c)
	}
	pbx.Reply(second, 486, "Busy Here", "")
	pbx.Expect("ACK")
	third := pbx.Expect("INVITE")
	if third.Start != "INVITE sip:103"+at+" SIP/2.0" {
		t.Errorf("then sent on to %s", third.Start)
	}
	pbx.Reply(third, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	if c := d.state(phone.Active); c.SentOn.User != "103" {
		t.Errorf("talks with %+v", c.SentOn)
	}
	d.do(d.HangUp(id))
	if bye := pbx.Expect("BYE"); bye.CSeq() <= third.CSeq() {
		t.Errorf("BYE has CSeq %d after %d", bye.CSeq(), third.CSeq())
	}
}

// Credentials for one target are for no other, and its stops are passed on.
func TestARedirectionIsFollowedWithCredentialsOfItsOwn(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	const challenge = `WWW-Authenticate: Digest realm="pbx", nonce="n1", algorithm=MD5, qop="auth"`
	sends(pbx, pbx.Expect("INVITE"), 401, challenge)
	known := pbx.Expect("INVITE")
	if known.Get("Authorization") == "" {
		t.Fatal("no credentials")
	}
	sends(pbx, known, 301, "Contact: <sip:103@"+pbx.Addr()+">", "Diversion: <sip:102@example.org>;reason=deflection")
	moved := pbx.Expect("INVITE")
	if got := moved.Get("Authorization"); got != "" {
		t.Errorf("credentials were taken along: %s", got)
	}
	if got := moved.Get("Diversion"); got != "<sip:102@example.org>;reason=deflection" {
		t.Errorf("Diversion: %s", got)
	}
	sends(pbx, moved, 401, challenge)
	asked := pbx.Expect("INVITE")
	if got := asked.Get("Authorization"); !strings.Contains(got, `uri="sip:103@`) {
		t.Errorf("credentials for %s", got)
	}
	pbx.Reply(asked, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	d.state(phone.Active)
}

func TestARedirectionThatLeadsNowhereSaysSo(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		code         int
		contact      func(n int, addr string) string // of the nth answer
		most         int                             // INVITEs
	}{
		{"in a circle", "circle", 302, func(n int, addr string) string { return fmt.Sprintf("<sip:10%d@%s>", 3-n%2, addr) }, 2},
		{"too often", "too often", 300, func(n int, addr string) string { return fmt.Sprintf("<sip:2%d@%s>", n, addr) }, 6},
		{"to no contact", "without an address", 302, func(int, string) string { return "" }, 1},
		{"to what can't be called", "without an address", 301, func(int, string) string { return "<http://example.org/>" }, 1},
		{"to a secure address from an insecure account", "without an address", 302, func(_ int, addr string) string { return "<sips:103@" + addr + ">" }, 1},
		{"to a proxy", "Moved", 305, func(_ int, addr string) string { return "<sip:" + addr + ";lr>" }, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			_, err := d.Dial("", "102")
			d.do(err)
			for n := range tt.most {
				var headers []string
				if to := tt.contact(n, pbx.Addr()); to != "" {
					headers = append(headers, "Contact: "+to)
				}
				sends(pbx, pbx.Expect("INVITE"), tt.code, headers...)
			}
			if end := d.ended(phone.Failed); end.SIPCode != tt.code || !strings.Contains(end.SIPReason, tt.reason) {
				t.Errorf("%d %q", end.SIPCode, end.SIPReason)
			}
		})
	}
}

// A call that its caller gave up isn't sent on, and neither is one that is refused everywhere.
func TestARedirectionIsNotFollowedWhenTheCallIsOver(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	id, err := d.Dial("", "102")
	d.do(err)
	first := pbx.Expect("INVITE")
	pbx.Reply(first, 180, "Ringing", "")
	d.state(phone.RingingThere)
	d.do(d.HangUp(id))
	cancel := pbx.Expect("CANCEL")
	pbx.Reply(cancel, 200, "OK", "")
	to := "Contact: <sip:103@" + pbx.Addr() + ">, <sip:104@" + pbx.Addr() + ">"
	sends(pbx, first, 302, to)
	d.ended(phone.Cancelled)
	_, err = d.Dial("", "105") // whatever comes next is this
	d.do(err)
	refused := pbx.Expect("INVITE")
	if !strings.HasPrefix(refused.Start, "INVITE sip:105@") {
		t.Errorf("a call that was given up went on: %s", refused.Start)
	}
	sends(pbx, refused, 302, to)
	pbx.Reply(pbx.Expect("INVITE"), 603, "Decline", "")
	pbx.Expect("ACK")
	d.ended(phone.DeclinedThere)
}

// What lies outside the PBX is called through it: a number as if it had been dialled, a name
// by its own address.
func TestARedirectionElsewhereGoesThroughThePBX(t *testing.T) {
	for name, tt := range map[string]struct {
		contact func(addr string) string
		start   string // with %s for the PBX
		route   bool
	}{
		"tel":                         {func(string) string { return "<tel:+49-30-123456;phone-context=example.org>" }, "sip:+4930123456@%s", false},
		"a number at another host":    {func(string) string { return "<sip:+4930123456@192.0.2.7:5080;maddr=192.0.2.8;user=phone>" }, "sip:+4930123456@%s", false},
		"an extension elsewhere":      {func(string) string { return "<sip:103@127.0.0.1:9>" }, "sip:103@%s", false},
		"a name at another host":      {func(string) string { return "<sip:bob@192.0.2.7>" }, "sip:bob@192.0.2.7", true},
		"a name that nobody resolves": {func(string) string { return "Bob <sip:bob@biloxi.invalid>" }, "sip:bob@biloxi.invalid", true},
		"a name at the PBX":           {func(addr string) string { return "<sip:bob@" + addr + ">" }, "sip:bob@%s", false},
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			_, err := d.Dial("", "102")
			d.do(err)
			sends(pbx, pbx.Expect("INVITE"), 302, "Contact: "+tt.contact(pbx.Addr()))
			next := pbx.Expect("INVITE")
			if want := "INVITE " + strings.ReplaceAll(tt.start, "%s", pbx.Addr()) + " SIP/2.0"; next.Start != want {
				t.Errorf("%s, want %s", next.Start, want)
			}
			route := ""
			if tt.route {
				route = "<sip:" + pbx.Addr() + ";lr>"
			}
			if got := next.Get("Route"); got != route {
				t.Errorf("Route: %q, want %q", got, route)
			}
			// Credentials and what takes it back go the same way.
			sends(pbx, next, 401, `WWW-Authenticate: Digest realm="pbx", nonce="n1", algorithm=MD5, qop="auth"`)
			again := pbx.Expect("INVITE")
			if got := again.Get("Route"); got != route || again.Start != next.Start {
				t.Errorf("with credentials: %s, Route %q", again.Start, got)
			}
			pbx.Reply(again, 180, "Ringing", "")
			ringing := d.state(phone.RingingThere)
			d.do(d.HangUp(ringing.ID))
			cancel := pbx.Expect("CANCEL")
			if got := cancel.Get("Route"); got != route {
				t.Errorf("CANCEL has Route %q", got)
			}
			pbx.Reply(cancel, 200, "OK", "")
			pbx.Reply(again, 487, "Request Terminated", "")
			pbx.Expect("ACK")
		})
	}
}

func TestARedirectionIsFollowedOverTLS(t *testing.T) {
	authority := siptest.NewAuthority(t)
	pbx := siptest.NewTCP(t, authority.Issue("127.0.0.1").Server(t))
	d := newDesk(t, pbx, byTLS(authority.File)).registered()
	id, err := d.Dial("", "102")
	d.do(err)
	first := pbx.Expect("INVITE")
	sends(pbx, first, 302, "Contact: <sips:104@"+pbx.Addr()+">;q=0.9, <sip:anna@192.0.2.7>;q=0.5")
	secure := pbx.Expect("INVITE")
	if want := "INVITE sips:104@" + pbx.Addr() + " SIP/2.0"; secure.Start != want || secure.From != first.From {
		t.Errorf("%s from %s, want %s over the connection from %s", secure.Start, secure.From, want, first.From)
	}
	pbx.Reply(secure, 480, "Temporarily Unavailable", "")
	pbx.Expect("ACK")
	elsewhere := pbx.Expect("INVITE")
	if elsewhere.Start != "INVITE sip:anna@192.0.2.7 SIP/2.0" || elsewhere.From != first.From {
		t.Errorf("then %s from %s", elsewhere.Start, elsewhere.From)
	}
	pbx.Reply(elsewhere, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	d.state(phone.Active)
	d.do(d.HangUp(id))
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
	d.ended(phone.HungUpHere)
}

// only lets calls go on to users.
func only(users ...string) func(*phone.Config, *phone.Account) {
	return func(c *phone.Config, _ *phone.Account) {
		c.MayCall = func(_ context.Context, account string, to phone.Party) error {
			if account != "Office" {
				return fmt.Errorf("asked for account %q", account)
			}
			for _, user := range users {
				if to.User == user {
					return nil
				}
			}
			return errors.New("your role says no")
		}
	}
}

// requirements.md G1: the far end names numbers that whoever dialled may not call.
func TestARedirectionIsFollowedOnlyToWhomMayBeCalled_G1(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx, only("104")).registered()
	_, err := d.Dial("", "102") // what is dialled was judged before
	d.do(err)
	to := func(users ...string) string {
		var contacts []string
		for _, user := range users {
			contacts = append(contacts, "<sip:"+user+"@"+pbx.Addr()+">")
		}
		return "Contact: " + strings.Join(contacts, ", ")
	}
	sends(pbx, pbx.Expect("INVITE"), 302, to("0900123456", "104"))
	allowed := pbx.Expect("INVITE")
	if !strings.HasPrefix(allowed.Start, "INVITE sip:104@") {
		t.Errorf("went on to %s", allowed.Start)
	}
	sends(pbx, allowed, 302, to("0900666"))
	end := d.ended(phone.Failed)
	if end.SIPCode != 302 || !strings.Contains(end.SIPReason, "0900666") || !strings.Contains(end.SIPReason, "your role says no") || end.Barred.User != "0900666" {
		t.Errorf("%d %q, barred %+v", end.SIPCode, end.SIPReason, end.Barred)
	}
	if m, ok := pbx.AwaitAny(200*time.Millisecond, "INVITE"); ok {
		t.Errorf("called all the same: %s", m.Start)
	}
}

// Whoever gives up while it is asked whether the call may go on has given up.
func TestARedirectionIsNotFollowedWhenItsCallerGivesUpMeanwhile(t *testing.T) {
	asked, say := make(chan struct{}), make(chan struct{})
	pbx := siptest.New(t)
	d := newDesk(t, pbx, func(c *phone.Config, _ *phone.Account) {
		c.MayCall = func(context.Context, string, phone.Party) error {
			close(asked)
			<-say
			return nil
		}
	}).registered()
	id, err := d.Dial("", "102")
	d.do(err)
	sends(pbx, pbx.Expect("INVITE"), 302, "Contact: <sip:103@"+pbx.Addr()+">")
	select {
	case <-asked:
	case <-time.After(siptest.Patience):
		t.Fatal("nobody asked whether it may be called")
	}
	d.do(d.HangUp(id))
	close(say)
	d.ended(phone.Cancelled)
	if m, ok := pbx.AwaitAny(200*time.Millisecond, "INVITE"); ok {
		t.Errorf("called all the same: %s", m.Start)
	}
}

// requirements.md G1: so does a REFER.
func TestATransferIsFollowedOnlyToWhomMayBeCalled_G1(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx, only("104"), func(_ *phone.Config, a *phone.Account) { a.AutoAnswer = "always" }).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	caller.Answered("")
	d.state(phone.Active)
	refer := func(user, outcome string) {
		t.Helper()
		caller.Do("REFER", "", "Refer-To: <sip:"+user+"@"+pbx.Addr()+">", "Referred-By: <sip:chief@example.org>")
		caller.Expect("202 REFER")
		for {
			m, ok := pbx.AwaitAny(siptest.Patience, "INVITE", "NOTIFY")
			switch {
			case !ok:
				t.Fatal("nothing came")
			case m.Method() == "NOTIFY":
				pbx.Send(m.From, m.Response(200, "OK", "", ""))
				if strings.Contains(m.Body, outcome) {
					return
				}
			case m.Get("Call-ID") == caller.ID: // holds, and takes back
				direction := "a=recvonly"
				if !strings.Contains(m.Body, "a=sendonly") {
					direction = "a=sendrecv"
				}
				pbx.Reply(m, 200, "OK", siptest.SDP(4000, direction))
			case strings.HasPrefix(m.Start, "INVITE sip:104@"):
				pbx.Reply(m, 200, "OK", siptest.SDP(4000))
			default:
				t.Errorf("called %s", m.Start)
			}
		}
	}
	refer("0900666", "SIP/2.0 403 ")
	end := d.ended(phone.Failed)
	if end.Barred.User != "0900666" || !strings.Contains(end.SIPReason, "your role says no") {
		t.Errorf("%q, barred %+v", end.SIPReason, end.Barred)
	}
	refer("104", "SIP/2.0 200 ")
}
