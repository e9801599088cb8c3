package media

import (
	"math"
	"testing"
)

// voice is a made-up vowel at 8 kHz: a fundamental that glides from 120 Hz, with harmonics.
func voice(n int) []int16 {
	out := make([]int16, n)
	phase := 0.0
	for i := range out {
		phase += 2 * math.Pi * (120 + 4*float64(i)/float64(n)) / 8000
		v := 0.0
		for h := 1.0; h <= 12; h++ {
			v += math.Sin(h*phase) / h
		}
		out[i] = int16(6000 * v)
	}
	return out
}

func TestConcealmentContinuesAVoice(t *testing.T) {
	speech := voice(8000)
	c := newConcealer(8000)
	for _, at := range []int{2000, 4111, 6050} {
		made := make([]int16, 80)
		c.made = 0
		c.conceal(made, speech[:at])
		var noise, signal float64
		for i, v := range made {
			d := float64(v) - float64(speech[at+i])
			noise += d * d
			signal += float64(speech[at+i]) * float64(speech[at+i])
		}
		got := 10 * math.Log10(signal/noise)
		t.Logf("10 ms lost at %d: %.1f dB like what was lost", at, got)
		if got < 8 {
			t.Errorf("10 ms lost at %d are replaced at %.1f dB", at, got)
		}
	}
}

func TestConcealmentFadesAndEnds(t *testing.T) {
	speech := voice(8000)
	c := newConcealer(8000)
	made := make([]int16, 800)
	for i := 0; i < len(made); i += 80 { // frame by frame, as it is asked for
		c.conceal(made[i:i+80], speech)
	}
	first, fourth := level(made[:80]), level(made[320:400])
	if first < level(speech[7000:])/2 {
		t.Errorf("the first 10 ms have a level of %d, the voice %d", first, level(speech[7000:]))
	}
	if fourth == 0 || fourth > first/3 {
		t.Errorf("the level goes from %d to %d in 40 ms", first, fourth)
	}
	if rest := level(made[480:]); rest != 0 {
		t.Errorf("after 60 ms there is still a level of %d", rest)
	}
}

// steepest is the largest step between two samples.
func steepest(pcm []int16) (steep int) {
	for i := 1; i < len(pcm); i++ {
		d := int(pcm[i]) - int(pcm[i-1])
		steep = max(steep, d, -d)
	}
	return steep
}

func TestConcealmentDoesNotClick(t *testing.T) {
	speech := voice(8000)
	limit := steepest(speech) * 5 / 4
	for at := 1000; at < 7000; at += 37 {
		c := newConcealer(8000)
		out := append([]int16(nil), speech[at-480:at]...)
		out = append(out, make([]int16, 160)...)
		c.conceal(out[480:640], out[:480])
		good := append([]int16(nil), speech[at+160:at+320]...)
		c.resume(good)
		if got := steepest(append(out, good...)); got > limit {
			t.Fatalf("a step of %d at %d, the voice's own are %d", got, at, steepest(speech))
		}
	}
}

func TestStretchingDoesNotClick(t *testing.T) {
	speech := voice(8000)
	limit := steepest(speech) * 5 / 4
	for at := 1000; at < 7000; at += 37 {
		for name, change := range map[string]func(*track) int{
			"removing":  func(tr *track) int { return tr.remove(8000, 120, 0.8) },
			"inserting": func(tr *track) int { return -tr.insert(8000, 120, 0.8) },
		} {
			tr := newTrack(8000)
			copy(tr.grow(480), speech[at-480:at])
			tr.head += 480
			copy(tr.grow(400), speech[at:at+400])
			n := change(tr)
			if n == 0 {
				t.Fatalf("%s at %d: no place found in a voice", name, at)
			}
			if got := tr.ahead(); got != 400-n {
				t.Fatalf("%s %d samples of 400 leaves %d", name, n, got)
			}
			if got := steepest(tr.buf[tr.head-480:]); got > limit {
				t.Fatalf("%s at %d: a step of %d, the voice's own are %d", name, at, got, steepest(speech))
			}
		}
	}
}
