package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/emiago/sipgo/sip"

	"leadline/phone/locate"
)

// Move goes on through another target, or to the same one from where this machine is
// now, and mends what broke. Dialogs and transactions stay; that the far ends learn of a
// new Contact is the caller's. The target's transport must be the stack's.
func (s *Stack) Move(ctx context.Context, target locate.Target) error {
	s.moving.Lock()
	defer s.moving.Unlock()
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed || target.Transport != s.acc.transport {
		return fmt.Errorf("move from %s to %s: %w", s.acc.transport, target, net.ErrClosed)
	}
	way, err := s.connect(ctx, target)
	if err == nil {
		way()
	}
	return err
}

// connect opens the way to a target. The returned function lets the library use it.
func (s *Stack) connect(ctx context.Context, target locate.Target) (way func(), err error) {
	ip, err := s.addressFor(ctx, target)
	if err != nil {
		return nil, err
	}
	if s.acc.transport == "udp" {
		return s.bind(ip, target)
	}
	conn, err := s.reach(ctx, netip.AddrPortFrom(ip, s.acc.bind.Port()), target)
	if err != nil {
		return nil, err
	}
	if s.door == nil || closed(s.door.closed) {
		door := newDoor(conn.LocalAddr())
		s.door = door
		go func() {
			defer door.shut() // whoever hands something over waits for nobody
			s.listen(func() error {
				if s.acc.transport == "tls" {
					return s.server.ServeTLS(door)
				}
				return s.server.ServeTCP(door)
			})
		}()
	}
	s.mu.Lock()
	old := s.stream
	s.stream, s.down = conn, conn.down
	s.partial = nil // a message that broke off with the old one has no end here
	s.isAt(conn.LocalAddr().(*net.TCPAddr).AddrPort())
	s.target = target
	s.mu.Unlock()
	return func() {
		s.door.hand(conn)
		if old != nil {
			_ = old.Close()
		}
	}, nil
}

// reach connects to a target over TCP or TLS.
func (s *Stack) reach(ctx context.Context, from netip.AddrPort, target locate.Target) (*streamConn, error) {
	config, err := s.opts.tls(target.Transport)
	if err != nil {
		return nil, err
	}
	return dialStream(ctx, target.Transport, from, target.Addr, s.acc.peerName(), config)
}

// dialer is for the connections that the library makes by itself: never to the target,
// which has its one connection, broken or not.
func (s *Stack) dialer(from net.Addr) net.Dialer {
	return net.Dialer{Timeout: 10 * time.Second, LocalAddr: from, Control: func(_, address string, _ syscall.RawConn) error {
		if to, err := netip.ParseAddrPort(address); err == nil && to == s.Target().Addr {
			return s.broken()
		}
		return nil
	}}
}

// addressFor is the address of ours from which a target is reached.
func (s *Stack) addressFor(ctx context.Context, target locate.Target) (netip.Addr, error) {
	if ip := s.acc.bind.Addr(); ip.IsValid() && !ip.IsUnspecified() {
		return ip, nil
	}
	if s.opts.LocalAddr != nil {
		return s.opts.LocalAddr(ctx, target.Addr.String())
	}
	return LocalAddr(ctx, target.Addr.String())
}

// bind listens at ip for datagrams, if it doesn't already.
func (s *Stack) bind(ip netip.Addr, target locate.Target) (way func(), err error) {
	if s.udp != nil && s.local.Addr() == ip && !closed(s.down) {
		s.mu.Lock()
		s.target = target
		s.mu.Unlock()
		return func() {}, nil
	}
	port := s.acc.bind.Port()
	if port == 0 && s.udp != nil {
		port = s.local.Port() // the one that NATs and firewalls know
	}
	if s.udp != nil {
		s.udp.forget() // it may be the one that we come back to
	}
	conn, err := listenUDP(netip.AddrPortFrom(ip, port))
	if err != nil && s.acc.bind.Port() == 0 && port != 0 {
		conn, err = listenUDP(netip.AddrPortFrom(ip, 0))
	}
	if err != nil {
		return nil, fmt.Errorf("listen at udp/%s: %w", netip.AddrPortFrom(ip, port), err)
	}
	s.mu.Lock()
	s.isAt(conn.LocalAddr().(*net.UDPAddr).AddrPort())
	s.target = target
	dead := s.down == nil || closed(s.down)
	if dead {
		s.down = make(chan struct{})
		s.key = s.local
	}
	down := s.down
	s.mu.Unlock()
	if s.udp != nil && !dead {
		s.udp.move(conn, s.opts.Linger)
		return func() {}, nil
	}
	if s.udp != nil {
		s.udp.follow(conn)
	}
	socket := newMobileConn(conn)
	s.mu.Lock()
	s.udp = socket
	s.mu.Unlock()
	return func() {
		go func() {
			defer close(down)
			s.listen(func() error { return s.server.ServeUDP(socket) })
		}()
		select {
		case <-socket.ready:
		case <-down: // it ended before it began
		}
	}, nil
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// listen serves a socket until it breaks, or its reader panics.
func (s *Stack) listen(serve func() error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("the SIP socket's reader panicked; the account is set up anew", "panic", p)
		}
	}()
	if err := serve(); err != nil {
		s.log.Debug("SIP socket", "err", err)
	}
}

// disconnect frees the socket.
func (s *Stack) disconnect() {
	if s.udp != nil {
		_ = s.udp.Close()
	}
	if s.door != nil {
		_ = s.door.Close()
	}
	s.mu.Lock()
	stream := s.stream
	s.mu.Unlock()
	if stream != nil {
		_ = stream.Close()
	}
}

// Local is the address at which the account is reached.
func (s *Stack) Local() netip.AddrPort {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.local
}

// isAt takes over another address of ours and tells whoever waits for it. s.mu is held.
func (s *Stack) isAt(local netip.AddrPort) {
	s.local, s.public = local, netip.AddrPort{}
	close(s.moves)
	s.moves = make(chan struct{})
}

// stay is an address of ours, with what is closed when we move on.
type stay struct {
	at    netip.AddrPort
	moves <-chan struct{}
}

// whereabouts is Local as a stay.
func (s *Stack) whereabouts() stay {
	s.mu.Lock()
	defer s.mu.Unlock()
	return stay{s.local, s.moves}
}

// Target is through what the account is reached.
func (s *Stack) Target() locate.Target {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.target
}

// Transport is "udp", "tcp" or "tls".
func (s *Stack) Transport() string { return s.acc.transport }

// Down is closed when the stack can't hear anything any more, until it is moved.
func (s *Stack) Down() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down
}

// broken is why the stack is down.
func (s *Stack) broken() error {
	s.mu.Lock()
	stream := s.stream
	s.mu.Unlock()
	if stream != nil {
		if err := stream.reason(); err != nil {
			return err
		}
	}
	return net.ErrClosed
}

// mendPatience is how long a request waits for a broken connection to be made anew.
func mendPatience() time.Duration { return 10 * sip.T1 }

// mended waits until the stack can send, while its owner may be moving it. The channel is
// closed when it breaks (again).
func (s *Stack) mended(ctx context.Context) (down <-chan struct{}, err error) {
	for limit := time.Now().Add(mendPatience()); ; {
		if down := s.Down(); !closed(down) && s.moving.TryLock() { // the library knows the connection
			s.moving.Unlock()
			return down, nil
		}
		s.mu.Lock()
		closing := s.closed || s.idle != nil
		s.mu.Unlock()
		if closing || time.Now().After(limit) {
			return nil, s.broken()
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Moved reports whether packets to the target leave from another address now than those
// of before.
func (s *Stack) Moved(ctx context.Context) bool {
	ip, err := s.addressFor(ctx, s.Target())
	return err == nil && ip != s.Local().Addr()
}

// peerName is whom a certificate has to be for: the domain that was asked for, whatever
// DNS made of it (RFC 5922 §4).
func (a account) peerName() string {
	host := a.host
	if a.route != nil {
		host = a.route.Host
	}
	return trimBrackets(host)
}

// trimBrackets is an IPv6 address as it stands outside of a URI.
func trimBrackets(host string) string { return strings.Trim(host, "[]") }

// toFirstHop is a request that goes to the PBX or the proxy of the account, which was
// located before. What goes on from there as the registrar has said goes there first, too.
func (s *Stack) toFirstHop(req *sip.Request) bool {
	to := &req.Recipient
	if route := req.Route(); route != nil {
		to = &route.Address
		if served := s.served.Load(); served != nil && len(*served) > 0 && sameHost(*to, (*served)[0]) {
			return true
		}
	}
	host, port := s.acc.host, s.acc.port
	if s.acc.route != nil {
		host, port = s.acc.route.Host, s.acc.route.Port
	}
	return strings.EqualFold(to.Host, host) && to.Port == port
}
