package audio_test

import (
	"math"
	"math/rand/v2"
	"os/exec"
	"sort"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone/audio"
	"leadline/phone/rig"
)

// ping plays a short click every half second and measures when it comes back.
type ping struct {
	clock  int // samples played
	sentAt time.Time
	delays []time.Duration
	done   atomic.Bool
}

func (p *ping) Play(dst []int16) {
	if p.clock%(audio.Rate/2) == 0 {
		p.sentAt = time.Now()
		for i := range 96 {
			dst[i] = int16(20000 * math.Sin(2*math.Pi*1000*float64(i)/audio.Rate))
		}
	}
	p.clock += len(dst)
}

func (p *ping) Capture(src []int16) {
	if p.sentAt.IsZero() {
		return
	}
	for i, v := range src {
		if v > 5000 {
			// The sample is as old as what stands behind it in the frame.
			back := time.Duration(len(src)-i) * time.Second / audio.Rate
			p.delays = append(p.delays, time.Since(p.sentAt)-back)
			p.sentAt = time.Time{}
			p.done.Store(len(p.delays) >= 10)
			return
		}
	}
}

// wired is a sound card whose microphone hears its speaker.
func wired(b *testing.B) *audio.System {
	rig.StartPulse(b)
	if out, err := exec.Command("pactl", "load-module", "module-remap-source",
		"source_name=wire", "master=speaker.monitor", "source_properties=device.description=wire").CombinedOutput(); err != nil {
		b.Fatal(err, string(out))
	}
	s, err := audio.Open(audio.Choice{Microphone: "wire"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.Close)
	return s
}

// BenchmarkSpeakerToMicrophone measures our rings, the sound server's buffers and
// its null sink: a click is played and comes back through the speaker's monitor.
func BenchmarkSpeakerToMicrophone(b *testing.B) {
	s := wired(b)
	for b.Loop() {
		v := &ping{}
		detach := s.Attach(v)
		deadline := time.Now().Add(20 * time.Second)
		for !v.done.Load() && time.Now().Before(deadline) {
			time.Sleep(50 * time.Millisecond)
		}
		detach()
		time.Sleep(50 * time.Millisecond)
		if len(v.delays) < 3 {
			b.Fatalf("only %d clicks came back", len(v.delays))
		}
		sort.Slice(v.delays, func(i, j int) bool { return v.delays[i] < v.delays[j] })
		b.ReportMetric(float64(v.delays[len(v.delays)/2].Microseconds())/1000, "ms-median")
		b.ReportMetric(float64(v.delays[len(v.delays)-1].Microseconds())/1000, "ms-worst")
	}
}

// BenchmarkEchoOfTheSpeaker has the speaker stand before the microphone and measures how much
// of its echo the canceller takes away, on devices with the delays and the hitches that they
// have: the median of the seconds after the third.
func BenchmarkEchoOfTheSpeaker(b *testing.B) {
	if !audio.CanEnhance() {
		b.Skip("this build has no echo canceller")
	}
	s := wired(b)
	e := &ear{tone: babble(10)}
	defer s.Attach(e)()
	for b.Loop() {
		s.Enhance(audio.Enhancement{})
		time.Sleep(4 * time.Second)
		loud := e.last(2).Level()
		s.Enhance(audio.Enhancement{Echo: true})
		time.Sleep(3 * time.Second)
		var left []float64
		for range 9 {
			time.Sleep(time.Second)
			left = append(left, e.last(1).Level())
		}
		sort.Float64s(left)
		b.ReportMetric(20*math.Log10(loud/(left[len(left)/2]+1e-6)), "dB-less")
	}
}

// babble is so many seconds of syllables of noise.
func babble(seconds int) []int16 {
	random := rand.New(rand.NewPCG(1, 2))
	out := make([]int16, seconds*audio.Rate)
	low := 0.0
	for i := range out {
		low = 0.8*low + 0.2*random.NormFloat64()
		out[i] = int16(9000 * low * (1 + math.Sin(2*math.Pi*1.5*float64(i)/audio.Rate)))
	}
	return out
}
