package rig

import (
	"fmt"
	"testing"
	"time"
)

func TestDuplexMeasuresTheTimeFromMicrophoneToSpeaker(t *testing.T) {
	p := StartPulse(t)
	d := p.Duplex(t)
	// A wire from the microphone to the speaker: the sound server's own loopback,
	// which is asked for 100 ms.
	p.load(t, "wire", "module-loopback", "source=mouth", "sink=ear", "latency_msec=100")
	// The sound server waits longer where the machine has made it late, and tones are lost then: it is a wire of 100 ms
	// when nothing hinders it.
	Eventually(t, time.Minute, "a wire of 100 ms is measured", func() (bool, string) {
		got := d.Delays(t, 3)
		m := Quantile(got, 0.5)
		return len(got) == 3 && m >= 30*time.Millisecond && m <= 300*time.Millisecond, fmt.Sprintf("of 3 tones these come back: %v", got)
	})
}

func TestDelaysPairEachToneWithItsEcho(t *testing.T) {
	ms := time.Millisecond
	got := delays([]time.Duration{500 * ms, 1500 * ms, 2500 * ms}, []time.Duration{590 * ms, 2600 * ms})
	if len(got) != 2 || got[0] != 90*ms || got[1] != 100*ms {
		t.Errorf("%v", got)
	}
}
