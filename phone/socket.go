package phone

import (
	"net"
	"net/netip"
)

// socket is a UDP socket for media. One goroutine receives, any may send.
type socket struct {
	*net.UDPConn
	quick // sends and receives with less ado where the system lets us
}

func newSocket(c *net.UDPConn) *socket {
	s := &socket{UDPConn: c}
	s.quick.begin(c)
	return s
}

// receive waits for a datagram. What doesn't fit into buf is cut off.
func (s *socket) receive(buf []byte) (n int, from netip.AddrPort, err error) {
	if s.quick.works() {
		return s.quick.receive(buf)
	}
	return s.ReadFromUDPAddrPort(buf)
}

// send sends a datagram; one that can't be sent is lost, as any other may be.
func (s *socket) send(p []byte, to netip.AddrPort) {
	if !s.quick.works() || !s.quick.send(p, to) {
		_, _ = s.WriteToUDPAddrPort(p, to)
	}
}
