package phone_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/media/secure"
	"leadline/phone/siptest"
)

// lives gives the far end a key that may protect so many packets (RFC 4568 §6.1).
func (c *confidant) lives(packets uint64) {
	c.newKey(usual)
	c.ours.Keys[0].Lifetime = packets
}

// talks sends n packets that are protected, and lets the socket's reader follow.
func (c *confidant) talks(n int) {
	c.t.Helper()
	for range n {
		c.speaks(1)
		time.Sleep(time.Millisecond)
	}
}

// hearsNext waits for a packet with the new key; until the answer is read, or our end of a handshake has ended, there may
// be some with the one before.
func (c *confidant) hearsNext(before *secure.Opener) {
	c.t.Helper()
	buf := make([]byte, 2000)
	_ = c.conn.SetReadDeadline(time.Now().Add(siptest.Patience))
	for {
		n, err := c.conn.Read(buf)
		if err != nil {
			c.t.Fatalf("nothing is heard with the new key: %v", err)
		}
		if secure.IsDTLS(buf[:n]) || n > 1 && buf[1] >= 192 && buf[1] <= 223 {
			continue
		}
		if _, err := c.open.RTP(slices.Clone(buf[:n])); err == nil {
			return
		}
		if _, err := before.RTP(buf[:n]); err != nil {
			c.t.Fatalf("neither with the new key nor with the one before: %v", err)
		}
	}
}

// RFC 3711 §9.2: new keys before the end of the old ones.
func TestKeysAreReplacedBeforeTheirEnd(t *testing.T) {
	d, caller, c, far, key := confide(t, "preferred")
	far.lives(400)
	caller.Do("INVITE", far.describes(savp))
	ok := caller.Expect("200 INVITE")
	for !strings.Contains(ok.Body, "o=") || string(keyOf(t, ok.Body, usual).Keys[0].Key) == string(key.Keys[0].Key) {
		ok = caller.Expect("200 INVITE")
	}
	key = far.learns(ok.Body)
	caller.Do("ACK", "")
	far.talks(200)
	if m, early := caller.AwaitAny(1200*time.Millisecond, "INVITE"); early {
		t.Fatalf("half of its life is left:\n%s", m.Body)
	}
	far.talks(110)
	m := caller.Expect("INVITE")
	fresh := keyOf(t, m.Body, usual)
	if string(fresh.Keys[0].Key) == string(key.Keys[0].Key) || !strings.Contains(m.Body, "a=sendrecv") {
		t.Fatalf("no new key is offered:\n%s", m.Body)
	}
	far.lives(1000)
	far.ours.Tag = fresh.Tag
	caller.Reply(m, 200, "OK", far.describes(savp))
	caller.Expect("ACK")
	far.forget()
	before := far.open
	far.learns(m.Body)
	far.hearsNext(before)
	far.hears("with new keys")
	far.talks(300) // more than the old one had left
	d.received(c.ID, 5+310+200)
	stillWorks(t, d, caller, c)
}

func TestKeysThatHaveServedTheirTimeEndTheCall(t *testing.T) {
	t.Parallel()
	d, caller, _, far, _ := confide(t, "preferred")
	far.lives(100)
	caller.Do("INVITE", far.describes(savp))
	ok := caller.Expect("200 INVITE")
	far.learns(ok.Body)
	caller.Do("ACK", "")
	far.talks(90)
	m := caller.Expect("INVITE")
	far.ours.Tag = keyOf(t, m.Body, usual).Tag
	caller.Reply(m, 200, "OK", far.describes(savp)) // with the same key
	caller.Expect("ACK")
	far.talks(20)
	caller.Expect("BYE")
	if end := d.ended(phone.Failed); !strings.Contains(end.SIPReason, "served its time") {
		t.Errorf("ended: %q", end.SIPReason)
	}
}
