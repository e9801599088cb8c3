package audio

import (
	"sync/atomic"
	"time"
)

// RehearsalTime is how long a rehearsal records, and then plays.
const RehearsalTime = 3 * time.Second

// RehearsalStep is where a rehearsal stands.
type RehearsalStep int

const (
	RehearsalSpeaking  RehearsalStep = iota // what is said is recorded
	RehearsalListening                      // it is played
	RehearsalOver
)

// rehearsal is a voice that repeats what it hears, once. Its fields are the pump's but step,
// which both ends of the pump look at.
type rehearsal struct {
	told    func(RehearsalStep, float64)
	heard   []int16
	played  int
	loudest float64
	step    atomic.Int32
}

// Rehearse records the microphone for RehearsalTime and plays it on the speaker, as somebody
// at the other end would hear it. told hears of each step that begins, with the loudest that
// was heard, 0..1; it is called on the pump's goroutine and must return at once. stop ends it
// early, and has to be called in any case.
func (s *System) Rehearse(told func(step RehearsalStep, loudest float64)) (stop func()) {
	return s.Attach(newRehearsal(told))
}

func newRehearsal(told func(RehearsalStep, float64)) *rehearsal {
	return &rehearsal{told: told, heard: make([]int16, 0, int(RehearsalTime.Seconds()*Rate))}
}

// Capture records.
func (r *rehearsal) Capture(src []int16) {
	if RehearsalStep(r.step.Load()) != RehearsalSpeaking {
		return
	}
	r.loudest = max(r.loudest, peak(src))
	r.heard = append(r.heard, src[:min(len(src), cap(r.heard)-len(r.heard))]...)
	if len(r.heard) == cap(r.heard) {
		r.begin(RehearsalListening)
	}
}

// Play plays what was recorded.
func (r *rehearsal) Play(dst []int16) {
	if RehearsalStep(r.step.Load()) != RehearsalListening {
		return
	}
	r.played += copy(dst, r.heard[r.played:])
	if r.played == len(r.heard) {
		r.begin(RehearsalOver)
	}
}

func (r *rehearsal) begin(s RehearsalStep) {
	r.step.Store(int32(s))
	r.told(s, r.loudest)
}

// Listen opens microphone and speaker for their levels alone, until release is called.
func (s *System) Listen() (release func()) { return s.Attach(bystander{}) }

// bystander is a voice that neither speaks nor records.
type bystander struct{}

// Play is silence.
func (bystander) Play([]int16) {}

// Capture drops it.
func (bystander) Capture([]int16) {}
