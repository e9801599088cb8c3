package phone

import (
	"fmt"
	"slices"
	"time"

	"leadline/phone/sdp"
	"leadline/phone/sip"
)

// passing is a transfer of ours on its way.
type passing struct {
	to   string
	with *call // of an attended one
	sent bool  // the REFER went out
	took bool  // the far end has accepted it
	left bool  // with's far end has hung up before that

	limit *time.Timer // when the far end has been silent of it for too long; nil before it was asked
}

// noPassing ends what was noted of a transfer; its timer would keep the call in memory.
func (c *call) noPassing() {
	if w := c.passing; w != nil && w.limit != nil {
		w.limit.Stop()
	}
	c.passing = nil
}

// Transfer passes a call on without asking: its far end is put on hold, then asked to
// call target (RFC 5589 §6). How it goes is told in Call.Transfer: when the others are
// connected the call ends as Transferred, else it is back, with the reason.
func (p *Phone) Transfer(id CallID, target string) error {
	return p.ask(id, func(c *call) error {
		if _, err := c.stack.Callee(target); err != nil {
			return fmt.Errorf("transfer %s: %w", id, err)
		}
		return c.transfer(&passing{to: target})
	})
}

// Join connects the far ends of two answered calls with each other and leaves them
// (attended transfer, RFC 5589 §7): the one of id takes our place in with.
func (p *Phone) Join(id, with CallID) error {
	if id == with {
		return fmt.Errorf("join %s with itself: %w", id, ErrWrongState)
	}
	p.mu.Lock()
	i := slices.IndexFunc(p.calls, func(c *call) bool { return c.id == with })
	if i < 0 {
		p.mu.Unlock()
		return fmt.Errorf("%s: %w", with, ErrNoSuchCall)
	}
	other, shown := p.calls[i], p.calls[i].shown
	p.mu.Unlock()
	switch shown.State {
	case Active, HeldHere, HeldThere:
	default:
		return fmt.Errorf("join with %s, which is %s: %w", with, shown.State, ErrWrongState)
	}
	to := shown.Remote.User
	if shown.Direction == Outgoing {
		to = shown.Dialled
	}
	return p.ask(id, func(c *call) error { return c.transfer(&passing{to: to, with: other}) })
}

func (c *call) transfer(w *passing) error {
	switch c.view.State {
	case Active, HeldHere, HeldThere:
	default:
		return c.wrong("transfer")
	}
	if c.passing != nil {
		return fmt.Errorf("transfer %s, which is being transferred: %w", c.id, ErrWrongState)
	}
	c.passing = w
	c.view.Transfer = Transfer{State: TransferAsked, To: w.to}
	if w.with != nil {
		c.view.Transfer.With = w.with.id
	}
	c.wantHold = true
	c.applyMute()
	c.publish()
	c.renegotiate()
	c.pass()
	return nil
}

// pass sends the REFER once the hold was answered, whatever the answer was.
func (c *call) pass() {
	w := c.passing
	if w == nil || w.sent || c.view.State == Ended {
		return
	}
	if c.offer != noOffer || c.wantHold != c.isHold {
		return // the hold is still to be asked for; its answer calls this again
	}
	w.sent = true
	told := func(r sip.Referral) {
		c.box.post(func() {
			if c.passing == w {
				c.passed(r)
			}
		})
	}
	if w.with != nil {
		if !c.phone.knows(w.with) {
			c.passed(sip.Referral{Reason: "whom it was to be joined with has hung up", Final: true})
			return
		}
		// From now on, and no sooner: whoever leaves us before hasn't been passed on.
		who := c.view.Remote.User
		w.with.box.post(func() { w.with.joinedBy, w.with.joinedTo = c, who })
		c.dialog.ReferTo(w.with.dialog, told)
	} else if err := c.dialog.Refer(w.to, told); err != nil {
		c.passed(sip.Referral{Reason: err.Error(), Final: true})
		return
	}
	w.limit = c.after(c.phone.cfg.Timing.NoAnswer, func() {
		if c.passing == w {
			c.passed(sip.Referral{Reason: "nothing was heard of it any more", Final: true})
		}
	})
}

// passed is what the far end says of our transfer.
func (c *call) passed(r sip.Referral) {
	if c.view.State == Ended {
		return
	}
	t := &c.view.Transfer
	if r.Code == 202 && !r.Final && c.passing.took {
		return // the answer to the REFER, which a NOTIFY has overtaken
	}
	t.Code, t.Reason = r.Code, r.Reason
	switch {
	case r.OK():
		c.dialog.HangUp()
		c.leaveThem()
	case r.Final:
		w := c.passing
		w.notJoined()
		c.noPassing()
		t.State = TransferFailed
		// Back to talking, unless the agent has turned to somebody else.
		if !c.phone.busyBeside(c, w.gone()) {
			c.wantHold = false
			c.applyMute()
		}
		c.publish()
		c.renegotiate()
	default:
		c.passing.accepted()
		t.State = TransferTrying
		if r.Code >= 180 && r.Code < 200 {
			t.State = TransferRinging
		}
		c.publish()
	}
}

// notPassedOn says of a call that ends how its transfer stands, when it is still on its way.
func (c *call) notPassedOn() {
	w := c.passing
	if w == nil {
		return
	}
	c.noPassing()
	c.view.Transfer.State, c.view.Transfer.Code = TransferFailed, 0
	c.view.Transfer.Reason = "the call ended before the far end said what became of it"
	w.notJoined()
}

// accepted notes that the far end has taken the transfer up: whom it was to be joined with has been passed on, if they have left.
func (w *passing) accepted() {
	w.took = true
	if o := w.with; o != nil && w.left {
		w.left = false
		o.box.post(func() { o.passedOn() })
	}
}

// notJoined tells the call that was to be joined that nothing comes of it: if its far end has left, it has hung up.
func (w *passing) notJoined() {
	if o, left := w.with, w.left; o != nil {
		o.box.post(func() {
			o.joinedBy = nil
			if left {
				o.end(HungUpThere, 0, "")
			}
		})
	}
}

// gone is the call that was to be joined, if its far end has left before the transfer was taken up; else nil.
func (w *passing) gone() *call {
	if !w.left {
		return nil
	}
	return w.with
}

// leftBefore decides what it means that a call's far end has hung up that is to be joined with this one. While the far end
// here has not answered our REFER, it waits for that: a PBX may free the call at once, and a colleague may just have hung up.
func (c *call) leftBefore(o *call) {
	switch w := c.passing; {
	case w != nil && w.with == o && !w.took:
		w.left = true
	case w != nil && w.with == o:
		o.box.post(func() { o.passedOn() })
	default: // it has failed meanwhile; had it not, that would have been said before
		o.box.post(func() { o.end(HungUpThere, 0, "") })
	}
}

// passedOn ends a call that the far end has left because it was passed on. A PBX may
// hang up without a NOTIFY that says how it went.
func (c *call) passedOn() bool {
	if c.joinedBy != nil {
		// A PBX may free the call that was joined before it says that they are connected.
		c.noPassing()
		c.view.Transfer = Transfer{State: TransferDone, With: c.joinedBy.id, To: c.joinedTo}
		c.end(Transferred, 0, "")
		return true
	}
	if c.passing == nil || !c.passing.took {
		return false
	}
	c.leaveThem()
	return true
}

// leaveThem ends a call that was hung up, from either side, since it was passed on; and the one that it was joined with.
func (c *call) leaveThem() {
	w := c.passing
	c.noPassing()
	c.view.Transfer.State = TransferDone
	c.end(Transferred, 0, "")
	if w.with == nil {
		return
	}
	o, id, to, left := w.with, c.id, c.view.Remote.User, w.left
	o.box.post(func() {
		if o.view.State == Ended {
			return
		}
		o.noPassing()
		o.view.Transfer = Transfer{State: TransferDone, With: id, To: to}
		if !left {
			o.dialog.HangUp()
		}
		o.end(Transferred, 0, "")
	})
}

// referrer is who made us place a call, and what it was told last.
type referrer struct {
	request *sip.ReferRequest
	from    *call // waits on hold until the new one is answered or has failed
	held    bool  // it did before, too
	code    int
}

// referred answers a REFER of the far end: we call whom it names, as the transferee of
// RFC 5589, while this call waits. It hangs up when we are connected.
func (c *call) referred(r *sip.ReferRequest) {
	switch c.view.State {
	case Active, HeldHere, HeldThere:
	default:
		r.Refuse(481, "Call/Transaction Does Not Exist")
		return
	}
	switch { // nobody has us call the world for one call of theirs
	case c.refers:
		r.Refuse(491, "Request Pending")
		return
	case c.phone.full():
		r.Refuse(486, "Busy Here")
		return
	}
	party, err := c.stack.Callee(r.To)
	if err != nil {
		r.Refuse(400, "Bad Refer-To")
		return
	}
	n, err := c.phone.newCall(c.line, c.stack, Call{
		Direction: Outgoing, State: Dialling, Remote: Party(party), Dialled: r.To, ReferredBy: r.By,
	}, nil)
	if err != nil {
		r.Refuse(480, "Temporarily Unavailable")
		return
	}
	r.Accept()
	c.refers = true
	w := &referrer{request: r, from: c, held: c.wantHold}
	n.box.post(func() {
		n.referrer = w
		n.wantHold = w.held && n.phone.busyBeside(n, c) // the agent has turned to somebody else, and goes on with that
		n.insists(c)
		n.dialIfAllowed()
	})
	_ = c.hold(true)
}

// dialIfAllowed begins a call to whom somebody else named, once it is said that it may be made.
func (c *call) dialIfAllowed() {
	account, to := c.line.account.Name, c.view.Remote
	c.phone.work.Go(func() {
		defer func() {
			if v := recover(); v != nil {
				c.box.post(func() { c.panicked(v) })
			}
		}()
		why := c.phone.mayCall(account, to)
		c.box.post(func() {
			if why == nil || c.view.State == Ended {
				c.dial()
				return
			}
			c.view.Barred = to
			c.publish()
			c.end(Failed, 403, fmt.Sprintf("the call was to be passed on to %s: %v", to.URI, why))
		})
	})
}

// invites sends the INVITE of an outgoing call.
func (c *call) invites() (*sip.Dialog, error) {
	offer := sdp.Offer(c.voice.local)
	if c.referrer != nil {
		return c.stack.DialFor(c.referrer.request, offer, signals{c, c.attempt})
	}
	if c.picksUp != "" {
		return c.stack.DialReplacing(c.view.Dialled, c.picksUp, offer, signals{c, c.attempt})
	}
	return c.stack.Dial(c.view.Dialled, offer, signals{c, c.attempt})
}

// reportReferral tells who made us place this call how it goes (RFC 3515 §2.4.5).
func (c *call) reportReferral() {
	w := c.referrer
	if w == nil {
		return
	}
	code, reason := 0, ""
	switch c.view.State {
	case RingingThere, Early:
		code, reason = 180, "Ringing"
	case Active, HeldHere, HeldThere:
		code, reason = 200, "OK"
	case Ended:
		if code, reason = c.view.SIPCode, c.view.SIPReason; code < 300 {
			code, reason = 503, "Service Unavailable"
		}
		if c.view.Cause == Cancelled {
			code, reason = 487, "Request Terminated"
		}
	}
	if code <= w.code {
		return
	}
	w.code = code
	w.request.Tell(code, reason)
	if code < 200 {
		return
	}
	c.referrer = nil
	w.from.box.post(func() {
		w.from.refers = false
		if code >= 300 && !w.held && !w.from.phone.busyBeside(w.from, c) {
			_ = w.from.hold(false)
		}
	})
}

// replaces answers a call that takes the place of another, and ends that one: we are
// the target of an attended transfer, or somebody picks up a call of ours that rings elsewhere
// (RFC 3891 §3). It tells whether it is such a call.
func (c *call) replaces() bool {
	old := c.invite.Replaces
	if old == nil {
		return false
	}
	s, ok := old.Listener().(signals)
	if !ok {
		return false
	}
	o := s.c
	o.box.post(func() { o.replaced = true })
	c.insists(o)
	c.wantHold = c.phone.waitsFor(o, c) // nobody is thrown out of a conversation
	c.takesSeat(o)
	if err := c.answer(); err != nil {
		c.log.Warn("answer a call that replaces another", "replaces", string(o.id), "err", err)
		o.box.post(func() { o.replaced = false })
		return true
	}
	o.box.post(func() { o.giveWay(c) })
	return true
}

// takesSeat has a call sit in the conference of the one whose place it takes, if that is in one: muted as all of it is, and
// held with it.
func (c *call) takesSeat(o *call) {
	p := c.phone
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.conferences[o.shown.Conference]
	if k == nil {
		return
	}
	c.conference, c.view.Conference, c.shown.Conference = k, k.id, k.id
	c.view.Muted = o.shown.Muted
	c.wantHold = o.shown.State == HeldHere
}

// waitsFor reports whether a call is held here since the agent has turned to another than that and c.
func (p *Phone) waitsFor(held, c *call) bool {
	p.mu.Lock()
	state := held.shown.State
	p.mu.Unlock()
	return state == HeldHere && p.busyBeside(held, c)
}

// giveWay ends a call whose place another has taken.
func (c *call) giveWay(to *call) {
	const reason = "another call took its place"
	switch c.view.State {
	case Ended:
	case Dialling, RingingThere, Early:
		if w := c.referrer; w != nil { // whoever passed us on is told that somebody has answered
			c.referrer = nil
			to.box.post(func() {
				to.referrer = w
				to.reportReferral()
			})
		}
		c.dialog.GiveWay()
		c.end(AnsweredElsewhere, 0, reason)
	default:
		c.dialog.HangUp()
		c.end(HungUpThere, 0, reason)
	}
}
