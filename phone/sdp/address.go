package sdp

import (
	"net/netip"
	"strconv"
	"strings"

	psdp "github.com/pion/sdp/v3"
)

// address fills in where to send RTP and RTCP. zero reports the hold of RFC 2543,
// an address of 0.0.0.0, which RFC 3264 §8.4 still wants understood.
func (a *Media) address(d *psdp.SessionDescription, m *psdp.MediaDescription) (zero bool, err error) {
	c := m.ConnectionInformation
	if c == nil {
		c = d.ConnectionInformation
	}
	if c == nil || c.Address == nil || c.Address.Address == "" {
		return false, refuse(488, ErrAddress, "no c= line")
	}
	port := uint16(m.MediaName.Port.Value)
	ip, ok := peerAddr(c.Address.Address)
	if !ok {
		if !hostname(c.Address.Address) {
			return false, refuse(488, ErrAddress, "c= has %.80q", c.Address.Address)
		}
		a.Host = c.Address.Address
	}
	if ip.IsMulticast() {
		return false, refuse(488, ErrAddress, "multicast %s", ip)
	}
	a.Addr = netip.AddrPortFrom(ip, port)
	a.RTCPAddr = a.rtcp(m)
	return ip.IsValid() && ip.IsUnspecified(), nil
}

// peerAddr parses an address; a zone means nothing to another host.
func peerAddr(text string) (netip.Addr, bool) {
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}, false
	}
	return ip.Unmap().WithZone(""), true
}

// hostname reports whether text may be a domain name, which RFC 8866 §5.7 allows.
func hostname(text string) bool {
	if len(text) > 253 || text[0] == '.' || text[0] == '-' {
		return false
	}
	letters := false
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			letters = true
		case r >= '0' && r <= '9', r == '-', r == '.', r == '_':
		default:
			return false
		}
	}
	return letters
}

// rtcp is where RTCP goes: the RTP port when multiplexed (RFC 5761), what a=rtcp says
// (RFC 3605), or the next port.
func (a *Media) rtcp(m *psdp.MediaDescription) netip.AddrPort {
	if a.Mux {
		return a.Addr
	}
	ip, port := a.Addr.Addr(), a.Addr.Port()+1
	if value, ok := m.Attribute("rtcp"); ok {
		f := strings.Fields(value)
		if len(f) > 0 {
			if n, err := strconv.ParseUint(f[0], 10, 16); err == nil && n > 0 {
				port = uint16(n)
			}
		}
		if len(f) > 3 {
			if other, ok := peerAddr(f[3]); ok && !other.IsMulticast() && !other.IsUnspecified() {
				ip = other
			}
		}
	}
	return netip.AddrPortFrom(ip, port)
}

// packet is how much audio our packets carry: what the peer asks for, within 10 to 60
// ms in steps of our 10 ms frames, else our own wish.
func (l Local) packet(m *psdp.MediaDescription) int {
	ms := l.ptime()
	if value, ok := m.Attribute("ptime"); ok {
		if n, ok := milliseconds(value); ok {
			ms = n
		}
	}
	if value, ok := m.Attribute("maxptime"); ok {
		if n, ok := milliseconds(value); ok {
			ms = min(ms, n)
		}
	}
	return ms
}

// milliseconds reads a ptime, which some write with a fraction ("20.0").
func milliseconds(value string) (int, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(n >= 10 && n <= 1000) {
		return 0, false
	}
	return min(int(n)/10*10, 60), true
}
