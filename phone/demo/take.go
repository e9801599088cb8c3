package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// onInvite is for a call that the agent makes, and for changes of a running one.
func (p *PBX) onInvite(req *sip.Request, tx sip.ServerTransaction) {
	if req.To().Params.Has("tag") {
		p.onUpdate(req, tx)
		return
	}
	if !p.admit(req, tx) {
		return
	}
	dialled := req.Recipient.User
	l, err := newLeg(p.log)
	if err != nil {
		p.reply(req, tx, 500, "Server Internal Error")
		return
	}
	defer l.close()
	ctx, hangUp := context.WithCancel(p.ctx)
	defer hangUp()
	call := newCall(whoIs(dialled), dialled, l, hangUp)
	does := behaviour(dialled, p.opts.Numbers)
	if does == Echoes {
		l.reflect()
	} else {
		l.say(call.Customer.voice())
	}
	id := req.CallID().Value()
	if !p.enter(id, call) {
		p.reply(req, tx, 503, "Service Unavailable")
		return
	}
	defer p.leave(id)
	d, err := p.answering.ReadInvite(req, tx)
	if err != nil {
		p.reply(req, tx, 400, "Bad Request")
		call.finish(End{Code: 400, Reason: err.Error()})
		return
	}
	defer d.Close()
	select {
	case p.taken <- call:
	default:
	}
	if colleague := p.colleague(dialled); colleague != nil {
		if call.colleague, err = p.ringColleague(colleague, l); err != nil {
			call.finish(refuse(p, d, 480, "Temporarily Unavailable"))
			return
		}
		defer call.leaveColleague()
		does = Forwards
	}
	call.finish(p.take(ctx, call, d, does))
}

// take is the agent's call from INVITE to its end.
func (p *PBX) take(ctx context.Context, call *CustomerCall, d *sipgo.DialogServerSession, does Behaviour) End {
	switch does {
	case NotFound:
		return refuse(p, d, 404, "Not Found")
	case Busy:
		return refuse(p, d, 486, "Busy Here")
	}
	var t terms
	body := d.InviteRequest.Body()
	late := len(body) == 0 // the offer is ours, the answer comes with the ACK
	if !late {
		var err error
		if t, err = readSDP(body); err != nil {
			return refuse(p, d, 488, "Not Acceptable Here")
		}
	}
	if err := d.Respond(180, "Ringing", nil); err != nil {
		return End{Reason: fmt.Sprintf("180: %v", err)}
	}
	call.become(Ringing)
	patience := map[Behaviour]time.Duration{
		Answers: p.opts.Answers, NeverThere: p.opts.GivesUp, Declines: p.opts.Answers / 2, Echoes: 0,
	}[does]
	wait := time.NewTimer(patience)
	defer wait.Stop()
	later := wait.C
	if does == Forwards {
		later = nil
	}
	select {
	case <-d.Context().Done():
		return End{Reason: "given up by the agent", ByAgent: true}
	case <-ctx.Done():
		return refuse(p, d, 480, "Temporarily Unavailable")
	case <-later:
	case <-call.colleague.at(Answered):
	case <-call.colleague.at(Ended):
		code, reason := call.colleague.End().answer()
		return refuse(p, d, code, reason)
	}
	switch does {
	case NeverThere:
		return refuse(p, d, 480, "Temporarily Unavailable")
	case Declines:
		return refuse(p, d, 603, "Decline")
	}
	if late {
		call.offered(d.InviteRequest.CSeq().SeqNo)
		body = offer(call.leg.addr(), call.nextVersion())
	} else {
		// RTP may come before the ACK.
		call.connect(t)
		body = answer(call.leg.addr(), call.nextVersion(), t)
	}
	if err := d.RespondSDP(body); err != nil { // returns with the ACK
		if d.Context().Err() != nil {
			return End{Reason: "given up by the agent", ByAgent: true}
		}
		p.bye(d.Bye)
		return End{Reason: fmt.Sprintf("200: %v", err)}
	}
	call.speaksIn(d)
	call.become(Answered)
	end := call.talk(ctx, d.Context())
	if !end.ByAgent {
		p.bye(d.Bye)
	}
	return end
}

func refuse(p *PBX, d *sipgo.DialogServerSession, code int, reason string) End {
	if err := d.Respond(code, reason, nil); err != nil {
		p.log.Info("demo: refuse a call", "code", code, "error", err)
	}
	return End{Code: code, Reason: fmt.Sprintf("%d %s", code, reason)}
}

// whoIs is the customer behind a dialled number, as far as there is one.
func whoIs(dialled string) Customer {
	for _, c := range Customers() {
		if !c.Withheld() && c.Number == e164(dialled) {
			return Customer{Name: c.Name, Number: c.Number, Display: c.Display}
		}
	}
	for _, n := range Special() {
		if n.Number == dialled {
			return Customer{Name: n.What, Number: dialled}
		}
	}
	return Customer{Name: dialled, Number: e164(dialled)}
}

// onAck confirms a call; it may bring the answer to a late offer.
func (p *PBX) onAck(req *sip.Request, tx sip.ServerTransaction) {
	if call := p.find(req); call != nil {
		if call.answersLate(req.CSeq().SeqNo) {
			if t, err := readSDP(req.Body()); err == nil {
				call.connect(t)
			} else {
				call.HangUp()
			}
		}
	}
	// An ACK of a re-INVITE is none of the dialog's first one, which is an error there.
	_ = p.answering.ReadAck(req, tx)
}

func (p *PBX) onBye(req *sip.Request, tx sip.ServerTransaction) {
	if p.calling.ReadBye(req, tx) == nil || p.answering.ReadBye(req, tx) == nil {
		return
	}
	p.reply(req, tx, 481, "Call/Transaction Does Not Exist")
}

// onUpdate is for a re-INVITE or UPDATE: hold, and other changes of the terms.
func (p *PBX) onUpdate(req *sip.Request, tx sip.ServerTransaction) {
	call := p.find(req)
	if call == nil || call.Phase() != Answered {
		p.reply(req, tx, 481, "Call/Transaction Does Not Exist")
		return
	}
	var body []byte
	switch {
	case len(req.Body()) > 0:
		t, err := readSDP(req.Body())
		if err != nil {
			p.reply(req, tx, 488, "Not Acceptable Here")
			return
		}
		call.connect(t)
		body = answer(call.leg.addr(), call.nextVersion(), t)
	case req.IsInvite():
		call.offered(req.CSeq().SeqNo)
		body = offer(call.leg.addr(), call.nextVersion())
	}
	res := sip.NewResponseFromRequest(req, 200, "OK", body)
	if body != nil {
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	}
	res.AppendHeader(&sip.ContactHeader{Address: p.uri("demo")})
	if err := tx.Respond(res); err != nil {
		p.log.Info("demo: answer a change", "error", err)
	}
}
