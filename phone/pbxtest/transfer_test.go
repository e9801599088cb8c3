package pbxtest

import (
	"testing"

	"leadline/phone"
	"leadline/phone/rig"
)

// colleagues are two phones of ours at one Asterisk, and a customer whom the first is
// talking to.
func colleagues(t *testing.T) (p *rig.Asterisk, a, b *agent, customer phone.Call) {
	t.Helper()
	p, a = office(t, "udp")
	second := account(p, "udp")
	second.Address, second.Password = p.URI("102"), "two"
	b = newAgent(t, second)
	b.registration("Office", phone.Registered, soon)
	p.Registered("102", 1, soon)
	p.Call(rig.Caller{To: "101", Number: "+493020948812"})
	customer = a.incoming(1)
	a.do(a.Answer(customer.ID))
	a.reaches(customer.ID, phone.Active, soon)
	return p, a, b, customer
}

// Requirements.md D2: the outcome of a transfer reaches the application.
func TestABlindTransferReachesTheColleague(t *testing.T) {
	t.Parallel()
	p, a, b, customer := colleagues(t)
	a.do(a.Transfer(customer.ID, "102"))
	passed := b.incoming(1)
	if e := a.ends(customer.ID, soon); e.Cause != phone.Transferred || e.Transfer.State != phone.TransferDone || e.Transfer.To != "102" {
		t.Errorf("it ended as %s, transfer %+v", e.Cause, e.Transfer)
	}
	if passed.Remote.User != "+493020948812" {
		t.Errorf("the colleague is called by %+v", passed.Remote)
	}
	b.do(b.Answer(passed.ID))
	b.reaches(passed.ID, phone.Active, soon)
	b.hears("the colleague hears the customer", 440)
	b.do(b.HangUp(passed.ID))
	rig.Eventually(t, soon, "the PBX has no call", func() (bool, string) { return p.Channels() == 0, "some" })
}

func TestATransferToNobodyComesBack(t *testing.T) {
	t.Parallel()
	_, a, _, customer := colleagues(t)
	a.do(a.Transfer(customer.ID, "nobody"))
	a.until(soon, "the transfer fails", func() bool {
		told := a.calls[customer.ID]
		return told[len(told)-1].Transfer.State == phone.TransferFailed
	})
	a.until(soon, "the call is back", func() bool {
		told := a.calls[customer.ID]
		last := told[len(told)-1]
		return last.State == phone.Active && last.Transfer.Code >= 300
	})
	a.hears("we hear the customer again", 440)
}

func TestAnAttendedTransferJoinsThem(t *testing.T) {
	t.Parallel()
	p, a, b, customer := colleagues(t)
	ask := a.dial("102")
	a.reaches(customer.ID, phone.HeldHere, soon)
	asked := b.incoming(1)
	b.do(b.Answer(asked.ID))
	a.reaches(ask, phone.Active, soon)
	if err := a.Join(customer.ID, ask); err != nil {
		a.tell(func() { t.Errorf("the consultation was told last as %+v", a.calls[ask][len(a.calls[ask])-1]) })
		t.Fatal(err)
	}
	for _, id := range []phone.CallID{customer.ID, ask} {
		if e := a.ends(id, soon); e.Cause != phone.Transferred {
			t.Errorf("%s ended as %s, %d %s", id, e.Cause, e.SIPCode, e.SIPReason)
		}
	}
	b.hears("the colleague hears the customer", 440)
	b.do(b.HangUp(asked.ID))
	rig.Eventually(t, soon, "the PBX has no call", func() (bool, string) { return p.Channels() == 0, "some" })
}
