package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	phone "leadline/phone/rig"
	"leadline/phone/siptest"
	ui "leadline/ui/rig"
)

// What the microphone hears leaves the whole program without a break, judged by its packets: no gap, nothing twice,
// nothing in disorder, however late a busy machine sends them.
func TestWhatIsSaidLeavesTheProgramWhole(t *testing.T) {
	const tone = 660 // Hz
	dir, err := os.MkdirTemp("", "desk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	o := &office{t: t, pulse: phone.StartPulse(t), screen: ui.StartScreen(t, ""), dir: dir}
	says := filepath.Join(dir, "says.wav")
	phone.WriteWAV(t, says, phone.Tone(48000, tone, 1, 0.3))
	pbx := siptest.New(t)
	o.configure(fmt.Sprintf("[[account]]\nname = \"Office\"\naddress = %q\npassword = \"one\"\nbind = \"127.0.0.1:0\"\nauto_answer = \"always\"\n"+
		"[audio]\nmicrophone = %q\nspeaker = \"null\"\nringer = \"null\"\n", "sip:101@"+pbx.Addr(), "file:"+says))
	p := o.registered()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	wire := phone.Wire{Hertz: tone}
	go func() {
		buf := make([]byte, 2000)
		for {
			n, _, err := conn.ReadFromUDP(buf)
			if err != nil {
				return
			}
			wire.Take(buf[:n])
		}
	}()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(conn.LocalAddr().(*net.UDPAddr).Port))
	caller.Answered("")
	p.until("we talk", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].State == "talking" })
	phone.Eventually(t, time.Minute, "four seconds of sound", func() (bool, string) {
		whole, broken := wire.Follows()
		return whole >= 200 || len(broken) > 0, fmt.Sprintf("%d packets go on where the one before ended", whole)
	})
	if _, broken := wire.Follows(); len(broken) > 0 {
		t.Errorf("these packets don't go on where the one before ended: %q", broken)
	}
	caller.Do("BYE", "")
	caller.Expect("200 BYE")
}
