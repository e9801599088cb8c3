package phone_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v3"

	"leadline/phone"
	"leadline/phone/siptest"
)

// stunServer tells everyone that they are at 203.0.113.9, at a port 10000 below theirs.
// Each first packet of a socket is lost.
func stunServer(t *testing.T) string {
	t.Helper()
	return stunServerSaying(t, func() net.IP { return net.IPv4(203, 0, 113, 9) })
}

// stunServerSaying is stunServer with another address.
func stunServerSaying(t *testing.T, public func() net.IP) string {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		seen := map[string]bool{}
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFromUDP(buf)
			if err != nil {
				return
			}
			m := &stun.Message{Raw: append([]byte(nil), buf[:n]...)}
			if m.Decode() != nil || !seen[from.String()] {
				seen[from.String()] = true
				continue
			}
			_, _ = conn.WriteToUDP([]byte("nonsense"), from)
			answer := stun.MustBuild(m, stun.BindingSuccess, &stun.XORMappedAddress{IP: public(), Port: from.Port - 10000})
			_, _ = conn.WriteToUDP(answer.Raw, from)
		}
	}()
	return conn.LocalAddr().String()
}

func TestSoundIsDescribedByItsPublicAddress(t *testing.T) {
	pbx := siptest.New(t)
	server := stunServer(t)
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.STUN = server }).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	if !strings.Contains(invite.Body, "c=IN IP4 203.0.113.9\r\n") {
		t.Errorf("the offer\n%s", invite.Body)
	}
	pbx.Reply(invite, 486, "Busy Here", "")
	pbx.Expect("ACK")
	d.ended(phone.Busy)
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	d.do(d.Answer(d.rings().ID))
	if ok := caller.Answered(""); !strings.Contains(ok.Body, "c=IN IP4 203.0.113.9\r\n") {
		t.Errorf("the answer\n%s", ok.Body)
	}
	caller.Do("BYE", "")
	caller.Expect("200 BYE")
}

func TestSTUNServerThatIsSilentHoldsUpOneCall(t *testing.T) {
	pbx := siptest.New(t)
	silent, _ := rtpPort(t)
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.STUN = silent.LocalAddr().String() }).registered()
	for range 2 {
		_, err := d.Dial("", "102")
		d.do(err)
		invite := pbx.Expect("INVITE")
		if !strings.Contains(invite.Body, "c=IN IP4 127.0.0.1\r\n") {
			t.Errorf("the offer\n%s", invite.Body)
		}
		pbx.Reply(invite, 486, "Busy Here", "")
		pbx.Expect("ACK")
	}
	asked := map[string]bool{}
	buf := make([]byte, 1500)
	_ = silent.SetReadDeadline(time.Now().Add(siptest.Patience))
	for len(asked) < 2 {
		_, from, err := silent.ReadFromUDP(buf)
		if err != nil {
			t.Fatal(err)
		}
		asked[from.String()] = true
	}
	// All that was sent is in the socket's buffer by now: two sockets of one call.
	_, _ = silent.WriteToUDP([]byte("end"), silent.LocalAddr().(*net.UDPAddr))
	for {
		n, from, err := silent.ReadFromUDP(buf)
		if err != nil {
			t.Fatal(err)
		}
		if string(buf[:n]) == "end" {
			break
		}
		asked[from.String()] = true
	}
	if len(asked) != 2 {
		t.Errorf("asked from %d sockets", len(asked))
	}
}
