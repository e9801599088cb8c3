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
			if n := testing.AllocsPerRun(1000, frame); n != 0 {
				t.Errorf("a frame played, captured, sent and received allocates %v times", n)
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

// BenchmarkNew is what a call waits for before its first packet can be taken.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(Config{Media: agreed(), Send: func([]byte) {}}); err != nil {
			b.Fatal(err)
		}
	}
}
