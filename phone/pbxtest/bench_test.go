package pbxtest

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/rig"
)

// benches skips a test that only measures, unless that is wanted.
func benches(t *testing.T) {
	t.Helper()
	if os.Getenv("LEADLINE_BENCH") != "1" {
		t.Skip("measures only with LEADLINE_BENCH=1: make bench")
	}
}

// row prints one measured row of the README's table, and adds it to the file of
// LEADLINE_BENCH_FILE.
func row(t *testing.T, what, ours, others, wanted string) {
	t.Helper()
	line := fmt.Sprintf("| %s | %s | %s | %s |", what, ours, others, wanted)
	t.Log(line)
	name := os.Getenv("LEADLINE_BENCH_FILE")
	if name == "" {
		return
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fmt.Fprintln(f, line)
}

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

// ourShare is the share of a core that this process takes for a while.
func ourShare(t *testing.T) float64 {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before, began := used(), time.Now()
	time.Sleep(benchTime)
	return 100 * float64(used()-before) / float64(time.Since(began))
}

const benchTime = 10 * time.Second

// theirShare is the same of another process.
func theirShare(t *testing.T, p *rig.Process) float64 {
	used := func() (all time.Duration) {
		for _, pid := range p.Group() {
			b, err := os.ReadFile("/proc/" + pid + "/stat")
			if err != nil {
				continue
			}
			// proc(5): fields 14 and 15 after the name in parentheses, in ticks of 10 ms.
			f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
			user, _ := strconv.Atoi(f[11])
			system, _ := strconv.Atoi(f[12])
			all += time.Duration(user+system) * 10 * time.Millisecond
		}
		return all
	}
	before, began := used(), time.Now()
	time.Sleep(benchTime)
	return 100 * float64(used()-before) / float64(time.Since(began))
}

// What one call costs per codec, the telephone alone, beside baresip at the same PBX
// and sound server.
func TestBenchCallPerCodec(t *testing.T) {
	benches(t)
	rig.Need(t, "baresip")
	for _, codec := range []struct{ ours, pbx, theirs, module string }{
		{"pcma", "alaw", "PCMA/8000/1", ""}, {"pcmu", "ulaw", "PCMU/8000/1", ""},
		{"g722", "g722", "G722/16000/1", "module g722.so\n"}, {"opus", "opus", "opus/48000/2", "module opus.so\n"},
	} {
		t.Run(codec.ours, func(t *testing.T) {
			pulse := rig.StartPulse(t)
			alsa := pulse.ALSA(t)
			p := rig.StartAsterisk(t, rig.AsteriskOptions{Endpoints: []rig.Endpoint{
				{User: "101", Password: "one", Codecs: []string{codec.pbx}}, {User: "102", Password: "two", Codecs: []string{codec.pbx}},
			}})
			b := rig.StartBaresip(t, rig.BaresipOptions{User: "102", Password: "two", Registrar: p.Addr(), Audio: "alsa,default", Env: alsa,
				Codecs: codec.theirs, Config: codec.module})
			b.Registered(soon)
			b.Dial(p.URI("600"))
			b.WaitFor("CALL_ESTABLISHED", soon)
			time.Sleep(2 * time.Second)
			theirs := theirShare(t, b.Process())
			b.HangUp()
			b.Process().Stop()

			card, err := audio.Open(audio.Choice{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer card.Close()
			s := newSet(t, p, card, codec.ours)
			defer s.close()
			c := s.talk("600")
			time.Sleep(2 * time.Second)
			ours := ourShare(t)
			row(t, "one call in "+c.Codec+", the telephone alone", fmt.Sprintf("%.1f %%", ours), fmt.Sprintf("baresip %.1f %%", theirs), "≤ 1.5 × baresip")
		})
	}
}

// Fifty calls on hold and one that talks.
func TestBenchFiftyHeldCalls(t *testing.T) {
	benches(t)
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
	one := ourShare(t)
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
	row(t, "fifty calls held, one talking", fmt.Sprintf("%.1f %%", ourShare(t)), fmt.Sprintf("one alone %.1f %%", one), "")
}
