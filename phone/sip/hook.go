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
	s.mu.Lock()
	key, target := s.key, s.target
	s.mu.Unlock()
	if s.acc.transport == "udp" {
		// From the socket we listen at, whatever built the request: NATs and
		// PBXs expect one address.
		req.Laddr = sip.Addr{IP: net.IP(key.Addr().AsSlice()), Port: int(key.Port())}
	}
	if s.toFirstHop(req) {
		if s.acc.transport != "udp" && closed(s.Down()) {
			return nil, s.broken() // the library would connect by itself, from anywhere
		}
		req.SetDestination(target.Addr.String())
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
	if req.IsInvite() {
		s.mu.Lock()
		s.sent[req.CallID().Value()] = tx
		s.mu.Unlock()
	}
	return tx, nil
}

// lastInvite is the transaction of the INVITE that was sent last in a call.
func (s *Stack) lastInvite(callID string) sip.ClientTransaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent[callID]
}
