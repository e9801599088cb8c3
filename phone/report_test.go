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

// RFC 3261 §21.5.7: what is too big is refused, and the report has the beginning of it.
func TestTheReportHasAMessageThatIsTooBig(t *testing.T) {
	pbx := siptest.NewTCP(t, nil)
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.Transport = "tcp" }).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	d.do(d.Answer(d.rings().ID))
	caller.Answered("")
	caller.Do("UPDATE", siptest.SDP(4000))
	caller.Expect("200 UPDATE") // not before the ACK has been read
	head, _, _ := strings.Cut(caller.Request("INFO", ""), "Content-Length")
	caller.Send(caller.To, head+"Subject: too big\r\nContent-Length: 70000\r\n\r\n")
	again := pbx.Expect("INVITE") // over another connection: nobody knows where the next message would begin
	pbx.Reply(again, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	var report strings.Builder
	d.do(d.WriteReport(&report))
	if text := report.String(); !strings.Contains(text, "Subject: too big") || !strings.Contains(text, "513 Message Too Large") {
		t.Errorf("it isn't there:\n%s", text)
	}
	d.do(d.HangUp(d.Calls()[0].ID))
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
	d.ended(phone.HungUpHere)
}
