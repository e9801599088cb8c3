package media

import (
	"testing"
	"time"
)

func TestToneThroughTheWholeChain(t *testing.T) {
	for _, hz := range []float64{300, 1000, 2000, 3000} {
		n := newNetwork()
		a, b := call(t, n, 0, 0)
		a.speaks = tone(hz)
		n.run(3*time.Second, a, b)
		got := snr(b.last(time.Second), hz)
		level := goertzel(b.last(time.Second), hz)
		t.Logf("%4.0f Hz: SNR %.1f dB, amplitude %.4f", hz, got, level)
		if got < 34 { // G.711 itself leaves about 38 dB
			t.Errorf("%.0f Hz comes out with %.1f dB SNR", hz, got)
		}
		if level < 0.245 || level > 0.255 {
			t.Errorf("%.0f Hz went in with amplitude 0.25 and came out with %.4f", hz, level)
		}
		st := b.Stats()
		if st.Delay < 20*time.Millisecond || st.Delay > 40*time.Millisecond {
			t.Errorf("playout delay on a clean network is %v", st.Delay)
		}
		if st.Concealed != 0 || st.PacketsLost != 0 || st.Quality != 4 {
			t.Errorf("a clean network shows %+v", st)
		}
	}
}

func TestSoundOverBadNetworksIsHeardInTime(t *testing.T) {
	tests := []struct {
		name               string
		change             func(*network)
		minDelay, maxDelay time.Duration
		concealed, snr     float64
		quality            int
	}{
		{"jitter 40 ms with reordering", func(n *network) { n.jitter = 40 * time.Millisecond },
			35 * time.Millisecond, 75 * time.Millisecond, 0.01, 20, 4},
		{"loss 5 %", func(n *network) { n.loss = 0.05 }, 20 * time.Millisecond, 40 * time.Millisecond, 0.08, 12, 2},
		{"everything twice", func(n *network) { n.duplicate = 1 }, 20 * time.Millisecond, 40 * time.Millisecond, 0, 34, 4},
		{"all of it", func(n *network) { n.jitter, n.loss, n.duplicate = 40*time.Millisecond, 0.05, 0.05 },
			35 * time.Millisecond, 80 * time.Millisecond, 0.09, 9, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := newNetwork()
			test.change(n)
			a, b := call(t, n, 0, 0)
			a.speaks = tone(1000)
			n.run(20*time.Second, a, b)
			st := b.Stats()
			got := snr(b.last(5*time.Second), 1000)
			t.Logf("SNR %.1f dB, delay %v (target %v), concealed %.3f, late %d, lost %d of %d, jitter %v, MOS %.2f",
				got, st.Delay, st.Target, st.Concealed, st.PacketsLate, st.PacketsLost, st.PacketsReceived, st.Jitter, st.MOS)
			if st.Delay < test.minDelay || st.Delay > test.maxDelay {
				t.Errorf("playout delay is %v", st.Delay)
			}
			if st.Concealed > test.concealed {
				t.Errorf("%.3f of the audio was made up", st.Concealed)
			}
			if got < test.snr {
				t.Errorf("SNR is %.1f dB", got)
			}
			if st.Quality < test.quality {
				t.Errorf("quality is %d, MOS %.2f", st.Quality, st.MOS)
			}
		})
	}
}
