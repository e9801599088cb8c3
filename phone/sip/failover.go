package sip

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/emiago/sipgo/sip"

	"leadline/phone/locate"
)

// Alternatives are the targets that an outgoing call is tried at, in order, when the one
// in use doesn't answer or answers 503 (RFC 3263 §4.3). The registration stays.
func (s *Stack) Alternatives(targets []locate.Target) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.others = nil
	for _, t := range targets {
		if t.Transport == s.acc.transport {
			s.others = append(s.others, t)
		}
	}
}

func (s *Stack) alternatives() []locate.Target {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.others
}

// firstHop is where a request that goes to the PBX or the proxy is sent. A call that has
// found another target keeps to it.
func (s *Stack) firstHop(req *sip.Request) locate.Target {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := req.CallID(); id != nil {
		if t, ok := s.detours[id.Value()]; ok {
			return t
		}
	}
	return s.target
}

// elsewhere is a failure that another target may not have: nobody has heard of the call.
func (d *Dialog) elsewhere(f *Failure) bool {
	return f != nil && !d.progressed && (f.Code == 0 || f.Code == 503)
}

// inviteAt repeats the INVITE at another target, in a new transaction.
func (d *Dialog) inviteAt(t locate.Target) *Failure {
	s := d.stack
	s.mu.Lock()
	s.detours[d.callID] = t
	s.mu.Unlock()
	d.renew(d.invitation.Clone())
	return d.invite()
}

// Answers asks a target that isn't in use whether it would serve us, until ctx ends: over
// UDP by OPTIONS, else by connecting. The registration and the calls stay where they are.
func (s *Stack) Answers(ctx context.Context, t locate.Target) error {
	if t.Transport != "udp" {
		ip, err := s.addressFor(ctx, t)
		if err != nil {
			return err
		}
		conn, err := s.reach(ctx, netip.AddrPortFrom(ip, 0), t)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	if s.acc.transport != "udp" {
		return fmt.Errorf("ask %s from %s: %w", t, s.acc.transport, errors.ErrUnsupported)
	}
	req := s.newOptions()
	id := sip.CallIDHeader(sip.GenerateTagN(24))
	req.AppendHeader(&id)
	s.mu.Lock()
	s.detours[id.Value()] = t
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.detours, id.Value())
	}()
	res, err := s.roundTrip(ctx, req)
	if err != nil {
		return noAnswer("OPTIONS", err)
	}
	if res.StatusCode == 503 {
		return refused("OPTIONS", res)
	}
	return nil
}
