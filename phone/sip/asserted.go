package sip

import (
	"net/netip"
	"slices"

	"github.com/emiago/sipgo/sip"

	"leadline/phone/locate"
)

// Asserted says whose word for the caller's identity is taken (RFC 3325 §5): that in
// P-Asserted-Identity and Remote-Party-ID, which anyone can write.
type Asserted string

const (
	// AssertedByPBX takes it from the PBX, or the outbound proxy, that we are registered at.
	AssertedByPBX Asserted = ""
	// AssertedByAnyone is for networks in which only the provider can reach the telephone.
	AssertedByAnyone Asserted = "anyone"
	// AssertedByNobody believes From alone.
	AssertedByNobody Asserted = "nobody"
)

// believes reports whether a request comes from somebody whose word is taken.
func (s *Stack) believes(req *sip.Request) bool {
	return s.opts.Asserted != AssertedByNobody && s.throughPBX(req)
}

// throughPBX reports whether a request comes by the PBX, or from a network in which nobody else can reach us.
func (s *Stack) throughPBX(req *sip.Request) bool {
	if s.opts.Asserted == AssertedByAnyone {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isPBX(req.Source())
}

// isPBX says whether an address is one of the PBX's, or of the account's outbound proxy, whatever its port: one that is
// located, or that has taken our registration. The stack is locked.
func (s *Stack) isPBX(source string) bool {
	from, err := netip.ParseAddrPort(source)
	if err != nil {
		return false
	}
	ip := machine(from)
	return ip == machine(s.target.Addr) || ip == machine(s.registrar) ||
		slices.ContainsFunc(s.machines, func(t locate.Target) bool { return ip == machine(t.Addr) })
}

// machine is an address as it is compared.
func machine(at netip.AddrPort) netip.Addr { return at.Addr().Unmap().WithZone("") }

// Machines are all targets through which the account may be reached, also those that are of no use now: each may send what
// the PBX sends, and one that has failed comes back.
func (s *Stack) Machines(targets []locate.Target) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.machines = slices.Clone(targets)
}

// registered notes who has answered our REGISTER: not always whom it was sent to, where a PBX has several addresses.
func (s *Stack) registered(res *sip.Response) {
	from, err := netip.ParseAddrPort(res.Source())
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.registrar = from
}
