package phone_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"leadline/phone"
	"leadline/phone/media/secure"
	"leadline/phone/sdp"
	"leadline/phone/siptest"
)

// shakesHands begins the far end's part of DTLS.
func (c *confidant) shakesHands(certificate *secure.Certificate, body string, role sdp.Setup) {
	c.shakesHandsAt(audioPort(c.t, body), certificate, body, role)
	if c.apart != nil { // RFC 5764 §4.1: an association for each port
		c.apart.shakesHandsAt(reportPort(c.t, body), certificate, body, role)
	}
}

// reportPort is where a description of ours wants RTCP.
func reportPort(t *testing.T, body string) int {
	t.Helper()
	port := audioPort(t, body) + 1
	if _, value, ok := strings.Cut(body, "\r\na=rtcp:"); ok {
		if _, err := fmt.Sscanf(value, "%d", &port); err != nil {
			t.Fatal(err)
		}
	}
	return port
}

func (c *confidant) shakesHandsAt(port int, certificate *secure.Certificate, body string, role sdp.Setup) {
	c.to = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	_, hash, _ := strings.Cut(body, "a=fingerprint:sha-256 ")
	hash, _, _ = strings.Cut(hash, "\r\n")
	ended := make(chan error, 1)
	shakes := secure.Associate(secure.AssociationConfig{
		Certificate: certificate, Role: role,
		Fingerprints: []sdp.Fingerprint{{Hash: "sha-256", Hex: strings.ReplaceAll(hash, ":", "")}},
		Send:         func(p []byte) { _, _ = c.conn.WriteToUDP(p, c.to) },
		Done: func(ours, theirs sdp.Crypto, err error) {
			if err == nil {
				c.seal, err = secure.NewSealer(ours)
			}
			if err == nil {
				c.open, err = secure.NewOpener(theirs)
			}
			ended <- err
		},
	})
	go func() {
		buf := make([]byte, 2000)
		for {
			select {
			case err := <-ended:
				c.shaken <- err // whoever hears of it has the socket for themselves
				return
			default:
			}
			_ = c.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			n, err := c.conn.Read(buf)
			switch {
			case errors.Is(err, net.ErrClosed):
				return
			case err == nil && secure.IsDTLS(buf[:n]):
				shakes.Receive(buf[:n])
			}
		}
	}()
	c.t.Cleanup(shakes.Close)
}

func TestCallsByDTLS(t *testing.T) {
	certificate, err := secure.NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	fingerprint := "a=fingerprint:" + certificate.Fingerprint.String()
	talks := func(t *testing.T, d *desk, id phone.CallID, far *confidant) {
		t.Helper()
		if err := <-far.shaken; err != nil {
			t.Fatal(err)
		}
		c := d.call("it is encrypted", func(c phone.Call) bool { return c.ID == id && c.Encrypted })
		if !strings.HasPrefix(c.Encryption, "DTLS, ") {
			t.Errorf("encrypted by %q", c.Encryption)
		}
		far.hears("DTLS")
		far.speaks(5)
		d.received(id, 5)
	}
	for _, setup := range []string{"actpass", "active", "passive"} {
		t.Run("incoming "+setup, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx, srtp("preferred", "")).registered()
			t.Cleanup(d.sound.Run(nil, nil))
			far, caller := newConfidant(t), pbx.NewCall()
			caller.Invite(far.describes(dtls, fingerprint, "a=setup:"+setup))
			c := d.rings()
			d.do(d.Answer(c.ID))
			ok := caller.Answered("")
			role := sdp.Passive
			if setup == "active" {
				role = sdp.Active
			}
			if ours := map[sdp.Setup]string{sdp.Passive: "active", sdp.Active: "passive"}[role]; !strings.Contains(ok.Body, "a=setup:"+ours) {
				t.Errorf("offered %s, we answer\n%s", setup, ok.Body)
			}
			far.shakesHands(certificate, ok.Body, role)
			talks(t, d, c.ID, far)
			// A hold keeps the association.
			d.do(d.Hold(c.ID, true))
			m := caller.Expect("INVITE")
			if !strings.Contains(m.Body, dtls+" ") {
				t.Fatalf("hold:\n%s", m.Body)
			}
			caller.Reply(m, 200, "OK", far.describes(dtls, fingerprint, "a=setup:"+role.String(), "a=recvonly"))
			caller.Expect("ACK")
			d.state(phone.HeldHere)
			far.forget()
			far.hears("held")
			// Nothing less in mid-call.
			caller.Do("INVITE", far.describes(avp))
			caller.Expect("488 INVITE")
			caller.Do("ACK", "")
			stillWorks(t, d, caller, c)
		})
	}
	for _, setup := range []string{"active", "passive"} {
		t.Run("outgoing, they are "+setup, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx, srtp("required", "dtls")).registered()
			t.Cleanup(d.sound.Run(nil, nil))
			id, err := d.Dial("", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			if !strings.Contains(invite.Body, " "+dtls+" ") || !strings.Contains(invite.Body, "a=setup:actpass") {
				t.Fatalf("the offer:\n%s", invite.Body)
			}
			far := newConfidant(t)
			role := sdp.Active
			if setup == "passive" {
				role = sdp.Passive
			}
			far.shakesHands(certificate, invite.Body, role) // an eager one: before its answer is there
			pbx.Reply(invite, 200, "OK", far.describes(dtls, fingerprint, "a=setup:"+setup))
			pbx.Expect("ACK")
			talks(t, d, id, far)
			if role == sdp.Active { // it begins anew, as Asterisk does after a hold
				before := far.open
				far.shakesHands(certificate, invite.Body, role)
				if err := <-far.shaken; err != nil {
					t.Fatal(err)
				}
				far.hearsNext(before)
				far.speaks(5)
				d.received(id, 10)
			}
		})
	}
	t.Run("a stranger", func(t *testing.T) {
		other, err := secure.NewCertificate()
		if err != nil {
			t.Fatal(err)
		}
		pbx := siptest.New(t)
		d := newDesk(t, pbx, srtp("preferred", "")).registered()
		far, caller := newConfidant(t), pbx.NewCall()
		caller.Invite(far.describes(dtls, fingerprint, "a=setup:actpass"))
		d.do(d.Answer(d.rings().ID))
		far.shakesHands(other, caller.Answered("").Body, sdp.Passive)
		caller.Expect("BYE")
		if end := d.ended(phone.Failed); !strings.Contains(end.SIPReason, "certificate") {
			t.Errorf("ended: %q", end.SIPReason)
		}
	})
	t.Run("preferred and refused", func(t *testing.T) {
		pbx := siptest.New(t)
		d := newDesk(t, pbx, srtp("preferred", "dtls")).registered()
		_, err := d.Dial("", "102")
		d.do(err)
		first := pbx.Expect("INVITE")
		pbx.Reply(first, 488, "Not Acceptable Here", "")
		second := pbx.Expect("INVITE")
		if second.Get("Call-ID") == first.Get("Call-ID") || !strings.Contains(second.Body, " "+avp+" ") {
			t.Fatalf("asked again with\n%s", second.Body)
		}
		pbx.Reply(second, 200, "OK", newConfidant(t).describes(avp))
		if c := d.state(phone.Active); c.Encrypted || !c.Exposed || c.SIPCallID != second.Get("Call-ID") {
			t.Errorf("the call: %+v", c)
		}
	})
}

// DTLS without rtcp-mux: RTCP has a port, a handshake and keys of its own (RFC 5764 §4.1, RFC 5761 §5.1.3).
func TestCallsByDTLSWithReportsOnTheirOwnPort(t *testing.T) {
	certificate, err := secure.NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	fingerprint := "a=fingerprint:" + certificate.Fingerprint.String()
	talks := func(t *testing.T, d *desk, id phone.CallID, far *confidant) {
		t.Helper()
		for _, c := range []*confidant{far, far.apart} {
			if err := <-c.shaken; err != nil {
				t.Fatal(err)
			}
		}
		c := d.call("it is encrypted", func(c phone.Call) bool { return c.ID == id && c.Encrypted })
		if !strings.HasPrefix(c.Encryption, "DTLS, ") {
			t.Errorf("encrypted by %q", c.Encryption)
		}
		far.hears("its own port")
		far.speaks(5)
		d.received(id, 5)
		far.reports(d, id)
	}
	for _, setup := range []string{"actpass", "active", "passive"} {
		t.Run("incoming "+setup, func(t *testing.T) {
			t.Parallel()
			pbx := siptest.New(t)
			d := newDesk(t, pbx, srtp("preferred", "")).registered()
			t.Cleanup(d.sound.Run(nil, nil))
			far, caller := newConfidant(t), pbx.NewCall()
			far.apart = newConfidant(t)
			caller.Invite(far.describes(dtls, fingerprint, "a=setup:"+setup))
			c := d.rings()
			d.do(d.Answer(c.ID))
			ok := caller.Answered("")
			if strings.Contains(ok.Body, "rtcp-mux") {
				t.Errorf("we mix what was not offered to be mixed:\n%s", ok.Body)
			}
			role := sdp.Passive
			if setup == "active" {
				role = sdp.Active
			}
			far.shakesHands(certificate, ok.Body, role)
			talks(t, d, c.ID, far)
			// A hold keeps both associations.
			d.do(d.Hold(c.ID, true))
			m := caller.Expect("INVITE")
			caller.Reply(m, 200, "OK", far.describes(dtls, fingerprint, "a=setup:"+role.String(), "a=recvonly"))
			caller.Expect("ACK")
			d.state(phone.HeldHere)
			far.forget()
			far.hears("held")
			stillWorks(t, d, caller, c)
		})
	}
	for _, setup := range []string{"active", "passive"} {
		t.Run("outgoing, they are "+setup, func(t *testing.T) {
			t.Parallel()
			pbx := siptest.New(t)
			d := newDesk(t, pbx, srtp("required", "dtls")).registered()
			t.Cleanup(d.sound.Run(nil, nil))
			id, err := d.Dial("", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			far := newConfidant(t)
			far.apart = newConfidant(t)
			role := sdp.Active
			if setup == "passive" {
				role = sdp.Passive
			}
			far.shakesHands(certificate, invite.Body, role) // an eager one
			pbx.Reply(invite, 200, "OK", far.describes(dtls, fingerprint, "a=setup:"+setup))
			pbx.Expect("ACK")
			talks(t, d, id, far)
			if role == sdp.Active { // it begins anew at both ports
				before := far.open
				far.shakesHands(certificate, invite.Body, role)
				for _, c := range []*confidant{far, far.apart} {
					if err := <-c.shaken; err != nil {
						t.Fatal(err)
					}
				}
				far.hearsNext(before)
			}
		})
	}
	t.Run("no handshake for the reports", func(t *testing.T) { // the call does without them
		t.Parallel()
		pbx := siptest.New(t)
		d := newDesk(t, pbx, srtp("preferred", "")).registered()
		t.Cleanup(d.sound.Run(nil, nil))
		far, caller := newConfidant(t), pbx.NewCall()
		far.apart = newConfidant(t)
		caller.Invite(far.describes(dtls, fingerprint, "a=setup:actpass"))
		c := d.rings()
		d.do(d.Answer(c.ID))
		ok := caller.Answered("").Body
		far.shakesHandsAt(audioPort(t, ok), certificate, ok, sdp.Passive)
		if err := <-far.shaken; err != nil {
			t.Fatal(err)
		}
		far.hears("sound")
		far.speaks(5)
		d.received(c.ID, 5)
		// Nothing leaves in the clear meanwhile.
		buf := make([]byte, 2000)
		_ = far.apart.conn.SetReadDeadline(time.Now().Add(8 * time.Second)) // a report is due
		for {
			n, err := far.apart.conn.Read(buf)
			if err != nil {
				break
			}
			if !secure.IsDTLS(buf[:n]) {
				t.Fatalf("%d bytes without keys", n)
			}
		}
		stillWorks(t, d, caller, c)
	})
}

// reports waits for a report at the port for them, made with the keys of that port, answers it
// with one of its own, and waits until the round trip is known from that.
func (c *confidant) reports(d *desk, id phone.CallID) {
	c.t.Helper()
	buf := make([]byte, 2000)
	_ = c.apart.conn.SetReadDeadline(time.Now().Add(2 * siptest.Patience)) // one comes every 2.5 to 7.5 s
	for {
		n, err := c.apart.conn.Read(buf)
		if err != nil {
			c.t.Fatalf("no report: %v", err)
		}
		if secure.IsDTLS(buf[:n]) {
			continue
		}
		if _, err := c.open.RTCP(append([]byte(nil), buf[:n]...)); !errors.Is(err, secure.ErrForeign) {
			c.t.Errorf("a report with the keys of the sound: %v", err)
		}
		plain, err := c.apart.open.RTCP(buf[:n])
		if err != nil {
			c.t.Fatalf("a report that can't be opened: %v", err)
		}
		packets, err := rtcp.Unmarshal(plain)
		if err != nil {
			c.t.Fatal(err)
		}
		sr, ok := packets[0].(*rtcp.SenderReport)
		if !ok {
			continue
		}
		const trip = 1000 // in 1/65536 s, 15 ms
		rr := rtcp.ReceiverReport{SSRC: c.ssrc, Reports: []rtcp.ReceptionReport{
			{SSRC: sr.SSRC, LastSenderReport: uint32(sr.NTPTime>>16) - trip}}}
		own, err := rr.Marshal()
		if err != nil {
			c.t.Fatal(err)
		}
		sealed, err := c.apart.seal.RTCP(own)
		if err != nil {
			c.t.Fatal(err)
		}
		c.apart.send(sealed)
		d.eventually("the round trip is known", func() bool {
			for _, now := range d.Calls() {
				if now.ID == id && now.Stats.RoundTrip >= 15*time.Millisecond {
					return true
				}
			}
			return false
		})
		return
	}
}
