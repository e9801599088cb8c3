package sip

import (
	"context"
	"errors"
	"net"
)

var errNoPong = errors.New("no answer to a keep-alive")

// KeepAlive keeps NATs and firewalls on the way open (RFC 5626 §4.4.1). Over TCP and TLS a
// PBX that has ever answered has to answer until ctx ends, else the connection is broken;
// over UDP nothing is heard of it.
func (s *Stack) KeepAlive(ctx context.Context) error {
	if s.acc.transport == "udp" {
		s.mu.Lock()
		target := s.target
		s.mu.Unlock()
		s.moving.Lock()
		socket := s.udp
		s.moving.Unlock()
		_, err := socket.WriteTo([]byte("\r\n\r\n"), net.UDPAddrFromAddrPort(target.Addr))
		return err
	}
	s.mu.Lock()
	stream := s.stream
	s.mu.Unlock()
	return stream.keepAlive(ctx)
}

func (c *streamConn) keepAlive(ctx context.Context) error {
	select {
	case <-c.pong:
	default:
	}
	if _, err := c.write([]byte("\r\n\r\n")); err != nil {
		c.broke(err)
		return err
	}
	c.mu.Lock()
	expected := c.ponged
	c.mu.Unlock()
	if !expected {
		return nil
	}
	select {
	case <-c.pong:
		return nil
	case <-c.down:
		return c.reason()
	case <-ctx.Done():
		_ = c.Close()
		return errNoPong
	}
}
