package phone

import (
	"fmt"
	"strings"

	"leadline/phone/media"
	"leadline/phone/sip"
)

// Answer takes an incoming call; the others that are up are put on hold.
func (p *Phone) Answer(id CallID) error {
	return p.ask(id, (*call).answer)
}

// Decline refuses an incoming call with 603; busy makes it 486, so that the PBX
// may try another phone.
func (p *Phone) Decline(id CallID, busy bool) error {
	return p.ask(id, func(c *call) error { return c.decline(busy) })
}

// Refusal is the SIP status with which a call is refused by choice.
type Refusal int

const (
	RefuseUnavailable Refusal = 480 // nobody is here: the PBX may take a message
	RefuseBusy        Refusal = 486 // this phone is busy: the PBX may try another
	RefuseDeclined    Refusal = 603 // this person doesn't want the call, at any phone
)

// Refuse refuses an incoming call with that status; the Listener hears of it as Declined.
func (p *Phone) Refuse(id CallID, how Refusal) error {
	return p.ask(id, func(c *call) error { return c.refuse(how) })
}

// HangUp ends a call in whatever state: CANCEL, BYE or a refusal.
func (p *Phone) HangUp(id CallID) error {
	return p.ask(id, (*call).hangUp)
}

// Mute stops or resumes sending the microphone, to all of the call's conference if it is
// in one.
func (p *Phone) Mute(id CallID, on bool) error {
	return p.ask(id, func(c *call) error {
		for _, o := range p.legs(c) {
			o.box.post(func() { _ = o.mute(on) })
		}
		return c.mute(on)
	})
}

// Hold puts a call on hold, or takes it back and holds the others; with all of its
// conference if it is in one.
func (p *Phone) Hold(id CallID, on bool) error {
	return p.ask(id, func(c *call) error {
		if !on {
			p.holdOthers(c)
		}
		for _, o := range p.legs(c) {
			o.box.post(func() { _ = o.hold(on) })
		}
		return c.hold(on)
	})
}

// SendDigits sends keypad digits: 0-9 * # A-D, and "," for a pause, in the way that
// the account says (Account.DTMF).
func (p *Phone) SendDigits(id CallID, digits string) error {
	return p.ask(id, func(c *call) error { return c.dialDigits(digits) })
}

// SetHoldMusic sets what a caller hears while we hold: start is called for each, and what
// it gives fills frames of 10 ms at 48 kHz at once (audio.HoldMusic); nil is silence. Calls
// that are held already keep what they have.
func (p *Phone) SetHoldMusic(start func() func([]int16)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.comfort = start
}

// music begins the music for a caller, nil when there is to be none.
func (p *Phone) music() func([]int16) {
	p.mu.Lock()
	start := p.comfort
	p.mu.Unlock()
	if start == nil {
		return nil
	}
	return start()
}

func (c *call) wrong(what string) error {
	return fmt.Errorf("%s %s, which is %s: %w", what, c.id, c.view.State, ErrWrongState)
}

func (c *call) answer() error {
	if c.view.State != Ringing {
		return c.wrong("answer")
	}
	if c.offer == offeredIn180 {
		c.answerDue = true // RFC 3262 §3: not before the PRACK has answered our offer
		return nil
	}
	body, err := c.describe()
	if err != nil {
		c.dialog.Refuse(488, "Not Acceptable Here")
		c.end(Failed, 488, err.Error())
		return err
	}
	if !c.dialog.Answer(body) {
		return fmt.Errorf("answer %s, which is over: %w", c.id, ErrWrongState) // how it has ended is told next
	}
	if !c.wantHold {
		c.phone.holdOthers(c)
	}
	c.view.Answered = c.phone.cfg.Now()
	c.become(Active)
	c.applyMute() // of a conference that it has taken a seat in
	c.watch()
	return nil
}

func (c *call) decline(busy bool) error {
	if busy {
		return c.refuse(RefuseBusy)
	}
	return c.refuse(RefuseDeclined)
}

func (c *call) refuse(how Refusal) error {
	if c.view.State != Ringing {
		return c.wrong("decline")
	}
	reason := ""
	switch how {
	case RefuseUnavailable:
		reason = "Temporarily Unavailable"
	case RefuseBusy:
		reason = "Busy Here"
	case RefuseDeclined:
		reason = "Decline"
	default:
		return fmt.Errorf("refuse %s with %d: want 480, 486 or 603", c.id, how)
	}
	if c.dialog.Refuse(int(how), reason) { // else the caller has given up before, which is told next
		c.end(Declined, int(how), reason)
	}
	return nil
}

func (c *call) hangUp() error {
	switch c.view.State {
	case Ringing:
		return c.decline(false)
	case Dialling, RingingThere, Early:
		if c.dialog != nil {
			c.dialog.Cancel()
		}
		c.end(Cancelled, 0, "")
	case Active, HeldHere, HeldThere:
		c.dialog.HangUp()
		c.end(HungUpHere, 0, "")
	case Ended:
		return c.wrong("hang up")
	}
	return nil
}

func (c *call) mute(on bool) error {
	if c.view.State == Ended {
		return c.wrong("mute")
	}
	c.view.Muted = on
	c.applyMute()
	c.publish()
	return nil
}

// applyMute silences the microphone when asked, and while we hold, when there may be music
// in its place: hold by sendonly would else let them listen.
func (c *call) applyMute() {
	if c.voice == nil || c.voice.session == nil {
		return
	}
	c.comfort()
	c.voice.session.Mute(c.wantHold && c.music == nil || !c.wantHold && c.view.Muted && c.conference == nil)
	if c.conference != nil {
		c.conference.mute(c.voice, c.view.Muted)
	}
}

// comfort begins the music for a far end that we hold, and ends it when we don't.
func (c *call) comfort() {
	switch {
	case !c.wantHold:
		c.music = nil
	case c.music == nil:
		c.music = c.phone.music()
	}
	c.voice.session.Comfort(c.music)
}

func (c *call) hold(on bool) error {
	switch c.view.State {
	case Active, HeldHere, HeldThere:
	default:
		return c.wrong("hold")
	}
	if c.replaced {
		return nil // it is about to end
	}
	c.wantHold = on
	if c.view.HoldFailed != HoldNotFailed {
		c.view.HoldFailed = HoldNotFailed
		c.publish()
	}
	c.applyMute()
	c.renegotiate()
	return nil
}

// stepBack holds a call since the agent turns to another: at once, or when the far end answers. Until then nothing is
// heard of it.
func (c *call) stepBack() {
	if !c.unanswered() {
		_ = c.hold(true)
		return
	}
	c.wantHold = true
	c.applyMute()
	c.listen()
}

// stepForward undoes stepBack when the other call has ended before anybody answered this one.
func (c *call) stepForward() {
	if c.wantHold && c.unanswered() && !c.phone.busyBeside(c) {
		c.wantHold = false
		c.applyMute()
	}
}

// unanswered reports whether this is a call of ours that is under way and not answered yet.
func (c *call) unanswered() bool {
	switch c.view.State {
	case Dialling, RingingThere, Early:
		return true
	}
	return false
}

func (c *call) dialDigits(digits string) error {
	if c.voice == nil || c.voice.session == nil || c.view.State == Ended {
		return c.wrong("send digits to")
	}
	digits = strings.ToUpper(strings.TrimSpace(digits))
	if err := c.sendDigits(digits); err != nil {
		return fmt.Errorf("send digits to %s: %w", c.id, err)
	}
	c.view.Digits += digits
	c.publish()
	return nil
}

func (c *call) sendDigits(digits string) error {
	switch c.line.account.DTMF {
	case "inband":
		return c.voice.session.SendTones(digits)
	case "info":
		if err := media.CheckDigits(digits); err != nil {
			return err
		}
		if !up(c.view.State) || c.view.Answered.IsZero() {
			return c.wrong("send INFO to")
		}
		c.dialog.Inform(digits, func(f *sip.Failure) { c.log.Warn("the far end takes no digits by INFO", "err", f) })
		return nil
	default:
		return c.voice.session.SendDigits(digits)
	}
}

// heardDigits is how many of the far end's digits are kept.
const heardDigits = 100

// heardDigit is a keypad digit of the far end's.
func (c *call) heardDigit(r rune) {
	if c.view.State == Ended {
		return
	}
	c.view.HeardDigits += string(r)
	c.view.HeardDigits = c.view.HeardDigits[max(0, len(c.view.HeardDigits)-heardDigits):]
	c.publish()
}
