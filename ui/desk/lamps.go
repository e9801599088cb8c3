package desk

import (
	"errors"
	"slices"

	"leadline/phone"
)

// Colleague is a watched telephone in the lamps of the status strip.
type Colleague struct {
	Account   string
	Extension string
	Known     bool // the PBX tells
	Talking   bool
	Ringing   bool
	Caller    string // who rings there, as a name or a number; "" when untold
	PickUp    bool   // that call can be picked up
}

// Mailbox is an account's mailbox with messages in it.
type Mailbox struct {
	Account string
	New     int    // 0 when the PBX doesn't count
	Call    string // what to dial to hear them; "" when untold
}

// ColleagueChanged is phone.LampListener's.
func (d *Desk) ColleagueChanged(c phone.Colleague) {
	d.post(func() {
		now := Colleague{
			Account: c.Account, Extension: c.Extension, Known: c.Known, Talking: c.Talking, Ringing: c.Ringing,
			Caller: callerOf(c.Caller), PickUp: c.PickUp,
		}
		at := slices.IndexFunc(d.colleagues, func(o Colleague) bool { return o.Account == c.Account && o.Extension == c.Extension })
		if at < 0 {
			d.colleagues = append(d.colleagues, now)
		} else {
			d.colleagues[at] = now
		}
		d.teamChanged()
	})
}

// callerOf is who calls, in few words.
func callerOf(p phone.Party) string {
	if p.Display != "" {
		return p.Display
	}
	return p.User
}

// MailboxChanged is phone.LampListener's.
func (d *Desk) MailboxChanged(m phone.Mailbox) {
	d.post(func() {
		d.mailboxes = slices.DeleteFunc(d.mailboxes, func(o Mailbox) bool { return o.Account == m.Account })
		if m.Waiting {
			d.mailboxes = append(d.mailboxes, Mailbox{Account: m.Account, New: m.New, Call: m.URI})
		}
		d.dirty = true
	})
}

// MessageReceived is phone.LampListener's.
func (d *Desk) MessageReceived(m phone.Message) {
	from := callerOf(m.From)
	if from == "" {
		from = m.Account
	}
	d.post(func() {
		d.notice(Notice{Text: Text{Key: "{from} writes: {text}", Args: map[string]string{"from": from, "text": m.Text}}, Warning: true})
	})
}

// watchOnly forgets what is no longer watched.
func (d *Desk) watchOnly(accounts []phone.Account) {
	d.colleagues = slices.DeleteFunc(d.colleagues, func(c Colleague) bool {
		return !slices.ContainsFunc(accounts, func(a phone.Account) bool { return a.Name == c.Account && slices.Contains(a.Watch, c.Extension) })
	})
	d.mailboxes = slices.DeleteFunc(d.mailboxes, func(m Mailbox) bool {
		return !slices.ContainsFunc(accounts, func(a phone.Account) bool { return a.Name == m.Account })
	})
	d.teamChanged()
}

// PickUp takes the call that rings at a colleague.
func (d *Desk) PickUp(account, extension string) {
	d.post(func() {
		if d.phone == nil {
			return
		}
		_, err := d.phone.PickUp(account, extension)
		switch {
		case errors.Is(err, phone.ErrNothingRings):
			d.notice(Notice{Text: Text{Key: "Nothing rings at {extension} any more", Args: map[string]string{"extension": extension}}, Warning: true})
		case err != nil:
			d.warn(because("That did not work: {why}", err), err)
		}
	})
}
