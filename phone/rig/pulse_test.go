package rig

import (
	"testing"
	"time"
)

func TestWhatIsPlayedIntoTheMicrophoneCanBeHeard(t *testing.T) {
	p := StartPulse(t)
	p.Play(t, Tone(48000, 440, 10, 0.5))
	stop := p.Record(t, pulseMicInput)
	time.Sleep(2 * time.Second) // paplay takes its time to begin
	if s := stop().Sounding(); s.Lasts(440) < 0.5 || s.Level() < 0.1 {
		t.Errorf("440 Hz for %.1f of %.1f s, at level %.2f", s.Lasts(440), s.Seconds(), s.Level())
	}
}

func TestAMicrophoneIsUnpluggedAndComesBack(t *testing.T) {
	p := StartPulse(t)
	has := func() bool {
		out, err := p.pactl("get-source-volume", PulseMicrophone)
		return err == nil && out != ""
	}
	if !has() {
		t.Fatal("no microphone at the start")
	}
	p.Unplug(t, PulseMicrophone)
	if has() {
		t.Error("still there after it was unplugged")
	}
	p.PlugSource(t, PulseMicrophone)
	if !has() {
		t.Error("not back")
	}
}
