package e2e

import (
	"fmt"
	"testing"
	"time"

	phone "leadline/phone/rig"
)

const rounds = 3 // by turns, so that a machine that gets busier favours nobody

// TestBenchSound measures microphone → echo → speaker, beside baresip with the same sound server,
// PBX and machine.
func TestBenchSound(t *testing.T) {
	benches(t)
	phone.Need(t, "baresip")
	o := newOffice(t)
	duplex := o.pulse.Duplex(t)
	alsa := o.pulse.ALSA(t)
	const beeps = 10
	var ours, theirs []time.Duration
	for range rounds {
		p := o.talks()
		ours = append(ours, duplex.Delays(t, beeps)...)
		p.Stop()
		b := o.baresipTalks("PCMA/8000/1", alsa)
		theirs = append(theirs, duplex.Delays(t, beeps)...)
		b.Stop()
	}
	if len(ours) < rounds*beeps*8/10 {
		t.Errorf("only %d of %d tones came back to us", len(ours), rounds*beeps)
	}
	phone.Row(t, "microphone → echo → speaker", spread(ours), "baresip "+spread(theirs), "≤ 100 ms")
}

// TestBenchCodecs measures what one call costs the whole program, its windows on the screen. Both
// telephones have the same voice in their microphone, which is a device of its own, as a headset's is.
func TestBenchCodecs(t *testing.T) {
	benches(t)
	phone.Need(t, "baresip")
	o := newOffice(t)
	alsa := o.pulse.ALSA(t)
	for _, c := range []struct{ name, ours, theirs string }{
		{"PCMA", "pcma", "PCMA/8000/1"}, {"G.722", "g722", "G722/16000/1"}, {"Opus", "opus", "opus/48000/2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer o.pulse.Play(t, phone.Talk(48000, 3*60))()
			o.account(fmt.Sprintf("codecs = [%q]\n", c.ours))
			var us, them []float64
			for range rounds {
				p := o.talks()
				us = append(us, busy(p.Process, 10*time.Second))
				p.Stop()
				b := o.baresipTalks(c.theirs, alsa)
				them = append(them, busy(b, 10*time.Second))
				b.Stop()
			}
			ours, theirs := phone.Median(us), phone.Median(them)
			t.Logf("ours %.2f, baresip %.2f", us, them)
			phone.Row(t, "one "+c.name+" call, CPU of one core", fmt.Sprintf("%.1f %%, %.2f ×", ours, ours/theirs), fmt.Sprintf("baresip %.1f %%", theirs), "≤ 1.5 × baresip")
		})
	}
}

// talks is the program in a call of which the PBX sends the echo, its jitter buffer settled.
func (o *office) talks() *program {
	o.t.Helper()
	p := o.registered()
	p.do(p.door.Call(p.ctx(), "600", ""))
	p.until("we talk", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].State == "talking" })
	time.Sleep(3 * time.Second)
	return p
}

// baresipTalks is baresip in the same call.
func (o *office) baresipTalks(codec string, alsa []string) *phone.Process {
	o.t.Helper()
	b := phone.StartBaresip(o.t, phone.BaresipOptions{User: "102", Password: "two", Registrar: o.pbx.Addr(), Audio: "alsa,default", Env: alsa,
		Codecs: codec, Config: "module g722.so\nmodule opus.so\n"})
	b.Registered(soon)
	b.Dial(o.pbx.URI("600"))
	b.WaitFor("CALL_ESTABLISHED", soon)
	time.Sleep(3 * time.Second)
	return b.Process()
}
