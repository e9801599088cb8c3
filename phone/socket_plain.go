//go:build !linux || !(amd64 || arm64)

package phone

import (
	"errors"
	"net"
	"net/netip"
)

// quick doesn't work here: net's own way is taken.
type quick struct{}

func (*quick) begin(*net.UDPConn)               {}
func (*quick) works() bool                      { return false }
func (*quick) send([]byte, netip.AddrPort) bool { return false }
func (*quick) receive([]byte) (int, netip.AddrPort, error) {
	return 0, netip.AddrPort{}, errors.ErrUnsupported
}
