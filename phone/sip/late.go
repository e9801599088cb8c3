package sip

import (
	"context"
	"errors"

	"github.com/emiago/sipgo/sip"
)

// A far end that takes longer than an INVITE's transaction lives believes in what it has answered, and repeats its 2xx
// until the ACK (RFC 3261 §13.2.2.4).

// forsaken is an INVITE of a call of ours that was given up without a final answer.
type forsaken struct {
	dialog *Dialog
	invite *sip.Request
}

// mostForsaken is how many of those are remembered, the newest.
const mostForsaken = 32

// forsake gives up the INVITE that is under way; should it be answered yet, that call is hung up.
func (d *Dialog) forsake() {
	s := d.stack
	s.mu.Lock()
	s.forsaken = append(s.forsaken[max(0, len(s.forsaken)-mostForsaken+1):], forsaken{d, d.invitation})
	s.mu.Unlock()
	d.clientTx.Terminate()
}

// answeredLate takes a response that belongs to no transaction any more. It is called in a goroutine of the library's.
func (s *Stack) answeredLate(res *sip.Response) {
	defer s.recovered("a late answer")
	if !res.IsSuccess() || res.From() == nil || res.CallID() == nil || res.CSeq() == nil || res.CSeq().MethodName != sip.INVITE {
		return
	}
	switch d, invite := s.asked(res); {
	case d == nil:
	case invite != nil:
		d.spawn(func() { d.ackAndBye(invite, res) })
	default:
		d.spawn(func() { d.reinvitedLate(res) })
	}
}

// asked is the call whose INVITE a response answers: with a forsaken one that INVITE, else a call that there is; nil for
// none of ours.
func (s *Stack) asked(res *sip.Response) (*Dialog, *sip.Request) {
	local, _ := res.From().Params.Get("tag")
	remote, _ := tagOf(res)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.forsaken {
		if f.dialog.callID == res.CallID().Value() && f.dialog.localTag == local && f.invite.CSeq().SeqNo == res.CSeq().SeqNo {
			return f.dialog, f.invite
		}
	}
	return s.dialogs[dialogKey(res.CallID().Value(), local, remote)], nil
}

// reinvitedLate acknowledges a 2xx to a re-INVITE of ours that was given up. The far end believes in that offer now, and we
// in what was before: what holds is to be offered anew, unless another offer has followed already.
func (d *Dialog) reinvitedLate(res *sip.Response) {
	n := res.CSeq().SeqNo
	d.mu.Lock()
	st := d.state
	st.cseq = n
	outdated := d.unanswered == n
	if outdated {
		d.unanswered = 0
		d.aim(res.Contact())
	}
	d.mu.Unlock()
	d.writeAck(st)
	if outdated {
		d.agreed(res)
		d.tell(Events.Outdated)
	}
}

// finalOrCancel is final for a re-INVITE. One that the far end has taken up and does not answer in time is cancelled, since no
// other may follow before it has ended (RFC 3261 §14.1); an answer that crosses the CANCEL is one.
func (d *Dialog) finalOrCancel(ctx context.Context, sent sent) (*sip.Response, error) {
	takenUp := false
	res, err := finalAfter(ctx, sent.tx, sent.down, func() { takenUp = true })
	if !takenUp || !errors.Is(err, context.DeadlineExceeded) {
		return res, err
	}
	d.cancelInvite(sent.req, false)
	ctx, stop := deadline(byePatience())
	defer stop()
	res, late := final(ctx, sent.tx, sent.down)
	if late != nil || res.StatusCode == 487 {
		return nil, err
	}
	return res, nil
}

// awaits notes which re-INVITE of ours has no answer yet; 0 for none.
func (d *Dialog) awaits(cseq uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unanswered = cseq
}
