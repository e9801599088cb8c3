package audio

import (
	"sync/atomic"
	"time"
	"unsafe"
)

// tap is an open device as the pump sees it: a ring with the device's real-time
// thread at the other end. fromMicrophone and fromSpeaker run on that thread, or their
// likes in C (direct): they allocate nothing, take no lock of ours and wait for nobody.
type tap struct {
	ring    *ring
	bell    *bell         // of the pump
	moved   atomic.Uint64 // calls of the device so far
	starved atomic.Uint64 // times the speaker wanted more than there was
	missed  atomic.Uint64 // samples that it got silence for
	asked   atomic.Int64  // samples, the most that the speaker wanted at once since the pump looked

	// The pump's own notes on whether the device is alive.
	seen   uint64
	seenAt time.Time
	alive  bool
	told   uint64 // of missed
}

// ringSamples is far more than is ever meant to wait in a ring; pump keeps it short.
const ringSamples = Rate / 2

// When a device wakes the pump. Each wake costs more than the frame itself.
const (
	// enoughHeard is what a microphone has brought by then: what most packets carry, 20 ms. A sound
	// server may bring it in pieces.
	enoughHeard = 2 * FrameSamples
	// littleLeft is what a speaker has left, or less than it took last. The microphone wakes the pump
	// as well, which fills the speaker's ring too.
	littleLeft = FrameSamples / 2
)

// stall is how long a device may keep silent before a clock takes its place.
const stall = 100 * time.Millisecond

func newTap(b *bell) *tap { return &tap{ring: newRing(ringSamples), bell: b} }

// fromMicrophone takes in what the device heard. When the ring is full the pump
// has not run for half a second, and what does not fit is lost.
func (t *tap) fromMicrophone(_, in []byte, _ uint32) {
	t.ring.write(samples(in))
	t.moved.Add(1)
	if t.ring.level() >= enoughHeard {
		t.bell.ring()
	}
}

// fromSpeaker gives out what the device is to play; what is missing stays the
// silence that out comes with.
func (t *tap) fromSpeaker(out, _ []byte, _ uint32) {
	dst := samples(out)
	n := t.ring.read(dst)
	if n < len(dst) {
		clear(dst[n:])
		t.starved.Add(1)
		t.missed.Add(uint64(len(dst) - n))
	}
	if asked := int64(len(dst)); t.moved.Add(1) > 1 && asked > t.asked.Load() { // the first fills the device's buffer
		t.asked.Store(asked)
	}
	if t.ring.level() < max(len(dst), littleLeft) {
		t.bell.ring()
	}
}

// live tells the pump whether the device has moved lately, and whether it has
// just come (back) to life, so that what is in its ring is old.
func (t *tap) live(now time.Time) (live, woke bool) {
	if moved := t.moved.Load(); moved != t.seen {
		t.seen, t.seenAt = moved, now
	}
	was := t.alive
	t.alive = t.seen > 0 && now.Sub(t.seenAt) < stall
	return t.alive, t.alive && !was
}

// silence is for how many samples the speaker had nothing since the last call.
func (t *tap) silence() int {
	missed := t.missed.Load()
	n := missed - t.told
	t.told = missed
	return int(n)
}

// samples is a device's buffer as samples; devices are opened in our own format.
func samples(b []byte) []int16 {
	if len(b) < 2 {
		return nil
	}
	return unsafe.Slice((*int16)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/2)
}
