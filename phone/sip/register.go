package sip

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// registration is what successive REGISTERs share (RFC 3261 §10.2).
type registration struct {
	mu     sync.Mutex // one REGISTER at a time
	callID string
	cseq   uint32
	tag    string
}

// Register binds our contact for expires, or removes our own contact, and no other,
// when expires is 0. It returns for how long the registrar granted it. The error is a
// *Failure. A 423 is followed at once (RFC 3261 §10.2.8), and so is an answer that tells
// that the PBX sees us at another address than our Contact says.
func (s *Stack) Register(ctx context.Context, expires time.Duration) (granted time.Duration, err error) {
	s.register.mu.Lock()
	defer s.register.mu.Unlock()
	granted, err = s.registerOnce(ctx, expires)
	var f *Failure
	if errors.As(err, &f) && f.Code == 423 && f.MinExpires > expires && f.MinExpires <= 24*time.Hour {
		granted, err = s.registerOnce(ctx, f.MinExpires)
	}
	return granted, err
}

func (s *Stack) registerOnce(ctx context.Context, expires time.Duration) (time.Duration, error) {
	res, err := s.exchange(ctx, sip.REGISTER, func() *sip.Request { return s.newRegister(expires) })
	if err != nil {
		return 0, err
	}
	if expires > 0 && s.learn(res) {
		if res, err = s.exchange(ctx, sip.REGISTER, func() *sip.Request { return s.newRegister(expires) }); err != nil {
			return 0, err
		}
	}
	s.learnRoute(res)
	s.registered(res)
	s.mu.Lock()
	s.formerly = netip.AddrPort{}
	s.mu.Unlock()
	return s.granted(res, expires), nil
}

// exchange sends a request outside of any call, with credentials when asked for them,
// and waits for its 2xx. make is called for each attempt. The error is a *Failure.
func (s *Stack) exchange(ctx context.Context, method sip.RequestMethod, make func() *sip.Request) (*sip.Response, error) {
	var pass pass
	for {
		req := make()
		pass.show(req)
		res, err := s.roundTrip(ctx, req)
		if err != nil {
			return nil, noAnswer(string(method), err)
		}
		again, err := pass.answer(s, req, res)
		if again {
			continue
		}
		if err != nil {
			f := refused(string(method), res)
			f.Err = err
			return nil, f
		}
		if !res.IsSuccess() {
			return nil, refused(string(method), res)
		}
		return res, nil
	}
}

func (s *Stack) newRegister(expires time.Duration) *sip.Request {
	if s.register.callID == "" {
		s.register.callID = sip.GenerateTagN(24)
		s.register.tag = sip.GenerateTagN(16)
	}
	s.register.cseq++
	registrar := sip.Uri{Scheme: "sip", Host: s.acc.host, Port: s.acc.port, UriParams: sip.NewParams()}
	req := sip.NewRequest(sip.REGISTER, registrar)
	req.SetTransport(s.network())
	from := &sip.FromHeader{Address: s.addressOfRecord(), Params: sip.NewParams()}
	from.Params.Add("tag", s.register.tag)
	req.AppendHeader(from)
	req.AppendHeader(&sip.ToHeader{Address: s.addressOfRecord(), Params: sip.NewParams()})
	callID := sip.CallIDHeader(s.register.callID)
	req.AppendHeader(&callID)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: s.register.cseq, MethodName: sip.REGISTER})
	s.route(req)
	contact := s.contact()
	seconds := sip.ExpiresHeader(expires / time.Second)
	contact.Params.Add("expires", seconds.Value())
	req.AppendHeader(contact)
	s.mu.Lock()
	formerly := s.formerly
	s.mu.Unlock()
	if formerly.IsValid() {
		old := s.contactAt(formerly)
		old.Params.Add("expires", "0")
		req.AppendHeader(old)
	}
	req.AppendHeader(&seconds)
	req.AppendHeader(allow())
	req.AppendHeader(sip.NewHeader("Supported", "path")) // RFC 3327 §5.1
	return req
}

// granted reads the expiry of our contact among all that the registrar lists, else the
// Expires header, else what we asked for (RFC 3261 §10.2.4).
func (s *Stack) granted(res *sip.Response, asked time.Duration) time.Duration {
	own := s.contact().Address
	for _, h := range res.GetHeaders("Contact") {
		for _, item := range splitList(h.Value()) {
			open, shut := strings.IndexByte(item, '<'), strings.IndexByte(item, '>')
			if open < 0 || shut < open {
				continue
			}
			uri, err := parseURI(item[open+1 : shut])
			if err != nil || uri.User != own.User || uri.Host != own.Host || uri.Port != own.Port {
				continue
			}
			if text := parseAddress(item).params["expires"]; text != "" {
				return secondsOf(sip.NewHeader("Expires", text))
			}
		}
	}
	if h := res.GetHeader("Expires"); h != nil {
		return secondsOf(h)
	}
	return asked
}

// Ping asks the first hop whether it is there. Any answer will do, but one that tells that
// a NAT on the way has given us another address: calls wouldn't find us any more.
func (s *Stack) Ping(ctx context.Context) error {
	res, err := s.roundTrip(ctx, s.newOptions())
	if err != nil {
		return noAnswer("OPTIONS", err)
	}
	if seen, ok := seenFrom(res); ok && seen != s.Reached() {
		return &Failure{Method: "OPTIONS", Err: fmt.Errorf("the PBX sees us at %s now, before at %s", seen, s.Reached())}
	}
	return nil
}

func (s *Stack) newOptions() *sip.Request {
	req := sip.NewRequest(sip.OPTIONS, sip.Uri{Scheme: "sip", Host: s.acc.host, Port: s.acc.port, UriParams: sip.NewParams()})
	req.SetTransport(s.network())
	from := &sip.FromHeader{Address: s.addressOfRecord(), Params: sip.NewParams()}
	from.Params.Add("tag", sip.GenerateTagN(16))
	req.AppendHeader(from)
	s.route(req)
	req.AppendHeader(s.contact())
	return req
}

// roundTrip sends a request outside of any dialog and waits for its final answer, or
// until the connection breaks.
func (s *Stack) roundTrip(ctx context.Context, req *sip.Request) (*sip.Response, error) {
	ctx, cancel := unless(ctx, s.Down())
	defer cancel()
	if err := sipgo.ClientRequestBuild(s.client, req); err != nil {
		return nil, err
	}
	tx, err := hook{s}.Request(ctx, req)
	if err == nil {
		defer tx.Terminate()
		var res *sip.Response
		if res, err = final(ctx, tx, nil); err == nil {
			return res, nil
		}
	}
	// What broke the connection says more than what the library made of it.
	if closed(s.Down()) {
		return nil, s.broken()
	}
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	return nil, err
}
