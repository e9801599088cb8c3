package desk

import (
	"context"
	"errors"
	"strings"
	"unicode"

	"leadline/crm"
	"leadline/phone"
)

// Answer takes a call that rings here; others are put on hold.
func (d *Desk) Answer(id CallID) { d.ask(id, Telephone.Answer) }

// Decline refuses a call that rings here.
func (d *Desk) Decline(id CallID) {
	d.ask(id, func(t Telephone, p phone.CallID) error { return t.Decline(p, d.busy) })
}

// HangUp ends a call, or cancels one that isn't answered yet.
func (d *Desk) HangUp(id CallID) { d.ask(id, Telephone.HangUp) }

// Mute stops or resumes what they hear of us.
func (d *Desk) Mute(id CallID, on bool) {
	d.ask(id, func(t Telephone, p phone.CallID) error { return t.Mute(p, on) })
}

// Hold puts a call on hold, or takes it back.
func (d *Desk) Hold(id CallID, on bool) {
	d.ask(id, func(t Telephone, p phone.CallID) error { return t.Hold(p, on) })
}

// Transfer passes a call on without asking the other first, if the agent's role allows it (requirements.md G1). target is
// what one may also dial, and is sent as the line wants it dialled (A1); what becomes of it is told in Call.Transfer.
func (d *Desk) Transfer(id CallID, target string) { d.passOn(id, target, Telephone.Transfer) }

// SendOn sends a call that rings here to somebody else, with 302, if the agent's role allows it (requirements.md G1). target is
// as for Transfer. Whether it arrives is the PBX's business.
func (d *Desk) SendOn(id CallID, target string) { d.passOn(id, target, Telephone.Redirect) }

// passOn has a call go to target, in one way or another.
func (d *Desk) passOn(id CallID, target string, how func(Telephone, phone.CallID, string) error) {
	d.post(func() {
		if DialTarget(target, d.region) == "" {
			d.notice(Notice{Text: Text{Key: "“{target}” is not a number or SIP address", Args: map[string]string{"target": target}}, Warning: true})
			return
		}
		c := d.byID(id)
		if c == nil || c.gone {
			return
		}
		account := c.phone.Account
		d.mayPassOn(account, target, func() {
			dial := d.dialOver(account, target)
			d.ask(id, func(t Telephone, p phone.CallID) error { return how(t, p, dial) })
		})
	})
}

// Join connects the other sides of two answered calls with each other, and leaves them.
func (d *Desk) Join(id, with CallID) {
	d.post(func() {
		if other := d.byID(with); other != nil && !other.gone {
			to := other.phone.ID
			d.ask(id, func(t Telephone, p phone.CallID) error { return t.Join(p, to) })
		}
	})
}

// Merge has the agent talk with the other sides of two answered calls, who hear each other
// too. A call that is in a conference already brings the others of it along.
func (d *Desk) Merge(id, with CallID) {
	d.post(func() {
		if c := d.byID(with); c != nil && !c.gone {
			other := c.phone.ID
			d.ask(id, func(t Telephone, p phone.CallID) error { return t.Merge(other, p) })
		}
	})
}

// Part takes a call out of its conference and holds it.
func (d *Desk) Part(id CallID) { d.ask(id, Telephone.Part) }

// Digits sends keypad digits.
func (d *Desk) Digits(id CallID, digits string) {
	d.ask(id, func(t Telephone, p phone.CallID) error { return t.SendDigits(p, digits) })
}

// ask hands a wish to the phone. One that came too late, because the call went on
// meanwhile, is no error: what the agent sees next says so.
func (d *Desk) ask(id CallID, wish func(Telephone, phone.CallID) error) {
	d.post(func() {
		c := d.byID(id)
		if c == nil || c.gone || d.phone == nil {
			return
		}
		err := wish(d.phone, c.phone.ID)
		if err == nil || errors.Is(err, phone.ErrNoSuchCall) || errors.Is(err, phone.ErrWrongState) {
			return
		}
		d.warn(because("That did not work: {why}", err), err)
	})
}

// Dial places a call. target is a number however written, an extension, a SIP
// address or a tel:, sip: or callto: link; account "" is the first.
func (d *Desk) Dial(target, account string) {
	d.post(func() {
		if DialTarget(target, d.region) == "" {
			d.notice(Notice{Text: Text{Key: "“{target}” is not a number or SIP address", Args: map[string]string{"target": target}}, Warning: true})
			return
		}
		if account == "" {
			account = d.accountOut()
		}
		if d.phone == nil || account == "" {
			d.notice(Notice{Text: Text{Key: "Connect a PBX account first"}, Warning: true})
			return
		}
		d.mayCall(account, target, func() {
			id, err := d.phone.Dial(account, d.dialOver(account, target))
			if err != nil {
				d.warn(because("That did not work: {why}", err), err)
				return
			}
			d.over[id] = d.lineOver(account) // another line may be picked before the telephone tells of the call
		})
	})
}

// bestAccount is the first account that is registered, else the first.
func (d *Desk) bestAccount() string {
	for _, a := range d.accounts {
		if a.State == Registered {
			return a.Name
		}
	}
	if len(d.accounts) > 0 {
		return d.accounts[0].Name
	}
	return ""
}

// DialTarget is what to send to the PBX for what was typed: the digits as they
// were typed, since the PBX's own dial plan knows what 030… or 0049… means there,
// without blanks and brackets; a SIP address as it is. "" when it is neither.
func DialTarget(typed, region string) string {
	typed = crm.Visible(typed)
	p := crm.Parse(typed, region)
	switch p.Kind {
	case crm.Withheld:
		return serviceCode(typed)
	case crm.SIPAddress:
		if !strings.Contains(p.Address, "@") { // a name: that is to be searched for, not called
			return ""
		}
		return "sip:" + p.Address
	}
	for _, scheme := range []string{"tel:", "callto:", "sip:", "sips:"} {
		if len(typed) > len(scheme) && strings.EqualFold(typed[:len(scheme)], scheme) {
			return p.DialString()
		}
	}
	if strings.ContainsAny(p.Short, "*#") { // a service code, whose numbers may have their plus
		return p.DialString()
	}
	var digits strings.Builder
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9', r == '+' && digits.Len() == 0: // "(+49) 30 …", too
			digits.WriteRune(r)
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '＋', r == ';', r == ',', r == '#':
			// A vanity number, digits of another script, or an extension that is set aside (requirements.md C2).
			return p.DialString()
		}
	}
	// "+49 (0)30 …" means one thing to people and another to a PBX.
	if strings.Contains(typed, "(0)") {
		return p.DialString()
	}
	return digits.String()
}

// serviceCode is a PBX's feature code, such as *97 or *21#, or "".
func serviceCode(typed string) string {
	if typed == "" || typed[0] != '*' && typed[0] != '#' {
		return ""
	}
	for _, r := range typed {
		if (r < '0' || r > '9') && r != '*' && r != '#' {
			return ""
		}
	}
	return typed
}

// Choose says which of several matches it is (requirements.md C3); the call moves
// there. With a form open it takes a similar record: a company is filled in, a
// person or lead takes the form's place.
func (d *Desk) Choose(id CallID, ref Ref) {
	d.post(func() {
		c := d.byID(id)
		if c == nil || c.card.Ref == ref || c.busy() {
			return
		}
		if c.form != nil {
			if ref.Kind == Company {
				d.takeCompany(c, ref)
				return
			}
			d.dropForm(c)
		}
		c.chosen = ref
		d.lookUp(c)
		d.write(func(ctx context.Context) {
			err := d.file.LinkCall(ctx, crm.ID(id), fileRef(ref))
			if errors.Is(err, crm.ErrNotFound) { // it was deleted a moment ago; the window shows who it is then
				d.post(func() { d.warn(because("That did not work: {why}", err), err) })
				return
			}
			if err != nil {
				d.check(err)
				return
			}
			d.showReason(ctx, c)
		})
	})
}

// Note is the whole note of a call as typed so far. It is written at once; of
// several keystrokes during one write only the last state is written next.
func (d *Desk) Note(id CallID, text string) {
	d.post(func() {
		c := d.byID(id)
		if c == nil { // put away a moment ago: its window hands in what was typed last as it goes
			d.write(func(ctx context.Context) { d.check(d.file.SaveNote(ctx, crm.ID(id), text)) })
			return
		}
		if c.note.text == text {
			return
		}
		c.note.text, c.note.failed = text, Text{}
		d.saveText(&c.note, func() writing {
			text := c.note.text
			return func(ctx context.Context) error { return d.file.SaveNote(ctx, crm.ID(id), text) }
		})
	})
}
