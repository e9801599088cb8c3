package phone_test

import (
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// shortSessions makes session timers of seconds instead of half an hour. Who refreshes has a sixth of the session for the
// answer, which on a busy machine has to be more than a second.
func shortSessions(c *phone.Config, _ *phone.Account) {
	c.Timing.Session, c.Timing.MinSession = 2*time.Second, time.Second
}

// RFC 4028 §7.1, §7.3
func TestWeAskForASessionTimerAndLengthenIt(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	if invite.Get("Session-Expires") != "1800" || invite.Get("Min-SE") != "90" || !strings.Contains(invite.Get("Supported"), "timer") {
		t.Errorf("Session-Expires %q, Min-SE %q, Supported %q", invite.Get("Session-Expires"), invite.Get("Min-SE"), invite.Get("Supported"))
	}
	pbx.Reply(invite, 422, "Session Interval Too Small", "", "Min-SE: 3600")
	pbx.Expect("ACK")
	again := pbx.Expect("INVITE")
	if again.Get("Session-Expires") != "3600" || again.Get("Min-SE") != "3600" || again.CSeq() != invite.CSeq()+1 || again.Get("Call-ID") != invite.Get("Call-ID") {
		t.Errorf("again: Session-Expires %q, Min-SE %q, CSeq %d", again.Get("Session-Expires"), again.Get("Min-SE"), again.CSeq())
	}
	pbx.Reply(again, 422, "Session Interval Too Small", "", "Min-SE: 60") // nonsense: it is longer already
	pbx.Expect("ACK")
	if end := d.ended(phone.Failed); end.SIPCode != 422 {
		t.Errorf("ended with %d", end.SIPCode)
	}
}

func TestWeRefreshTheSession(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ allow, method string }{
		"by UPDATE":                      {"Allow: INVITE, ACK, BYE, UPDATE", "UPDATE"},
		"by re-INVITE without an UPDATE": {"Allow: INVITE, ACK, BYE", "INVITE"},
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx, shortSessions).registered()
			_, err := d.Dial("", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			timer := []string{"Session-Expires: 9;refresher=uac", "Require: timer", tt.allow}
			pbx.Reply(invite, 200, "OK", siptest.SDP(4000), timer...)
			pbx.Expect("ACK")
			c := d.state(phone.Active)
			for range 2 {
				refresh := pbx.Expect(tt.method)
				if got := refresh.Get("Session-Expires"); got != "9;refresher=uac" {
					t.Errorf("Session-Expires: %s", got)
				}
				body := ""
				if tt.method == "INVITE" {
					body = siptest.SDP(4000)
				} else if refresh.Body != "" {
					t.Errorf("an offer in a mere refresh:\n%s", refresh.Body)
				}
				pbx.Reply(refresh, 200, "OK", body, timer...)
				if tt.method == "INVITE" {
					pbx.Expect("ACK")
				}
			}
			if got := d.last(c.ID).State; got != phone.Active {
				t.Errorf("the call is %s", got)
			}
		})
	}
}

// Who allows UPDATE, and refuses it, is asked by a re-INVITE.
func TestASessionIsRefreshedByReinviteWhereUpdateIsRefused(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx, shortSessions).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	timer := []string{"Session-Expires: 9;refresher=uac", "Require: timer", "Allow: INVITE, ACK, BYE, UPDATE"}
	pbx.Reply(pbx.Expect("INVITE"), 200, "OK", siptest.SDP(4000), timer...)
	pbx.Expect("ACK")
	c := d.state(phone.Active)
	pbx.Reply(pbx.Expect("UPDATE"), 422, "Session Interval Too Small", "", "Min-SE: 10")
	longer := pbx.Expect("UPDATE")
	if got := longer.Get("Session-Expires"); got != "10;refresher=uac" {
		t.Errorf("after a 422 with Min-SE: 10, Session-Expires: %s", got)
	}
	pbx.Reply(longer, 501, "Not Implemented", "")
	for range 2 {
		again, ok := pbx.AwaitAny(siptest.Patience, "INVITE", "UPDATE", "BYE")
		if !ok || again.Method() != "INVITE" {
			t.Fatalf("after a 501 comes %q", again.Start)
		}
		pbx.Reply(again, 200, "OK", siptest.SDP(4000), timer...)
		pbx.Expect("ACK")
	}
	if got := d.last(c.ID).State; got != phone.Active {
		t.Errorf("the call is %s", got)
	}
}

// RFC 3261 §12.2.1.2, RFC 4028 §10
func TestASessionThatCantBeRefreshedEnds(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx, shortSessions).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	pbx.Reply(pbx.Expect("INVITE"), 200, "OK", siptest.SDP(4000), "Session-Expires: 2;refresher=uac", "Allow: UPDATE")
	pbx.Expect("ACK")
	pbx.Reply(pbx.Expect("UPDATE"), 481, "Call/Transaction Does Not Exist", "")
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
	if end := d.ended(phone.Failed); !strings.Contains(end.SIPReason, "refreshed") {
		t.Errorf("reason %q", end.SIPReason)
	}
}

// RFC 4028 §10: it ends though the far end is heard.
func TestASessionWhoseRefreshNobodyAnswersEnds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ allow, method, why string }{
		"by UPDATE":    {"Allow: INVITE, ACK, BYE, UPDATE", "UPDATE", "refreshed"},
		"by re-INVITE": {"Allow: INVITE, ACK, BYE", "INVITE", "did not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pbx := siptest.New(t)
			d := newDesk(t, pbx, shortSessions).registered()
			_, err := d.Dial("", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			pbx.Reply(invite, 200, "OK", siptest.SDP(4000), "Session-Expires: 9;refresher=uac", tt.allow)
			pbx.Expect("ACK")
			d.state(phone.Active)
			speaks(t, audioPort(t, invite.Body))
			pbx.Expect(tt.method)
			pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
			if end := d.ended(phone.Failed); !strings.Contains(end.SIPReason, tt.why) {
				t.Errorf("reason %q", end.SIPReason)
			}
		})
	}
}

func TestASessionThatTheFarEndForgetsToRefreshEnds(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx, shortSessions).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000), "Supported: timer", "Session-Expires: 6;refresher=uac")
	d.do(d.Answer(d.rings().ID))
	ok := caller.Answered("")
	if got := ok.Get("Session-Expires"); got != "6;refresher=uac" || !strings.Contains(ok.Get("Require"), "timer") {
		t.Errorf("Session-Expires %q, Require %q", got, ok.Get("Require"))
	}
	caller.Do("UPDATE", "", "Supported: timer", "Session-Expires: 6;refresher=uac") // this once it does
	if m := caller.Expect("200 UPDATE"); m.Get("Session-Expires") != "6;refresher=uac" {
		t.Errorf("Session-Expires of the UPDATE: %q", m.Get("Session-Expires"))
	}
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
	if end := d.ended(phone.Failed); !strings.Contains(end.SIPReason, "refreshed") {
		t.Errorf("reason %q", end.SIPReason)
	}
}

func TestWhoRefreshesIsAgreedOnAsRFC4028Says(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		ask      []string
		expires  string
		required bool
	}{
		"the caller may, and doesn't say": {[]string{"Supported: timer", "Session-Expires: 1800"}, "1800;refresher=uac", true},
		"the caller wants us to":          {[]string{"k: timer", "x: 1800;refresher=uas"}, "1800;refresher=uas", false},
		"a proxy wants it for the caller": {[]string{"Session-Expires: 1800"}, "1800;refresher=uas", false},
		"a proxy wants it very short":     {[]string{"Session-Expires: 5"}, "90;refresher=uas", false},
		"nobody wants it":                 {[]string{"Supported: timer"}, "", false},
		"nonsense":                        {[]string{"Supported: timer", "Session-Expires: soon"}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			caller := pbx.NewCall()
			caller.Invite(siptest.SDP(4000), tt.ask...)
			d.do(d.Answer(d.rings().ID))
			ok := caller.Answered("")
			if got := ok.Get("Session-Expires"); got != tt.expires || strings.Contains(ok.Get("Require"), "timer") != tt.required {
				t.Errorf("Session-Expires %q, Require %q", got, ok.Get("Require"))
			}
		})
	}
}

func TestASessionThatIsTooShortIsRefused(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	other := caller.NewCall()
	other.Do("INVITE", siptest.SDP(4000), "Supported: timer", "Session-Expires: 30")
	if m := other.Refused(422); m.Get("Min-SE") != "90" {
		t.Errorf("Min-SE: %q", m.Get("Min-SE"))
	}
	caller.Do("UPDATE", "", "Supported: timer", "Session-Expires: 30")
	caller.Expect("422 UPDATE")
	stillWorks(t, d, caller, c)
}
