package sip

import (
	"net/netip"
	"strconv"

	"github.com/emiago/sipgo/sip"
)

// learn reads from an answer where the PBX sees us (RFC 3581 §4). It reports whether that
// isn't what our Contact says; then the Contact follows.
func (s *Stack) learn(res *sip.Response) bool {
	seen, ok := seenFrom(res)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !ok || seen == s.reached() {
		return false
	}
	s.formerly, s.public = s.reached(), seen
	return true
}

func seenFrom(res *sip.Response) (netip.AddrPort, bool) {
	via := res.Via()
	if via == nil {
		return netip.AddrPort{}, false
	}
	received, _ := via.Params.Get("received")
	rport, _ := via.Params.Get("rport")
	ip, err := netip.ParseAddr(trimBrackets(received))
	port, err2 := strconv.ParseUint(rport, 10, 16)
	if err != nil || err2 != nil || port == 0 || ip.IsUnspecified() || ip.IsMulticast() {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(port)), true
}

// reached is the address that our Contact says: where the PBX sees us, else where we are.
// The stack's lock is held.
func (s *Stack) reached() netip.AddrPort {
	if s.public.IsValid() {
		return s.public
	}
	return s.local
}

// Reached is the address at which the PBX reaches the account: of our Contact.
func (s *Stack) Reached() netip.AddrPort {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reached()
}
