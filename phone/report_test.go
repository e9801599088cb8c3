package phone_test

import (
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

func TestAReportTellsHowCallsWentAndNothingSecret(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:VERYSECRET"), "Authorization: Digest response=\"VERYSECRET\"")
	c := d.state(phone.Ringing)
	d.do(d.Answer(c.ID))
	caller.Answered("")
	d.state(phone.Active)
	report := func() string {
		var b strings.Builder
		d.do(d.WriteReport(&b))
		return b.String()
	}
	if got := report(); !strings.Contains(got, "active") || !strings.Contains(got, c.SIPCallID) {
		t.Errorf("the call in progress is not in\n%s", got)
	}
	caller.Do("BYE", "")
	caller.Expect("200 BYE")
	d.ended(phone.HungUpThere)
	got := report()
	for _, want := range []string{"incoming sip:+493020948812@", "account Office", "cause        hung up there", "codec        PCMA",
		"received from " + pbx.Addr() + "\nINVITE sip:", "sent to " + pbx.Addr() + "\nSIP/2.0 180", "SIP/2.0 200 OK", "\nACK ", "\nBYE ",
		"Authorization: (removed)", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 (removed)"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(got, "VERYSECRET") || strings.Count(got, c.SIPCallID) < 5 {
		t.Errorf("the report:\n%s", got)
	}
}

func TestAReportRemembersTheLastCallsOnly(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	var first phone.Call
	for n := range 25 {
		caller := pbx.NewCall()
		caller.Invite(siptest.SDP(4000))
		c := d.rings()
		if n == 0 {
			first = c
		}
		caller.Do("CANCEL", "")
		caller.Refused(487)
		d.eventually("it has ended", func() bool { return d.last(c.ID).State == phone.Ended && len(d.Calls()) == 0 })
	}
	var b strings.Builder
	d.do(d.WriteReport(&b))
	if n := strings.Count(b.String(), "cause        missed"); n != 20 || strings.Contains(b.String(), first.SIPCallID) {
		t.Errorf("%d calls are in it", n)
	}
}

// A stream may break a message anywhere.
func TestTheReportHasMessagesThatCameInPieces(t *testing.T) {
	pbx := siptest.NewTCP(t, nil)
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.Transport = "tcp" }).registered()
	caller := pbx.NewCall()
	invite := caller.Request("INVITE", siptest.SDP(4000))
	middle := strings.Index(invite, "Call-ID") + 3
	caller.Send(caller.To, invite[:middle])
	time.Sleep(20 * time.Millisecond) // a piece of its own, as a rule
	caller.Send(caller.To, invite[middle:])
	caller.Expect("180")
	d.rings()
	var report strings.Builder
	d.do(d.WriteReport(&report))
	if !strings.Contains(report.String(), "\nINVITE sip:101@") || !strings.Contains(report.String(), "m=audio 4000") {
		t.Errorf("the INVITE is missing:\n%s", report.String())
	}
}
