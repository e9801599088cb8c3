package audio

import (
	"log/slog"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// bench is a pump that a test turns by hand, with a microphone and a speaker.
type bench struct {
	*pump
	now      time.Time
	mic, spk *tap
	voice    *level
}

func newBench() *bench {
	bell, err := newBell()
	if err != nil {
		panic(err)
	}
	m := newMixer(slog.New(slog.DiscardHandler))
	b := &bench{pump: newPump(m, []int16{1, 2, 3}, bell, slog.New(slog.DiscardHandler)), now: time.Unix(1000, 0), voice: &level{v: 3}}
	m.add(b.voice)
	b.mic, b.spk = newTap(b.bell), newTap(b.bell)
	b.pump.mic.Store(&end{tap: b.mic})
	b.pump.speaker.Store(&end{tap: b.spk})
	b.on.Store(true)
	return b
}

// pass lets time go by, in which the devices do their part for each 10 ms.
func (b *bench) pass(d time.Duration, devices bool) {
	buf := make([]byte, 2*FrameSamples)
	for ; d > 0; d -= FrameTime {
		b.now = b.now.Add(FrameTime)
		if devices {
			b.mic.fromMicrophone(nil, buf, FrameSamples)
			b.spk.fromSpeaker(buf, nil, FrameSamples)
		}
		b.turn(b.now)
	}
}

func (b *bench) frames() int { n := len(b.voice.heard) / FrameSamples; b.voice.heard = nil; return n }

func TestALiveMicrophoneSetsThePace(t *testing.T) {
	b := newBench()
	b.pass(time.Second, true)
	if got := b.frames(); got != 100 {
		t.Errorf("%d frames in a second", got)
	}
	if b.spk.starved.Load() > 1 {
		t.Errorf("the speaker was starved %d times", b.spk.starved.Load())
	}
}

func TestAClockTakesOverFromADeviceThatStallsAndGivesBack(t *testing.T) {
	b := newBench()
	b.pass(time.Second, true)
	b.frames()
	b.pass(time.Second, false)
	if got := b.frames(); got < 88 || got > 95 {
		t.Errorf("%d frames in a second of stall, want about 90", got)
	}
	b.pass(time.Second, true)
	if got := b.frames(); got < 98 || got > 101 {
		t.Errorf("%d frames in the second after", got)
	}
}

func TestWhatAMicrophoneGatheredWhileThePumpWasHeldUpIsNotPlayedOutLate(t *testing.T) {
	b := newBench()
	b.pass(time.Second, true)
	b.frames()
	buf := make([]byte, 2*FrameSamples)
	for range 40 { // 400 ms of the machine being busy
		b.mic.fromMicrophone(nil, buf, FrameSamples)
		b.now = b.now.Add(FrameTime)
	}
	b.turn(b.now)
	if got := b.frames(); got > micBacklog/FrameSamples {
		t.Errorf("%d frames at once", got)
	}
	if b.mic.ring.level() >= FrameSamples {
		t.Errorf("%d samples left waiting", b.mic.ring.level())
	}
}

func TestTheSpeakersRingStaysShort(t *testing.T) {
	b := newBench()
	for range 100 {
		b.pass(100*time.Millisecond, true)
		b.turn(b.now) // woken for another reason
		if n := b.spk.ring.level(); n > 2*FrameSamples+startReserve {
			t.Fatalf("%d samples wait", n)
		}
	}
}

// What voices play reaches the speaker whole, and what the microphone hears reaches them: each sample once, in its
// order, though the devices move as many at a time as they like. What a speaker wants before anything is there is silence.
func TestSoundPassesWholeInPiecesOfAnyLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBench()
		played, spoken := int16(0), int16(0)
		b.voice.say = func(dst []int16) {
			for i := range dst {
				played = next(played)
				dst[i] = played
			}
		}
		heard := int16(0)
		for range rapid.IntRange(20, 200).Draw(t, "steps") {
			n := rapid.IntRange(1, 3*FrameSamples).Draw(t, "n")
			b.now = b.now.Add(time.Duration(n) * time.Second / Rate)
			buf := make([]byte, 2*n)
			for i, in := 0, samples(buf); i < n; i++ {
				spoken = next(spoken)
				in[i] = spoken
			}
			b.mic.fromMicrophone(nil, buf, uint32(n))
			b.turn(b.now)
			b.spk.fromSpeaker(buf, nil, uint32(n))
			for _, v := range samples(buf) {
				if v == 0 {
					continue // there was nothing yet
				}
				if heard != 0 && v != next(heard) { // what was played before the speaker came to life is gone
					t.Fatalf("the speaker gets %d after %d", v, heard)
				}
				heard = v
			}
			b.turn(b.now)
		}
		for i, v := range b.voice.heard {
			if i > 0 && v != next(b.voice.heard[i-1]) {
				t.Fatalf("a voice hears %d after %d", v, b.voice.heard[i-1])
			}
		}
	})
}

// next counts on, and past 0, which is silence.
func next(v int16) int16 { return max(1, v+1) }
