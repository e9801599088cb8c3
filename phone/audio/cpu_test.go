package audio_test

import (
	"syscall"
	"testing"
	"time"

	"leadline/phone/audio"
	"leadline/phone/rig"
)

// cpu is the processor time that this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkProcessorTime measures what share of a core the sound card takes while
// nobody uses it, and in a call.
func BenchmarkProcessorTime(b *testing.B) {
	for _, c := range []struct {
		name string
		use  bool
	}{{"idle", false}, {"call", true}} {
		b.Run(c.name, func(b *testing.B) {
			rig.StartPulse(b)
			s, err := audio.Open(audio.Choice{}, nil)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			if c.use {
				defer s.Attach(&ear{tone: rig.Tone(48000, 600, 1, 0.5).Samples})()
			}
			time.Sleep(time.Second)
			for b.Loop() {
				before, began := cpu(b), time.Now()
				time.Sleep(4 * time.Second)
				b.ReportMetric(100*float64(cpu(b)-before)/float64(time.Since(began)), "%core")
			}
		})
	}
}
