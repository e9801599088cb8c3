package sip

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// mobileConn is the UDP socket as the library sees it: it stays when this machine gets
// another address, and the library's dialogs and transactions with it. What is on its way
// to the address before is still taken for a while: the ACK of a call that was just answered
// is sent there, and nobody sends it again.
type mobileConn struct {
	ready   chan struct{} // closed when its reader begins
	once    sync.Once
	arrived chan datagram
	broken  chan struct{} // closed when the socket is
	broke   sync.Once
	err     error // what broke it

	mu     sync.Mutex
	conn   *net.UDPConn
	before *net.UDPConn // the one before, while it is read; nil for none
	freed  bool         // by Close
}

type datagram struct {
	text []byte
	from net.Addr
}

func newMobileConn(conn *net.UDPConn) *mobileConn {
	c := &mobileConn{ready: make(chan struct{}), arrived: make(chan datagram), broken: make(chan struct{}), conn: conn}
	go c.read(conn)
	return c
}

func listenUDP(at netip.AddrPort) (*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err == nil {
		_ = conn.SetReadBuffer(1 << 20) // a burst of messages isn't lost; less will do
	}
	return conn, err
}

func (c *mobileConn) current() *net.UDPConn {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conn
}

// move goes on with another socket, and reads the one before for so long.
func (c *mobileConn) move(to *net.UDPConn, lingers time.Duration) {
	old := c.swap(to)
	_ = old.SetReadDeadline(time.Now().Add(lingers))
	go c.read(to)
}

// follow sends by the socket of another mobileConn, which reads it.
func (c *mobileConn) follow(to *net.UDPConn) { _ = c.swap(to).Close() }

func (c *mobileConn) swap(to *net.UDPConn) (old *net.UDPConn) {
	c.forget()
	c.mu.Lock()
	defer c.mu.Unlock()
	old, c.conn = c.conn, to
	c.before = old
	return old
}

// forget frees the address before.
func (c *mobileConn) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.before != nil {
		_ = c.before.Close()
		c.before = nil
	}
}

// read hands over what arrives at a socket until it breaks, or is the one before and its time is over. An ICMP "port
// unreachable" for an earlier datagram is no reason to stop listening.
func (c *mobileConn) read(conn *net.UDPConn) {
	defer func() {
		if p := recover(); p != nil {
			c.breaks(fmt.Errorf("the reader panicked: %v", p))
			_ = conn.Close()
		}
	}()
	b := make([]byte, 1<<16)
	for {
		n, from, err := conn.ReadFrom(b)
		switch {
		case err == nil:
			traced.note(false, from, b[:n])
			select {
			case c.arrived <- datagram{bytes.Clone(b[:n]), from}:
			case <-c.broken:
				return
			}
		case n == 0 && !errors.Is(err, net.ErrClosed) && isICMP(err):
		case c.isFreed():
			return
		case conn == c.current():
			c.breaks(err)
			return
		default:
			_ = conn.Close()
			return
		}
	}
}

// breaks ends it for the library, which tells the stack.
func (c *mobileConn) breaks(err error) {
	c.broke.Do(func() {
		c.err = err
		close(c.broken)
	})
}

// ReadFrom is the next datagram, wherever it arrived.
func (c *mobileConn) ReadFrom(b []byte) (int, net.Addr, error) {
	c.once.Do(func() { close(c.ready) })
	select {
	case d := <-c.arrived:
		return copy(b, d.text), d.from, nil
	case <-c.broken:
		return 0, nil, c.err
	}
}

func isICMP(err error) bool {
	text := err.Error()
	return strings.Contains(text, "refused") || strings.Contains(text, "forcibly closed")
}

func (c *mobileConn) WriteTo(b []byte, to net.Addr) (int, error) {
	traced.note(true, to, b)
	n, err := c.current().WriteTo(b, to)
	if err != nil && !errors.Is(err, net.ErrClosed) && !begins(b) {
		return len(b), nil // it is lost, as on any other part of the way, and is sent again
	}
	return n, err
}

// begins is a request outside of any dialog: who makes one wants to know at once that there is no network. What belongs to
// something that has begun is not given up for a moment without one, between two of a building's access points, say: a
// BYE has half a minute to arrive (RFC 3261 §17.1.2.2), and nobody else hangs up for us.
func begins(message []byte) bool {
	m := readMessage(message, true)
	if m.response() || strings.HasPrefix(m.start, "CANCEL ") || strings.HasPrefix(m.start, "ACK ") {
		return false
	}
	for _, to := range m.all("To") {
		if parseAddress(to).params["tag"] != "" {
			return false
		}
	}
	return true
}

func (c *mobileConn) LocalAddr() net.Addr                { return c.current().LocalAddr() }
func (c *mobileConn) SetDeadline(t time.Time) error      { return c.current().SetDeadline(t) }
func (c *mobileConn) SetReadDeadline(t time.Time) error  { return c.current().SetReadDeadline(t) }
func (c *mobileConn) SetWriteDeadline(t time.Time) error { return c.current().SetWriteDeadline(t) }

// Close frees the addresses. The library's reader goes on waiting until breaks ends it.
func (c *mobileConn) Close() error {
	c.forget()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.freed = true
	return c.conn.Close()
}

func (c *mobileConn) isFreed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.freed
}

// streamConn is the TCP or TLS connection that we made to the PBX: everything goes over
// it, calls to us included (RFC 5626 §3.1), so that no firewall stands in their way.
type streamConn struct {
	net.Conn
	down chan struct{} // closed when it broke
	once sync.Once

	writing sync.Mutex // one message at a time, so that the deadline is its own

	mu     sync.Mutex
	err    error         // what broke it
	ponged bool          // it answers our keep-alives
	pong   chan struct{} // hears of one
}

// dialStream connects to a target. name is whom the certificate has to be for.
func dialStream(ctx context.Context, transport string, from netip.AddrPort, to netip.AddrPort, name string, config *tls.Config) (*streamConn, error) {
	dialer := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(from), KeepAlive: 15 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", to.String())
	if err != nil && from.Port() != 0 {
		// The port is still taken by the connection before.
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(from.Addr(), 0))
		conn, err = dialer.DialContext(ctx, "tcp", to.String())
	}
	if err != nil {
		return nil, err
	}
	if transport == "tls" {
		if config == nil {
			config = &tls.Config{}
		}
		config = config.Clone()
		config.ServerName = name
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, distrusted(err, name)
		}
		conn = secure
	}
	return &streamConn{Conn: conn, down: make(chan struct{}), pong: make(chan struct{}, 1)}, nil
}

func (c *streamConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil {
		c.broke(err)
	} else if len(bytes.Trim(b[:n], "\r\n")) == 0 {
		c.mu.Lock()
		c.ponged = true
		c.mu.Unlock()
		select {
		case c.pong <- struct{}{}:
		default:
		}
	}
	return n, err
}

// writePatience is how long a connection may take no message: its buffers are full, since the far end reads nothing, and
// what waits for that would wait for ever.
func writePatience() time.Duration { return 16 * sip.T1 }

// Write sends one message or a part of one. A connection that doesn't take it in time is of no more use; of any other
// error its reader knows the reason.
func (c *streamConn) Write(b []byte) (int, error) {
	traced.note(true, c.RemoteAddr(), b)
	return c.write(b)
}

func (c *streamConn) write(b []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if closed(c.down) { // while others waited before it
		return 0, c.reason()
	}
	_ = c.Conn.SetWriteDeadline(time.Now().Add(writePatience()))
	n, err := c.Conn.Write(b)
	_ = c.Conn.SetWriteDeadline(time.Time{}) // TLS writes by itself, too
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.broke(err)
		_ = c.Conn.Close()
	}
	return n, err
}

// SetWriteDeadline does nothing: each Write has its own.
func (c *streamConn) SetWriteDeadline(time.Time) error { return nil }

func (c *streamConn) Close() error {
	err := c.Conn.Close()
	c.broke(net.ErrClosed)
	return err
}

func (c *streamConn) broke(err error) {
	c.once.Do(func() {
		c.mu.Lock()
		c.err = distrusted(err, "")
		c.mu.Unlock()
		close(c.down)
	})
}

// reason is what broke the connection; nil while it holds.
func (c *streamConn) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// door hands connections that we made to the library's listener.
type door struct {
	at     net.Addr
	in     chan handed
	closed chan struct{}
	once   sync.Once
	last   handed // of Accept's goroutine
}

type handed struct {
	conn  net.Conn
	taken chan struct{} // closed when the library reads from it
}

func newDoor(at net.Addr) *door {
	return &door{at: at, in: make(chan handed), closed: make(chan struct{})}
}

// hand returns when the library would send over conn.
func (d *door) hand(conn net.Conn) {
	h := handed{conn, make(chan struct{})}
	select {
	case d.in <- h:
	case <-d.closed:
		_ = conn.Close()
		return
	}
	select {
	case <-h.taken:
	case <-d.closed:
	}
}

// Accept is asked for the next connection when the one before is at work.
func (d *door) Accept() (net.Conn, error) {
	if d.last.conn != nil {
		close(d.last.taken)
		d.last = handed{}
	}
	select {
	case d.last = <-d.in:
		return d.last.conn, nil
	case <-d.closed:
		return nil, net.ErrClosed
	}
}

func (d *door) Addr() net.Addr { return d.at }

func (d *door) Close() error {
	d.shut()
	return nil
}

func (d *door) shut() { d.once.Do(func() { close(d.closed) }) }
