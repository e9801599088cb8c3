package desk

import (
	"strconv"
	"strings"

	"leadline/crm"
	"leadline/phone"
)

// RegistrationChanged is phone.Listener's.
func (d *Desk) RegistrationChanged(r phone.Registration) {
	d.post(func() {
		a := accountOf(r)
		for i := range d.accounts {
			if d.accounts[i].Name == a.Name {
				a.User = d.accounts[i].User
				d.accounts[i] = a
				d.dirty = true
				return
			}
		}
		// One that SetAccounts doesn't name is on its way out.
	})
}

// SetAccounts says which accounts there are, in their order.
func (d *Desk) SetAccounts(accounts []phone.Account) {
	d.post(func() {
		d.watchOnly(accounts)
		now := make([]Account, len(accounts))
		d.lines = map[string]string{}
		for i, a := range accounts {
			now[i] = Account{Name: a.Name, Since: d.now()}
			for _, had := range d.accounts {
				if had.Name == a.Name {
					now[i] = had
				}
			}
			now[i].User = userOf(a.Address)
			d.lines[a.Name] = a.DefaultLine
		}
		d.accounts, d.dirty = now, true
	})
}

// CallChanged is phone.Listener's.
func (d *Desk) CallChanged(c phone.Call) {
	d.post(func() {
		if on := d.byPhone(c.ID); on != nil {
			d.follow(on, c)
			return
		}
		if d.refuses(c) {
			return
		}
		switch {
		case c.State != phone.Ended:
			d.began[c.ID] = true
			d.begin(c)
		case !d.began[c.ID]:
			d.enter(c) // it ended before it rang: do not disturb, or sent on
		}
		// Else one that was put away already.
	})
}

func userOf(address string) string {
	address = strings.TrimPrefix(strings.TrimPrefix(address, "sips:"), "sip:")
	user, _, _ := strings.Cut(address, "@")
	return user
}

var registrations = map[phone.RegState]Registration{
	phone.Unregistered: Unregistered,
	phone.Registering:  Registering,
	phone.Registered:   Registered,
	phone.Retrying:     Retrying,
	phone.Refused:      Refused,
}

func accountOf(r phone.Registration) Account {
	a := Account{Name: r.Account, State: registrations[r.State], Why: WhyNotRegistered(r.Cause), Since: r.Since, Next: r.NextTry}
	if r.Code != 0 {
		a.Detail = strings.TrimSpace(strconv.Itoa(r.Code) + " " + r.Reason)
	} else {
		a.Detail = r.Reason
	}
	return a
}

// WhyNotRegistered says in words why an account isn't registered; the zero Text when it is.
func WhyNotRegistered(c phone.RegCause) Text {
	switch c {
	case phone.RegUnreachable:
		return Text{Key: "The PBX cannot be reached"}
	case phone.RegWrongPassword:
		return Text{Key: "Wrong user or password"}
	case phone.RegForbidden:
		return Text{Key: "The PBX refuses this account"}
	case phone.RegNameNotFound:
		return Text{Key: "The PBX does not know this user"}
	case phone.RegTimeout:
		return Text{Key: "The PBX does not answer"}
	case phone.RegServerError:
		return Text{Key: "The PBX reports an error"}
	case phone.RegRejected:
		return Text{Key: "The PBX refused the registration"}
	case phone.RegBadAccount:
		return Text{Key: "This address cannot be used"}
	case phone.RegUntrusted:
		return Text{Key: "The TLS certificate is not accepted"}
	}
	return Text{}
}

var states = map[phone.CallState]State{
	phone.Dialling:     Dialling,
	phone.Ringing:      Incoming,
	phone.RingingThere: RingingThere,
	phone.Early:        EarlyMedia,
	phone.Active:       Talking,
	phone.HeldHere:     HeldHere,
	phone.HeldThere:    HeldThere,
	phone.Ended:        Ended,
}

// transferOf tells how the passing on of a call stands (requirements.md D2).
func transferOf(t phone.Transfer) Transfer {
	to := map[string]string{"to": t.To}
	switch t.State {
	case phone.TransferAsked, phone.TransferTrying:
		return Transfer{Text: Text{Key: "Being passed on to {to}…", Args: to}, Busy: true}
	case phone.TransferRinging:
		return Transfer{Text: Text{Key: "It rings at {to}…", Args: to}, Busy: true}
	case phone.TransferDone:
		return Transfer{Text: Text{Key: "Passed on to {to}", Args: to}}
	case phone.TransferFailed:
		why := t.Reason
		if t.Code != 0 {
			why = strconv.Itoa(t.Code) + " " + why
		}
		return Transfer{Text: Text{Key: "Could not be passed on to {to}: {why}", Args: map[string]string{"to": t.To, "why": why}}, Failed: true}
	}
	return Transfer{}
}

// outcomeOf tells how a call ended (requirements.md C4), and says it in words
// where the outcome alone isn't the whole story. What do not disturb refused nobody here has declined: the agent was
// away from the telephone, and expects to find who called meanwhile among the missed calls (H6), until somebody has
// spoken to them: the server takes off what another phone took.
func outcomeOf(c phone.Call) (Outcome, Text) {
	answered := !c.Answered.IsZero()
	switch c.Cause {
	case phone.HungUpHere, phone.HungUpThere:
		return Answered, Text{}
	case phone.Transferred:
		if c.Transfer.To == "" { // a withheld number
			return Answered, Text{Key: "Passed on"}
		}
		return Answered, Text{Key: "Passed on to {to}", Args: map[string]string{"to": c.Transfer.To}}
	case phone.Redirected:
		return Declined, Text{Key: "Sent on to {to}", Args: map[string]string{"to": c.Transfer.To}}
	case phone.MediaLost:
		return Answered, Text{Key: "The connection was lost: nothing has reached us any more"}
	case phone.Missed:
		return Missed, Text{Key: "The caller gave up"}
	case phone.AnsweredElsewhere:
		return AnsweredElsewhere, Text{Key: "Answered on another phone"}
	case phone.Declined:
		if c.SIPReason == phone.QuietReason {
			return Missed, Text{Key: "Do not disturb"}
		}
		return Declined, Text{Key: "You declined the call"}
	case phone.DeclinedThere:
		return DeclinedThere, Text{Key: "The other side declined the call"}
	case phone.Busy:
		return Busy, Text{Key: "The number is busy"}
	case phone.NoAnswer:
		return NoAnswer, Text{Key: "Nobody answered"}
	case phone.NotFound:
		return NotFound, Text{Key: "The number does not exist"}
	case phone.Cancelled:
		return Cancelled, Text{Key: "You hung up before anybody answered"}
	}
	if answered {
		return Answered, Text{Key: "The connection was lost"}
	}
	return Failed, whyFailed(c)
}

// whyFailed says why a call was not set up, and what to do; what the PBX has said of it is the detail.
func whyFailed(c phone.Call) Text {
	switch {
	case c.SIPCode == 0 && strings.HasSuffix(c.SIPReason, ": no answer"):
		return Text{Key: "The PBX does not answer. Try again in a moment; the strip at the bottom of the main window says how it stands"}
	case c.SIPCode >= 500:
		return Text{Key: "The PBX could not set the call up. Try again; if it stays so, ask whoever looks after it"}
	}
	return Text{Key: "The call could not be set up"}
}

// The outcomes of desk and crm are the same list; a test holds them together.
func fileOutcome(o Outcome) crm.Outcome { return crm.Outcome(o) }
func viewOutcome(o crm.Outcome) Outcome { return Outcome(o) }

func detailOf(c phone.Call) string {
	if c.SIPCode == 0 {
		return c.SIPReason
	}
	return strings.TrimSpace(strconv.Itoa(c.SIPCode) + " " + c.SIPReason)
}
