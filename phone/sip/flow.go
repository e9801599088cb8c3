package sip

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// mobileConn is the UDP socket as the library sees it: it stays when this machine gets
// another address, and the library's dialogs and transactions with it.
type mobileConn struct {
	ready chan struct{} // closed when its reader begins
	once  sync.Once

	mu   sync.Mutex
	conn *net.UDPConn
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

// move goes on with another socket.
func (c *mobileConn) move(to *net.UDPConn) {
	c.mu.Lock()
	old := c.conn
	c.conn = to
	c.mu.Unlock()
	_ = old.Close()
}

// ReadFrom reads on after a move. An ICMP "port unreachable" for an earlier datagram is
// no reason to stop listening.
func (c *mobileConn) ReadFrom(b []byte) (int, net.Addr, error) {
	c.once.Do(func() { close(c.ready) })
	for {
		conn := c.current()
		n, addr, err := conn.ReadFrom(b)
		if err != nil && (conn != c.current() || n == 0 && !errors.Is(err, net.ErrClosed) && isICMP(err)) {
			continue
		}
		if err == nil {
			traced.note(false, addr, b[:n])
		}
		return n, addr, err
	}
}

func isICMP(err error) bool {
	text := err.Error()
	return strings.Contains(text, "refused") || strings.Contains(text, "forcibly closed")
}

func (c *mobileConn) WriteTo(b []byte, to net.Addr) (int, error) {
	traced.note(true, to, b)
	return c.current().WriteTo(b, to)
}

func (c *mobileConn) LocalAddr() net.Addr                { return c.current().LocalAddr() }
func (c *mobileConn) Close() error                       { return c.current().Close() }
func (c *mobileConn) SetDeadline(t time.Time) error      { return c.current().SetDeadline(t) }
func (c *mobileConn) SetReadDeadline(t time.Time) error  { return c.current().SetReadDeadline(t) }
func (c *mobileConn) SetWriteDeadline(t time.Time) error { return c.current().SetWriteDeadline(t) }

// streamConn is the TCP or TLS connection that we made to the PBX: everything goes over
// it, calls to us included (RFC 5626 §3.1), so that no firewall stands in their way.
type streamConn struct {
	net.Conn
	down chan struct{} // closed when it broke
	once sync.Once

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

// Write sends one message or a part of one.
func (c *streamConn) Write(b []byte) (int, error) {
	traced.note(true, c.RemoteAddr(), b)
	return c.Conn.Write(b)
}

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
	d.once.Do(func() { close(d.closed) })
	return nil
}
