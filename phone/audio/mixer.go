package audio

import (
	"log/slog"
	"math"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// mixer is the meeting of all voices: it sums what they play and passes each
// what the microphone heard. Voices come and go from any goroutine; play and
// capture belong to the pump.
type mixer struct {
	log *slog.Logger

	mu     sync.Mutex // for changes to seats
	seats  atomic.Pointer[[]*seat]
	single [FrameSamples]int16 // what one voice plays
	sum    [FrameSamples]int32
}

// seat is a voice at the table. A voice that panics loses its seat: what one
// call receives must not silence the others.
type seat struct {
	voice Voice
	gone  atomic.Bool
	muted atomic.Bool // in a conference: doesn't hear the microphone
	said  *relay      // in a conference: on its way to the others
}

func newMixer(log *slog.Logger) *mixer {
	m := &mixer{log: log}
	m.seats.Store(new([]*seat))
	return m
}

// add seats a voice; the function returned takes it away again. A frame that
// is under way may still reach the voice after that.
func (m *mixer) add(v Voice) (remove func()) { return m.sit(&seat{voice: v}) }

func (m *mixer) sit(s *seat) (remove func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	seats := append([]*seat{}, *m.seats.Load()...)
	seats = append(seats, s)
	m.seats.Store(&seats)
	return func() { m.remove(s) }
}

func (m *mixer) remove(s *seat) {
	s.gone.Store(true)
	m.mu.Lock()
	defer m.mu.Unlock()
	var rest []*seat
	for _, other := range *m.seats.Load() {
		if other != s {
			rest = append(rest, other)
		}
	}
	m.seats.Store(&rest)
}

// play fills dst with the sum of all voices, limited to what 16 bits hold.
func (m *mixer) play(dst []int16) {
	clear(dst)
	seats := *m.seats.Load()
	if len(seats) == 1 {
		m.playOne(seats[0], dst)
		return
	}
	clear(m.sum[:])
	for _, s := range seats {
		clear(m.single[:])
		m.playOne(s, m.single[:])
		for i, v := range m.single {
			m.sum[i] += int32(v)
		}
	}
	for i, v := range m.sum {
		dst[i] = saturate(v)
	}
}

// capture lets every voice hear src.
func (m *mixer) capture(src []int16) {
	for _, s := range *m.seats.Load() {
		m.captureOne(s, src)
	}
}

func (m *mixer) playOne(s *seat, dst []int16) {
	defer m.recovered(s)
	if !s.gone.Load() {
		s.voice.Play(dst)
	}
}

func (m *mixer) captureOne(s *seat, src []int16) {
	defer m.recovered(s)
	if !s.gone.Load() {
		s.voice.Capture(src)
	}
}

func (m *mixer) recovered(s *seat) {
	if p := recover(); p != nil {
		m.log.Error("audio: a voice failed, it is cut off; the other calls go on", "panic", p, "stack", string(debug.Stack()))
		m.remove(s)
	}
}

// saturate limits a sum to 16 bits: loud is better than the crack of an overflow.
func saturate(v int32) int16 {
	return int16(max(math.MinInt16, min(math.MaxInt16, v)))
}

// peak is the loudest sample, 0..1.
func peak(frame []int16) float64 {
	var p int32
	for _, v := range frame {
		a := int32(v)
		if a < 0 {
			a = -a
		}
		p = max(p, a)
	}
	return min(1, float64(p)/math.MaxInt16)
}
