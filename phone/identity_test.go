package phone_test

import (
	"slices"
	"testing"

	"leadline/phone"
	"leadline/phone/siptest"
)

// RFC 3325 §5: anybody can write a P-Asserted-Identity. Whose is taken is the account's
// choice; From, and the wish not to be shown, are everybody's own.
func TestWhoseWordForTheCallerIsTaken(t *testing.T) {
	t.Parallel()
	pai := `P-Asserted-Identity: "The Bank" <sip:+49800@bank.example>`
	rpid := `Remote-Party-ID: "The Bank" <sip:+49800@bank.example>;party=calling`
	const real, said = "+493020948812", "+49800"
	for name, tt := range map[string]struct {
		setting  string
		stranger bool
		header   string
		want     string
	}{
		"the PBX's":                      {"", false, pai, said},
		"the PBX's Remote-Party-ID":      {"pbx", false, rpid, said},
		"not a stranger's":               {"pbx", true, pai, real},
		"nor its Remote-Party-ID":        {"", true, rpid, real},
		"anyone's, if the account wants": {"anyone", true, pai, said},
		"nobody's, if the account wants": {"nobody", false, pai, real},
		"a wish for privacy is anyone's": {"", true, "Privacy: id", ""},
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.Asserted = tt.setting }).registered()
			caller := pbx.NewCall()
			if tt.stranger {
				caller.Peer = siptest.NewAt(t, "127.0.0.2:0")
			}
			caller.Invite(siptest.SDP(4000), tt.header)
			c := d.rings()
			if c.Remote.User != tt.want || c.Remote.Withheld != (tt.want == "") {
				t.Errorf("it is %+v who calls", c.Remote)
			}
		})
	}
}

func TestAStrangerDoesNotOpenOurMicrophone(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.AutoAnswer = "header" }).registered()
	caller := pbx.NewCall()
	caller.Peer = siptest.NewAt(t, "127.0.0.2:0")
	caller.Invite(siptest.SDP(4000), "Answer-Mode: Auto")
	c := d.rings()
	d.do(d.Decline(c.ID, true)) // in the order of the call's wishes: it hadn't answered itself
	caller.Refused(486)
	second := pbx.NewCall()
	second.Invite(siptest.SDP(4000), "Answer-Mode: Auto")
	second.Answered("")
	d.state(phone.Active)
}

func TestAnUnknownChoiceOfWhomToBelieveIsRefused(t *testing.T) {
	d := newDesk(t, siptest.New(t))
	acc := d.acc
	acc.Asserted = "everybody"
	if err := d.SetAccounts([]phone.Account{acc}); err == nil {
		t.Error("taken")
	}
}

// Where a call was before it came here stays with it (requirements.md A2).
func TestDiversionsAreKept(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000), `Diversion: "Reception" <sip:200@pbx.example>;reason=no-answer;counter=1`,
		`Diversion : <sip:+493044@pbx.example>;reason=unconditional`)
	c := d.rings()
	want := []phone.Diversion{
		{From: phone.Party{User: "+493044", Host: "pbx.example", URI: "sip:+493044@pbx.example"}, Reason: "unconditional"},
		{From: phone.Party{User: "200", Host: "pbx.example", Display: "Reception", URI: "sip:200@pbx.example"}, Reason: "no-answer"},
	}
	if !slices.Equal(c.Diversions, want) {
		t.Errorf("diverted by %+v", c.Diversions)
	}
	if c.Line() != "+493044" {
		t.Errorf("called by %q", c.Lines)
	}
}

func TestACallIsRefusedByChoice(t *testing.T) {
	for _, how := range []phone.Refusal{phone.RefuseUnavailable, phone.RefuseBusy, phone.RefuseDeclined} {
		pbx := siptest.New(t)
		d := newDesk(t, pbx).registered()
		caller := pbx.NewCall()
		caller.Invite(siptest.SDP(4000))
		c := d.rings()
		if err := d.Refuse(c.ID, 302); err == nil {
			t.Error("a call was refused with 302")
		}
		d.do(d.Refuse(c.ID, how))
		caller.Refused(int(how))
		if end := d.ended(phone.Declined); end.SIPCode != int(how) {
			t.Errorf("ended with %d", end.SIPCode)
		}
	}
}

// A PBX that has put somebody else at the other end says so in the middle of the call; a stranger's word isn't taken.
func TestWhoIsAtTheOtherEndNow(t *testing.T) {
	t.Parallel()
	for method, body := range map[string]string{"INVITE": siptest.SDP(4000), "UPDATE": ""} {
		t.Run(method, func(t *testing.T) {
			d, caller, c, _ := talking(t, siptest.SDP(4000))
			says := func(headers ...string) {
				t.Helper()
				caller.Do(method, body, headers...)
				caller.Expect("200 " + method)
				if method == "INVITE" {
					caller.Do("ACK", "")
				}
			}
			says(`P-Asserted-Identity: "Erika Meier" <sip:+493020948812@pbx.example>`) // as before
			says(`P-Asserted-Identity: "Max Kunde" <sip:+491761234567@pbx.example>`)
			now := d.call("who is there now", func(x phone.Call) bool { return x.ID == c.ID && x.Connected.User != "" })
			if now.Connected.User != "+491761234567" || now.Connected.Display != "Max Kunde" || now.Remote.User != "+493020948812" {
				t.Errorf("now with %+v, before %+v", now.Connected, now.Remote)
			}
			says("Privacy: id", `P-Asserted-Identity: <sip:+49170@pbx.example>`)
			d.eventually("a withheld number", func() bool { return d.last(c.ID).Connected == phone.Party{Withheld: true} })
			says(`Remote-Party-ID: "Anna" <sip:103@pbx.example>;party=calling;privacy=off`)
			d.eventually("a colleague", func() bool { return d.last(c.ID).Connected.User == "103" })
			caller.Peer = siptest.NewAt(t, "127.0.0.2:0")
			says(`P-Asserted-Identity: <sip:+49800@bank.example>`)
			says() // what the one before told has been told
			if got := d.last(c.ID).Connected.User; got != "103" {
				t.Errorf("a stranger says that it is %s", got)
			}
		})
	}
}
