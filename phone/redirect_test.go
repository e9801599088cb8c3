package phone_test

import (
	"fmt"
	"strings"
	"testing"

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
