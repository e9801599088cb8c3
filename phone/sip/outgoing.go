package sip

import (
	"context"
	"strings"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

func deadline(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}

// Callee is who a call to target (see [Target]) would reach.
func (s *Stack) Callee(to string) (Party, error) {
	uri, err := target(to, s.acc.host, s.acc.port)
	if err != nil {
		return Party{}, err
	}
	return partyAt(uri), nil
}

func partyAt(uri sip.Uri) Party {
	return Party{User: cleanToken(unescapeUser(uri.User)), Host: uri.Host, URI: uri.String()}
}

// Dial invites target (see [Target]) with an offer. It returns at once; what becomes
// of it is told to events. The error is about the target only.
func (s *Stack) Dial(to string, offer []byte, events Events) (*Dialog, error) {
	return s.dial(to, false, offer, events)
}

// DialFor calls whom the far end referred us to, and says so (RFC 3892, RFC 3891). It goes through the PBX wherever that is,
// as a call that is sent on does (see reached): nobody who passes a call on makes this telephone talk to a host of their choice.
func (s *Stack) DialFor(r *ReferRequest, offer []byte, events Events) (*Dialog, error) {
	var headers []sip.Header
	if r.By != "" {
		headers = append(headers, sip.NewHeader("Referred-By", "<"+r.By+">"))
	}
	if r.Replaces != "" {
		headers = append(headers, sip.NewHeader("Replaces", r.Replaces))
	}
	to, through := s.referredTo(r)
	return s.dial(to, through, offer, events, headers...)
}

// referredTo is what to dial for a REFER, and whether it has to be led through the PBX. A number is dialled as the agent
// would, unless a certain call at a certain telephone is to be replaced; a name keeps its host.
func (s *Stack) referredTo(r *ReferRequest) (to string, through bool) {
	uri, err := target(r.To, s.acc.host, s.acc.port)
	if err != nil {
		return r.To, false // which dial says
	}
	if sameHost(uri, s.pbx(uri.Scheme)) {
		return r.To, false
	}
	if number := unescapeUser(uri.User); r.Replaces == "" && looksLikeNumber(number) && strings.EqualFold(uri.Scheme, "sip") {
		return number, false
	}
	return r.To, true
}

// pbx is the account's.
func (s *Stack) pbx(scheme string) sip.Uri {
	return sip.Uri{Scheme: scheme, Host: s.acc.host, Port: s.acc.port, UriParams: sip.NewParams()}
}

// leadThroughPBX has a request go to the PBX first, unless it has a way already.
func (s *Stack) leadThroughPBX(req *sip.Request) {
	if req.Route() == nil {
		pbx := s.pbx("sip")
		pbx.UriParams.Add("lr", "")
		req.AppendHeader(&sip.RouteHeader{Address: pbx})
	}
}

// DialReplacing invites target in the place of another call there: replaces is the
// value of the Replaces header (RFC 3891).
func (s *Stack) DialReplacing(to, replaces string, offer []byte, events Events) (*Dialog, error) {
	return s.dial(to, false, offer, events, sip.NewHeader("Replaces", replaces))
}

func (s *Stack) dial(to string, through bool, offer []byte, events Events, headers ...sip.Header) (*Dialog, error) {
	uri, err := target(to, s.acc.host, s.acc.port)
	if err != nil {
		return nil, err
	}
	req := sip.NewRequest(sip.INVITE, uri)
	req.SetTransport(s.network())
	from := &sip.FromHeader{Address: s.addressOfRecord(), Params: sip.NewParams()}
	from.Params.Add("tag", sip.GenerateTagN(16))
	req.AppendHeader(from)
	req.AppendHeader(s.contact())
	s.routeOut(req)
	if through {
		s.leadThroughPBX(req)
	}
	req.AppendHeader(allow())
	req.AppendHeader(supported())
	s.askTimer(req)
	for _, h := range headers {
		req.AppendHeader(h)
	}
	req.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	req.SetBody(offer)
	if err := sipgo.ClientRequestBuild(s.client, req); err != nil {
		return nil, err
	}
	d := s.newDialog()
	d.invitation, d.events = req, events
	close(d.ready)
	d.callID = req.CallID().Value()
	d.localTag, _ = from.Params.Get("tag")
	d.from = *from
	d.from.Params = from.Params.Clone()
	d.target = uri
	d.spawn(d.dial)
	return d, nil
}

// Cancel gives up a call that wasn't answered yet. Should the answer cross it, the
// call is acknowledged and hung up at once, and Failed is told. A call whose answer is
// acknowledged already, though Answered was perhaps not heard yet, is hung up.
func (d *Dialog) Cancel() { d.giveUp(false) }

// GiveWay is Cancel for a call whose place another has taken: whom it rang learns that it was
// answered elsewhere, and has missed nothing (RFC 3326 §3.1).
func (d *Dialog) GiveWay() { d.giveUp(true) }

func (d *Dialog) giveUp(elsewhere bool) {
	d.mu.Lock()
	again, late := d.cancelWish, d.confirmed
	if !again {
		d.cancelWish, d.gaveWay = true, elsewhere
		close(d.cancel)
	}
	d.mu.Unlock()
	if late && !again {
		d.HangUp()
	}
}

// dial sends the INVITE and waits for what comes, as long as it takes.
func (d *Dialog) dial() {
	defer func() {
		if p := recover(); p != nil {
			defer d.finish()
			d.broke(p)
			d.sendCancel()
		}
	}()
	f := d.follow(d.reach())
	if f == nil {
		return
	}
	d.tell(func(e Events) { e.Failed(f) })
	d.finish()
}

// reach invites the target by whichever way there answers.
func (d *Dialog) reach() *Failure {
	f := d.invite()
	for _, t := range d.stack.alternatives() {
		if !d.elsewhere(f) {
			break
		}
		f = d.inviteAt(t)
	}
	return f
}

func (d *Dialog) invite() *Failure {
	if err := d.send(); err != nil {
		return noAnswer("INVITE", err)
	}
	cancel := d.cancel
	heard, cancelled, lengthened := false, false, 0
	var pass pass
	var giveUp <-chan time.Time
	for {
		select {
		case <-cancel:
			cancel, cancelled = nil, true
			giveUp = time.After(64 * sip.T1)
			if heard { // RFC 3261 §9.1: not before a provisional answer
				d.sendCancel()
			}
		case <-giveUp:
			d.forsake()
			return &Failure{Method: "INVITE", Code: 487, Reason: "Request Terminated"}
		case <-d.clientTx.Done():
			d.forsake()
			err := d.clientTx.Err()
			if err == nil {
				err = sip.ErrTransactionTerminated
			}
			return noAnswer("INVITE", err)
		case <-d.over:
			d.forsake()
			return nil
		case res := <-d.clientTx.Responses():
			switch {
			case res.IsProvisional():
				if cancelled && !heard {
					d.sendCancel()
				}
				heard = true
				d.progressed = d.progressed || res.StatusCode > 100
				if res.StatusCode > 100 && d.provisional(res) && !cancelled {
					code, reason, body := res.StatusCode, cleanDisplay(res.Reason), bodyOf(res)
					d.tell(func(e Events) { e.Progress(code, reason, body) })
				}
			case res.IsSuccess() && cancelled:
				// The 200 crossed our CANCEL: the far end believes in a call now.
				d.ackAndBye(d.invitation, res)
				return &Failure{Method: "INVITE", Code: 487, Reason: "Request Terminated"}
			case res.IsSuccess():
				return d.establish(res)
			case isChallenge(res) && !cancelled:
				if f := d.authorize(&pass, res); f != nil {
					return f
				}
				heard = false
			case !cancelled && lengthened < 3 && d.lengthen(d.invitation, res):
				lengthened++
				pass.asked, pass.given = 0, nil // another INVITE, another nonce
				if err := d.longer(res); err != nil {
					return noAnswer("INVITE", err)
				}
				heard = false
			default:
				if redirects(res) && !cancelled {
					d.learn(res)
				}
				return refused("INVITE", res)
			}
		}
	}
}

func (d *Dialog) send() error {
	ctx, cancel := deadline(64 * sip.T1)
	defer cancel()
	tx, err := hook{d.stack}.Request(ctx, d.invitation)
	if err != nil {
		return err
	}
	d.clientTx = tx
	invite := d.invitation
	d.mu.Lock()
	d.firstCSeq = invite.CSeq().SeqNo
	d.mu.Unlock()
	tx.OnRetransmission(func(res *sip.Response) {
		// A proxy forked our INVITE and a second phone answered (RFC 3261 §13.2.2.4).
		if tag, _ := tagOf(res); res.IsSuccess() && tag != d.their() {
			d.spawn(func() { d.ackAndBye(invite, res) })
		}
	})
	return nil
}

func (d *Dialog) their() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.theirTag
}

func tagOf(res *sip.Response) (string, bool) {
	if res.To() == nil {
		return "", false
	}
	return res.To().Params.Get("tag")
}

// authorize answers a challenge with a new INVITE in the same call.
func (d *Dialog) authorize(pass *pass, res *sip.Response) *Failure {
	again, err := pass.answer(d.stack, d.invitation, res)
	if !again {
		f := refused("INVITE", res)
		f.Err = err
		return f
	}
	req := d.invitation.Clone()
	pass.show(req)
	if err := d.resend(req); err != nil {
		return noAnswer("INVITE", err)
	}
	return nil
}

// longer repeats the INVITE with the session timer that a 422 asks for (RFC 4028 §7.3).
func (d *Dialog) longer(res *sip.Response) error {
	req := d.invitation.Clone()
	req.RemoveHeader("Session-Expires")
	req.RemoveHeader("Min-SE")
	least := inSeconds(minSE(res))
	req.AppendHeader(sip.NewHeader("Session-Expires", least))
	req.AppendHeader(sip.NewHeader("Min-SE", least))
	return d.resend(req)
}

// resend sends the INVITE anew within the same call.
func (d *Dialog) resend(req *sip.Request) error {
	d.renew(req)
	return d.send()
}

// renew makes a copy of the INVITE the next one of the same call.
func (d *Dialog) renew(req *sip.Request) {
	req.CSeq().SeqNo++
	req.RemoveHeader("Via")
	_ = sipgo.ClientRequestAddVia(d.stack.client, req)
	d.invitation = req
}

func (d *Dialog) establish(res *sip.Response) *Failure {
	tag, ok := tagOf(res)
	if !ok {
		return &Failure{Method: "INVITE", Code: res.StatusCode, Reason: "the answer has no tag"}
	}
	st := stateOf(d.invitation, res)
	d.mu.Lock()
	if early := d.early[tag]; early != nil {
		st.cseq, st.answer, st.preview = early.cseq, early.answer, early.preview
	}
	d.state = st
	d.answered = true
	d.mu.Unlock()
	d.stack.remember(d, tag)
	d.stack.forgetEarly(d, tag)
	d.agreed(res)
	body := bodyOf(res)
	for _, early := range []Body{st.answer, st.preview} { // of the same phone, not of another that rang too (RFC 3262 §5)
		if len(body.Data) == 0 {
			body = early
		}
	}
	if d.confirm(body) {
		return nil
	}
	ctx, cancel := deadline(32 * sip.T1)
	defer cancel()
	_, _ = d.do(ctx, sip.BYE, Body{})
	return &Failure{Method: "INVITE", Code: 487, Reason: "Request Terminated"}
}

// confirm tells of the answer and acknowledges it, in this order: what the far end sends
// after the ACK is told after the answer. It reports whether the call is still wanted; a
// wish to cancel may have come between the answer and here.
func (d *Dialog) confirm(body Body) bool {
	d.sending.Lock() // a BYE leaves after the ACK
	defer d.sending.Unlock()
	d.mu.Lock()
	d.confirmed = true // from here on Cancel hangs up by itself
	wanted := !d.cancelWish
	d.mu.Unlock()
	if wanted {
		d.tell(func(e Events) { e.Answered(body) })
	}
	d.acknowledge(d.clientTx, d.firstCSeq)
	return wanted
}

// sendCancel takes back the INVITE.
func (d *Dialog) sendCancel() {
	d.mu.Lock()
	gaveWay := d.gaveWay
	d.mu.Unlock()
	d.cancelInvite(d.invitation, gaveWay)
}

// cancelInvite takes back an INVITE (RFC 3261 §9.1): the same Via, Route, From, To,
// Call-ID and CSeq number, and nothing else but the reason.
func (d *Dialog) cancelInvite(invite *sip.Request, elsewhere bool) {
	req := sip.NewRequest(sip.CANCEL, invite.Recipient)
	req.AppendHeader(invite.Via().Clone())
	sip.CopyHeaders("Route", invite, req)
	for _, name := range []string{"From", "To", "Call-ID"} {
		sip.CopyHeaders(name, invite, req)
	}
	req.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	maxForwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&maxForwards)
	if elsewhere {
		req.AppendHeader(sip.NewHeader("Reason", `SIP;cause=200;text="Call completed elsewhere"`))
	}
	req.SetTransport(invite.Transport())
	req.SetDestination(invite.Destination())
	req.SetBody(nil)
	d.spawn(func() {
		ctx, cancel := deadline(64 * sip.T1)
		defer cancel()
		tx, err := hook{d.stack}.Request(ctx, req)
		if err == nil {
			_, err = final(ctx, tx, nil)
			tx.Terminate()
		}
		if err != nil {
			d.stack.log.Debug("CANCEL", "call", d.callID, "err", err)
		}
	})
}

// ackAndBye ends a dialog that nobody here wants: an answer that crossed our CANCEL, came
// too late, or is a second phone's. One that is repeated is only acknowledged again.
func (d *Dialog) ackAndBye(invite *sip.Request, res *sip.Response) {
	st := stateOf(invite, res)
	d.writeAck(st)
	d.mu.Lock()
	again := d.disowned[st.theirTag]
	if d.disowned == nil {
		d.disowned = map[string]bool{}
	}
	d.disowned[st.theirTag] = true
	d.mu.Unlock()
	if again {
		return
	}
	ctx, cancel := deadline(64 * sip.T1)
	defer cancel()
	if _, err := d.doIn(ctx, &st, sip.BYE, Body{}); err != nil {
		d.stack.log.Debug("BYE to an unwanted answer", "call", d.callID, "err", err)
	}
}
