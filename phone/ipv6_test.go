package phone_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// loopback6 skips where this machine has no IPv6, as some containers.
func loopback6(t *testing.T) {
	t.Helper()
	c, err := net.ListenPacket("udp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here: ", err)
	}
	_ = c.Close()
}

func TestCallsOverIPv6(t *testing.T) {
	loopback6(t)
	pbx := siptest.NewAt(t, "[::1]:0")
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.Bind = "0.0.0.0:0" }).registered()
	if from, contact := pbx.Phone(); !strings.HasPrefix(from, "[::1]:") || !strings.Contains(contact, "@"+from) {
		t.Errorf("registered from %s with the Contact %s", from, contact)
	}
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv6loopback})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	at := conn.LocalAddr().(*net.UDPAddr)
	sdp := strings.ReplaceAll(siptest.SDP(at.Port), "IN IP4 127.0.0.1", "IN IP6 ::1")
	stop := d.sound.Run(func() []int16 { return make([]int16, 960) }, func([]int16) {})
	defer stop()
	hears := func() {
		t.Helper()
		_ = conn.SetReadDeadline(time.Now().Add(siptest.Patience))
		if _, from, err := conn.ReadFromUDP(make([]byte, 1500)); err != nil || !from.IP.Equal(net.IPv6loopback) {
			t.Errorf("sound comes from %v, %v", from, err)
		}
	}

	caller := pbx.NewCall()
	caller.Invite(sdp)
	d.do(d.Answer(d.rings().ID))
	if ok := caller.Answered(""); !strings.Contains(ok.Body, "c=IN IP6 ::1\r\n") || !strings.Contains(ok.ContactURI(), "@[::1]:") {
		t.Errorf("Contact %s\n%s", ok.ContactURI(), ok.Body)
	}
	hears()
	caller.Do("BYE", "")
	caller.Expect("200 BYE")
	d.ended(phone.HungUpThere)

	_, err = d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	if !strings.HasPrefix(invite.Start, "INVITE sip:102@[::1]:") || !strings.Contains(invite.Body, "c=IN IP6 ::1\r\n") ||
		!strings.Contains(invite.Get("Via"), " [::1]:") {
		t.Errorf("%s, Via %s\n%s", invite.Start, invite.Get("Via"), invite.Body)
	}
	pbx.Reply(invite, 200, "OK", sdp)
	pbx.Expect("ACK")
	call := d.call("active", func(c phone.Call) bool { return c.Direction == phone.Outgoing && c.State == phone.Active })
	hears()
	d.do(d.HangUp(call.ID))
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
	d.ended(phone.HungUpHere)
}
