package media

import (
	"math"
	"testing"
)

// filtered is the gain in dB of a tone that goes down to 8 kHz and comes up again, measured at
// the frequency hears (an alias, where that differs).
func filtered(hz, hears float64) float64 {
	down, up := newDownsampler(8000), newUpsampler(8000)
	var narrow [80]int16
	var frame [FrameSamples]int16
	var out []int16
	for i := range 150 {
		for k := range frame {
			frame[k] = int16(math.Round(16384 * math.Sin(2*math.Pi*hz*float64(i*FrameSamples+k)/Rate)))
		}
		down.run(narrow[:], frame[:])
		up.run(frame[:], narrow[:])
		if i >= 50 {
			out = append(out, frame[:]...)
		}
	}
	return 20 * math.Log10(max(goertzel(out, hears), 1e-6)/0.5)
}

func TestResamplersPassSpeech(t *testing.T) {
	for _, hz := range []float64{50, 300, 1000, 2000, 3000, 3400} {
		if got := filtered(hz, hz); got < -0.2 || got > 0.2 {
			t.Errorf("%.0f Hz come out with %.2f dB", hz, got)
		} else {
			t.Logf("%.0f Hz: %.3f dB", hz, got)
		}
	}
}

func TestResamplersLetNothingAliasIntoSpeech(t *testing.T) {
	for _, hz := range []float64{4700, 5000, 6000, 7000, 9000, 12000, 15500, 20000} {
		alias := math.Abs(hz - 8000*math.Round(hz/8000))
		if got := filtered(hz, alias); got > -58 {
			t.Errorf("%.0f Hz come out at %.0f Hz with %.1f dB", hz, alias, got)
		} else {
			t.Logf("%.0f Hz at %.0f Hz: %.1f dB", hz, alias, got)
		}
	}
}

func TestUpsamplerMakesNoImages(t *testing.T) {
	up := newUpsampler(8000)
	var narrow [80]int16
	frame := make([]int16, FrameSamples)
	var out []int16
	for i := range 150 {
		for k := range narrow {
			narrow[k] = int16(math.Round(16384 * math.Sin(2*math.Pi*3000*float64(i*80+k)/8000)))
		}
		up.run(frame, narrow[:])
		if i >= 50 {
			out = append(out, frame...)
		}
	}
	for _, image := range []float64{5000, 11000, 13000} {
		if got := 20 * math.Log10(max(goertzel(out, image), 1e-6)/0.5); got > -58 {
			t.Errorf("3000 Hz have an image at %.0f Hz with %.1f dB", image, got)
		}
	}
}
