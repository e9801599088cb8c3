package phone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"leadline/phone/media"
	"leadline/phone/media/secure"
	"leadline/phone/sdp"
)

// voice is the media of one call: its sockets, what was agreed, and the session that
// makes sound of it. Its methods belong to the call's goroutine.
type voice struct {
	// Set before open.
	log     *slog.Logger
	now     func() time.Time
	stun    netip.AddrPort // whom to ask for our public address; invalid for nobody
	guard   *guard
	onDigit func(rune) // told each digit of theirs, from a reader
	broke   func(any)  // told what a goroutine of the voice's, or the sound card's, panicked with

	rtp, rtcp  atomic.Pointer[socket] // changed by move
	bound      netip.Addr             // of rtp and rtcp; local says the public address where there is one
	stunFailed bool                   // it didn't answer
	local      sdp.Local              // as last described to the far end
	agreed     sdp.Media
	session    *media.Session // nil until something was agreed on

	receiver       atomic.Pointer[media.Session] // for the readers
	toRTP, toRTCP  atomic.Pointer[netip.AddrPort]
	origin         origin
	mux            atomic.Bool  // RTCP goes to toRTP
	began          time.Time    // when it was opened
	lastHeard      atomic.Int64 // of the last RTP or RTCP, in ns after that: no clock that is set ends a call
	readers        sync.WaitGroup
	resolverCancel context.CancelFunc
}

// open takes a pair of ports at ip.
func (v *voice) open(ip netip.Addr, codecs []string, secrets sdp.Secure) error {
	v.guard.send = v.sendHandshake
	v.began = v.now()
	v.local = sdp.Local{
		RTCPMux: true, Codecs: sdp.CodecsByName(codecs),
		SessionID: rand.Uint64() >> 2, Version: 1, Secure: secrets,
	}
	return v.listen(ip)
}

// listen takes a pair of ports at ip and hears what comes there.
func (v *voice) listen(ip netip.Addr) error {
	rtpConn, rtcpConn, err := portPair(ip)
	if err != nil {
		return fmt.Errorf("no ports for the sound of a call at %s: %w", ip, err)
	}
	rtp, rtcp := newSocket(rtpConn), newSocket(rtcpConn)
	v.rtp.Store(rtp)
	v.rtcp.Store(rtcp)
	v.bound = ip
	v.local.Addr, v.local.Port, v.local.RTCPPort = ip, portOf(rtpConn), portOf(rtcpConn)
	v.publish(rtpConn, rtcpConn)
	v.read(rtp, v.heardRTP)
	v.read(rtcp, v.heardRTCP)
	return nil
}

// move goes on at another address of ours. The far end has to be told.
func (v *voice) move(ip netip.Addr) error {
	rtp, rtcp := v.rtp.Load(), v.rtcp.Load()
	if err := v.listen(ip); err != nil {
		return err
	}
	_ = rtp.Close()
	_ = rtcp.Close()
	return nil
}

// translated reports whether a NAT is known to be in the way, which has other ports for us after each change of its own:
// the STUN server is asked anew.
func (v *voice) translated() bool { return v.local.Addr != v.bound }

// portPair is an even port for RTP and the odd one above for RTCP (RFC 3550 §11).
func portPair(ip netip.Addr) (rtp, rtcp *net.UDPConn, err error) {
	for range 50 {
		if rtp, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, 0))); err != nil {
			return nil, nil, err
		}
		port := portOf(rtp)
		if port%2 == 0 && port < 65535 {
			rtcp, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, port+1)))
			if err == nil {
				return rtp, rtcp, nil
			}
		} else {
			err = fmt.Errorf("port %d is odd", port)
		}
		_ = rtp.Close()
	}
	return nil, nil, err
}

func portOf(c *net.UDPConn) uint16 { return c.LocalAddr().(*net.UDPAddr).AddrPort().Port() }

// read hands over what arrives at a socket until it is closed.
func (v *voice) read(s *socket, hear func([]byte, netip.AddrPort)) {
	v.readers.Add(1)
	go func() {
		defer v.readers.Done()
		buf := make([]byte, 2048)
		for {
			n, from, err := s.receive(buf)
			if err != nil {
				if errors.Is(err, net.ErrClosed) {
					return
				}
				time.Sleep(time.Millisecond) // an ICMP error for what we sent
				continue
			}
			v.take(hear, buf[:n], from)
		}
	}()
}

func (v *voice) take(hear func([]byte, netip.AddrPort), packet []byte, from netip.AddrPort) {
	defer v.survive()
	hear(packet, from)
}

// survive ends the call of a voice that something went wrong with.
func (v *voice) survive() {
	if p := recover(); p != nil {
		v.broke(p)
	}
}

// Play and Capture are the session's, for the sound card's goroutine, which lets go of a
// voice that panics.
func (v *voice) Play(dst []int16) {
	defer v.passOn()
	v.session.Play(dst)
}

// Capture takes what the microphone heard.
func (v *voice) Capture(src []int16) {
	defer v.passOn()
	v.session.Capture(src)
}

func (v *voice) passOn() {
	if p := recover(); p != nil {
		v.broke(p)
		panic(p)
	}
}

func (v *voice) heardRTP(packet []byte, from netip.AddrPort) {
	if secure.IsDTLS(packet) {
		if !v.origin.known() { // what it agrees on is checked by its certificate
			to := from
			v.toRTP.Store(&to)
		}
		v.guard.shake(packet, onRTP)
		return
	}
	session := v.receiver.Load()
	if session == nil {
		return
	}
	now, host := v.now(), hostOf(from)
	if !v.guard.proves() && !v.origin.takes(host, now) {
		return
	}
	packet, ok := v.guard.open(packet, onRTP)
	if !ok || !session.ReceiveRTP(packet, now) {
		return
	}
	v.hears(now)
	if v.origin.took(host, now) {
		to := from
		v.toRTP.Store(&to)
	}
}

func hostOf(a netip.AddrPort) netip.Addr { return a.Addr().Unmap().WithZone("") }

func (v *voice) heardRTCP(packet []byte, from netip.AddrPort) {
	if secure.IsDTLS(packet) {
		to := from
		v.toRTCP.Store(&to)
		v.guard.shake(packet, onRTCP)
		return
	}
	session := v.receiver.Load()
	if session == nil || !v.guard.proves() && !v.reports(hostOf(from)) {
		return
	}
	if packet, ok := v.guard.open(packet, onRTCP); ok {
		now := v.now()
		v.hears(now)
		session.ReceiveRTCP(packet, now)
	}
}

// reports says whether a report from there may be the far end's: from where it announced, or from where we hear it.
func (v *voice) reports(from netip.Addr) bool {
	to := v.toRTCP.Load()
	return to != nil && from == hostOf(*to) || v.origin.takes(from, v.now())
}

// agree takes over what was agreed on, the first time or again.
func (v *voice) agree(local sdp.Local, m sdp.Media) error {
	switch {
	case v.agreed.Addr != m.Addr || v.agreed.Host != m.Host:
		v.aim(m)
	case v.agreed.RTCPAddr != m.RTCPAddr && m.Host == "": // and where its sound comes from stays known
		rtcp := m.RTCPAddr
		v.toRTCP.Store(&rtcp)
	}
	v.mux.Store(m.Mux)
	if err := v.guard.agree(m.Protection, m.Mux); err != nil {
		return fmt.Errorf("keep the sound of a call secret: %w", err)
	}
	if v.session == nil {
		session, err := media.New(media.Config{
			Media:    m,
			Send:     v.sendRTP,
			SendRTCP: v.sendRTCP,
			OnDigit:  v.onDigit,
			Now:      v.now,
		})
		if err != nil {
			return fmt.Errorf("start the sound of a call: %w", err)
		}
		v.session = session
	} else if err := v.session.Update(m); err != nil {
		return fmt.Errorf("change the sound of a call: %w", err)
	}
	v.local, v.agreed = local, m
	v.hears(v.now())
	v.receiver.Store(v.session)
	return nil
}

// aim points the senders at the far end's address.
func (v *voice) aim(m sdp.Media) {
	v.origin.announce(hostOf(m.Addr), v.now())
	if m.Host == "" {
		rtp, rtcp := m.Addr, m.RTCPAddr
		v.toRTP.Store(&rtp)
		v.toRTCP.Store(&rtcp)
		return
	}
	if v.resolverCancel != nil {
		v.resolverCancel()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	v.resolverCancel = cancel
	v.readers.Add(1)
	go func() {
		defer v.readers.Done()
		defer v.survive()
		ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", m.Host)
		if err != nil || len(ips) == 0 {
			return
		}
		v.origin.found(ips[0].Unmap())
		if v.origin.known() {
			return
		}
		rtp := netip.AddrPortFrom(ips[0].Unmap(), m.Addr.Port())
		rtcp := netip.AddrPortFrom(ips[0].Unmap(), m.RTCPAddr.Port())
		v.toRTP.Store(&rtp)
		v.toRTCP.Store(&rtcp)
	}()
}

func (v *voice) sendRTP(p []byte) {
	if p, ok := v.guard.seal(p); ok {
		send(v.rtp.Load(), p, v.toRTP.Load())
	}
}

// sendHandshake sends a packet of DTLS from one of the ports.
func (v *voice) sendHandshake(p []byte, on port) {
	if on == onRTCP {
		send(v.rtcp.Load(), p, v.toRTCP.Load())
		return
	}
	send(v.rtp.Load(), p, v.toRTP.Load())
}

func (v *voice) sendRTCP(p []byte) {
	p, ok := v.guard.sealReport(p)
	if !ok {
		return
	}
	if v.mux.Load() {
		send(v.rtp.Load(), p, v.toRTP.Load())
		return
	}
	send(v.rtcp.Load(), p, v.toRTCP.Load())
}

func send(s *socket, p []byte, to *netip.AddrPort) {
	if to == nil || !to.IsValid() || to.Port() == 0 || to.Addr().IsUnspecified() {
		return
	}
	s.send(p, *to)
}

// hears notes that something has arrived.
func (v *voice) hears(at time.Time) { v.lastHeard.Store(int64(at.Sub(v.began))) }

// heardAgo is for how long nothing arrived.
func (v *voice) heardAgo() time.Duration {
	return v.now().Sub(v.began) - time.Duration(v.lastHeard.Load())
}

// close frees the sockets, whatever panics before.
func (v *voice) close() {
	defer v.readers.Wait()
	defer v.rtcp.Load().Close()
	defer v.rtp.Load().Close()
	defer v.guard.close()
	if v.resolverCancel != nil {
		v.resolverCancel()
	}
	if v.session != nil {
		v.session.Close()
	}
}
