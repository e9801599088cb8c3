package phone

import (
	"errors"
	"net"
	"net/netip"
	"testing"
)

func newTestSocket(t *testing.T, at string) *socket {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(at)))
	if err != nil {
		t.Skipf("no address like %s here: %v", at, err)
	}
	s := newSocket(c)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestDatagramsGoBetweenSocketsOfAllKinds(t *testing.T) {
	for _, tt := range []struct{ name, at, from, seen string }{
		{"IPv4", "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1"},
		{"IPv6", "[::1]:0", "[::1]:0", "::1"},
		{"IPv4 at a socket for both", "[::]:0", "127.0.0.1:0", "127.0.0.1"},
		{"from a socket for both", "127.0.0.1:0", "[::]:0", "127.0.0.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			here, there := newTestSocket(t, tt.at), newTestSocket(t, tt.from)
			ip := netip.MustParseAddr(tt.seen)
			to := netip.AddrPortFrom(ip, portOf(here.UDPConn))
			buf := make([]byte, 100)
			for _, said := range []string{"one", "two", ""} {
				there.send([]byte(said), to)
				n, from, err := here.receive(buf)
				if err != nil || string(buf[:n]) != said {
					t.Fatalf("received %q, %v, want %q", buf[:n], err, said)
				}
				if from.Addr().Unmap() != ip || from.Port() != portOf(there.UDPConn) {
					t.Errorf("it came from %s, want %s", from, ip)
				}
			}
			there.send(make([]byte, 200), to)
			if n, _, err := here.receive(buf); err != nil || n != len(buf) {
				t.Errorf("of a long one %d bytes came, %v", n, err)
			}
		})
	}
}

func TestWhatCanNotBeSentIsLost(t *testing.T) {
	s := newTestSocket(t, "127.0.0.1:0")
	for _, to := range []string{"[::1]:4", "[fe80::1%lo]:4", "255.255.255.255:4"} {
		s.send([]byte("x"), netip.MustParseAddrPort(to))
	}
	s.send(make([]byte, 70000), netip.MustParseAddrPort("127.0.0.1:4"))
	_ = s.Close()
	s.send([]byte("x"), netip.MustParseAddrPort("127.0.0.1:4"))
}

func TestClosingASocketEndsItsReader(t *testing.T) {
	s := newTestSocket(t, "127.0.0.1:0")
	ended := make(chan error, 1)
	go func() {
		_, _, err := s.receive(make([]byte, 10))
		ended <- err
	}()
	_ = s.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("it ended with %v", err)
	}
}

func TestSendingAndReceivingAllocatesNothing(t *testing.T) {
	s := newTestSocket(t, "127.0.0.1:0")
	if !s.quick.works() {
		t.Skip("sockets are net's own here")
	}
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), portOf(s.UDPConn))
	packet := make([]byte, 172)
	if n := testing.AllocsPerRun(100, func() {
		s.send(packet, to)
		if _, _, err := s.receive(packet); err != nil {
			t.Error(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
