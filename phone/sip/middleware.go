package sip

import (
	"strings"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// middleware stands before everything that comes in: it refuses what the library
// can't stand, keeps to itself what the library does wrong, and survives panics.
func (s *Stack) middleware(next sipgo.RequestHandler) sipgo.RequestHandler {
	return func(req *sip.Request, tx sip.ServerTransaction) {
		defer func() {
			if p := recover(); p != nil {
				s.log.Error("panic in a request, survived", "method", req.Method, "panic", p)
				if !req.IsAck() {
					s.respond(req, tx, 500, "Server Internal Error", Body{})
				}
			}
		}()
		if req.Via() == nil {
			return // there is nowhere to answer to
		}
		// RFC 3261 §8.1.1: these make a request.
		if req.From() == nil || req.To() == nil || req.CallID() == nil || req.CSeq() == nil {
			if !req.IsAck() {
				s.respond(req, tx, 400, "Missing Header", Body{})
			}
			return
		}
		if o := s.objection(req); o != nil {
			s.respond(req, tx, o.code, o.reason, Body{}, o.headers...)
			return
		}
		if !s.inDialog(req, tx, next) && !s.outside(req, tx) {
			next(req, tx)
		}
	}
}

// inDialog takes what belongs to a dialog.
func (s *Stack) inDialog(req *sip.Request, tx sip.ServerTransaction, next sipgo.RequestHandler) bool {
	if !req.To().Params.Has("tag") || req.IsCancel() {
		return false
	}
	d := s.find(req)
	if d == nil {
		if req.IsAck() {
			return true
		}
		if sub := s.subscription(req); sub != nil && req.Method == sip.NOTIFY {
			sub.notified(req, tx)
			return true
		}
		s.respond(req, tx, 481, "Call/Transaction Does Not Exist", Body{})
		return true
	}
	defer func() {
		if p := recover(); p != nil {
			d.broke(p)
			panic(p) // it is answered above
		}
	}()
	switch req.Method {
	case sip.ACK:
		// The library knows only the ACK of an incoming call's own INVITE.
		if d.server != nil && req.CSeq().SeqNo == d.firstCSeq {
			next(req, tx)
		}
		select {
		case d.acked <- ack{req.CSeq().SeqNo, bodyOf(req)}:
		default:
		}
	case sip.BYE:
		s.respondBye(d, req, tx, next)
	case sip.INVITE:
		d.reinvited(req, tx)
	case sip.UPDATE:
		d.updated(req, tx)
	case sip.PRACK:
		d.pracked(req, tx)
	case sip.NOTIFY:
		s.respond(req, tx, 200, "OK", Body{})
		d.notified(req)
	case sip.INFO:
		d.informed(req, tx)
	case sip.MESSAGE:
		s.messaged(req, tx)
	case sip.REFER:
		d.referredAway(req, tx)
	default:
		return false
	}
	return true
}

// respondBye lets the library answer and end its dialog, that of an incoming call; it
// knows no other.
func (s *Stack) respondBye(d *Dialog, req *sip.Request, tx sip.ServerTransaction, next sipgo.RequestHandler) {
	d.mu.Lock()
	rings := d.server != nil && !d.answered
	d.mu.Unlock()
	switch {
	case rings: // a caller may give up so, too: RFC 3261 §15, §15.1.2
		s.respond(req, tx, 200, "OK", Body{})
		d.tell(func(e Events) { e.Cancelled(false) })
		d.tell(func(e Events) { e.HungUp("") }) // should it have been answered in this moment
		d.Refuse(487, "Request Terminated")
		return
	case d.server != nil:
		next(req, tx)
	default:
		s.respond(req, tx, 200, "OK", Body{})
	}
	d.tell(func(e Events) { e.HungUp(whyHungUp(headersOf(req))) })
	d.finish()
}

// outside takes what comes outside of any dialog and isn't the library's. It reports
// whether it did.
func (s *Stack) outside(req *sip.Request, tx sip.ServerTransaction) bool {
	switch req.Method {
	case sip.INVITE:
		if s.repeated(req) {
			return true
		}
		if req.Contact() == nil {
			s.respond(req, tx, 400, "Missing Contact", Body{})
			return true
		}
		if !s.arrived(req, tx) {
			return true
		}
		_, code, reason := s.replaced(req)
		if code != 0 {
			s.respond(req, tx, code, reason, Body{})
		}
		return code != 0
	case sip.NOTIFY:
		s.notifiedUnasked(req, tx)
		return true
	case sip.MESSAGE:
		s.messagedUnasked(req, tx)
		return true
	case sip.OPTIONS:
		// RFC 3261 §11.2
		s.respond(req, tx, 200, "OK", s.abilities(), allow(), accept(), supported(),
			sip.NewHeader("Accept-Encoding", "identity"), sip.NewHeader("Accept-Language", "en"))
		return true
	case sip.REFER:
		// RFC 3515 §2.1 lets it begin a dialog: a wish that we call somebody, from whoever reaches our port. Calls are
		// placed by the person here, or for the far end of a call; 481 would say that such a dialog was missing.
		s.respond(req, tx, 403, "Forbidden", Body{})
		return true
	case sip.INFO, sip.UPDATE, sip.PRACK:
		s.respond(req, tx, 481, "Call/Transaction Does Not Exist", Body{})
		return true
	}
	return false
}

func notAllowed(req *sip.Request, tx sip.ServerTransaction) {
	res := sip.NewResponseFromRequest(req, 405, "Method Not Allowed", nil)
	res.AppendHeader(allow())
	_ = tx.Respond(res)
}

// allow names the methods that we answer.
func allow() sip.Header {
	return sip.NewHeader("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY, REFER, MESSAGE")
}

// supported names the extensions that we know (RFC 3261 §20.37).
func supported() sip.Header { return sip.NewHeader("Supported", strings.Join(extensions, ", ")) }

func (s *Stack) respond(req *sip.Request, tx sip.ServerTransaction, code int, reason string, body Body, headers ...sip.Header) {
	res := sip.NewResponseFromRequest(req, code, reason, nil)
	res.SipVersion = "SIP/2.0" // whatever they speak
	if body.Data != nil {
		res.AppendHeader(sip.NewHeader("Content-Type", body.Type))
		res.SetBody(body.Data)
	}
	for _, h := range headers {
		res.AppendHeader(h)
	}
	if err := tx.Respond(res); err != nil {
		s.log.Debug("respond", "method", req.Method, "code", code, "err", err)
	}
}

type message interface {
	Body() []byte
	ContentType() *sip.ContentTypeHeader
	GetHeaders(name string) []sip.Header
}

// optional is a body that we may do without and don't understand (RFC 3261 §20.11).
func optional(msg message) bool {
	for _, h := range msg.GetHeaders("Content-Disposition") {
		_, params, _ := strings.Cut(strings.ToLower(h.Value()), ";")
		if strings.Contains(strings.ReplaceAll(params, " ", ""), "handling=optional") {
			t := msg.ContentType()
			return t != nil && !strings.HasPrefix(strings.ToLower(t.Value()), "application/sdp") &&
				!strings.HasPrefix(strings.ToLower(t.Value()), "multipart/")
		}
	}
	return false
}

// bodyOf is the body of a message with its type. What has a body and no type is
// taken for SDP, the only one that calls carry.
func bodyOf(msg message) Body {
	data := msg.Body()
	if len(data) == 0 || optional(msg) {
		return Body{}
	}
	if t := msg.ContentType(); t != nil {
		return Body{Type: t.Value(), Data: data}
	}
	return Body{Type: "application/sdp", Data: data}
}

// headersOf gives the headers of a message as text.
func headersOf(msg interface{ GetHeaders(string) []sip.Header }) Headers {
	return func(name string) []string {
		var values []string
		for _, h := range msg.GetHeaders(name) {
			values = append(values, h.Value())
		}
		return values
	}
}
