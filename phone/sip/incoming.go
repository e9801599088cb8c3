package sip

import (
	"errors"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/emiago/diago"
	"github.com/emiago/sipgo/sip"
)

// Invite is what an incoming call says of itself.
type Invite struct {
	Caller     Party
	Dialled    []string // what the caller may have dialled, the most telling first (requirements.md A2)
	Diversions []Diversion
	Offer      Body    // zero when the caller wants ours
	EarlyOffer bool    // they want ours with the 180: it rings there when [Dialog.Ring] is called
	AutoAnswer bool    // the caller asks that the phone answers by itself
	Replaces   *Dialog // the call whose place it takes (RFC 3891), answered or ours and ringing; nil for none
	ReferredBy string  // URI of Referred-By (RFC 3892); "" for nobody
	Returned   bool    // this account has sent it on before, as its Diversion or History-Info tells
}

// Invite tells who calls; zero for an outgoing call.
func (d *Dialog) Invite() Invite {
	if d.server == nil {
		return Invite{}
	}
	req := d.server.InviteRequest
	h := headersOf(req)
	believed := d.stack.believes(req)
	replaces, _, _ := d.stack.replaced(req)
	by := ""
	if referred := req.GetHeader("Referred-By"); referred != nil {
		by = cleanDisplay(bareURI(referred.Value()))
	}
	diversions := Diversions(h)
	return Invite{
		Replaces: replaces, ReferredBy: by,
		Caller:     Caller(h, believed),
		Diversions: diversions,
		Returned:   slices.ContainsFunc(diversions, d.stack.sentOn),
		Dialled:    Dialled(h, d.stack.opts.LineHeader, d.stack.opts.DefaultLine, d.stack.acc.user),
		Offer:      bodyOf(req),
		EarlyOffer: d.ringer != nil && d.ringer.offers,
		AutoAnswer: believed && wantsAutoAnswer(h), // a stranger doesn't open our microphone
	}
}

// sentOn reports whether a stop of a call is this account, which has sent it on with 302: a queue that rings it once more,
// after nobody has answered here, is another matter.
func (s *Stack) sentOn(stop Diversion) bool {
	return stop.User == unescapeUser(s.acc.user) && (stop.Reason == "deflection" || stop.Reason == "unconditional")
}

// invite is an INVITE between its arrival and its dialog.
type invite struct {
	tx          sip.ServerTransaction
	transaction string    // its key
	cancelled   chan bool // true: another phone answered
	takenBack   atomic.Bool
}

func inviteKey(req *sip.Request) string {
	tag, _ := req.From().Params.Get("tag")
	return req.CallID().Value() + "\x00" + tag + "\x00" + strconv.Itoa(int(req.CSeq().SeqNo))
}

// repeated reports whether an INVITE is a copy of one whose transaction has ended: the network may bring it late, and the
// library ends the transaction with the call. Nobody is rung by it, nor answered, as long as a transaction would have taken
// it for a copy (RFC 6026 §7.1). One that came by another way is none: a proxy that has had no answer here may ask again.
func (s *Stack) repeated(req *sip.Request) bool {
	transaction, _ := sip.ServerTxKeyMake(req)
	s.mu.Lock()
	defer s.mu.Unlock()
	inv := s.invites[inviteKey(req)]
	return s.past[transaction] || inv != nil && inv.transaction == transaction
}

// ended notes that the transaction of an INVITE has.
func (s *Stack) ended(key, transaction string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.invites, key)
	s.past[transaction] = true
	time.AfterFunc(64*sip.T1, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.past, transaction)
	})
}

// arrived notes a new INVITE, so that a CANCEL that comes at any time is heard. It
// reports whether the INVITE is to go on.
func (s *Stack) arrived(req *sip.Request, tx sip.ServerTransaction) bool {
	inv := &invite{tx: tx, cancelled: make(chan bool, 1)}
	inv.transaction, _ = sip.ServerTxKeyMake(req)
	key := inviteKey(req)
	s.mu.Lock()
	_, again := s.invites[key]
	closed := s.closed
	if !again && !closed {
		s.invites[key] = inv
	}
	s.mu.Unlock()
	switch {
	case again:
		// RFC 3261 §8.2.2.2: the same request came by two ways.
		s.respond(req, tx, 482, "Loop Detected", Body{})
		return false
	case closed:
		s.respond(req, tx, 480, "Temporarily Unavailable", Body{})
		return false
	}
	tx.OnTerminate(func(string, error) { go s.ended(key, inv.transaction) })
	return tx.OnCancel(func(cancel *sip.Request) {
		defer s.recovered("a CANCEL") // in a goroutine of the library's, which recovers from nothing
		inv.takenBack.Store(true)
		select {
		case inv.cancelled <- answeredElsewhere(headersOf(cancel)):
		default:
		}
	})
}

// serve is diago's handler of a new call. It lives as long as the dialog.
func (s *Stack) serve(session *diago.DialogServerSession) {
	req := session.InviteRequest
	s.mu.Lock()
	inv := s.invites[inviteKey(req)]
	s.mu.Unlock()
	if inv == nil {
		return
	}
	if s.opts.Check != nil {
		if code, reason := s.opts.Check(bodyOf(req)); code != 0 {
			_ = session.Respond(code, reason, nil, explained(code)...)
			return
		}
	}
	d := s.newDialog()
	d.server, d.serverTx, d.ringer = session, inv.tx, s.insists(session, inv.tx)
	d.arrival = inv
	d.callID = req.CallID().Value()
	d.localTag, _ = req.To().Params.Get("tag")
	d.from = req.To().AsFrom()
	d.firstCSeq = req.CSeq().SeqNo
	d.theirCSeq = d.firstCSeq
	d.state = stateFrom(req)
	s.remember(d, d.theirTag)
	// The 180 goes out before anyone else hears of the call, unless it needs our offer.
	early := d.ringer != nil && d.ringer.offers
	if !early {
		if err := d.ring(); err != nil {
			close(d.ready) // whoever asks for this dialog waits for nobody
			d.finish()
			return
		}
	}
	defer func() {
		// The library hangs up what isn't ended when this returns; not beside us.
		d.ending.Lock()
		defer d.ending.Unlock()
		d.finish()
	}()
	defer d.survive()
	func() {
		defer close(d.ready)
		d.events = s.opts.Incoming(d)
	}()
	if d.ringer != nil && !early {
		d.spawn(func() { d.insist(d.ringer) })
	}

	select {
	case <-d.over:
	case elsewhere := <-inv.cancelled:
		d.tell(func(e Events) { e.Cancelled(elsewhere) })
	case <-session.Context().Done():
		// Also when it was cancelled, or hung up.
		select {
		case elsewhere := <-inv.cancelled:
			d.tell(func(e Events) { e.Cancelled(elsewhere) })
		default:
			d.mu.Lock()
			answered := d.answered
			d.mu.Unlock()
			if answered {
				<-d.over // whoever waits for the ACK, or answered the BYE, ends it
				return
			}
			d.tell(func(e Events) { e.Cancelled(false) })
		}
	}
}

// Refuse ends an incoming call that wasn't answered, with a code of 300..699. It reports false when the caller has taken it
// back in this moment, which is told.
func (d *Dialog) Refuse(code int, reason string) bool {
	return d.refuse(code, reason, explained(code)...)
}

// Redirect sends an incoming call that wasn't answered to somebody else (see [Target])
// with 302. The error is about the target only; false is that of [Dialog.Refuse].
func (d *Dialog) Redirect(to string) (bool, error) {
	uri, err := d.stack.acc.elsewhere(to)
	if err != nil {
		return false, err
	}
	// RFC 5806: who has sent it on, and why.
	by := d.stack.addressOfRecord()
	return d.refuse(302, "Moved Temporarily",
		&sip.ContactHeader{Address: uri, Params: sip.NewParams()},
		sip.NewHeader("Diversion", "<"+by.String()+">;reason=deflection")), nil
}

func (d *Dialog) refuse(code int, reason string, headers ...sip.Header) bool {
	mine := d.concludes()
	if !mine && d.arrival.takenBack.Load() {
		return false // serve tells it, and ends the dialog
	}
	if !d.ending.TryLock() {
		return true
	}
	d.spawn(func() {
		defer d.ending.Unlock()
		defer d.finish()
		if !mine {
			d.mu.Lock()
			answered := d.answered
			d.mu.Unlock()
			if answered {
				<-d.said // else the library, whose handler ends with the dialog, says 480 before
			}
			return
		}
		// Waits for the ACK, or for a vanished caller's until Timer H.
		if err := d.server.Respond(code, reason, nil, headers...); err != nil {
			d.stack.log.Debug("refuse", "call", d.callID, "err", err)
			d.wasTakenBack(err)
		}
	})
	return true
}

// Answer takes an incoming call with a session description: the answer, or our offer
// when there was none. It is empty after an EarlyAnswer. It reports false when the call was taken back, or given up, in
// this moment, which is told.
func (d *Dialog) Answer(body []byte) bool {
	if !d.concludes() {
		return false
	}
	timer := d.grant(d.server.InviteRequest)
	told := d.stack.whereabouts() // before the Contact, so that no move goes unnoticed
	d.mu.Lock()
	d.answered = true
	d.unacked = pendingTheirs // RFC 3261 §14.2
	if len(body) > 0 && len(d.server.InviteRequest.Body()) == 0 {
		d.unacked = pendingLate
	}
	res := sip.NewResponseFromRequest(d.server.InviteRequest, 200, "OK", nil)
	res.AppendHeader(d.stack.contact())
	res.AppendHeader(allow())
	res.AppendHeader(supported())
	for _, h := range timer {
		res.AppendHeader(h)
	}
	if len(body) > 0 {
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	}
	res.SetBody(body)
	d.server.InviteResponse = res
	d.mu.Unlock()
	d.spawn(func() {
		err := d.serverTx.Respond(res)
		close(d.said)
		if err != nil {
			d.wasTakenBack(err)
			d.tell(func(e Events) { e.Failed(&Failure{Method: "INVITE", Err: err}) })
			d.finish()
			return
		}
		body, ok := d.awaitAck(d.firstCSeq, told, func() error { return d.serverTx.Respond(res) })
		if ok {
			d.mu.Lock()
			d.unacked = pendingNone
			d.mu.Unlock()
			d.tell(func(e Events) { e.Confirmed(body) })
			return
		}
		select {
		case <-d.over:
			return
		default:
		}
		d.abandon()
	})
	return true
}

// wasTakenBack says once more that a call was taken back, should that be why an answer failed: the library, which has said so
// already, would repeat the answer in its place.
func (d *Dialog) wasTakenBack(err error) {
	if errors.Is(err, sip.ErrTransactionCanceled) {
		_ = d.serverTx.Respond(sip.NewResponseFromRequest(d.server.InviteRequest, 487, "Request Terminated", nil))
	}
}

// abandon gives up a call whose 200 was never acknowledged.
func (d *Dialog) abandon() {
	d.tell(Events.Unacked)
	// RFC 3261 §13.3.1.4: "the session SHOULD be terminated", by a BYE.
	if !d.ending.TryLock() {
		return // HangUp sends it now
	}
	defer d.ending.Unlock()
	defer d.finish()
	ctx, cancel := deadline(byePatience())
	defer cancel()
	if _, err := d.do(ctx, sip.BYE, Body{}); err != nil {
		d.stack.log.Debug("BYE without an ACK", "call", d.callID, "err", err)
	}
	d.serverTx.Terminate()
}

// awaitAck repeats a 2xx until its ACK comes: from T1 on, doubling up to T2, for
// 64·T1 (RFC 3261 §13.3.1.4). An ACK goes where the Contact of the 2xx says, which told is. When this machine has
// another address by then, it comes while the one before is still read, or never.
func (d *Dialog) awaitAck(cseq uint32, told stay, again func() error) (Body, bool) {
	first := d.server != nil && cseq == d.firstCSeq
	var known <-chan struct{}
	if first {
		known = d.known
	}
	moves := told.moves
	var lost <-chan time.Time
	defer d.strays(false)
	interval := sip.T1
	repeat := time.NewTimer(interval)
	defer repeat.Stop()
	limit := time.NewTimer(64 * sip.T1)
	defer limit.Stop()
	for {
		select {
		case a := <-d.acked:
			if a.cseq == cseq {
				return a.body, true
			}
		case <-moves:
			now := d.stack.whereabouts()
			moves, lost = now.moves, nil
			if now.at != told.at {
				lost = time.After(d.stack.opts.Linger)
			}
			d.strays(now.at != told.at)
		case <-lost:
			d.stack.log.Info("an ACK can't come any more, since our address has changed", "call", d.callID)
			if !first {
				return Body{}, false
			}
			lost, moves = nil, nil
			d.lost()
		case <-known:
			return Body{}, true
		case <-repeat.C:
			_ = again() // the transaction may be gone while we still wait
			interval = min(2*interval, sip.T2)
			repeat.Reset(interval)
		case <-limit.C:
			return Body{}, false
		case <-d.over:
			return Body{}, false
		}
	}
}

// strays notes whether an ACK is waited for that may be on its way to an address of before.
func (d *Dialog) strays(on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.straying = on
}

// lost notes that the ACK to our first 200 can't come any more. The call may be hung up then and, unless
// the answer to our offer was in that ACK, changed. The 200 is still repeated, until something proves that it has
// arrived.
func (d *Dialog) lost() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.straying = false
	if d.unacked == pendingTheirs {
		d.unacked = pendingNone
	}
	close(d.astray)
}

// proved takes a re-INVITE that one side has sent and the other taken for an ACK that can't come any more:
// their INVITE has ended for them before (RFC 3261 §14.1).
func (d *Dialog) proved() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if closed(d.astray) && !closed(d.known) {
		close(d.known)
	}
}
