package demo

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// Join makes two boxes one company: what an agent of one dials or passes on to the extension of the other rings there.
func Join(a, b *PBX) {
	a.add(b)
	b.add(a)
}

func (p *PBX) add(colleague *PBX) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.colleagues[colleague.opts.Extension] = colleague
}

// colleague is the box of an extension; nil when there is none.
func (p *PBX) colleague(extension string) *PBX {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.colleagues[extension]
}

// ringColleague calls a colleague in the name of the agent, who hears and is heard over the leg l.
func (p *PBX) ringColleague(colleague *PBX, l *leg) (*CustomerCall, error) {
	there, err := newLeg(colleague.log)
	if err != nil {
		return nil, err
	}
	bridge(l, there)
	return colleague.callWith(Customer{Name: "extension " + p.opts.Extension, Number: p.opts.Extension}, there)
}

// leaveColleague hangs up at the colleague, unless they talk to somebody else now.
func (c *CustomerCall) leaveColleague() {
	if !c.passedOn.Load() {
		c.colleague.HangUp()
	}
}

// answer is what whoever called is told.
func (e End) answer() (code int, reason string) {
	if e.Code == 0 {
		return 480, "Temporarily Unavailable"
	}
	_, reason, _ = strings.Cut(e.Reason, " ")
	return e.Code, reason
}

// dialog is a call with the agent's telephone, whoever began it.
type dialog interface {
	Do(context.Context, *sip.Request) (*sip.Response, error)
}

// speaksIn notes the dialog of an answered call.
func (c *CustomerCall) speaksIn(d dialog) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dialog = d
}

// request sends a request in the call's dialog; one that has ended gets none.
func (p *PBX) request(c *CustomerCall, method sip.RequestMethod, body string, headers ...sip.Header) {
	c.mu.Lock()
	d := c.dialog
	c.mu.Unlock()
	var at *sip.ContactHeader
	switch d := d.(type) {
	case *sipgo.DialogServerSession:
		at = d.InviteRequest.Contact()
	case *sipgo.DialogClientSession:
		at = d.InviteResponse.Contact()
	}
	if at == nil || c.Phase() != Answered {
		return
	}
	req := sip.NewRequest(method, at.Address)
	for _, h := range headers {
		req.AppendHeader(h)
	}
	req.SetBody([]byte(body))
	ctx, cancel := context.WithTimeout(p.ctx, goodbye)
	defer cancel()
	if _, err := d.Do(ctx, req); err != nil {
		p.log.Info("demo: a request in a call", "method", method, "error", err)
	}
}

// onRefer is for an agent who passes a call on (RFC 3515), to a number or to whom they have asked (RFC 3891).
func (p *PBX) onRefer(req *sip.Request, tx sip.ServerTransaction) {
	call := p.find(req)
	if call == nil || call.Phase() != Answered {
		p.reply(req, tx, 481, "Call/Transaction Does Not Exist")
		return
	}
	to := req.ReferTo()
	if to == nil || to.Address.User == "" {
		p.reply(req, tx, 400, "Bad Request")
		return
	}
	p.reply(req, tx, 202, "Accepted")
	p.progress(call, 100, "Trying", "active;expires=60")
	code, reason := p.passOn(call, to.Address)
	p.progress(call, code, reason, "terminated;reason=noresource")
}

// progress tells how far a transfer has come (RFC 3515 §2.4.5).
func (p *PBX) progress(call *CustomerCall, code int, reason, state string) {
	p.request(call, sip.NOTIFY, fmt.Sprintf("SIP/2.0 %d %s\r\n", code, reason),
		sip.NewHeader("Event", "refer"), sip.NewHeader("Subscription-State", state),
		sip.NewHeader("Content-Type", "message/sipfrag;version=2.0"))
}

// passOn brings the customer of a call to somebody else, and says what came of it once they talk. The call itself
// is for the agent to hang up.
func (p *PBX) passOn(call *CustomerCall, to sip.Uri) (code int, reason string) {
	if id, ok := replaced(to); ok {
		return p.join(call, id)
	}
	colleague := p.colleague(to.User)
	if colleague == nil {
		return p.try(behaviour(to.User, p.opts.Numbers))
	}
	customer := call.Customer
	customer.Rings = 0
	there, err := colleague.Call(customer)
	if err != nil {
		return 480, "Temporarily Unavailable"
	}
	rings := there.at(Ringing)
	for {
		select {
		case <-rings:
			rings = nil
			p.progress(call, 180, "Ringing", "active;expires=60")
		case <-there.at(Answered):
			return 200, "OK"
		case <-there.at(Ended):
			return there.End().answer()
		case <-call.at(Ended): // the customer goes with the agent, as long as nobody has taken the call
			there.HangUp()
			return 480, "Temporarily Unavailable"
		}
	}
}

// try waits for what a number does.
func (p *PBX) try(does Behaviour) (code int, reason string) {
	wait, code, reason := p.opts.Answers, 200, "OK"
	switch does {
	case NotFound:
		return 404, "Not Found"
	case Busy:
		return 486, "Busy Here"
	case Declines:
		wait, code, reason = p.opts.Answers/2, 603, "Decline"
	case NeverThere:
		wait, code, reason = p.opts.GivesUp, 480, "Temporarily Unavailable"
	}
	select {
	case <-time.After(wait):
		return code, reason
	case <-p.ctx.Done():
		return 480, "Temporarily Unavailable"
	}
}

// join brings the customer together with whom the agent has asked by the call with that Call-ID.
func (p *PBX) join(call *CustomerCall, id string) (code int, reason string) {
	p.mu.Lock()
	asked := p.calls[id]
	p.mu.Unlock()
	if asked == nil || asked.Phase() != Answered {
		return 481, "Call/Transaction Does Not Exist"
	}
	there := asked.colleague
	if there == nil {
		return 200, "OK" // two who are in the box
	}
	asked.passedOn.Store(true)
	asked.leg.pass(nil)
	there.leg.pass(nil)
	there.leg.say(call.Customer.voice())
	if c := call.Customer; !c.Withheld() { // else the agent stays on the display
		colleague := p.colleague(asked.Dialled)
		colleague.request(there, sip.UPDATE, "", sip.NewHeader("P-Asserted-Identity", "<"+uriText(colleague, c.Number)+">"))
	}
	return 200, "OK"
}

func uriText(p *PBX, user string) string {
	u := p.uri(user)
	return u.String()
}

// replaced is the Call-ID in the Replaces of a Refer-To (RFC 3891 §3).
func replaced(to sip.Uri) (id string, ok bool) {
	text, ok := to.Headers.Get("Replaces")
	if !ok {
		return "", false
	}
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	id, _, _ = strings.Cut(text, ";")
	return id, true
}
