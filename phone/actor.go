package phone

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"time"

	"leadline/phone/audio"
	"leadline/phone/record"
	"leadline/phone/sdp"
	"leadline/phone/sip"
)

// call is one call. Everything but box, id, shown and gone belongs to the goroutine
// that runs box; shown belongs to the phone's lock.
type call struct {
	phone *Phone
	line  *line
	stack *sip.Stack
	log   *slog.Logger

	id    CallID
	box   *mailbox
	gone  chan struct{}
	shown Call

	view      Call
	dialog    *sip.Dialog
	invite    sip.Invite // of an incoming call
	voice     *voice
	sounds    *sounds
	offer     offerState // which offer of ours waits for its answer
	next      reoffer    // what the next re-INVITE is for, besides hold
	wantHold  bool       // also of a call of ours that is to be held when it is answered
	isHold    bool       // what the far end has agreed to
	answerDue bool       // it was answered here while offer was offeredIn180: our 200 follows the PRACK
	asks      asks
	passing   *passing
	replaced  bool      // another call is taking this one's place
	joinedBy  *call     // the call whose far end is taking our place in this one
	joinedTo  string    // who that is, as far as it is known
	picksUp   string    // Replaces of the call that rings elsewhere and is taken; "" for none
	referrer  *referrer // of a call that the far end of another made us place
	refers    bool      // the far end has us place such a call now
	limit     *time.Timer
	ticker    *time.Timer
	early     *time.Timer // looks whether sound comes before the answer
	soundless bool        // it rings there, and the sound that was promised before the answer doesn't come
	told      Stats       // when the Listener last heard of them
	sounded   quality

	conference *conference   // nil: the call is on its own
	music      func([]int16) // what the far end hears while we hold; nil: silence

	security sdp.Security // what our offers and answers ask for: the account's, unless insists or fallsBack has changed it
	rekeyed  time.Time    // when new keys of SDES were last offered
	attempt  int          // how often an unanswered call was placed anew, after a move

	tape             *record.Tape // nil: not recorded now
	lastTape         *record.Tape // the newest, also when it has ended
	recordedByItself bool
}

// offerState is which offer of ours the far end has not answered yet: there is one at a time (RFC 3264 §4). One that we make in the 200
// to a re-INVITE of theirs is not among them: sip.Offer.LateAnswer takes its answer.
type offerState int

const (
	noOffer         offerState = iota
	offeredIn180               // its answer comes with the PRACK (RFC 3262 §5)
	offeredIn200               // its answer comes with the ACK (RFC 3261 §13.2.1)
	offeredReinvite            // its answer comes with the 200
)

// reoffer is why a re-INVITE is due that does not change who holds whom; the zero value is none.
type reoffer struct {
	due     bool // our address has changed, or the session has to be refreshed
	refresh bool // without an answer to it the session runs out (RFC 4028 §10)
	newKeys bool // of SDES are to be offered
}

// add makes the reasons of another one its own.
func (r *reoffer) add(other reoffer) {
	r.due, r.refresh, r.newKeys = r.due || other.due, r.refresh || other.refresh, r.newKeys || other.newKeys
}

func (c *call) publish() { c.phone.publish(c, c.view) }

func (c *call) become(s CallState) {
	if s == Early && c.view.State != Early {
		c.soundless = false
		c.followEarly()
	}
	c.view.State = s
	c.reportReferral()
	c.publish() // windows before sound
	c.listen()
	c.recordByItself()
}

// after posts f when d has passed, for as long as the call lives.
func (c *call) after(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, func() { c.box.post(f) })
}

// ring begins an incoming call.
func (c *call) ring() {
	if c.view.State != Ringing {
		return
	}
	if c.invite.EarlyOffer {
		if err := c.rings(); err != nil {
			c.dialog.Refuse(500, "Server Internal Error")
			c.end(Failed, 500, err.Error())
			return
		}
	}
	if c.replaces() || c.diverted() {
		return
	}
	c.publish()
	c.listen()
	c.limit = c.after(c.phone.cfg.Timing.NoAnswer, func() {
		if c.view.State == Ringing {
			c.dialog.Refuse(480, "Temporarily Unavailable")
			c.end(Missed, 480, "nobody answered")
		}
	})
	switch auto := c.line.account.AutoAnswer; {
	case auto == "always", auto == "header" && c.invite.AutoAnswer:
		if c.phone.othersUp(c) {
			return // nobody is thrown out of a conversation
		}
		if err := c.answer(); err != nil {
			c.log.Warn("answer by itself", "err", err)
		}
	}
}

// dial begins an outgoing call.
func (c *call) dial() {
	if c.view.State != Dialling {
		return
	}
	if err := c.open(); err != nil {
		c.publish()
		c.end(Failed, 0, err.Error())
		return
	}
	dialog, err := c.invites()
	if err != nil {
		c.publish()
		c.end(Failed, 0, err.Error())
		return
	}
	c.dialog = dialog
	c.view.SIPCallID = dialog.CallID()
	c.become(Dialling)
	c.limit = c.after(c.phone.cfg.Timing.NoAnswer, func() {
		switch c.view.State {
		case Dialling, RingingThere, Early:
			c.dialog.Cancel()
			c.end(NoAnswer, 0, "nobody answered")
		}
	})
}

// open makes the sockets of the call's sound.
func (c *call) open() error {
	if c.voice != nil {
		return nil
	}
	secrets, certificate, err := c.line.secrets(c.security)
	if err != nil {
		return err
	}
	guard := newGuard(certificate, func(err error) { signals{c, c.attempt}.post(func() { c.shaken(err) }) })
	v := &voice{
		log: c.log, now: c.phone.cfg.Now, stun: c.line.stunServer(), guard: guard,
		onDigit: func(r rune) { c.box.post(func() { c.heardDigit(r) }) },
		broke:   func(p any) { c.box.post(func() { c.panicked(p) }) },
	}
	if err := v.open(c.stack.Local().Addr(), c.line.account.Codecs, secrets); err != nil {
		return err
	}
	if v.stunFailed {
		c.line.useSTUN(netip.AddrPort{}) // the next call doesn't wait; asked again with the next registration
	}
	c.voice = v
	return nil
}

// describe makes the session description of our 200: the answer to their offer, or
// our offer when they made none.
func (c *call) describe() ([]byte, error) {
	if err := c.open(); err != nil {
		return nil, err
	}
	if c.invite.EarlyOffer {
		return nil, nil // it was in the 180, and its answer in the PRACK
	}
	offer, err := sdp.Body(c.invite.Offer.Type, c.invite.Offer.Data)
	if err != nil {
		return nil, err
	}
	if len(offer) == 0 {
		c.offer = offeredIn200
		return sdp.Offer(c.voice.local), nil
	}
	body, agreed, err := sdp.Answer(offer, c.voice.local)
	if err != nil {
		return nil, err
	}
	return body, c.agree(c.voice.local, agreed)
}

// agree starts or changes the sound.
func (c *call) agree(local sdp.Local, m sdp.Media) error {
	if err := c.voice.agree(local, m); err != nil {
		return err
	}
	c.applyMute()
	c.showEncryption()
	c.view.Codec = c.voice.session.Codec()
	c.view.HeldByThem = m.Hold
	return nil
}

// settle finds the state of an answered call from who holds whom.
func (c *call) settle() {
	switch {
	case c.isHold:
		c.become(HeldHere)
	case c.view.HeldByThem:
		c.become(HeldThere)
	default:
		c.become(Active)
	}
}

// listen makes heard what is to be heard of the call in its state.
func (c *call) listen() {
	want := heard{tone: noTone, warm: true, in: c.conference}
	switch c.view.State {
	case Ringing:
		if c.phone.othersUp(c) {
			want.tone = audio.ToneWaiting
		} else {
			want.ring = true
		}
	case RingingThere:
		if !c.wantHold {
			want.tone = audio.ToneRingback
		}
	case Early:
		want.voice = !c.wantHold
		if want.voice && c.soundless {
			want.tone = audio.ToneRingback
		}
	case Active, HeldHere, HeldThere:
		want.voice = true
	case Ended:
		return // end has seen to it
	}
	c.hear(want)
}

func (c *call) hear(want heard) {
	if c.voice == nil || c.voice.session == nil {
		c.sounds.want(want, nil)
		return
	}
	c.sounds.want(want, c.voice)
}

// end ends the call here, whatever the wire still does.
func (c *call) end(cause Cause, code int, reason string) {
	if c.view.State == Ended {
		return
	}
	if c.limit != nil {
		c.limit.Stop()
	}
	for _, t := range []*time.Timer{c.ticker, c.early} {
		if t != nil {
			t.Stop()
		}
	}
	k := c.conference
	whole := false
	defer func() {
		if !whole { // something panics; panicked sees to the rest
			c.release(k)
		}
	}()
	c.conference, c.view.Conference = nil, ""
	c.view.State, c.view.Cause = Ended, cause
	c.view.SIPCode, c.view.SIPReason = code, reason
	c.view.Ended = c.phone.cfg.Now()
	c.notPassedOn()
	c.readStats()
	if !c.view.Answered.IsZero() && c.voice != nil && c.voice.session != nil {
		c.sounded.count(c.voice.session.Stats())
		sounded := c.sounded.summary()
		c.view.Sounded = &sounded
	}
	c.stopRecording()
	c.reportReferral()
	tone := noTone
	if c.view.Direction == Outgoing && c.view.Answered.IsZero() {
		switch cause {
		case Busy:
			tone = audio.ToneBusy
		case DeclinedThere, NotFound, Failed, NoAnswer:
			tone = audio.ToneCongestion
		}
	}
	c.hear(heard{tone: tone})
	if c.voice != nil {
		c.voice.close()
	}
	c.keepReport()
	c.publish()
	if k != nil {
		c.phone.dissolve(k)
	}
	silence := func() {
		c.hear(heard{tone: noTone})
		c.closeBox()
	}
	whole = true
	if tone == noTone {
		silence()
		return
	}
	forget := context.AfterFunc(c.phone.ctx, func() { c.box.post(silence) })
	c.after(c.phone.cfg.Timing.BusyTone, func() {
		forget() // the phone lives on, and would keep the call
		silence()
	})
}

// leave ends the call because its account goes: the caller may find someone else.
func (c *call) leave() {
	switch c.view.State {
	case Ringing:
		c.dialog.Refuse(480, "Temporarily Unavailable")
		c.end(Missed, 480, "the phone was switched off")
	case Ended:
		c.hear(heard{tone: noTone}) // nobody ends its tone after this
	default:
		_ = c.hangUp()
	}
}

// lost ends a call whose signalling is gone.
func (c *call) lost(why string) { c.end(Failed, 0, why) }

// panicked ends a call that went wrong, and leaves the others alone.
func (c *call) panicked(v any) {
	c.log.Error("panic in a call, survived", "panic", v, "stack", string(debug.Stack()))
	if c.view.State != Ended && c.surely(func() { c.giveUp(v) }) {
		return
	}
	if c.view.State != Ended { // nothing of it can be relied on
		c.view.State, c.view.Cause, c.view.SIPReason = Ended, Failed, fmt.Sprintf("internal error: %v", v)
	}
	c.release(c.conference)
	if !c.surely(c.closeBox) {
		c.box.close()
	}
}

func (c *call) giveUp(why any) {
	if d := c.dialog; d != nil {
		switch {
		case !c.view.Answered.IsZero():
			d.HangUp()
		case c.view.Direction == Outgoing:
			d.Cancel()
		default:
			d.Refuse(500, "Server Internal Error")
		}
	}
	c.end(Failed, 0, fmt.Sprintf("internal error: %v", why))
}

// surely does a part of a call's end, and reports whether it came to its end itself.
func (c *call) surely(part func()) (done bool) {
	defer func() {
		if p := recover(); p != nil {
			c.log.Error("panic at the end of a call, survived", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	part()
	return true
}

// release gives back what an ended call holds, and tells of its end, whatever of that panics: k is the conference it was in.
func (c *call) release(k *conference) {
	if c.view.Ended.IsZero() {
		c.surely(func() { c.view.Ended = c.phone.cfg.Now() })
	}
	c.surely(c.stopRecording)
	for _, stop := range c.sounds.drop() {
		c.surely(stop)
	}
	if c.voice != nil {
		c.surely(c.voice.close)
	}
	if c.phone.knows(c) {
		c.surely(c.publish)
	}
	if k != nil {
		c.surely(func() { c.phone.dissolve(k) })
	}
}

// watch reads the statistics once a second and ends a call that fell silent.
func (c *call) watch() {
	c.ticker = c.after(time.Second, func() {
		if c.view.State == Ended {
			return
		}
		c.readStats()
		if now := c.view.Stats; now.Quality != c.told.Quality || now.Trouble != c.told.Trouble || now.TroubleFor != c.told.TroubleFor {
			c.told = now
			c.publish()
		} else {
			c.phone.refresh(c, c.view)
		}
		if c.silent() {
			c.dialog.HangUp()
			c.end(MediaLost, 0, "nothing was heard for "+c.phone.cfg.Timing.MediaAlive.String())
			return
		}
		if c.outworn() {
			return
		}
		c.ask()
		if c.deaf() {
			c.insecure("what the far end sends can't be decrypted: it isn't made with the keys that were agreed on")
			return
		}
		c.watch()
	})
}

func (c *call) silent() bool {
	v := c.voice
	return v != nil && v.session != nil && c.view.State == Active &&
		v.agreed.Direction.Receives() && v.heardAgo() > c.phone.cfg.Timing.MediaAlive
}
