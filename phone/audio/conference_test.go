package audio

import (
	"testing"
)

// says is a voice that always says the same, and remembers what it heard last.
type says struct {
	level int16
	heard int16
}

func (s *says) Play(dst []int16) {
	for i := range dst {
		dst[i] = s.level
	}
}

func (s *says) Capture(src []int16) { s.heard = src[len(src)-1] }

func steady(v int16) []int16 {
	f := make([]int16, FrameSamples)
	for i := range f {
		f[i] = v
	}
	return f
}

func TestInAConferenceEachHearsAllOthers(t *testing.T) {
	c := NewConference(nil)
	a, b, d := &says{level: 100}, &says{level: 20}, &says{level: 3}
	c.Join(a)
	second := c.Join(b)
	third := c.Join(d)
	speaker := make([]int16, FrameSamples)
	turn := func() {
		for range 2 * relayDepth {
			c.Play(speaker)
			c.Capture(steady(4000))
		}
	}
	turn()
	if speaker[0] != 123 || a.heard != 4023 || b.heard != 4103 || d.heard != 4120 {
		t.Errorf("the agent hears %d, the three %d, %d and %d", speaker[0], a.heard, b.heard, d.heard)
	}
	second.Mute(true)
	turn()
	if b.heard != 103 || a.heard != 4023 {
		t.Errorf("with the microphone off to the second the two hear %d and %d", a.heard, b.heard)
	}
	third.Leave()
	turn()
	if a.heard != 4020 || d.heard != 4120 {
		t.Errorf("when the third has left the first hears %d, the third still %d", a.heard, d.heard)
	}
}

func TestAConferenceIsLimitedNotOverflown(t *testing.T) {
	c := NewConference(nil)
	a, b := &says{level: 30000}, &says{level: 30000}
	c.Join(a)
	c.Join(b)
	speaker := make([]int16, FrameSamples)
	for range 2 * relayDepth {
		c.Play(speaker)
		c.Capture(steady(30000))
	}
	if speaker[0] != 32767 || a.heard != 32767 {
		t.Errorf("the agent hears %d, the first %d", speaker[0], a.heard)
	}
}

// The speaker may be served in bursts and at another pace than the microphone: what
// comes through is in order, and after a run of either kind nothing has piled up.
func TestAConferenceStandsClocksThatDiffer(t *testing.T) {
	c := NewConference(nil)
	a, b := &says{level: 1}, &says{level: 1}
	c.Join(a)
	c.Join(b)
	speaker := make([]int16, FrameSamples)
	silent := 0
	for i := range 10000 {
		if i%2 == 0 {
			c.Play(speaker)
			c.Play(speaker)
		}
		if i%500 == 0 { // the speaker is 0.2 % faster
			c.Play(speaker)
		}
		c.Capture(steady(10))
		if i > 10 && a.heard != 11 {
			silent++
		}
	}
	if silent > 0 {
		t.Errorf("%d of 10000 frames were silent though there was always more than enough", silent)
	}
	for range 20 { // no speaker
		c.Capture(steady(10))
	}
	if a.heard != 10 {
		t.Errorf("without anything said the first hears %d", a.heard)
	}
}

func TestAConferenceAllocatesNothing(t *testing.T) {
	c := NewConference(nil)
	for range 3 {
		c.Join(&says{level: 1})
	}
	speaker, mic := make([]int16, FrameSamples), make([]int16, FrameSamples)
	if n := testing.AllocsPerRun(100, func() { c.Play(speaker); c.Capture(mic) }); n != 0 {
		t.Errorf("a frame allocates %v times", n)
	}
}
