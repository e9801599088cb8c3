package audio_test

import (
	"math"
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

// BenchmarkSpeakerToMicrophone measures our rings, the sound server's buffers and
// its null sink: a click is played and comes back through the speaker's monitor.
func BenchmarkSpeakerToMicrophone(b *testing.B) {
	rig.StartPulse(b)
	if out, err := exec.Command("pactl", "load-module", "module-remap-source",
		"source_name=wire", "master=speaker.monitor", "source_properties=device.description=wire").CombinedOutput(); err != nil {
		b.Fatal(err, string(out))
	}
	s, err := audio.Open(audio.Choice{Microphone: "wire"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
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
