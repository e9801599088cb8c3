package sip

import (
	"context"
	"slices"
	"strings"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// state is what the requests of a dialog are made from (RFC 3261 §12). Before an
// outgoing call is answered there is one for each phone that its INVITE reached.
type state struct {
	theirTag string
	remote   sip.ToHeader // the far end, with its tag
	target   sip.Uri      // where requests within the dialog go
	routes   []string     // the proxies that stay in between, nearest first
	cseq     uint32       // of our last request

	rseq    uint32 // of their last reliable provisional answer (RFC 3262); 0: none
	answer  Body   // that came in a reliable provisional answer
	preview Body   // that came in another one, and comes again with the 200 from those who keep to RFC 3261 §13.2.1
	updates bool   // they take UPDATE (RFC 3311)
}

// stateOf is the dialog state that a response to our INVITE makes (RFC 3261 §12.1.2).
func stateOf(invite *sip.Request, res *sip.Response) state {
	st := state{target: invite.Recipient, cseq: invite.CSeq().SeqNo}
	st.theirTag, _ = tagOf(res)
	if to := res.To(); to != nil {
		st.remote = sip.ToHeader{DisplayName: to.DisplayName, Address: *to.Address.Clone(), Params: to.Params.Clone()}
	}
	if contact := res.Contact(); contact != nil && contact.Address.Host != "" {
		st.target = contact.Address
	}
	recorded := recordRoutes(res)
	for i := len(recorded) - 1; i >= 0; i-- {
		st.routes = append(st.routes, recorded[i])
	}
	st.updates = allows(res, sip.UPDATE)
	return st
}

// stateFrom is the dialog state that their INVITE makes (RFC 3261 §12.1.1).
func stateFrom(invite *sip.Request) state {
	from := invite.From()
	st := state{
		remote: sip.ToHeader{DisplayName: from.DisplayName, Address: *from.Address.Clone(), Params: from.Params.Clone()},
		target: invite.Contact().Address, routes: recordRoutes(invite), cseq: invite.CSeq().SeqNo,
		updates: allows(invite, sip.UPDATE),
	}
	st.theirTag, _ = from.Params.Get("tag")
	return st
}

func recordRoutes(msg interface{ GetHeaders(string) []sip.Header }) []string {
	var routes []string
	for _, h := range msg.GetHeaders("Record-Route") {
		for _, item := range splitList(h.Value()) {
			if item = strings.TrimSpace(item); item != "" {
				routes = append(routes, item)
			}
		}
	}
	return routes
}

func allows(msg interface{ GetHeaders(string) []sip.Header }, method sip.RequestMethod) bool {
	return has(optionTags(msg.GetHeaders("Allow")), string(method))
}

// address gives a request its way: Request-URI and Route (RFC 3261 §12.2.1.1).
func (st *state) address(req *sip.Request) {
	for req.RemoveHeader("Route") {
	}
	req.Recipient = *st.target.Clone()
	routes := st.routes
	if len(routes) > 0 {
		// A first proxy that knows nothing of loose routing is named in the Request-URI, and
		// the far end comes last.
		if first, err := parseURI(bareURI(routes[0])); err == nil && !first.UriParams.Has("lr") {
			first.UriParams.Remove("method")
			first.Headers = nil
			req.Recipient = first
			routes = append(append([]string(nil), routes[1:]...), "<"+st.target.String()+">")
			req.SetDestination(first.HostPort())
		}
	}
	for _, route := range routes {
		req.AppendHeader(sip.NewHeader("Route", route))
	}
}

// compose makes a request within the dialog. Its CSeq is the next one, but for an ACK,
// which has that of its INVITE.
func (d *Dialog) compose(st *state, method sip.RequestMethod, body Body) *sip.Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	req := sip.NewRequest(method, st.target)
	st.address(req)
	from, to := d.from, st.remote
	from.Params, to.Params = from.Params.Clone(), to.Params.Clone()
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	callID := sip.CallIDHeader(d.callID)
	req.AppendHeader(&callID)
	if method != sip.ACK {
		st.cseq++
	}
	req.AppendHeader(&sip.CSeqHeader{SeqNo: st.cseq, MethodName: method})
	maxForwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&maxForwards)
	switch method {
	case sip.INVITE, sip.UPDATE, sip.REFER, sip.NOTIFY: // RFC 3261 §12.2.1.1, RFC 6665 §4.1
		req.AppendHeader(d.stack.contact())
	}
	switch method {
	case sip.INVITE, sip.UPDATE:
		req.AppendHeader(allow())
		req.AppendHeader(supported())
		d.renewTimer(req)
	}
	req.SetTransport(d.stack.network())
	req.SetBody(body.Data)
	if body.Data != nil {
		req.AppendHeader(sip.NewHeader("Content-Type", body.Type))
	}
	_ = sipgo.ClientRequestAddVia(d.stack.client, req)
	return req
}

// sent is a request on its way.
type sent struct {
	req  *sip.Request
	tx   sip.ClientTransaction
	down <-chan struct{} // closed when what it left by breaks
}

// request sends a request within the dialog. What has a lower CSeq leaves first. It waits
// a little for a connection that is being made anew.
func (d *Dialog) request(ctx context.Context, st *state, method sip.RequestMethod, body Body, more ...func(*sip.Request)) (sent, error) {
	d.sending.Lock()
	defer d.sending.Unlock()
	down, err := d.stack.mended(ctx)
	if err != nil {
		return sent{}, err
	}
	req := d.compose(st, method, body)
	for _, f := range more {
		f(req)
	}
	tx, err := hook{d.stack}.Request(ctx, req)
	return sent{req, tx, down}, err
}

// do sends a request within the dialog and waits for its final answer, with
// credentials when asked for them, and once more when the connection breaks meanwhile.
func (d *Dialog) do(ctx context.Context, method sip.RequestMethod, body Body, more ...func(*sip.Request)) (*sip.Response, error) {
	return d.doIn(ctx, &d.state, method, body, more...)
}

func (d *Dialog) doIn(ctx context.Context, st *state, method sip.RequestMethod, body Body, more ...func(*sip.Request)) (*sip.Response, error) {
	var pass pass
	more = append(slices.Clip(more), pass.show)
	for attempt := 0; ; attempt++ {
		sent, err := d.request(ctx, st, method, body, more...)
		if err != nil {
			return nil, &Failure{Method: string(method), Err: err}
		}
		res, err := final(ctx, sent.tx, sent.down)
		sent.tx.Terminate()
		if err == errBroke && attempt == 0 && repeatable(method) {
			continue
		}
		if err != nil {
			return nil, noAnswer(string(method), err)
		}
		if again, _ := pass.answer(d.stack, sent.req, res); again {
			continue
		}
		if !res.IsSuccess() {
			return res, refused(string(method), res)
		}
		return res, nil
	}
}

// repeatable are the requests that may arrive twice: no digit is dialled, and nobody
// called, once more by them.
func repeatable(method sip.RequestMethod) bool {
	switch method {
	case sip.INVITE, sip.UPDATE, sip.PRACK, sip.BYE, sip.NOTIFY, sip.OPTIONS:
		return true
	}
	return false
}

// acknowledge sends the ACK to a 2xx of the INVITE with that CSeq, and again for each
// repetition of it. The transaction lives on for 64·T1 to hear those.
func (d *Dialog) acknowledge(tx sip.ClientTransaction, cseq uint32) {
	st := func() state { d.mu.Lock(); defer d.mu.Unlock(); return d.state }()
	st.cseq = cseq
	tag := st.theirTag
	tx.OnRetransmission(func(res *sip.Response) {
		if t, _ := tagOf(res); t == tag && res.IsSuccess() {
			d.spawn(func() { d.writeAck(st) })
		}
	})
	d.writeAck(st)
}

// writeAck sends an ACK that is made anew, since the way to the far end may have changed.
func (d *Dialog) writeAck(st state) {
	_, err := hook{d.stack}.Request(context.Background(), d.compose(&st, sip.ACK, Body{}))
	if err != nil {
		d.stack.log.Debug("ACK", "call", d.callID, "err", err)
	}
}
