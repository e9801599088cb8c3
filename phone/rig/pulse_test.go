package rig

import (
	"testing"
	"time"
)

func TestWhatIsPlayedIntoTheMicrophoneCanBeHeard(t *testing.T) {
	p := StartPulse(t)
	p.Play(t, Tone(48000, 440, 60, 0.5))
	p.Hears(t, PulseMicInput, 440) // paplay takes its time to begin
	stop := p.Record(t, PulseMicInput)
	time.Sleep(time.Second)
	if s := stop(); s.Level() < 0.1 {
		t.Errorf("it is recorded at level %.2f for %.1f s", s.Level(), s.Seconds())
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
