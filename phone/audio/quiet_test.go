package audio

import (
	"testing"
	"time"
)

func TestDigitalSilenceIsToldFromAQuietRoom(t *testing.T) {
	var q quiet
	frame := make([]int16, FrameSamples)
	for range 1000 {
		q.heard(frame)
	}
	if q.lasts() != 10*time.Second {
		t.Errorf("silent for %v", q.lasts())
	}
	frame[7] = -3 // a good headset
	q.heard(frame)
	if q.lasts() != 0 {
		t.Errorf("with noise, silent for %v", q.lasts())
	}
}
