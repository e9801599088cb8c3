package media

import (
	"testing"
	"time"

	"leadline/phone/sdp"
)

// talking is a phone in a call that receives what it would send, and its clock.
func talking(t testing.TB, m sdp.Media) (frame func()) {
	now := start
	var s *Session
	var err error
	s, err = New(Config{Media: m, Now: func() time.Time { return now }, Seed: 1,
		Send: func(b []byte) { s.ReceiveRTP(b, now) }})
	if err != nil {
		t.Fatal(err)
	}
	speech := make([]int16, FrameSamples)
	sine := tone(700)
	for i := range speech {
		speech[i] = int16(32767 * sine(i))
	}
	out := make([]int16, FrameSamples)
	return func() {
		s.Play(out)
		s.Capture(speech)
		now = now.Add(10 * time.Millisecond)
	}
}

func TestAFrameAllocatesNothing(t *testing.T) {
	for _, c := range everyCodec {
		t.Run(c.Name, func(t *testing.T) {
			frame := talking(t, speaking(c))
			for range 200 {
				frame()
			}
			// An average is rounded down: ten frames at a time tell of one that a packet makes, too.
			if n := testing.AllocsPerRun(20, func() {
				for range 10 {
					frame()
				}
			}); n != 0 {
				t.Errorf("ten frames played, captured, sent and received allocate %v times", n)
			}
		})
	}
}

// BenchmarkFrame is 10 ms of a call: play, capture, and every other time a packet
// sent and one received. 10 ms are 100 % of a core.
func BenchmarkFrame(b *testing.B) {
	for _, c := range everyCodec {
		b.Run(c.Name, func(b *testing.B) {
			frame := talking(b, speaking(c))
			for range 200 {
				frame()
			}
			b.ReportAllocs()
			for b.Loop() {
				frame()
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(10*time.Millisecond)*100, "%core")
		})
	}
}

// BenchmarkBadNetwork is a minute of speech over a network that loses 5 % and has 40 ms of
// jitter: how much is made up, how much the codec said again, and the delay.
func BenchmarkBadNetwork(b *testing.B) {
	for _, c := range everyCodec {
		b.Run(c.Name, func(b *testing.B) {
			var made, again, played uint64
			var delay, worst time.Duration
			for b.Loop() {
				n := newNetwork()
				n.loss, n.jitter = 0.05, 40*time.Millisecond
				one, two := callOver(b, n, speaking(c), 0, 0)
				one.speaks = spoken
				for range 60 {
					n.run(time.Second, one, two)
					delay = two.Stats().Delay
					worst = max(worst, delay)
				}
				p := two.in.player
				made, again, played = made+p.concealed, again+p.corrected, played+p.played
			}
			b.ReportMetric(100*float64(made)/float64(played), "%made-up")
			b.ReportMetric(100*float64(again)/float64(played), "%said-again")
			b.ReportMetric(float64(delay.Milliseconds()), "ms-delay")
			b.ReportMetric(float64(worst.Milliseconds()), "ms-worst")
		})
	}
}

// BenchmarkNew is what a call waits for before its first packet can be taken.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(Config{Media: agreed(), Send: func([]byte) {}}); err != nil {
			b.Fatal(err)
		}
	}
}
