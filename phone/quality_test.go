package phone_test

import (
	"net"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/siptest"
)

// timely is a call of a phone whose clock can be put forward.
func timely(t *testing.T, offer string) (d *desk, caller *siptest.Call, c phone.Call, port int, forward func(time.Duration)) {
	t.Helper()
	var ahead atomic.Int64
	pbx := siptest.New(t)
	d = newDesk(t, pbx, func(cfg *phone.Config, _ *phone.Account) {
		cfg.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	}).registered()
	caller = pbx.NewCall()
	caller.Invite(offer)
	c = d.state(phone.Ringing)
	d.do(d.Answer(c.ID))
	ok := caller.Answered("")
	d.state(phone.Active)
	return d, caller, c, audioPort(t, ok.Body), func(by time.Duration) { ahead.Add(int64(by)) }
}

func (d *desk) troubled(id phone.CallID, want phone.Trouble) phone.Stats {
	d.t.Helper()
	d.eventually("trouble "+want.String(), func() bool { return d.last(id).Stats.Trouble == want })
	return d.last(id).Stats
}

// loud is 10 ms of a voice.
var loud = slices.Repeat([]int16{8000, -8000}, audio.FrameSamples/2)

func TestDeadMediaIsNamed(t *testing.T) {
	t.Parallel()
	d, caller, c, port, forward := timely(t, siptest.SDP(4000))
	conn, _ := rtpPort(t)
	d.sound.Frame(loud)
	forward(11 * time.Second)
	d.sound.Frame(loud)
	if s := d.troubled(c.ID, phone.NothingHeard); s.TroubleFor != 10*time.Second {
		t.Errorf("for %v", s.TroubleFor)
	}
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	for seq := range uint16(3) {
		_, _ = conn.WriteToUDP(rtp(seq, 8, nil), to)
	}
	d.troubled(c.ID, phone.NoTrouble)
	caller.Do("BYE", "")
	caller.Expect("200 BYE")
	s := d.ended(phone.HungUpThere).Sounded
	if s == nil || !slices.Equal(s.Troubles, []phone.Trouble{phone.NothingHeard}) || s.Received != 3 || s.Codec != "PCMA" {
		t.Errorf("all in all: %+v", s)
	}
}

func TestThatTheyCantHearUsIsNamed(t *testing.T) {
	t.Parallel()
	conn, theirs := rtpPort(t)
	d, caller, c, port, forward := timely(t, siptest.SDP(theirs, "a=rtcp-mux"))
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	seq := uint16(0)
	report := func() {
		packet, err := rtcp.Marshal([]rtcp.Packet{
			&rtcp.SenderReport{SSRC: 0x01020304, NTPTime: 1 << 40, PacketCount: 50}, // no block: they have nothing to report on
			rtcp.NewCNAMESourceDescription(0x01020304, "them"),
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 210 { // 2.1 s of speech, as fast as it goes
			d.sound.Frame(loud)
		}
		_, _ = conn.WriteToUDP(rtp(seq, 8, nil), to)
		seq++
		_, _ = conn.WriteToUDP(packet, to)
	}
	heard := func() bool { return d.Calls()[0].Stats.Received == uint64(seq) }
	for range 3 {
		report()
		d.eventually("their packet is counted", heard)
		forward(6 * time.Second)
	}
	if s := d.troubled(c.ID, phone.NotHeardThere); s.TroubleFor < 10*time.Second {
		t.Errorf("for %v", s.TroubleFor)
	}
	stillWorks(t, d, caller, c)
}

func TestASilentMicrophoneIsNamed(t *testing.T) {
	t.Parallel()
	conn, _ := rtpPort(t)
	d, caller, c, port, forward := timely(t, siptest.SDP(4000))
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	d.sound.Frame(nil)
	forward(11 * time.Second)
	d.sound.Frame(nil)
	for seq := range uint16(3) {
		_, _ = conn.WriteToUDP(rtp(seq, 8, nil), to)
	}
	d.troubled(c.ID, phone.MicrophoneSilent)
	d.sound.Frame(loud)
	d.troubled(c.ID, phone.NoTrouble)
	stillWorks(t, d, caller, c)
}

// A call that either side holds is silent by somebody's will, and no trouble.
func TestAHeldCallIsNoTrouble(t *testing.T) {
	t.Parallel()
	quiet := func(t *testing.T, d *desk, c phone.Call, state phone.CallState, forward func(time.Duration)) {
		t.Helper()
		d.eventually(state.String(), func() bool { return d.last(c.ID).State == state })
		d.troubled(c.ID, phone.NoTrouble)
		for range 2 {
			d.sound.Frame(nil)
			forward(11 * time.Second)
			d.sound.Frame(nil)
		}
		time.Sleep(1100 * time.Millisecond) // the figures are read each second
		if got := d.Calls()[0].Stats.Trouble; got != phone.NoTrouble {
			t.Errorf("%s: trouble %s", state, got)
		}
	}
	t.Run("by us", func(t *testing.T) {
		t.Parallel()
		d, caller, c, _, forward := timely(t, siptest.SDP(4000))
		d.sound.Frame(nil)
		forward(11 * time.Second)
		d.sound.Frame(nil)
		d.eventually("trouble", func() bool { return d.last(c.ID).Stats.Trouble != phone.NoTrouble })
		d.do(d.Hold(c.ID, true))
		caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(4000, "a=recvonly"))
		quiet(t, d, c, phone.HeldHere, forward)
		stillWorks(t, d, caller, c)
	})
	t.Run("by them", func(t *testing.T) {
		t.Parallel()
		d, caller, c, _, forward := timely(t, siptest.SDP(4000))
		caller.Do("INVITE", siptest.SDP(4000, "a=sendonly")) // and no music
		caller.Expect("200 INVITE")
		caller.Do("ACK", "")
		quiet(t, d, c, phone.HeldThere, forward)
		stillWorks(t, d, caller, c)
	})
}

// hearing is a sound card whose echo canceller makes silence of a room that is quiet.
type hearing struct{ *audio.Fake }

func (hearing) Silence() time.Duration { return 0 }

func TestASuppressorIsNoSilentMicrophone(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	var ahead atomic.Int64
	sound := audio.NewFake()
	d := newDesk(t, pbx, func(cfg *phone.Config, _ *phone.Account) {
		cfg.Sound = hearing{sound}
		cfg.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	}).registered()
	conn, _ := rtpPort(t)
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.rings()
	d.do(d.Answer(c.ID))
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: audioPort(t, caller.Answered("").Body)}
	sound.Frame(nil)
	ahead.Store(int64(11 * time.Second))
	sound.Frame(nil)
	for seq := range uint16(3) {
		_, _ = conn.WriteToUDP(rtp(seq, 8, nil), to)
	}
	d.eventually("the figures are read", func() bool { return d.Calls()[0].Stats.Received == 3 })
	if got := d.Calls()[0].Stats.Trouble; got != phone.NoTrouble {
		t.Errorf("trouble %s", got)
	}
	stillWorks(t, d, caller, c)
}

// TestReportsGoOnAfterAReinvite moves the far end to other ports in mid-call.
func TestReportsGoOnAfterAReinvite(t *testing.T) {
	for name, soundToo := range map[string]bool{"sound and reports": true, "reports only": false} {
		t.Run(name, func(t *testing.T) {
			d, caller, c, _, forward := timely(t, siptest.SDP(4000))
			_, rtpAt := rtpPort(t)
			reports, rtcpAt := rtpPort(t)
			if !soundToo {
				rtpAt = 4000
			}
			caller.Do("INVITE", siptest.SDP(rtpAt, "a=rtcp:"+strconv.Itoa(rtcpAt)))
			caller.Expect("200 INVITE")
			caller.Do("ACK", "")
			awaitReport(t, d, reports, forward)
			stillWorks(t, d, caller, c)
		})
	}
}

// awaitReport has time fly until a sender's report arrives.
func awaitReport(t *testing.T, d *desk, at *net.UDPConn, forward func(time.Duration)) {
	t.Helper()
	buf := make([]byte, 2048)
	for range 5 { // more, and the call would be given up
		forward(8 * time.Second) // longer than between any two reports
		for range 3 {
			d.sound.Frame(loud)
		}
		_ = at.SetReadDeadline(time.Now().Add(time.Second))
		n, err := at.Read(buf)
		if err != nil {
			continue
		}
		packets, err := rtcp.Unmarshal(buf[:n])
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := packets[0].(*rtcp.SenderReport); ok {
			return
		}
	}
	t.Fatal("no report came to the new port")
}
