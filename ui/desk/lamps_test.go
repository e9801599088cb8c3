package desk

import (
	"testing"

	"leadline/phone"
)

func TestLampsAreInTheSnapshot(t *testing.T) {
	d := newDesk(t)
	office := phone.Account{Name: "Office", Address: "sip:101@pbx", Watch: []string{"102", "103"}}
	d.desk.SetAccounts([]phone.Account{office})
	d.desk.ColleagueChanged(phone.Colleague{Account: "Office", Extension: "102", Known: true})
	d.desk.ColleagueChanged(phone.Colleague{Account: "Office", Extension: "103", Known: true, Talking: true})
	d.desk.ColleagueChanged(phone.Colleague{
		Account: "Office", Extension: "102", Known: true, Ringing: true, PickUp: true, Caller: phone.Party{User: "+4930123", Display: "Erika Meier"},
	})
	d.desk.MailboxChanged(phone.Mailbox{Account: "Office", Known: true, Waiting: true, New: 2, URI: "sip:*97@pbx"})
	s := d.until("the lamps", func(s Snapshot) bool {
		return len(s.Colleagues) == 2 && len(s.Mailboxes) == 1 && s.Colleagues[0].Ringing
	})
	if c := s.Colleagues[0]; c.Extension != "102" || c.Caller != "Erika Meier" || !c.PickUp {
		t.Errorf("%+v", c)
	}
	if m := s.Mailboxes[0]; m != (Mailbox{Account: "Office", New: 2, Call: "sip:*97@pbx"}) {
		t.Errorf("%+v", m)
	}
	d.desk.MailboxChanged(phone.Mailbox{Account: "Office", Known: true})
	office.Watch = []string{"103"}
	d.desk.SetAccounts([]phone.Account{office})
	d.until("what is left", func(s Snapshot) bool {
		return len(s.Mailboxes) == 0 && len(s.Colleagues) == 1 && s.Colleagues[0].Extension == "103"
	})
}

func TestAColleaguesCallIsPickedUp(t *testing.T) {
	d := newDesk(t)
	d.desk.PickUp("Office", "102")
	d.account() // and what was wished before is done when it is there
	d.until("the account", func(s Snapshot) bool { return len(s.Accounts) == 1 })
	if !d.phone.did(`pick up "102" at "Office"`) {
		t.Errorf("the phone was told %q", d.phone.asked)
	}
}

func TestAMessageIsShown(t *testing.T) {
	d := newDesk(t)
	d.desk.MessageReceived(phone.Message{Account: "Office", From: phone.Party{User: "102"}, Text: "Call Meier"})
	d.account()
	d.until("the account", func(s Snapshot) bool { return len(s.Accounts) == 1 })
	if got := d.notice(); got != "{from} writes: {text}" {
		t.Errorf("told %q", got)
	}
}
