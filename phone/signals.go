package phone

import (
	"errors"
	"time"

	"leadline/phone/sdp"
	"leadline/phone/sip"
)

// signals posts what the signalling tells to the call's goroutine.
type signals struct {
	c       *call
	attempt int // of call.attempt; what an earlier one still hears is of no interest
}

// post has the call's goroutine do f, unless it has placed the call anew meanwhile.
func (s signals) post(f func()) {
	s.c.box.post(func() {
		if s.attempt == s.c.attempt {
			f()
		}
	})
}

var _ sip.Events = signals{}

func (s signals) Progress(code int, reason string, body sip.Body) {
	s.post(func() { s.c.progress(code, body) })
}
func (s signals) MayCall(to sip.Party) error {
	return s.c.phone.mayCall(s.c.line.account.Name, Party(to))
}
func (s signals) SentOn(to sip.Party)      { s.post(func() { s.c.sentOn(Party(to)) }) }
func (s signals) Answered(body sip.Body)   { s.post(func() { s.c.answered(body) }) }
func (s signals) Failed(f *sip.Failure)    { s.post(func() { s.c.failed(f) }) }
func (s signals) EarlyAnswer(b sip.Body)   { s.c.box.post(func() { s.c.earlyAnswer(b) }) }
func (s signals) Confirmed(body sip.Body)  { s.c.box.post(func() { s.c.confirmed(body) }) }
func (s signals) Refresh()                 { s.c.box.post(s.c.refresh) }
func (s signals) Outdated()                { s.c.box.post(s.c.repeat) }
func (s signals) Expired(why string)       { s.c.box.post(func() { s.c.end(Failed, 408, why) }) }
func (s signals) Unacked()                 { s.c.box.post(s.c.unacked) }
func (s signals) Cancelled(elsewhere bool) { s.c.box.post(func() { s.c.cancelled(elsewhere) }) }
func (s signals) HungUp(why string)        { s.c.box.post(func() { s.c.hungUp(why) }) }
func (s signals) Broke(v any)              { s.post(func() { s.c.panicked(v) }) }
func (s signals) Digit(r rune)             { s.c.box.post(func() { s.c.heardDigit(r) }) }
func (s signals) Connected(to sip.Party)   { s.c.box.post(func() { s.c.connected(Party(to)) }) }
func (s signals) Referred(r *sip.ReferRequest) {
	if !s.c.box.post(func() { s.c.referred(r) }) {
		r.Refuse(481, "Call/Transaction Does Not Exist")
	}
}
func (s signals) Offered(offer *sip.Offer) { s.c.post(offer) }
func (c *call) post(offer *sip.Offer) {
	if !c.box.post(func() { c.offered(offer) }) {
		offer.Refuse(481, "Call/Transaction Does Not Exist")
	}
}

// progress is a provisional answer. Messages may overtake each other: a 180 after the
// answer changes nothing.
func (c *call) progress(code int, body sip.Body) {
	switch c.view.State {
	case Dialling, RingingThere, Early:
	default:
		return
	}
	if code == 180 && c.view.Rang.IsZero() {
		c.view.Rang = c.phone.cfg.Now()
	}
	if len(body.Data) > 0 && c.takeAnswer(body) == nil {
		c.view.EarlyMedia = true
		c.become(Early)
		return
	}
	if code == 180 && c.view.State == Dialling {
		c.become(RingingThere)
	}
}

// earlyLull is for how long nothing may be heard before the answer until it is made heard here that it rings.
const earlyLull = time.Second

// followEarly plays the ringback while it rings there and the sound that was promised before the answer doesn't
// come (RFC 3960 §3.2): many a PBX describes it and sends none.
func (c *call) followEarly() {
	if c.early != nil {
		c.early.Stop()
	}
	c.early = c.after(earlyLull/4, func() {
		if c.view.State != Early {
			return
		}
		if soundless := !c.view.Rang.IsZero() && c.voice.origin.silent(c.phone.cfg.Now()) > earlyLull; soundless != c.soundless {
			c.soundless = soundless
			c.listen()
		}
		c.followEarly()
	})
}

// sentOn is a redirection of a call that we make (RFC 3261 §8.1.3.4).
func (c *call) sentOn(to Party) {
	if c.view.State == Ended {
		return
	}
	c.view.SentOn = to
	c.publish()
}

// connected is who is at the other end now: a colleague has passed an answered call on beyond the PBX, which keeps
// the dialog with us.
func (c *call) connected(to Party) {
	if c.view.State == Ended || c.view.Connected == to || c.view.Connected == (Party{}) && c.view.Remote.User == to.User && !to.Withheld {
		return
	}
	c.view.Connected = to
	c.publish()
}

// takeAnswer reads their answer to our last description.
func (c *call) takeAnswer(body sip.Body) error {
	answer, err := sdp.Body(body.Type, body.Data)
	if err != nil {
		return err
	}
	m, err := sdp.ParseAnswer(c.voice.local, answer)
	if errors.Is(err, sdp.ErrNoAudio) && c.voice.session != nil && !c.view.Answered.IsZero() {
		m, err = sdp.ParkedAnswer(answer, c.voice.agreed)
	}
	if err != nil {
		return err
	}
	return c.agree(c.voice.local, m)
}

func (c *call) answered(body sip.Body) {
	switch c.view.State {
	case Dialling, RingingThere, Early:
	default:
		return // Cancel sees to the dialog, however late it came
	}
	c.limit.Stop()
	c.view.Answered = c.phone.cfg.Now()
	err := error(nil)
	if len(body.Data) > 0 || c.voice.session == nil { // an early answer counts too, RFC 6337 §3.1.1
		err = c.takeAnswer(body)
	}
	if err != nil {
		c.dialog.HangUp()
		c.end(Failed, 200, "the far end's answer can't be used: "+err.Error())
		return
	}
	c.settle()
	c.watch()
	c.renegotiate() // the agent may have turned to another call meanwhile
}

func (c *call) failed(f *sip.Failure) {
	if c.view.State == Ended || c.fallsBack(f) {
		return
	}
	reason := f.Reason
	if f.Code == 0 {
		reason = f.Error()
	}
	var barred *sip.Barred
	if errors.As(f, &barred) {
		c.view.Barred = Party(barred.To)
	}
	reason = c.unencrypted(f, reason)
	cause := causeOf(f)
	if c.view.Direction == Incoming {
		cause = Missed // our 200 met their CANCEL
		c.view.Answered = time.Time{}
	}
	c.end(cause, f.Code, reason)
}

// causeOf tells the ends of an outgoing call apart (requirements.md C4). What a gateway says of the telephone network
// is more precise than 480 and the codes of failures (RFC 3398 §7.2.4.1).
func causeOf(f *sip.Failure) Cause {
	switch f.Code {
	case 486, 600:
		return Busy
	case 404, 410, 484, 604:
		return NotFound
	case 403, 603, 607, 608:
		return DeclinedThere
	}
	switch f.Q850 {
	case 17: // user busy
		return Busy
	case 18, 19, 20: // no user responding, no answer, subscriber absent
		return NoAnswer
	case 1, 22, 28: // unallocated, number changed, invalid format
		return NotFound
	case 21: // call rejected
		return DeclinedThere
	}
	if f.Code == 408 || f.Code == 480 {
		return NoAnswer
	}
	return Failed
}

// rings tells a caller who wants our offer with the 180 that it rings (RFC 3262 §5).
func (c *call) rings() error {
	if err := c.open(); err != nil {
		return err
	}
	c.offer = offeredIn180
	return c.dialog.Ring(sdp.Offer(c.voice.local))
}

// earlyAnswer is the caller's answer to the offer of our 180.
func (c *call) earlyAnswer(body sip.Body) {
	if c.view.State != Ringing || c.offer != offeredIn180 {
		return
	}
	c.offer = noOffer
	if err := c.takeAnswer(body); err != nil {
		c.dialog.Refuse(488, "Not Acceptable Here")
		c.end(Failed, 488, "the PRACK's answer can't be used: "+err.Error())
		return
	}
	if !c.answerDue {
		c.publish()
		return
	}
	if err := c.answer(); err != nil {
		c.log.Warn("answer after the PRACK", "err", err)
	}
}

func (c *call) confirmed(body sip.Body) {
	if c.view.State == Ended || c.offer != offeredIn200 {
		c.renegotiate() // a wish to hold may have waited for the ACK
		return
	}
	c.offer = noOffer
	if err := c.takeAnswer(body); err != nil {
		c.dialog.HangUp()
		c.end(Failed, 0, "the ACK's answer can't be used: "+err.Error())
		return
	}
	c.settle()
	c.renegotiate()
}

func (c *call) unacked() {
	c.end(Failed, 0, "the far end never confirmed the call (no ACK)")
}

func (c *call) cancelled(elsewhere bool) {
	if c.view.State != Ringing {
		return
	}
	cause := Missed
	if elsewhere {
		cause = AnsweredElsewhere
	}
	c.end(cause, 487, "Request Terminated")
}

func (c *call) hungUp(why string) {
	if o := c.joinedBy; o != nil && o.box.post(func() { o.leftBefore(c) }) {
		return
	}
	if c.passedOn() {
		return
	}
	c.end(HungUpThere, 0, why)
}

// offered answers a re-INVITE or an UPDATE.
func (c *call) offered(offer *sip.Offer) {
	if c.view.State == Ended || c.voice == nil {
		offer.Refuse(481, "Call/Transaction Does Not Exist")
		return
	}
	direction := sdp.SendRecv
	if c.isHold {
		direction = sdp.SendOnly
	}
	local := c.voice.local.Again(c.voice.agreed, direction)
	body, err := sdp.Body(offer.Body.Type, offer.Body.Data)
	if err == nil && len(body) == 0 {
		local = fresh(local) // they may be connecting us with somebody else
		offer.LateAnswer = func(b sip.Body) {
			c.box.post(func() {
				c.voice.local = local
				if err := c.takeAnswer(b); err != nil {
					c.unusable("the answer in an ACK", err)
					return
				}
				c.settle()
			})
		}
		c.voice.local.Version = local.Version // it is on the wire, whatever becomes of it
		offer.Accept(sdp.Offer(local))
		return
	}
	var answer []byte
	var m sdp.Media
	if err == nil {
		answer, m, err = sdp.Answer(body, local)
		if err == nil && c.voice.rekeyed(m) {
			local = fresh(local)
			answer, m, err = sdp.Answer(body, local)
		}
		if errors.Is(err, sdp.ErrNoAudio) && !c.view.Answered.IsZero() {
			answer, m, err = sdp.Park(body, local, c.voice.agreed)
		}
	}
	if err == nil {
		err = c.agree(local, m)
	}
	if err != nil {
		c.log.Info("an offer in mid-call was refused", "err", err)
		offer.Refuse(sdp.SIPCode(err), "Not Acceptable Here")
		return
	}
	offer.Accept(answer)
	switch { // the first two: an UPDATE before the answer, RFC 3311 §5.1
	case !c.view.Answered.IsZero():
		c.settle()
	case c.view.Direction == Incoming:
		c.publish() // it rings on
	default:
		c.view.EarlyMedia = true
		c.become(Early)
	}
}

// repeat offers what holds already once more, which keeps the session alive (RFC 4028).
func (c *call) repeat() {
	c.next.due = true
	c.renegotiate()
}

// refresh is repeat for a session that else runs out: who doesn't answer it is gone.
func (c *call) refresh() {
	c.next.refresh = true
	c.repeat()
}

// renegotiate asks the far end for what is wanted, one re-INVITE at a time; wishes that
// come meanwhile are merged.
func (c *call) renegotiate() {
	switch c.view.State {
	case Active, HeldHere, HeldThere:
	default:
		return
	}
	if c.offer != noOffer || c.wantHold == c.isHold && !c.next.due {
		return
	}
	why, want, asked := c.next, c.wantHold, c.phone.cfg.Now()
	c.offer, c.next = offeredReinvite, reoffer{}
	direction := sdp.SendRecv
	if want {
		direction = sdp.SendOnly
	}
	local := c.voice.local.Again(c.voice.agreed, direction)
	if why.newKeys {
		local = fresh(local)
	}
	c.voice.local.Version = local.Version
	c.dialog.Reoffer(sdp.Offer(local), func(body sip.Body, f *sip.Failure) {
		c.box.post(func() {
			c.offer = noOffer
			if c.view.State == Ended || f != nil && c.dead(f, why.refresh, asked) {
				return
			}
			c.reanswered(want, why, local, body, f)
		})
	})
}

// dead ends a call whose far end has lost it, or is lost itself, as a failed re-INVITE tells (RFC 3261 §12.2.1.2, §14.1). One
// that nobody answers, while the far end is heard nevertheless, takes no conversation from the agent, unless it was due to
// keep the session alive (RFC 4028 §10): without an end by BYE, the call ends with its sound, or with its session.
func (c *call) dead(f *sip.Failure, refresh bool, asked time.Time) bool {
	switch {
	case f.Code == 481 || f.Code == 408:
		c.dialog.HangUp()
		c.end(Failed, f.Code, f.Reason)
	case f.Timeout && refresh:
		c.dialog.HangUp()
		c.end(Failed, 408, "the far end is gone: it did not answer when the session was to be refreshed")
	case f.Timeout && c.voice.heardAgo() > c.phone.cfg.Now().Sub(asked)/2: // reports come every few seconds, also of who is held
		c.dialog.HangUp()
		c.end(MediaLost, 408, "the far end is gone: it did not answer our re-INVITE, and nothing was heard of it meanwhile")
	default:
		return false
	}
	return true
}

func (c *call) reanswered(want bool, why reoffer, local sdp.Local, body sip.Body, f *sip.Failure) {
	switch {
	case f == nil:
		c.voice.local = local
		if err := c.takeAnswer(body); err != nil {
			if c.unusable("the answer to our re-INVITE", err) {
				return
			}
			break
		}
		if want != c.isHold { // else it was no wish of the agent's, and one that has come to nothing stays so
			c.isHold, c.view.HoldFailed = want, HoldNotFailed
		}
		c.settle()
		c.renegotiate()
		c.pass()
		return
	case f.Code == 491 && (c.wantHold != c.isHold || why.due):
		c.next.add(why) // our new address, say, which they have to learn
		c.after(time.Second, c.renegotiate)
		return
	default:
		c.log.Warn("our re-INVITE failed", "err", f)
		c.holdFailed(f)
	}
	c.wantHold = c.isHold
	c.applyMute()
	c.publish()
	c.renegotiate() // our address may have changed meanwhile
	c.pass()
}

// holdFailed keeps what became of the agent's wish, if it was one.
func (c *call) holdFailed(f *sip.Failure) {
	switch {
	case c.wantHold == c.isHold:
	case f.Code == 0:
		c.view.HoldFailed = HoldUnanswered
	default:
		c.view.HoldFailed = HoldRefused
	}
}
