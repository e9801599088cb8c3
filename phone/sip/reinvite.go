package sip

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Offer is a change of the session that the far end asks for in mid-call. One of its
// methods must be called, once.
type Offer struct {
	Body Body // zero: they ask for our offer, and answer it in the ACK

	// LateAnswer is called with the ACK's body when Body was zero. It may be nil.
	LateAnswer func(Body)

	reply chan reply
	once  sync.Once
}

type reply struct {
	code   int
	reason string
	body   []byte
}

// Accept answers with 200 and a session description.
func (o *Offer) Accept(body []byte) {
	o.once.Do(func() { o.reply <- reply{200, "OK", body} })
}

// Refuse answers with a code of 300..699; the session stays as it was.
func (o *Offer) Refuse(code int, reason string) {
	o.once.Do(func() { o.reply <- reply{code, reason, nil} })
}

// offerPatience is how long an offer may wait for its answer.
const offerPatience = 10 * time.Second

// pending is whose offer waits for its answer.
type pending int

const (
	pendingNone pending = iota
	pendingOurs         // in a request of ours
	pendingLate         // ours in a 200, which the ACK answers
	pendingTheirs
)

// lockOffer takes the right to change the session: one offer at a time, from whichever
// side (RFC 3261 §14, RFC 3264 §4).
func (d *Dialog) lockOffer(whose pending) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pending != pendingNone || d.unacked != pendingNone || !d.settled() {
		return false
	}
	d.pending = whose
	return true
}

// settled reports whether the first offer has its answer, which may come before the call
// is answered (RFC 3262 §5). d.mu is held.
func (d *Dialog) settled() bool {
	if d.answered || d.agreedEarly {
		return true
	}
	for _, st := range d.early {
		if len(st.answer.Data) > 0 {
			return true
		}
	}
	return false
}

func (d *Dialog) unlockOffer() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pending = pendingNone
}

// reinvited answers a re-INVITE.
func (d *Dialog) reinvited(req *sip.Request, tx sip.ServerTransaction) {
	if r := d.admitted(req); r != nil {
		d.stack.respond(req, tx, r.code, r.reason, Body{}, r.headers...)
		return
	}
	defer d.unlockOffer()
	d.proved()
	d.retarget(req)
	d.connects(req)
	o := &Offer{Body: bodyOf(req), reply: make(chan reply, 1)}
	r := d.consult(o)
	if r.code != 200 {
		d.stack.respond(req, tx, r.code, r.reason, Body{}, explained(r.code)...)
		return
	}
	told := d.stack.whereabouts()
	res := sip.NewResponseFromRequest(req, 200, "OK", nil)
	res.AppendHeader(d.stack.contact())
	res.AppendHeader(allow())
	res.AppendHeader(supported())
	for _, h := range d.grant(req) {
		res.AppendHeader(h)
	}
	res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	res.SetBody(r.body)
	if err := tx.Respond(res); err != nil {
		d.stack.log.Debug("answer a re-INVITE", "call", d.callID, "err", err)
		return
	}
	body, ok := d.awaitAck(req.CSeq().SeqNo, told, func() error { return tx.Respond(res) })
	if ok && len(body.Data) > 0 && len(o.Body.Data) == 0 && o.LateAnswer != nil {
		o.LateAnswer(body)
	}
}

// ackPatience is how long an offer waits for the ACK before it. It is less than the time after which a 200 or a reliable
// 180 is given up, however busy the machine is: by the clock, not by the number of tries.
const ackPatience = 500 * time.Millisecond

// lockSoon is lockOffer, and waits a little for the ACK that the network, or our own
// scheduler, has put behind. With a new address of ours to tell it waits until that ACK can't come any more.
func (d *Dialog) lockSoon(whose pending) bool {
	limit := time.NewTimer(ackPatience)
	defer limit.Stop()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		if d.lockOffer(whose) {
			return true
		}
		if whose != pendingOurs && d.crossed() {
			return false // glare: no ACK is waited for
		}
		select {
		case <-d.over:
			return false
		case <-limit.C:
			if whose != pendingOurs || !d.mayStillCome() {
				return d.lockOffer(whose)
			}
			limit.Reset(10 * time.Millisecond)
		case <-again.C:
		}
	}
}

// mayStillCome reports whether an ACK may be on its way to an address of before.
func (d *Dialog) mayStillCome() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.straying
}

// admitted takes the right to change the session for an offer of theirs. It tells how the offer is refused when there is no right to be had.
func (d *Dialog) admitted(req *sip.Request) *refusal {
	if r := d.inOrder(req); r != nil {
		return r
	}
	whose := pendingTheirs
	if len(req.Body()) == 0 {
		whose = pendingLate
	}
	if d.lockSoon(whose) {
		return nil
	}
	if closed(d.over) {
		return &refusal{481, "Call/Transaction Does Not Exist", nil}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	offeredEarly := d.ringer != nil && d.ringer.offers // ours waits for its answer, or waited
	if d.pending == pendingTheirs || d.unacked == pendingTheirs || d.server != nil && !d.answered && !offeredEarly {
		// RFC 3261 §14.2, RFC 3311 §5.2: their own offer isn't answered yet.
		return &refusal{500, "Server Internal Error", []sip.Header{retryAfter()}}
	}
	return &refusal{491, "Request Pending", nil}
}

// crossed reports whether a request of ours has an offer on its way.
func (d *Dialog) crossed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pending == pendingOurs
}

// inOrder refuses an INVITE or UPDATE that an earlier one has overtaken
// (RFC 3261 §12.2.2).
func (d *Dialog) inOrder(req *sip.Request) *refusal {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := req.CSeq().SeqNo; n > d.theirCSeq {
		d.theirCSeq = n
		return nil
	}
	return &refusal{500, "CSeq Out of Order", nil}
}

// updated answers an UPDATE (RFC 3311): with an offer it is a re-INVITE without an ACK,
// without one it only refreshes.
func (d *Dialog) updated(req *sip.Request, tx sip.ServerTransaction) {
	body := bodyOf(req)
	if len(body.Data) == 0 {
		if r := d.inOrder(req); r != nil {
			d.stack.respond(req, tx, r.code, r.reason, Body{}, r.headers...)
			return
		}
		d.retarget(req)
		d.connects(req)
		d.stack.respond(req, tx, 200, "OK", Body{}, append(d.grant(req), d.stack.contact(), allow(), supported())...)
		return
	}
	if r := d.admitted(req); r != nil {
		d.stack.respond(req, tx, r.code, r.reason, Body{}, r.headers...)
		return
	}
	defer d.unlockOffer()
	d.retarget(req)
	d.connects(req)
	r := d.consult(&Offer{Body: body, reply: make(chan reply, 1)})
	if r.code != 200 {
		d.stack.respond(req, tx, r.code, r.reason, Body{}, explained(r.code)...)
		return
	}
	d.stack.respond(req, tx, 200, "OK", Body{Type: "application/sdp", Data: r.body},
		append(d.grant(req), d.stack.contact(), allow(), supported())...)
}

// consult lets the call decide on an offer.
func (d *Dialog) consult(o *Offer) reply {
	d.tell(func(e Events) { e.Offered(o) })
	limit := time.NewTimer(offerPatience)
	defer limit.Stop()
	select {
	case r := <-o.reply:
		return r
	case <-d.over:
		return reply{code: 481, reason: "Call/Transaction Does Not Exist"}
	case <-limit.C:
		return reply{code: 500, reason: "Server Internal Error"}
	}
}

// retarget takes over a new remote target (RFC 3261 §12.2.2).
func (d *Dialog) retarget(req *sip.Request) {
	tag, _ := req.From().Params.Get("tag")
	d.mu.Lock()
	defer d.mu.Unlock()
	st := d.early[tag]
	if st == nil || d.answered {
		st = &d.state
	}
	st.aim(req.Contact())
}

// connects tells who is at the other end now, if the PBX says so.
func (d *Dialog) connects(req *sip.Request) {
	if !d.stack.believes(req) {
		return
	}
	if to, ok := connected(headersOf(req)); ok {
		d.tell(func(e Events) { e.Connected(to) })
	}
}

func (st *state) aim(contact *sip.ContactHeader) {
	if contact != nil && contact.Address.Host != "" {
		st.target = contact.Address
	}
}

// Reoffer changes the session by a re-INVITE. done is called once, with the answer or
// the reason why there is none; the session stays as it was then. Code 481 and 408 mean
// that the far end has lost the call.
func (d *Dialog) Reoffer(offer []byte, done func(Body, *Failure)) {
	d.spawn(func() {
		for attempt := 0; ; attempt++ {
			f := d.reoffer(offer, func(body Body) { done(body, nil) })
			if f == nil {
				return
			}
			if f.Code != 491 || attempt == 4 {
				done(Body{}, f)
				return
			}
			// RFC 3261 §14.1: who made the Call-ID waits longer.
			wait := time.Duration(rand.IntN(200)) * 10 * time.Millisecond
			if d.server == nil {
				wait = 2100*time.Millisecond + time.Duration(rand.IntN(190))*10*time.Millisecond
			}
			select {
			case <-time.After(wait):
			case <-d.over:
				done(Body{}, f)
				return
			}
		}
	})
}

func (d *Dialog) reoffer(offer []byte, answered func(Body)) *Failure {
	if !d.lockSoon(pendingOurs) {
		return &Failure{Method: "INVITE", Code: 491, Reason: "Request Pending"}
	}
	answer, acknowledge, f := d.exchange(offer)
	if f != nil {
		d.unlockOffer()
		return f
	}
	d.proved()
	// In this order: an offer that the far end makes after its answer is told after it, and one
	// that it makes after the ACK is taken; and nothing of ours overtakes the ACK.
	d.sending.Lock()
	defer d.sending.Unlock()
	answered(answer)
	d.unlockOffer()
	acknowledge()
	return nil
}

// exchange offers, and is the answer with what acknowledges it.
func (d *Dialog) exchange(offer []byte) (answer Body, acknowledge func(), f *Failure) {
	ctx, expire := deadline(64 * sip.T1)
	defer expire()
	ctx, cancel := unless(ctx, d.over)
	defer cancel()
	var pass pass
	for attempt := 0; ; attempt++ {
		sent, err := d.request(ctx, &d.state, sip.INVITE, Body{"application/sdp", offer}, pass.show)
		if err != nil {
			return Body{}, nil, &Failure{Method: "INVITE", Err: err}
		}
		d.awaits(sent.req.CSeq().SeqNo)
		res, err := d.finalOrCancel(ctx, sent)
		if err != nil {
			sent.tx.Terminate()
			if err == errBroke && attempt == 0 {
				continue
			}
			return Body{}, nil, noAnswer("INVITE", err)
		}
		d.awaits(0)
		if again, _ := pass.answer(d.stack, sent.req, res); again {
			continue
		}
		if attempt < 3 && d.lengthen(sent.req, res) {
			continue
		}
		if !res.IsSuccess() {
			return Body{}, nil, refused("INVITE", res)
		}
		d.mu.Lock()
		d.aim(res.Contact())
		d.mu.Unlock()
		d.agreed(res)
		return bodyOf(res), func() { d.acknowledge(sent.tx, sent.req.CSeq().SeqNo) }, nil
	}
}
