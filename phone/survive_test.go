package phone_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/locate"
	"leadline/phone/siptest"
)

// bomb is a clock that panics as often as it was set to.
type bomb struct{ set atomic.Int64 }

func (b *bomb) now() time.Time {
	if b.set.Load() > 0 && b.set.Add(-1) >= 0 {
		panic("boom")
	}
	return time.Now()
}

// ticking is a talking desk with a bomb for a clock.
func ticking(t *testing.T, change ...func(*phone.Config)) (*desk, *bomb, *siptest.Call, phone.Call, *net.UDPAddr) {
	t.Helper()
	pbx, clock := siptest.New(t), &bomb{}
	d := newDesk(t, pbx, func(c *phone.Config, _ *phone.Account) {
		c.Now = clock.now
		for _, f := range change {
			f(c)
		}
	}).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.state(phone.Ringing)
	d.do(d.Answer(c.ID))
	ok := caller.Answered("")
	d.state(phone.Active)
	return d, clock, caller, c, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: audioPort(t, ok.Body)}
}

// broken waits until a call was ended for what went wrong in it, and takes another one.
func broken(t *testing.T, d *desk, caller *siptest.Call, id phone.CallID) {
	t.Helper()
	caller.Expect("BYE")
	if c := d.ended(phone.Failed); c.ID != id || !strings.Contains(c.SIPReason, "boom") {
		t.Errorf("ended: %+v", c)
	}
	again := caller.NewCall()
	again.Invite(siptest.SDP(4100))
	again.Do("CANCEL", "")
	again.Refused(487)
}

func TestAPanicOnAMediaPacketEndsItsCall(t *testing.T) {
	conn, _ := rtpPort(t)
	d, clock, caller, c, to := ticking(t)
	clock.set.Store(1)
	_, _ = conn.WriteToUDP(rtp(1, 8, nil), to)
	broken(t, d, caller, c.ID)
}

func TestAPanicAtTheEndOfACallEndsItNevertheless(t *testing.T) {
	conn, _ := rtpPort(t)
	d, clock, _, c, to := ticking(t)
	clock.set.Store(2) // on the packet, and while the call is ended for that
	_, _ = conn.WriteToUDP(rtp(1, 8, nil), to)
	if e := d.ended(phone.Failed); e.ID != c.ID || !strings.Contains(e.SIPReason, "boom") {
		t.Errorf("ended: %+v", e)
	}
	d.eventually("no call is left", func() bool { return len(d.Calls()) == 0 })
}

// stuckSound panics when a voice is taken off it.
type stuckSound struct {
	*audio.Fake
	taken int
}

func (s *stuckSound) Attach(v audio.Voice) (detach func()) {
	off := s.Fake.Attach(v)
	return func() {
		off()
		if s.taken++; s.taken == 1 {
			panic("boom")
		}
	}
}

// Nothing of a call is left where its end panics, and its end is told: when the clock does, which is early, and
// when the sound card does, in the middle.
func TestACallWhoseEndPanicsLetsGoOfSocketsSoundAndRecording(t *testing.T) {
	for name, change := range map[string]func(*phone.Config){
		"clock": func(*phone.Config) {},
		"sound": func(c *phone.Config) { c.Sound = &stuckSound{Fake: c.Sound.(*audio.Fake)} },
	} {
		t.Run(name, func(t *testing.T) {
			d, clock, caller, c, to := ticking(t, change)
			d.SetRecordings(phone.Recordings{Directory: t.TempDir()})
			d.do(d.Record(c.ID, true))
			d.eventually("recorded", func() bool { return len(d.last(c.ID).Recording.Files) == 1 })
			if name == "clock" {
				clock.set.Store(1)
			}
			_ = d.HangUp(c.ID)
			caller.Reply(caller.Expect("BYE"), 200, "OK", "")
			end := d.state(phone.Ended)
			if end.ID != c.ID || end.Ended.IsZero() {
				t.Errorf("ended: %+v", end)
			}
			d.eventually("no sound is left", func() bool { return len(d.Calls()) == 0 && d.sound.Voices() == 0 && d.sound.Warmed() == 0 })
			for _, port := range []int{to.Port, to.Port + 1} {
				d.eventually("its port is free", func() bool {
					conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: to.IP, Port: port})
					if err == nil {
						_ = conn.Close()
					}
					return err == nil
				})
			}
			d.eventually("the recording has ended", func() bool {
				s := d.last(c.ID).Recording.State
				return s == phone.RecordingDone || s == phone.RecordingFailed // its own clock, by chance
			})
		})
	}
}

func TestAPanicOnANewCallRefusesIt(t *testing.T) {
	pbx, clock := siptest.New(t), &bomb{}
	d := newDesk(t, pbx, func(c *phone.Config, _ *phone.Account) { c.Now = clock.now }).registered()
	caller := pbx.NewCall()
	clock.set.Store(1)
	caller.Invite(siptest.SDP(4000))
	m, ok := caller.AwaitAny(siptest.Patience, "480 INVITE", "500 INVITE")
	if !ok {
		t.Fatal("the caller hears nothing of it")
	}
	t.Log(m.Start)
	pbx.NewCall().Invite(siptest.SDP(4100))
	d.state(phone.Ringing)
}

// faultyDNS panics once, and knows every name as the loopback.
type faultyDNS struct {
	locate.Resolver
	asked atomic.Int64
}

func (f *faultyDNS) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if f.asked.Add(1) == 1 {
		panic("boom")
	}
	return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
}

func TestAPanicInAnAccountIsFollowedByAnotherTry(t *testing.T) {
	pbx, dns := siptest.New(t), &faultyDNS{}
	_, port, _ := net.SplitHostPort(pbx.Addr())
	d := newDesk(t, pbx, func(c *phone.Config, a *phone.Account) {
		c.Resolver, a.Address, a.Transport = dns, "sip:101@pbx.example:"+port, "udp"
	}).registered()
	for _, r := range d.registrations() {
		if r.State == phone.Retrying && r.Reason == "internal error" {
			return
		}
	}
	t.Errorf("nobody was told: %+v", d.registrations())
}
