package demo_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/demo"
	"leadline/phone/rig"
)

// clicker is a voice of the measuring instrument: it plays a click each 700 ms and
// notes when it hears it again.
type clicker struct {
	mu     sync.Mutex
	played int // samples
	sent   time.Time
	delays []time.Duration
}

func (c *clicker) Play(dst []int16) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.played += len(dst); c.played >= audio.Rate*7/10 {
		c.played, c.sent = 0, time.Now()
		for i := range 240 { // 5 ms of 1 kHz: a codec of 8 kHz lets it through
			dst[i] = int16(20000 * math.Sin(2*math.Pi*float64(i)/48))
		}
	}
}

func (c *clicker) Capture(src []int16) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, v := range src {
		if v > 4000 && !c.sent.IsZero() {
			back := time.Duration(len(src)-i) * time.Second / audio.Rate
			c.delays = append(c.delays, time.Since(c.sent)-back)
			c.sent = time.Time{}
		}
	}
}

// measure gives the median and the longest of ten clicks.
func measure(b *testing.B, choice audio.Choice) (median, longest time.Duration) {
	b.Helper()
	s, err := audio.Open(choice, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	c := &clicker{}
	defer s.Attach(c)()
	rig.Eventually(b, 30*time.Second, "ten clicks come back", func() (bool, string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		return len(c.delays) >= 12, fmt.Sprint(c.delays)
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	delays := slices.Sorted(slices.Values(c.delays[2:]))
	return delays[len(delays)/2], delays[len(delays)-1]
}

// BenchmarkMicrophoneToEchoToSpeaker is the chain of design.md: a click at the
// microphone, through the real telephone to an echo at the far end and back to the
// speaker. The instrument's own delay is measured first and taken off.
func BenchmarkMicrophoneToEchoToSpeaker(b *testing.B) {
	rig.StartPulse(b)
	own, _ := measure(b, audio.Choice{Microphone: "micinput.monitor", Speaker: "micinput"})

	p, err := demo.Start(demo.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	sound, err := audio.Open(audio.Choice{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer sound.Close()
	tel := phone.New(phone.Config{Sound: sound, Listener: deaf{}})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	defer tel.Close(ctx)
	address, password := p.Account()
	if err := tel.SetAccounts([]phone.Account{{Name: "Demo", Address: address, Password: password,
		Bind: "127.0.0.1:0", Codecs: []string{"pcma"}}}); err != nil {
		b.Fatal(err)
	}
	if err := p.Registered(ctx); err != nil {
		b.Fatal(err)
	}
	if _, err := tel.Dial("Demo", "600"); err != nil {
		b.Fatal(err)
	}
	call := <-p.Taken()
	if err := call.Wait(ctx, demo.Answered); err != nil {
		b.Fatal(err)
	}
	time.Sleep(3 * time.Second) // the jitter buffer finds its depth
	for b.Loop() {
		median, longest := measure(b, audio.Choice{Microphone: "speaker.monitor", Speaker: "micinput"})
		b.ReportMetric((median-own).Seconds()*1000, "ms-median")
		b.ReportMetric((longest-own).Seconds()*1000, "ms-worst")
		b.ReportMetric(own.Seconds()*1000, "ms-instrument")
	}
}

// deaf is a Listener that wants to know nothing.
type deaf struct{}

func (deaf) RegistrationChanged(phone.Registration) {}
func (deaf) CallChanged(phone.Call)                 {}
