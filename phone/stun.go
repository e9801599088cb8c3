package phone

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/pion/stun/v3"
)

// stunPatience is for how long a call waits to learn its public address.
const stunPatience = 700 * time.Millisecond

// publicAddress asks a STUN server at which address others see a socket (RFC 8489 §7,
// the Binding method). The socket must have no other reader.
func publicAddress(conn *net.UDPConn, server netip.AddrPort) (at netip.AddrPort, err error) {
	defer func() {
		if p := recover(); p != nil {
			at, err = netip.AddrPort{}, fmt.Errorf("ask the STUN server %s: internal error: %v", server, p)
		}
	}()
	request, err := stun.Build(stun.TransactionID, stun.BindingRequest)
	if err != nil {
		return netip.AddrPort{}, err
	}
	defer func() { _ = conn.SetReadDeadline(time.Time{}) }()
	buf := make([]byte, 1500)
	end := time.Now().Add(stunPatience)
	for wait := 100 * time.Millisecond; time.Now().Before(end); wait *= 2 {
		if _, err := conn.WriteToUDPAddrPort(request.Raw, server); err != nil {
			return netip.AddrPort{}, fmt.Errorf("ask the STUN server %s: %w", server, err)
		}
		again := time.Now().Add(wait)
		if again.After(end) {
			again = end
		}
		_ = conn.SetReadDeadline(again)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(buf)
			if err != nil {
				break // nothing came, or an ICMP error: asked again
			}
			if netip.AddrPortFrom(from.Addr().Unmap(), from.Port()) != server {
				continue
			}
			if at, ok := mapped(buf[:n], request.TransactionID); ok {
				return at, nil
			}
		}
	}
	return netip.AddrPort{}, fmt.Errorf("ask the STUN server %s: no answer", server)
}

// mapped reads the address out of the answer to our request.
func mapped(packet []byte, id [stun.TransactionIDSize]byte) (netip.AddrPort, bool) {
	m := &stun.Message{Raw: packet}
	if !stun.IsMessage(packet) || m.Decode() != nil || m.TransactionID != id || m.Type != stun.BindingSuccess {
		return netip.AddrPort{}, false
	}
	var at stun.XORMappedAddress
	if at.GetFrom(m) != nil {
		return netip.AddrPort{}, false
	}
	ip, ok := netip.AddrFromSlice(at.IP)
	if !ok || at.Port <= 0 || at.Port > 65535 || ip.IsUnspecified() || ip.IsMulticast() {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(at.Port)), true
}

// publish has the description name the public addresses of our sockets. Without an
// answer it names our own, which a PBX on the same network reaches.
func (v *voice) publish(rtp, rtcp *net.UDPConn) {
	if !v.stun.IsValid() {
		return
	}
	type answer struct {
		at  netip.AddrPort
		err error
	}
	second := make(chan answer, 1)
	go func() {
		at, err := publicAddress(rtcp, v.stun)
		second <- answer{at, err}
	}()
	at, err := publicAddress(rtp, v.stun)
	other := <-second
	if err = errors.Join(err, other.err); err != nil {
		v.log.Warn("the public address of a call's sound isn't known", "err", err)
		v.stunFailed = true
		return
	}
	v.local.Addr, v.local.Port, v.local.RTCPPort = at.Addr(), at.Port(), other.at.Port()
}

// findSTUN finds the account's STUN server anew, for the calls to come (RFC 8489 §8).
func (l *line) findSTUN(ctx context.Context) {
	if l.account.STUN == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, l.phone.cfg.Timing.Answer)
	defer cancel()
	server, err := l.locateSTUN(ctx, l.account.STUN)
	if err != nil {
		l.log.Warn("the STUN server isn't found", "err", err)
	}
	l.useSTUN(server)
}

func (l *line) locateSTUN(ctx context.Context, name string) (netip.AddrPort, error) {
	r := l.phone.cfg.Resolver
	host, port, err := net.SplitHostPort(name)
	if err != nil {
		host, port = strings.Trim(name, "[]"), strconv.Itoa(stun.DefaultPort)
		_, literal := netip.ParseAddr(host)
		if _, records, err := r.LookupSRV(ctx, "stun", "udp", host); literal != nil && err == nil && len(records) > 0 {
			host, port = strings.TrimSuffix(records[0].Target, "."), strconv.Itoa(int(records[0].Port))
		}
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("STUN server %q: want host[:port]", name)
	}
	ips, err := r.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("find the STUN server %s: %w", host, err)
	}
	stack := l.current()
	for _, ip := range ips {
		if stack == nil || ip.Unmap().Is4() == stack.Local().Addr().Is4() {
			return netip.AddrPortFrom(ip.Unmap(), uint16(n)), nil
		}
	}
	return netip.AddrPort{}, fmt.Errorf("find the STUN server %s: it has no address of our kind", host)
}

// useSTUN sets the server that calls ask; an invalid one is none.
func (l *line) useSTUN(server netip.AddrPort) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stun = server
}

func (l *line) stunServer() netip.AddrPort {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stun
}
