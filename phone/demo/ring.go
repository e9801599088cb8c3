package demo

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"
)

// goodbye is how long a BYE may wait for its answer.
const goodbye = 2 * time.Second

// Call lets a customer call the agent. It returns at once; what becomes of it is
// told by the CustomerCall.
func (p *PBX) Call(customer Customer) (*CustomerCall, error) {
	l, err := newLeg(p.log)
	if err != nil {
		return nil, err
	}
	l.say(customer.voice())
	return p.callWith(customer, l)
}

// callWith is Call over a leg that is not started yet; it is closed in any case.
func (p *PBX) callWith(customer Customer, l *leg) (*CustomerCall, error) {
	phones := p.registrar.contacts()
	if len(phones) == 0 {
		l.close()
		return nil, ErrNotRegistered
	}
	ctx, hangUp := context.WithCancel(p.ctx)
	call := newCall(customer, "", l, hangUp)
	id := uuid.NewString()
	if !p.enter(id, call) {
		hangUp()
		l.close()
		return nil, ErrClosed
	}
	go func() {
		defer p.leave(id)
		defer hangUp()
		defer l.close()
		call.finish(p.ring(ctx, call, id, phones[0].uri))
	}()
	return call, nil
}

// ring is a customer's call from INVITE to its end.
func (p *PBX) ring(ctx context.Context, call *CustomerCall, id string, phone sip.Uri) (end End) {
	defer func() {
		if r := recover(); r != nil {
			p.log.Error("demo: a call failed", "panic", r)
			end = End{Reason: "the demo PBX failed"}
		}
	}()
	patience := call.Customer.Rings
	if patience == 0 {
		patience = 30 * time.Second
	}
	waiting, stop := context.WithTimeout(ctx, patience)
	defer stop()
	d, err := p.calling.WriteInvite(waiting, p.invite(call, id, phone))
	if err != nil {
		return End{Reason: fmt.Sprintf("INVITE to %s: %v", phone.String(), err)}
	}
	defer d.Close()
	err = d.WaitAnswer(waiting, sipgo.AnswerOptions{OnResponse: func(r *sip.Response) error {
		if r.StatusCode == 180 || r.StatusCode == 183 {
			call.become(Ringing)
		}
		return nil
	}})
	var refused *sipgo.ErrDialogResponse
	switch {
	case errors.As(err, &refused):
		return End{Code: refused.Res.StatusCode, ByAgent: true,
			Reason: fmt.Sprintf("%d %s", refused.Res.StatusCode, refused.Res.Reason)}
	case err != nil && d.InviteResponse != nil && d.InviteResponse.IsSuccess():
		// The answer crossed our CANCEL (RFC 3261 §9.1): take it and hang up.
		if d.Ack(context.Background()) == nil {
			p.bye(d.Bye)
		}
		return End{Reason: "given up by the customer"}
	case waiting.Err() != nil:
		return End{Reason: "given up by the customer"}
	case err != nil:
		return End{Reason: fmt.Sprintf("INVITE to %s: %v", phone.String(), err)}
	}
	if err := d.Ack(ctx); err != nil {
		return End{Reason: fmt.Sprintf("ACK: %v", err)}
	}
	t, err := readSDP(d.InviteResponse.Body())
	if err != nil {
		p.bye(d.Bye)
		return End{Reason: err.Error()}
	}
	call.connect(t)
	call.speaksIn(d)
	call.become(Answered)
	end = call.talk(ctx, d.Context())
	if !end.ByAgent {
		p.bye(d.Bye)
	}
	return end
}

// invite is the INVITE that a customer's call makes.
func (p *PBX) invite(call *CustomerCall, id string, phone sip.Uri) *sip.Request {
	c := call.Customer
	req := sip.NewRequest(sip.INVITE, phone)
	req.SetTransport("UDP")
	from := &sip.FromHeader{DisplayName: c.Display, Address: p.uri(c.Number), Params: sip.NewParams()}
	if c.Withheld() {
		// RFC 3323 §4.1.1.3 and §4.2
		from.DisplayName = "Anonymous"
		from.Address = sip.Uri{Scheme: "sip", User: "anonymous", Host: "anonymous.invalid"}
		req.AppendHeader(sip.NewHeader("Privacy", "id"))
	}
	from.Params.Add("tag", sip.GenerateTagN(16))
	to := &sip.ToHeader{Address: p.uri(p.opts.Extension), Params: sip.NewParams()}
	if c.Line != "" {
		to.Address.User = c.Line
		req.AppendHeader(sip.NewHeader("X-Line", c.Line))
	}
	callID := sip.CallIDHeader(id)
	req.AppendHeader(from)
	req.AppendHeader(to)
	req.AppendHeader(&callID)
	req.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	req.SetBody(offer(call.leg.addr(), call.nextVersion()))
	return req
}

// bye sends a BYE; a telephone that is gone does not answer it.
func (p *PBX) bye(send func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	if err := send(ctx); err != nil {
		p.log.Info("demo: BYE", "error", err)
	}
}

// voice is how the customer speaks, in the words of [leg.say].
func (c Customer) voice() (script []int16, repeat float64, delay time.Duration) {
	return speech(seed(c.Number), 20), 0.5, 700 * time.Millisecond
}

// seed gives each number a voice of its own.
func seed(number string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(number)) // never fails
	return h.Sum64()
}
