package pbxtest

import (
	"context"
	"fmt"
	"strconv"
	"syscall"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/rig"
)

// set is a telephone without a window on a sound card, in this process.
type set struct {
	*phone.Phone
	t     *testing.T
	calls chan phone.Call
	regs  chan phone.Registration
}

func (s *set) CallChanged(c phone.Call)                 { s.calls <- c }
func (s *set) RegistrationChanged(r phone.Registration) { s.regs <- r }

func newSet(t *testing.T, p *rig.Asterisk, sound phone.Sound, codecs ...string) *set {
	t.Helper()
	s := &set{t: t, calls: make(chan phone.Call, 10000), regs: make(chan phone.Registration, 1000)}
	s.Phone = phone.New(phone.Config{Sound: sound, Listener: s})
	t.Cleanup(s.close)
	a := account(p, "udp")
	a.Codecs = codecs
	if err := s.SetAccounts([]phone.Account{a}); err != nil {
		t.Fatal(err)
	}
	for r := range s.regs {
		if r.State == phone.Registered {
			return s
		}
	}
	return nil
}

func (s *set) close() {
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	_ = s.Close(ctx)
}

// talk calls the extension and waits until it talks.
func (s *set) talk(extension string) phone.Call {
	s.t.Helper()
	id, err := s.Dial("", extension)
	if err != nil {
		s.t.Fatal(err)
	}
	late := time.After(2 * soon)
	for {
		select {
		case c := <-s.calls:
			switch {
			case c.ID == id && c.State == phone.Active && c.Codec != "":
				return c
			case c.ID == id && c.State == phone.Ended:
				s.t.Fatalf("call %s ended: %s %d %s", id, c.Cause, c.SIPCode, c.SIPReason)
			}
		case <-late:
			s.t.Fatalf("%s does not talk", extension)
		}
	}
}

const (
	benchTime   = 10 * time.Second
	benchRounds = 3 // by turns, so that a machine that gets busier favours nobody
)

// ours is the processor time of this process.
func ours() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// What one call costs per codec, the telephone alone, beside baresip at the same PBX and sound
// server, both with the same voice in their microphone and its echo from the PBX. Of Opus, baresip
// as it is delivered sends stereo with complexity 10; beside it stands one that is told to do what we do.
func TestBenchCallPerCodec(t *testing.T) {
	rig.Bench(t)
	rig.Need(t, "baresip")
	for _, codec := range []struct{ name, ours, pbx, theirs, config string }{
		{"PCMA", "pcma", "alaw", "PCMA/8000/1", ""},
		{"PCMU", "pcmu", "ulaw", "PCMU/8000/1", ""},
		{"G.722", "g722", "g722", "G722/16000/1", "module g722.so\n"},
		{"Opus, baresip as delivered", "opus", "opus", "opus/48000/2", "module opus.so\n"},
		{"Opus, baresip set likewise", "opus", "opus", "opus/48000/2", "module opus.so\n" +
			"opus_stereo no\nopus_sprop_stereo no\nopus_application voip\nopus_bitrate 40000\nopus_complexity 3\nopus_inbandfec yes\n"},
	} {
		t.Run(codec.name, func(t *testing.T) {
			pulse := rig.StartPulse(t)
			p := rig.StartAsterisk(t, rig.AsteriskOptions{Endpoints: []rig.Endpoint{
				{User: "101", Password: "one", Codecs: []string{codec.pbx}}, {User: "102", Password: "two", Codecs: []string{codec.pbx}},
			}})
			baresip := rig.BaresipOptions{User: "102", Password: "two", Registrar: p.Addr(), Audio: "alsa,default", Env: pulse.ALSA(t),
				Codecs: codec.theirs, Config: codec.config}
			defer pulse.Play(t, rig.Talk(48000, 3*60))()
			var us, them []float64
			for range benchRounds {
				them = append(them, costOfBaresip(t, p, baresip))
				us = append(us, costOfOurs(t, p, codec.ours))
			}
			ours, theirs := rig.Median(us), rig.Median(them)
			t.Logf("ours %.2f, baresip %.2f", us, them)
			rig.Row(t, "one call in "+codec.name+", the telephone alone", fmt.Sprintf("%.2f %%, %.2f ×", ours, ours/theirs), fmt.Sprintf("baresip %.2f %%", theirs), "≤ 1.5 × baresip")
		})
	}
}

// costOfBaresip is the share of a core, in percent, that a call takes of which the PBX sends the echo.
func costOfBaresip(t *testing.T, p *rig.Asterisk, opt rig.BaresipOptions) float64 {
	t.Helper()
	b := rig.StartBaresip(t, opt)
	defer b.Process().Stop()
	b.Registered(soon)
	b.Dial(p.URI("600"))
	b.WaitFor("CALL_ESTABLISHED", soon)
	time.Sleep(2 * time.Second)
	return rig.Busy(b.Process().ProcessorTime, benchTime)
}

// costOfOurs likewise.
func costOfOurs(t *testing.T, p *rig.Asterisk, codec string) float64 {
	t.Helper()
	card, err := audio.Open(audio.Choice{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer card.Close()
	s := newSet(t, p, card, codec)
	defer s.close()
	s.talk("600")
	time.Sleep(2 * time.Second)
	return rig.Busy(ours, benchTime)
}

// Fifty calls on hold and one that talks.
func TestBenchFiftyHeldCalls(t *testing.T) {
	rig.Bench(t)
	const held = 50
	rig.StartPulse(t)
	p := rig.StartAsterisk(t, rig.AsteriskOptions{Endpoints: people, Calls: held + 10})
	card, err := audio.Open(audio.Choice{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer card.Close()
	s := newSet(t, p, card, "pcma")
	defer s.close()
	s.talk("600")
	time.Sleep(2 * time.Second)
	one := rig.Busy(ours, benchTime)
	for range held {
		s.talk("600")
	}
	rig.Eventually(t, 2*soon, "fifty are held", func() (bool, string) {
		n := 0
		for _, c := range s.Calls() {
			if c.State == phone.HeldHere {
				n++
			}
		}
		return n == held, strconv.Itoa(n)
	})
	time.Sleep(2 * time.Second)
	rig.Row(t, "fifty calls held, one talking", fmt.Sprintf("%.1f %%", rig.Busy(ours, benchTime)), fmt.Sprintf("one alone %.1f %%", one), "")
}
