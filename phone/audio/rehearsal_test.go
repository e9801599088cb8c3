package audio

import (
	"slices"
	"testing"
)

func TestARehearsalRepeatsThreeSecondsOnce(t *testing.T) {
	type told struct {
		step    RehearsalStep
		loudest float64
	}
	var steps []told
	r := newRehearsal(func(s RehearsalStep, l float64) { steps = append(steps, told{s, l}) })
	frames := int(RehearsalTime / FrameTime)
	frame := func(n int) []int16 { return slices.Repeat([]int16{int16(n + 1)}, FrameSamples) }
	for n := range frames {
		out := make([]int16, FrameSamples)
		r.Play(out)
		if out[0] != 0 {
			t.Fatalf("frame %d: it plays while it records", n)
		}
		r.Capture(frame(n))
	}
	for n := range frames {
		r.Capture(frame(1000)) // what is said while it plays is not recorded
		out := make([]int16, FrameSamples)
		r.Play(out)
		if !slices.Equal(out, frame(n)) {
			t.Fatalf("frame %d comes back as %v", n, out[:3])
		}
	}
	out := make([]int16, FrameSamples)
	r.Play(out)
	if out[0] != 0 {
		t.Error("it goes on after its end")
	}
	loudest := peak(frame(frames - 1))
	if want := []told{{RehearsalListening, loudest}, {RehearsalOver, loudest}}; !slices.Equal(steps, want) {
		t.Errorf("told %v, want %v", steps, want)
	}
}

// On the clock of a sound card that is none.
func TestARehearsalOfSilenceEnds(t *testing.T) {
	s, err := Open(Choice{Null, Null, Null}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	release := s.Listen()
	over := make(chan float64, 1)
	stop := s.Rehearse(func(step RehearsalStep, loudest float64) {
		if step == RehearsalOver {
			over <- loudest
		}
	})
	if loudest := <-over; loudest != 0 {
		t.Errorf("silence is %v loud", loudest)
	}
	stop()
	release()
}
