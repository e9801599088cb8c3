//go:build linux && cgo && !nospeex

package audio

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// speech is a voice that comes and goes: syllables of coloured noise, loud up to level.
type speech struct {
	random *rand.Rand
	level  float64
	every  float64 // seconds
	at     int
	low    float64
}

func (s *speech) next() float64 {
	t := float64(s.at) / Rate
	s.at++
	s.low = 0.85*s.low + 0.15*s.random.NormFloat64()
	return 3 * s.level * s.low * max(0, math.Sin(2*math.Pi*t/s.every))
}

// room is a loudspeaker and a microphone in one: what is played is heard after delay, with
// reflections that fade.
type room struct {
	delay int
	taps  []float64
	past  []float64 // all that was played
}

func newRoom(random *rand.Rand, delay, reverb int, gain float64) *room {
	r := &room{delay: delay, taps: make([]float64, reverb), past: make([]float64, delay+reverb)}
	for i := range reverb {
		r.taps[i] = gain * random.NormFloat64() * math.Exp(-6*float64(i)/float64(reverb)) / 4
	}
	return r
}

func (r *room) play(v float64) (echo float64) {
	r.past = append(r.past, v)
	for i, tap := range r.taps {
		echo += tap * r.past[len(r.past)-1-r.delay-i]
	}
	return echo
}

func decibels(after, before float64) float64 { return 10 * math.Log10((after+1)/(before+1)) }

// enhanced runs so many seconds of a far voice, its echo and a near one through the enhancer,
// as the pump does, and gives the power of the last half of what the microphone heard
// and of what came out.
func enhanced(e Enhancement, seconds int, far, near func() float64, r *room) (heard, left float64) {
	var pump enhancement
	pump.follow(e)
	defer pump.stop()
	played, mic := make([]int16, FrameSamples), make([]int16, FrameSamples)
	for f := range seconds * 100 {
		for i := range played {
			v := far()
			played[i] = clipped(v)
			mic[i] = clipped(r.play(v) + near())
		}
		before := power(mic)
		pump.said(played)
		pump.heard(mic)
		if f > seconds*50 {
			heard += before
			left += power(mic)
		}
	}
	return heard, left
}

func clipped(v float64) int16 { return int16(max(-32767, min(32767, v))) }

func power(frame []int16) (sum float64) {
	for _, v := range frame {
		sum += float64(v) * float64(v)
	}
	return sum
}

func nobody() float64 { return 0 }

func TestTheEchoOfTheFarVoiceIsTakenOut(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	far := &speech{random: random, level: 6000, every: 0.7}
	heard, left := enhanced(Enhancement{Echo: true}, 12, far.next, nobody, newRoom(random, Rate*70/1000, 64, 0.5))
	t.Logf("the echo goes down by %.1f dB", -decibels(left, heard))
	if got := -decibels(left, heard); got < 20 {
		t.Errorf("the echo went down by %.1f dB only", got)
	}
}

func TestTheNearVoiceStaysWhileTheEchoGoes(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	far := &speech{random: random, level: 4000, every: 0.7}
	near := &speech{random: random, level: 6000, every: 1.1}
	quiet := 0.0
	near.at = 1
	own := func() float64 {
		v := near.next()
		quiet += v * v
		return v
	}
	_, left := enhanced(Enhancement{Echo: true}, 12, far.next, own, newRoom(random, Rate*70/1000, 64, 0.3))
	if got := decibels(left, quiet/2); got < -6 || got > 3 {
		t.Errorf("the near voice comes out with %+.1f dB", got)
	}
}

func TestSteadyNoiseIsTakenDown(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	hiss := func() float64 { return 300 * random.NormFloat64() }
	heard, left := enhanced(Enhancement{Noise: true}, 10, nobody, hiss, newRoom(random, 1, 1, 0))
	t.Logf("steady noise goes down by %.1f dB", -decibels(left, heard))
	if got := -decibels(left, heard); got < 10 {
		t.Errorf("steady noise went down by %.1f dB only", got)
	}
}

func TestAQuietVoiceIsBroughtUp(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	voice := &speech{random: random, level: 700, every: 0.6}
	heard, left := enhanced(Enhancement{Gain: true}, 20, nobody, voice.next, newRoom(random, 1, 1, 0))
	t.Logf("a quiet voice goes up by %.1f dB", decibels(left, heard))
	if got := decibels(left, heard); got < 6 || got > 20 {
		t.Errorf("a quiet voice went up by %.1f dB", got)
	}
}

func TestEnhancementIsSwitchedInMidCall(t *testing.T) {
	b := newBench()
	b.voice.v = 9000
	b.pump.enhance.Store(&Enhancement{Echo: true, Noise: true, Gain: true})
	b.pass(200e6, true)
	if b.pump.enhanced.made == nil {
		t.Fatal("nothing is done to the microphone")
	}
	b.pump.enhance.Store(&Enhancement{})
	b.pass(50e6, true)
	if b.pump.enhanced.made != nil {
		t.Error("it goes on after it was switched off")
	}
	b.pump.enhance.Store(&Enhancement{Noise: true})
	b.pass(50e6, true)
	b.pump.rest()
	if b.pump.enhanced.made != nil {
		t.Error("it is kept when no call needs it")
	}
}

func BenchmarkEnhancement(b *testing.B) {
	for name, e := range map[string]Enhancement{"echo": {Echo: true}, "noise+gain": {Noise: true, Gain: true}, "all": {true, true, true}} {
		b.Run(name, func(b *testing.B) {
			random := rand.New(rand.NewPCG(1, 2))
			voice := &speech{random: random, level: 5000, every: 0.7}
			frame := make([]int16, FrameSamples)
			var pump enhancement
			pump.follow(e)
			defer pump.stop()
			b.ReportAllocs()
			for b.Loop() {
				for i := range 48 {
					frame[i*10] = clipped(voice.next())
				}
				pump.said(frame)
				pump.heard(frame)
			}
		})
	}
}

// hitching is a pump with an echo canceller, whose speaker stands before its microphone. Each 10 ms
// the devices do their part; the pump is held up as often as a busy machine does it.
func hitching(t *testing.T, every, held time.Duration) (before, after float64) {
	t.Helper()
	random := rand.New(rand.NewPCG(9, 10))
	b := newBench()
	b.enhance.Store(&Enhancement{Echo: true})
	defer b.enhanced.stop()
	voice := &speech{random: random, level: 6000, every: 0.7}
	b.voice.say = func(dst []int16) {
		for i := range dst {
			dst[i] = clipped(voice.next())
		}
	}
	room := newRoom(random, Rate*40/1000, 64, 0.5)
	out, mic := make([]int16, FrameSamples), make([]int16, FrameSamples)
	const seconds = 14
	for at := time.Duration(0); at < seconds*time.Second; at += FrameTime {
		b.now = b.now.Add(FrameTime)
		b.spk.fromSpeaker(bytesOf(out), nil, FrameSamples)
		for i, v := range out {
			mic[i] = clipped(room.play(float64(v)))
		}
		b.mic.fromMicrophone(nil, bytesOf(mic), FrameSamples)
		b.voice.heard = b.voice.heard[:0]
		if at%every >= held {
			b.turn(b.now)
		}
		if at >= seconds/2*time.Second {
			before += power(mic)
			after += power(b.voice.heard)
		}
	}
	return before, after
}

// Before the canceller was told of hitches these were 49, 55, 2 and 4 dB.
func TestTheEchoIsTakenOutAlsoWhenTheSoundHitches(t *testing.T) {
	for _, tt := range []struct {
		name        string
		every, held time.Duration
		least       float64 // dB
	}{
		{"never", time.Hour, 0, 30},
		{"30 ms each second", time.Second, 30 * time.Millisecond, 30},
		{"80 ms each second", time.Second, 80 * time.Millisecond, 5},
		{"40 ms each 3 s", 3 * time.Second, 40 * time.Millisecond, 30},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, after := hitching(t, tt.every, tt.held)
			less := -decibels(after, before)
			t.Logf("the echo goes down by %.1f dB", less)
			if less < tt.least {
				t.Errorf("the echo goes down by %.1f dB, want %.0f", less, tt.least)
			}
		})
	}
}
