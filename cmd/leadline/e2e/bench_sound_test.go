package e2e

import (
	"fmt"
	"testing"
	"time"

	phone "leadline/phone/rig"
)

// TestBenchSound measures microphone → echo → speaker and what one call of G.711
// A-law costs, beside baresip with the same sound server, PBX and machine. Both go
// first in turn, so that a machine that gets busier favours neither.
func TestBenchSound(t *testing.T) {
	benches(t)
	phone.Need(t, "baresip")
	o := newOffice(t)
	duplex := o.pulse.Duplex(t)
	alsa := o.pulse.ALSA(t)
	const beeps = 10

	ours := func() ([]time.Duration, float64) {
		p := o.registered()
		defer p.Stop()
		p.do(p.door.Call(p.ctx(), "600", ""))
		p.until("we talk", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].State == "talking" })
		time.Sleep(3 * time.Second) // the jitter buffer finds its depth
		return duplex.Delays(t, beeps), busy(p.Process, 10*time.Second)
	}
	theirs := func() ([]time.Duration, float64) {
		b := phone.StartBaresip(t, phone.BaresipOptions{User: "102", Password: "two", Registrar: o.pbx.Addr(), Audio: "alsa,default", Env: alsa, Codecs: "PCMA/8000/1"})
		defer b.Process().Stop()
		b.Registered(soon)
		b.Dial(o.pbx.URI("600"))
		b.WaitFor("CALL_ESTABLISHED", soon)
		time.Sleep(3 * time.Second)
		return duplex.Delays(t, beeps), busy(b.Process(), 10*time.Second)
	}
	var ourDelay, theirDelay []time.Duration
	var ourCPU, theirCPU float64
	const rounds = 2
	for range rounds {
		d, c := ours()
		ourDelay, ourCPU = append(ourDelay, d...), ourCPU+c/rounds
		d, c = theirs()
		theirDelay, theirCPU = append(theirDelay, d...), theirCPU+c/rounds
	}
	if len(ourDelay) < rounds*beeps*8/10 {
		t.Errorf("only %d of %d tones came back to us", len(ourDelay), rounds*beeps)
	}
	phone.Row(t, "microphone → echo → speaker", spread(ourDelay), "baresip "+spread(theirDelay), "≤ 100 ms")
	phone.Row(t, "one PCMA call, CPU of one core", fmt.Sprintf("%.1f %%", ourCPU), fmt.Sprintf("baresip %.1f %%", theirCPU), "≤ 1.5 × baresip")
}

// TestBenchCodecs measures what one call of the wide-band codecs costs, as TestBenchSound does.
func TestBenchCodecs(t *testing.T) {
	benches(t)
	phone.Need(t, "baresip")
	o := newOffice(t)
	alsa := o.pulse.ALSA(t)
	for _, c := range []struct{ name, ours, theirs string }{{"G.722", "g722", "G722/16000/1"}, {"Opus", "opus", "opus/48000/2"}} {
		o.account(fmt.Sprintf("codecs = [%q]\n", c.ours))
		p := o.registered()
		p.do(p.door.Call(p.ctx(), "600", ""))
		p.until("we talk", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].State == "talking" })
		time.Sleep(3 * time.Second)
		ourCPU := busy(p.Process, 10*time.Second)
		p.Stop()

		b := phone.StartBaresip(t, phone.BaresipOptions{User: "102", Password: "two", Registrar: o.pbx.Addr(), Audio: "alsa,default", Env: alsa,
			Codecs: c.theirs, Config: "module g722.so\nmodule opus.so\n"})
		b.Registered(soon)
		b.Dial(o.pbx.URI("600"))
		b.WaitFor("CALL_ESTABLISHED", soon)
		time.Sleep(3 * time.Second)
		theirCPU := busy(b.Process(), 10*time.Second)
		b.Process().Stop()
		phone.Row(t, "one "+c.name+" call, CPU of one core", fmt.Sprintf("%.1f %%", ourCPU), fmt.Sprintf("baresip %.1f %%", theirCPU), "≤ 1.5 × baresip")
	}
}
