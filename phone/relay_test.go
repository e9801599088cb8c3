package phone_test

import (
	"encoding/binary"
	"math"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/media"
	"leadline/phone/rig"
	"leadline/phone/sdp"
	"leadline/phone/siptest"
)

// remote is a telephone far away: it answers each call behind a relay, says 440 Hz and keeps
// what it hears.
type remote struct {
	relay *rig.Relay
	voice *media.Session
	wire  rig.Wire // what has come of our sound

	mu    sync.Mutex
	heard []int16
}

const (
	ourTone   = 660 // Hz
	theirTone = 440
)

// whistle is a microphone that hears a tone.
func whistle(hertz float64) func() []int16 {
	n := 0
	return func() []int16 {
		frame := make([]int16, audio.FrameSamples)
		for i := range frame {
			frame[i] = int16(8000 * math.Sin(2*math.Pi*hertz*float64(n)/media.Rate))
			n++
		}
		return frame
	}
}

// far is a remote and a phone of ours that reaches it through the weather only, signalling
// and sound. hears gives what our speaker played since the last time.
func far(t *testing.T, w rig.Weather, change func(*phone.Timing)) (r *remote, d *desk, hears func() rig.Sound) {
	t.Helper()
	pbx := siptest.New(t)
	r = &remote{relay: rig.StartRelay(t, w), wire: rig.Wire{Hertz: ourTone}}
	door := r.relay.Port(pbx.Addr())
	conn, port := rtpPort(t)
	mediaDoor := r.relay.Port(conn.LocalAddr().String())
	_, doorPort, err := net.SplitHostPort(mediaDoor)
	if err != nil {
		t.Fatal(err)
	}
	answer := siptest.SDP(port, "a=rtcp-mux")
	answer = strings.Replace(answer, "m=audio "+strconv.Itoa(port), "m=audio "+doorPort, 1)
	pbx.Handle(func(m siptest.Message) bool {
		switch m.Method() {
		case "INVITE":
			pbx.Reply(m, 200, "OK", answer, "Record-Route: <sip:"+door+";lr>")
		case "BYE", "CANCEL":
			pbx.Reply(m, 200, "OK", "")
		case "ACK":
		default:
			return false
		}
		return true
	})
	r.speak(t, conn)

	d = newDesk(t, pbx, func(c *phone.Config, a *phone.Account) {
		a.Address = "sip:101@" + door
		c.Timing.Answer, c.Timing.Ping = time.Second, 300*time.Millisecond
		if change != nil {
			change(&c.Timing)
		}
	})
	var mu sync.Mutex
	var heard []int16
	t.Cleanup(d.sound.Run(whistle(ourTone), func(frame []int16) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, frame...)
	}))
	return r, d, func() rig.Sound {
		mu.Lock()
		defer mu.Unlock()
		s := rig.Sound{Rate: media.Rate, Samples: heard}
		heard = nil
		return s
	}
}

// speak runs the remote's sound on its socket.
func (r *remote) speak(t *testing.T, conn *net.UDPConn) {
	t.Helper()
	f := sdp.Format{Codec: sdp.PCMA, PayloadSend: 8, PayloadRecv: 8}
	var to atomic.Pointer[net.UDPAddr]
	send := func(b []byte) {
		if a := to.Load(); a != nil {
			_, _ = conn.WriteToUDP(b, a)
		}
	}
	var err error
	r.voice, err = media.New(media.Config{
		Media: sdp.Media{Format: f, Accept: []sdp.Format{f}, Mux: true, Ptime: 20}, Send: send, SendRTCP: send,
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buf := make([]byte, 2000)
		for {
			n, from, err := conn.ReadFromUDP(buf)
			if err != nil {
				return
			}
			to.Store(from)
			r.wire.Take(buf[:n])
			r.voice.ReceiveRTP(buf[:n], time.Now())
		}
	}()
	sound := audio.NewFake()
	sound.Attach(r.voice)
	stop := sound.Run(whistle(theirTone), func(frame []int16) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.heard = append(r.heard, frame...)
	})
	t.Cleanup(func() {
		stop()
		_ = conn.Close()
		<-ended
	})
}

// hears is what the remote has heard since the last time.
func (r *remote) hears() rig.Sound {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := rig.Sound{Rate: media.Rate, Samples: r.heard}
	r.heard = nil
	return s
}

// both waits until either side hears the other's tone and little else for a second.
func both(t *testing.T, what string, ours, theirs func() rig.Sound) (here, there float64) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); ; {
		ours()
		theirs()
		time.Sleep(time.Second)
		a, b := ours(), theirs()
		here, there = a.Share(theirTone), b.Share(ourTone)
		if a.Level() > 0.05 && b.Level() > 0.05 && here > 0.6 && there > 0.6 {
			return here, there
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %.2f of what we hear is the remote's tone (level %.3f), %.2f there is ours (level %.3f)",
				what, here, a.Level(), there, b.Level())
		}
	}
}

func TestACallThroughABadNetworkKeepsItsSound(t *testing.T) {
	r, d, ours := far(t, rig.Weather{Loss: 0.05, Double: 0.05, Delay: 20 * time.Millisecond, Jitter: 40 * time.Millisecond,
		Displaced: 0.05, Seed: 7}, nil)
	d.registered()
	id, err := d.Dial("", "102")
	d.do(err)
	d.state(phone.Active)
	both(t, "as it begins", ours, r.hears)
	time.Sleep(4 * time.Second)
	here, there := both(t, "later", ours, r.hears)
	var c phone.Call
	d.eventually("the figures of such a call", func() bool { // a machine that is busy for a moment is bad weather, too
		c = d.Calls()[0]
		return c.Stats.MOS >= 2 && c.Stats.MOS <= 4.3
	})
	carried, dropped := r.relay.Counts()
	t.Logf("%d packets carried, %d lost; %.0f%% of what we hear is their tone, %.0f%% of what they hear is ours; "+
		"loss %.1f%%, jitter %v, delay %v, round trip %v, MOS %.2f", carried, dropped, 100*here, 100*there,
		c.Stats.LossPercent, c.Stats.Jitter, c.Stats.Delay, c.Stats.RoundTrip, c.Stats.MOS)
	if c.Stats.Lost == 0 || c.Stats.Jitter < 2*time.Millisecond {
		t.Errorf("the weather isn't noticed: %+v", c.Stats)
	}
	r.heardWhole(t)
	d.do(d.HangUp(id))
	d.ended(phone.HungUpHere)
}

// heardWhole holds that our sound was sent without a break, whatever the weather did to it.
func (r *remote) heardWhole(t *testing.T) {
	t.Helper()
	if whole, broken := r.wire.Follows(); len(broken) > 0 || whole < 25 {
		t.Errorf("%d packets of ours go on where the one before ended, and these don't: %q", whole, broken)
	}
}

// The cable is out for 2 s. Every timer but those of sound is at least ten times as fast here as
// in earnest (quick, TestMain), so that stands for 20 s.
func TestACableThatIsPulledForAWhile(t *testing.T) {
	t.Parallel()
	r, d, ours := far(t, rig.Weather{Delay: time.Millisecond}, func(timing *phone.Timing) { timing.MediaAlive = 6 * time.Second })
	d.registered()
	id, err := d.Dial("", "102")
	d.do(err)
	d.state(phone.Active)
	both(t, "before", ours, r.hears)

	r.relay.Cut(true)
	began := time.Now()
	d.eventually("the registration is tried again", func() bool { return d.Registrations()[0].State == phone.Retrying })
	time.Sleep(time.Until(began.Add(2 * time.Second)))
	r.relay.Cut(false)
	d.registered()
	both(t, "plugged in again", ours, r.hears)
	r.heardWhole(t)
	if now := d.last(id); now.State != phone.Active {
		t.Fatalf("the call is %s: %s", now.State, now.SIPReason)
	}
	d.do(d.Hold(id, true)) // a re-INVITE has to get through
	d.state(phone.HeldHere)
	d.do(d.HangUp(id))
	d.ended(phone.HungUpHere)
}

// The cable is out for 20 s with the telephone's own waits; beside it run whatever tests are
// parallel.
func TestACableThatIsOutForTwentySeconds(t *testing.T) {
	t.Parallel()
	r, d, ours := far(t, rig.Weather{Delay: time.Millisecond}, func(timing *phone.Timing) { *timing = phone.Timing{} })
	d.registered()
	id, err := d.Dial("", "102")
	d.do(err)
	d.state(phone.Active)
	both(t, "before", ours, r.hears)
	r.relay.Cut(true)
	time.Sleep(20 * time.Second)
	if now := d.Calls()[0]; now.Stats.Trouble == phone.NoTrouble {
		t.Errorf("nothing is said of it: %+v", now.Stats)
	}
	r.relay.Cut(false)
	both(t, "plugged in again", ours, r.hears)
	d.do(d.Hold(id, true))
	d.call("held", func(c phone.Call) bool { return c.ID == id && c.State == phone.HeldHere })
	d.do(d.HangUp(id))
	d.ended(phone.HungUpHere)
}

// The microphone's sound leaves a call whole: each frame once, in its order, at its time. By a simulated clock, so that
// nothing is to be excused.
func TestWhatIsSaidLeavesWhole(t *testing.T) {
	t.Parallel()
	conn, port := rtpPort(t)
	var clock atomic.Int64
	clock.Store(time.Now().UnixNano())
	pbx := siptest.New(t)
	d := newDesk(t, pbx, func(c *phone.Config, _ *phone.Account) {
		c.Now = func() time.Time { return time.Unix(0, clock.Load()) }
	}).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(port))
	c := d.rings()
	d.do(d.Answer(c.ID))
	caller.Answered("")
	d.eventually("voice", func() bool { return d.sound.Voices() == 1 })
	wire := rig.Wire{Hertz: ourTone}
	microphone, buf := whistle(ourTone), make([]byte, 2000)
	var first, at uint32
	const packets = 500
	for n := range packets {
		for range 2 {
			d.sound.Frame(microphone())
			clock.Add(int64(audio.FrameTime))
		}
		if err := conn.SetReadDeadline(time.Now().Add(siptest.Patience)); err != nil {
			t.Fatal(err)
		}
		size, _, err := conn.ReadFromUDP(buf)
		if err != nil {
			t.Fatalf("packet %d: %v", n, err)
		}
		wire.Take(buf[:size])
		if at = binary.BigEndian.Uint32(buf[4:]); n == 0 {
			first = at
		}
		if pause := n > 0 && buf[1]&0x80 != 0; pause || at != first+uint32(160*n) {
			t.Fatalf("packet %d is %d samples after the first, after a pause: %v", n, at-first, pause)
		}
	}
	// The filter needs a frame to begin with.
	if whole, broken := wire.Follows(); whole < packets-2 || len(broken) > 0 {
		t.Errorf("%d of %d packets go on where the one before ended, and these don't: %q", whole, packets, broken)
	}
}
