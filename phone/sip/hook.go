package sip

import (
	"context"
	"net"

	"github.com/emiago/sipgo/sip"
)

// hook sees every request that leaves, whoever made it.
type hook struct{ s *Stack }

// Request implements sipgo.ClientTransactionRequester.
func (h hook) Request(ctx context.Context, req *sip.Request) (sip.ClientTransaction, error) {
	s := h.s
	d := s.own(req)
	if d != nil {
		d.mu.Lock()
		d.address(req)
		d.cseq++
		req.CSeq().SeqNo = d.cseq
		d.mu.Unlock()
	}
	s.mu.Lock()
	key, socket := s.key, s.udp
	s.mu.Unlock()
	if s.acc.transport == "udp" {
		s.using.RLock()
		defer s.using.RUnlock()
		// The library would open a socket of its own in its place, at an address that the next one needs.
		if closed(socket.broken) || s.shut {
			return nil, s.broken()
		}
		// From the socket we listen at, whatever built the request: NATs and
		// PBXs expect one address.
		req.Laddr = sip.Addr{IP: net.IP(key.Addr().AsSlice()), Port: int(key.Port())}
	}
	if s.toFirstHop(req) {
		req.SetDestination(s.firstHop(req).Addr.String())
	}
	if s.opts.UserAgent != "" && req.GetHeader("User-Agent") == nil {
		req.AppendHeader(sip.NewHeader("User-Agent", s.opts.UserAgent))
	}
	if req.IsAck() {
		return nil, s.ua.TransportLayer().WriteMsg(req)
	}
	tx, err := s.ua.TransactionLayer().Request(ctx, req)
	if err != nil {
		return nil, err // not a typed nil
	}
	if d != nil {
		d.byeLeft.Store(true)
	}
	return tx, nil
}

// own is the dialog of a BYE that the library made: it knows neither our CSeq nor a new
// target, nor strict routes.
func (s *Stack) own(req *sip.Request) *Dialog {
	if req.Method != sip.BYE {
		return nil
	}
	local, _ := req.From().Params.Get("tag")
	remote, _ := req.To().Params.Get("tag")
	s.mu.Lock()
	d := s.dialogs[dialogKey(req.CallID().Value(), local, remote)]
	s.mu.Unlock()
	if d == nil || d.server == nil {
		return nil
	}
	return d
}
