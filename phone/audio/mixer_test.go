package audio

import (
	"log/slog"
	"math"
	"testing"
)

// level is a voice that plays one value.
type level struct {
	v     int16
	heard []int16
	say   func([]int16) // in the place of v
}

func (l *level) Play(dst []int16) {
	if l.say != nil {
		l.say(dst)
		return
	}
	for i := range dst {
		dst[i] = l.v
	}
}
func (l *level) Capture(src []int16) { l.heard = append(l.heard, src...) }

func TestTheMixerSumsAndLimits(t *testing.T) {
	for _, c := range []struct {
		name   string
		voices []int16
		want   int16
	}{
		{"nobody", nil, 0},
		{"one", []int16{1234}, 1234},
		{"two", []int16{1000, -300}, 700},
		{"too loud", []int16{30000, 30000, 30000}, math.MaxInt16},
		{"too loud below", []int16{-30000, -30000}, math.MinInt16},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMixer(slog.New(slog.DiscardHandler))
			for _, v := range c.voices {
				m.add(&level{v: v})
			}
			out := make([]int16, FrameSamples)
			out[3] = 99 // left over from the last frame
			m.play(out)
			for i, v := range out {
				if v != c.want {
					t.Fatalf("sample %d is %d, want %d", i, v, c.want)
				}
			}
		})
	}
}

// broken is a voice that panics, as one that met a foul packet might.
type broken struct{ on string }

func (b broken) Play([]int16) {
	if b.on == "play" {
		panic("play")
	}
}
func (b broken) Capture([]int16) {
	if b.on == "capture" {
		panic("capture")
	}
}

func TestAVoiceThatPanicsIsCutOffAndTheOthersGoOn(t *testing.T) {
	for _, on := range []string{"play", "capture"} {
		m := newMixer(slog.New(slog.DiscardHandler))
		m.add(broken{on})
		good := &level{v: 7}
		m.add(good)
		out := make([]int16, FrameSamples)
		for range 2 {
			m.capture(out)
			m.play(out)
		}
		if out[0] != 7 || len(good.heard) != 2*FrameSamples {
			t.Errorf("after a panic in %s: plays %d, heard %d", on, out[0], len(good.heard))
		}
		if n := len(*m.seats.Load()); n != 1 {
			t.Errorf("%d voices left", n)
		}
	}
}

func TestARemovedVoiceIsSilent(t *testing.T) {
	m := newMixer(slog.New(slog.DiscardHandler))
	remove := m.add(&level{v: 7})
	remove()
	out := make([]int16, FrameSamples)
	m.play(out)
	if out[0] != 0 {
		t.Error("still heard")
	}
}

func TestCallbacksAndMixerAllocateNothing(t *testing.T) {
	m := newMixer(slog.New(slog.DiscardHandler))
	m.add(&level{v: 1})
	m.add(newTone(cadenceOf("DE", ToneBusy)))
	tap := newTestTap()
	frame, device := make([]int16, FrameSamples), make([]byte, 2*FrameSamples)
	for name, f := range map[string]func(){
		"microphone": func() { tap.fromMicrophone(nil, device, FrameSamples); tap.ring.drop(FrameSamples) },
		"speaker":    func() { tap.fromSpeaker(device, nil, FrameSamples) },
		"mixer":      func() { m.play(frame) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkSpeakerCallback(b *testing.B) {
	tap := newTestTap()
	frame, device := make([]int16, FrameSamples), make([]byte, 2*FrameSamples)
	b.ReportAllocs()
	for b.Loop() {
		tap.ring.write(frame)
		tap.fromSpeaker(device, nil, FrameSamples)
	}
}

func BenchmarkMicrophoneCallback(b *testing.B) {
	tap := newTestTap()
	device := make([]byte, 2*FrameSamples)
	b.ReportAllocs()
	for b.Loop() {
		tap.fromMicrophone(nil, device, FrameSamples)
		tap.ring.drop(FrameSamples)
	}
}

// newTestTap is a tap whose pump nobody runs.
func newTestTap() *tap {
	b, err := newBell()
	if err != nil {
		panic(err)
	}
	return newTap(b)
}
