package sip

import (
	"net/netip"

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

// isPBX says whether an address is one of the PBX's, or of the account's outbound proxy, whatever its port. The stack is
// locked.
func (s *Stack) isPBX(source string) bool {
	from, err := netip.ParseAddrPort(source)
	if err != nil {
		return false
	}
	for _, t := range append([]locate.Target{s.target}, s.others...) {
		if t.Addr.Addr().Unmap().WithZone("") == from.Addr().Unmap().WithZone("") {
			return true
		}
	}
	return false
}
