package sip

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/diago"
	"github.com/emiago/sipgo/sip"
)

// Reliable provisional answers: RFC 3262.

// rack is a RAck header: which provisional answer a PRACK acknowledges.
type rack struct {
	rseq, cseq uint32
	method     string
}

// parseRAck reads "776656 1 INVITE" (RFC 3262 §7.2).
func parseRAck(value string) (rack, bool) {
	f := strings.Fields(value)
	if len(f) != 3 {
		return rack{}, false
	}
	rseq, ok := parseRSeq(f[0])
	cseq, err := strconv.ParseUint(f[1], 10, 31)
	return rack{rseq, uint32(cseq), f[2]}, ok && err == nil
}

// parseRSeq reads a response number, 1 to 2^32-1 (RFC 3262 §7.1).
func parseRSeq(value string) (uint32, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 32)
	return uint32(n), err == nil && n > 0
}

// provisional notes the early dialog that a provisional answer belongs to, and
// acknowledges it when the far end wants that. It reports whether the answer is a new one.
func (d *Dialog) provisional(res *sip.Response) bool {
	tag, ok := tagOf(res)
	if !ok {
		return true
	}
	st, rseq, fresh := d.noteEarly(tag, res)
	if !fresh {
		return false
	}
	d.stack.remember(d, tag) // an UPDATE may come before the answer
	if rseq != 0 {
		d.spawn(func() { d.prack(st, rseq) })
	}
	return true
}

// noteEarly is the early dialog of a provisional answer, and the number of a reliable one
// (else 0). One that is repeated, or out of order (RFC 3262 §4), isn't fresh.
func (d *Dialog) noteEarly(tag string, res *sip.Response) (st *state, rseq uint32, fresh bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if st = d.early[tag]; st == nil {
		if len(d.early) >= maxForks {
			return nil, 0, false
		}
		made := stateOf(d.invitation, res)
		st = &made
		d.early[tag] = st
	}
	h := res.GetHeader("RSeq")
	if body := bodyOf(res); len(body.Data) > 0 {
		st.preview = body
	}
	if h == nil || !has(optionTags(res.GetHeaders("Require")), "100rel") {
		return st, 0, true
	}
	rseq, ok := parseRSeq(h.Value())
	if !ok {
		return st, 0, true
	}
	if st.rseq != 0 && rseq != st.rseq+1 {
		return st, 0, false
	}
	st.rseq = rseq
	if body := bodyOf(res); len(body.Data) > 0 && len(st.answer.Data) == 0 {
		st.answer = body
	}
	return st, rseq, true
}

// maxForks is how many phones one INVITE may ring; a flood of tags is none of them.
const maxForks = 64

func (d *Dialog) prack(st *state, rseq uint32) {
	ctx, cancel := deadline(64 * sip.T1)
	defer cancel()
	invite := d.firstCSeqNow()
	_, err := d.doIn(ctx, st, sip.PRACK, Body{}, func(req *sip.Request) {
		req.AppendHeader(sip.NewHeader("RAck", fmt.Sprintf("%d %d INVITE", rseq, invite)))
	})
	if err != nil {
		d.stack.log.Debug("PRACK", "call", d.callID, "err", err)
	}
}

func (d *Dialog) firstCSeqNow() uint32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.firstCSeq
}

// ring sends the 180 of an incoming call: reliably when the caller insists. The dialog is
// known by then, since a PRACK may be here before this returns.
func (d *Dialog) ring() error {
	if d.ringer != nil {
		return d.ringer.send()
	}
	return d.server.Respond(180, "Ringing", nil, d.stack.contact(), allow())
}

// insists is the reliable 180 that a caller wants; nil: any will do.
func (s *Stack) insists(session *diago.DialogServerSession, tx sip.ServerTransaction) *reliable {
	req := session.InviteRequest
	if !has(optionTags(req.GetHeaders("Require")), "100rel") {
		return nil
	}
	r := &reliable{rseq: 1 + uint32(rand.IntN(1<<30)), cseq: req.CSeq().SeqNo, heard: make(chan struct{})}
	r.offers = len(bodyOf(req).Data) == 0
	r.send = func() error {
		res := sip.NewResponseFromRequest(req, 180, "Ringing", r.offer)
		headers := []sip.Header{s.contact(), allow(),
			sip.NewHeader("Require", "100rel"), sip.NewHeader("RSeq", strconv.FormatUint(uint64(r.rseq), 10))}
		if len(r.offer) > 0 {
			headers = append(headers, sip.NewHeader("Content-Type", "application/sdp"))
		}
		for _, h := range headers {
			res.AppendHeader(h)
		}
		return tx.Respond(res)
	}
	return r
}

// Ring sends the 180 of a call that wants our offer with it ([Invite.EarlyOffer]); the
// answer comes as an EarlyAnswer (RFC 3262 §5). Until then the call may be refused, not
// answered.
func (d *Dialog) Ring(offer []byte) error {
	d.ringer.offer = offer
	if err := d.ringer.send(); err != nil {
		return fmt.Errorf("ring with an offer: %w", err)
	}
	d.spawn(func() { d.insist(d.ringer) })
	return nil
}

// reliable is a provisional answer of ours that waits for its PRACK.
type reliable struct {
	rseq, cseq uint32
	offers     bool   // it has to carry our offer: the INVITE had none
	offer      []byte // of Ring
	send       func() error
	heard      chan struct{} // closed by the PRACK; of d.mu
}

// insist repeats a reliable answer, T1 later and then ever more slowly, until its PRACK
// comes. After 64·T1 the call is refused (RFC 3262 §3).
func (d *Dialog) insist(r *reliable) {
	interval := sip.T1
	repeat := time.NewTimer(interval)
	defer repeat.Stop()
	limit := time.NewTimer(64 * sip.T1)
	defer limit.Stop()
	for {
		select {
		case <-r.heard:
			return
		case <-d.over:
			return
		case <-repeat.C:
			if !d.ringAgain(r) {
				return // the final answer says all there is to say
			}
			interval *= 2
			repeat.Reset(interval)
		case <-limit.C:
			d.tell(func(e Events) { e.Unacked() })
			d.Refuse(504, "Server Time-out")
			return
		}
	}
}

// ringAgain repeats a reliable answer, unless the final one was chosen.
func (d *Dialog) ringAgain(r *reliable) bool {
	d.answering.Lock()
	defer d.answering.Unlock()
	if d.final || d.arrival.takenBack.Load() {
		return false
	}
	_ = r.send()
	return true
}

// concludes takes the right to answer their first INVITE finally, once.
func (d *Dialog) concludes() bool {
	d.answering.Lock()
	defer d.answering.Unlock()
	if d.final || d.arrival.takenBack.Load() { // the library has said 487 to a CANCEL
		return false
	}
	d.final = true
	return true
}

// pracked answers a PRACK (RFC 3262 §3): one that fits no unacknowledged answer of ours
// is refused with 481.
func (d *Dialog) pracked(req *sip.Request, tx sip.ServerTransaction) {
	fits := false
	if h := req.GetHeader("RAck"); h != nil && d.ringer != nil {
		a, ok := parseRAck(h.Value())
		fits = ok && a.rseq == d.ringer.rseq && a.cseq == d.ringer.cseq && strings.EqualFold(a.method, "INVITE")
	}
	body := bodyOf(req)
	if fits && len(body.Data) > 0 && !d.ringer.offers {
		// RFC 3264 §4: they offer again while their first offer waits for its answer.
		d.stack.respond(req, tx, 500, "Server Internal Error", Body{}, retryAfter())
		return
	}
	d.mu.Lock()
	if fits {
		select {
		case <-d.ringer.heard:
			fits = false
		default:
			close(d.ringer.heard)
		}
	}
	d.mu.Unlock()
	if !fits {
		d.stack.respond(req, tx, 481, "Call/Transaction Does Not Exist", Body{})
		return
	}
	d.stack.respond(req, tx, 200, "OK", Body{})
	if d.ringer.offers {
		d.tell(func(e Events) { e.EarlyAnswer(body) })
		d.mu.Lock()
		defer d.mu.Unlock()
		d.agreedEarly = true // an UPDATE is told after it
	}
}
