package audio_test

import (
	"testing"

	"leadline/phone/audio"
	"leadline/phone/rig"
)

// played is what a fake sound card plays in seconds.
func played(f *audio.Fake, seconds float64) rig.Sound {
	s := rig.Sound{Rate: audio.Rate}
	for range int(seconds * 100) {
		s.Samples = append(s.Samples, f.Frame(nil)...)
	}
	return s
}

func TestTonesHaveTheirPitchAndCadence(t *testing.T) {
	for _, c := range []struct {
		name         string
		tone         audio.Tone
		on, off      [2]float64 // seconds in which it sounds, and is silent
		again        float64    // sounds again at
		hertz, level float64
	}{
		{"ringback", audio.ToneRingback, [2]float64{0, 1}, [2]float64{1, 5}, 5, 425, 0.08},
		{"busy", audio.ToneBusy, [2]float64{0, 0.48}, [2]float64{0.48, 0.96}, 0.96, 425, 0.08},
		{"congestion", audio.ToneCongestion, [2]float64{0, 0.24}, [2]float64{0.24, 0.48}, 0.48, 425, 0.08},
		{"call waiting", audio.ToneWaiting, [2]float64{0.4, 0.6}, [2]float64{0.6, 5.6}, 5.6, 425, 0.04},
		{"test", audio.ToneTest, [2]float64{0, 0.6}, [2]float64{0.6, 1}, 1, 440, 0.08},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := audio.NewFake()
			stop := f.Tone(c.tone)
			s := played(f, c.again+0.2)
			on := s.Cut(c.on[0], c.on[1])
			if share := on.Share(c.hertz); share < 0.95 {
				t.Errorf("%v Hz is %.3f of it", c.hertz, share)
			}
			if l := on.Level(); l < c.level*0.9 || l > c.level*1.1 {
				t.Errorf("level %.4f, want about %v", l, c.level)
			}
			if l := s.Cut(c.off[0], c.off[1]).Level(); l != 0 {
				t.Errorf("level %.4f in the pause", l)
			}
			if l := s.Cut(c.again+0.01, c.again+0.15).Level(); l < c.level*0.8 {
				t.Errorf("level %.4f when it should sound again", l)
			}
			stop()
			if played(f, 0.5).Level() != 0 {
				t.Error("it does not stop")
			}
		})
	}
}
