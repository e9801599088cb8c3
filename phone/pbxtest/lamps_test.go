package pbxtest

import (
	"testing"

	"leadline/phone"
	"leadline/phone/rig"
)

// The lamps of an Asterisk: its mailbox, a colleague whose telephone rings, whose call
// is picked up and who then talks, and a text message.
func TestLampsOfAsterisk(t *testing.T) {
	t.Parallel()
	p := rig.StartAsterisk(t, rig.AsteriskOptions{Endpoints: people, Lamps: true, Group: []string{"102"}})
	watcher := account(p, "udp")
	watcher.MWI, watcher.Watch, watcher.PickUp = true, []string{"102"}, "*8"
	a := newAgent(t, watcher)
	colleague := account(p, "udp")
	colleague.Address, colleague.Password = p.URI("102"), "two"
	b := newAgent(t, colleague)
	b.registration("Office", phone.Registered, soon)

	box := func(n int) {
		t.Helper()
		p.LeaveMessages("101", n)
		a.until(soon, "the mailbox tells", func() bool {
			m := a.Mailboxes()[0]
			return m.Known && m.Waiting == (n > 0) && m.New == n
		})
	}
	box(2)
	box(0)

	is := func(what string, fits func(phone.Colleague) bool) {
		t.Helper()
		a.until(soon, "the colleague is "+what, func() bool { c := a.Colleagues()[0]; return c.Known && fits(c) })
	}
	is("idle", func(c phone.Colleague) bool { return !c.Ringing && !c.Talking })
	p.Call(rig.Caller{To: "102", Number: "+493020948812"})
	in := b.incoming(1)
	is("rung", func(c phone.Colleague) bool { return c.Ringing && c.PickUp })
	id, err := a.PickUp("", "102")
	a.do(err)
	a.reaches(id, phone.Active, soon)
	b.ends(in.ID, soon)
	is("idle again", func(c phone.Colleague) bool { return !c.Ringing && !c.Talking })
	a.do(a.HangUp(id))
	a.ends(id, soon)
	out := b.dial("608")
	is("talking", func(c phone.Colleague) bool { return c.Talking && !c.Ringing })
	b.do(b.HangUp(out))
	is("idle at last", func(c phone.Colleague) bool { return !c.Talking })

	b.dial("613")
	a.until(soon, "the text is there", func() bool { return len(a.texts) == 1 && a.texts[0].Text == "Call Meier" })
}
