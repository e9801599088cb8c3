//go:build linux && (amd64 || arm64)

package phone

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"unsafe"
)

// quick sends and receives without telling Go's scheduler of the system call, which can't wait:
// MSG_DONTWAIT. Where the scheduler is told, its monitor wakes up each time to see how long the
// call takes, and goes on looking for a while: measured, a tenth of what a call costs.
type quick struct {
	raw syscall.RawConn // nil: doesn't work
	six bool            // the socket's addresses are IPv6

	sending struct {
		sync.Mutex
		datagram
		do func(fd uintptr) bool
	}
	receiving struct {
		datagram
		do func(fd uintptr) bool
	}
}

// datagram is what a system call takes, and what came of it.
type datagram struct {
	payload []byte
	address [syscall.SizeofSockaddrInet6]byte // struct sockaddr_in or sockaddr_in6
	size    uint32                            // of address
	n       int
	errno   syscall.Errno
}

func (q *quick) begin(c *net.UDPConn) {
	raw, err := c.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		domain, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_DOMAIN)
		if err == nil {
			q.raw, q.six = raw, domain == syscall.AF_INET6
		}
	})
	q.sending.do, q.receiving.do = q.sending.sendto, q.receiving.recvfrom
}

func (q *quick) works() bool { return q.raw != nil }

// send reports whether this is a way to send it.
func (q *quick) send(p []byte, to netip.AddrPort) bool {
	d := &q.sending
	d.Lock()
	defer d.Unlock()
	if len(p) == 0 || !d.aim(to, q.six) {
		return false
	}
	d.payload = p
	err := q.raw.Write(d.do)
	d.payload = nil
	return err == nil
}

// receive waits for a datagram. One goroutine may call it.
func (q *quick) receive(buf []byte) (n int, from netip.AddrPort, err error) {
	d := &q.receiving
	d.payload = buf
	err = q.raw.Read(d.do)
	switch {
	case err != nil:
		return 0, from, err
	case d.errno != 0:
		return 0, from, d.errno
	}
	return d.n, d.from(), nil
}

// sendto is called by the poller with the socket. A full buffer loses the datagram: it is of no
// use later.
func (d *datagram) sendto(fd uintptr) bool {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_SENDTO, fd, uintptr(unsafe.Pointer(&d.payload[0])), uintptr(len(d.payload)),
		syscall.MSG_DONTWAIT, uintptr(unsafe.Pointer(&d.address)), uintptr(d.size))
	d.n, d.errno = int(n), errno
	return true
}

// recvfrom likewise; false has the poller wait.
func (d *datagram) recvfrom(fd uintptr) bool {
	d.size = uint32(len(d.address))
	n, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&d.payload[0])), uintptr(len(d.payload)),
		syscall.MSG_DONTWAIT, uintptr(unsafe.Pointer(&d.address)), uintptr(unsafe.Pointer(&d.size)))
	d.n, d.errno = int(n), errno
	return errno != syscall.EAGAIN && errno != syscall.EINTR
}

// aim writes the address as the socket wants it; false for one that it can't have.
func (d *datagram) aim(to netip.AddrPort, six bool) bool {
	ip := to.Addr().Unmap()
	if ip.Zone() != "" || !six && !ip.Is4() {
		return false
	}
	clear(d.address[:])
	binary.BigEndian.PutUint16(d.address[2:], to.Port())
	if six {
		binary.NativeEndian.PutUint16(d.address[:], syscall.AF_INET6)
		at := ip.As16()
		copy(d.address[8:], at[:])
		d.size = syscall.SizeofSockaddrInet6
		return true
	}
	binary.NativeEndian.PutUint16(d.address[:], syscall.AF_INET)
	at := ip.As4()
	copy(d.address[4:], at[:])
	d.size = syscall.SizeofSockaddrInet4
	return true
}

// from reads who sent it; the zone of a link-local address stays unknown.
func (d *datagram) from() netip.AddrPort {
	port := binary.BigEndian.Uint16(d.address[2:])
	if binary.NativeEndian.Uint16(d.address[:]) == syscall.AF_INET {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(d.address[4:8])), port)
	}
	return netip.AddrPortFrom(netip.AddrFrom16([16]byte(d.address[8:24])), port)
}
