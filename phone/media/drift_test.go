package media

import (
	"container/heap"
	"testing"
	"time"
)

// hour receives for an hour of simulated time from a sender and with a sound card whose
// clocks are off by so many ppm, and watches the playout delay. It goes without
// codec filters and the sending half, which have no part in it and would take minutes
// under the race detector.
func hour(n *network, ppmSender, ppmCard float64) (least, worst time.Duration, r *receiver, last []int16) {
	r = &receiver{}
	r.setUp(agreed(), pcma)
	off := func(d time.Duration, ppm float64) time.Duration { return time.Duration(float64(d) * (1 + ppm*1e-6)) }
	card, sends := off(10*time.Millisecond, ppmCard), off(20*time.Millisecond, ppmSender)

	sine := tone(1000)
	p := packet{kind: 8, seq: 65000, ts: 1<<32 - 8000, ssrc: 1}
	payload := make([]byte, 160)
	for i := range payload { // 20 periods, so each packet is the same
		payload[i] = toALaw(int16(32767 * sine(i*6)))
	}
	take := func(b []byte, at time.Time) { r.receive(b, at.Sub(start)) }

	var pull, send time.Duration
	frame := make([]int16, 80)
	least = time.Hour
	for n.now < time.Hour {
		n.now = min(pull, send)
		if len(n.queue) > 0 && n.queue[0].at <= n.now {
			d := heap.Pop(&n.queue).(delivery)
			n.now = d.at
			d.to(d.packet, n.time())
			continue
		}
		if send <= pull {
			n.send(append(appendRTP(nil, p), payload...), take)
			p.seq, p.ts, send = p.seq+1, p.ts+160, send+sends
			continue
		}
		r.player.pull(frame, n.now)
		pull += card
		if n.now > 10*time.Second {
			d := r.player.current()
			least, worst = min(least, d), max(worst, d)
		}
		if n.now > time.Hour-time.Second {
			last = append(last, frame...)
		}
	}
	return least, worst, r, last
}

func TestDelayStaysBoundedForAnHourOfDrift(t *testing.T) {
	tests := []struct {
		name         string
		sender, card float64 // ppm slower
		jitter       time.Duration
		most         time.Duration
	}{
		{"no drift", 0, 0, 0, 35 * time.Millisecond},
		{"the sender is faster", -200, 0, 0, 45 * time.Millisecond},
		{"the sender is slower", 200, 0, 0, 45 * time.Millisecond},
		{"our sound card is slower", 0, 200, 0, 45 * time.Millisecond},
		{"our sound card is faster, jitter 40 ms", 0, -200, 40 * time.Millisecond, 90 * time.Millisecond},
		{"against each other, jitter 40 ms", 200, -200, 40 * time.Millisecond, 90 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork()
			n.jitter = test.jitter
			least, worst, r, last := hour(n, test.sender, test.card)
			p := r.player
			t.Logf("delay %v..%v, concealed %d samples of %d, SNR at the end %.1f dB", least, worst, p.concealed, p.played, snr(last, 6000))
			if worst > test.most {
				t.Errorf("the delay grew to %v", worst)
			}
			if least < 10*time.Millisecond {
				t.Errorf("the delay shrank to %v", least)
			}
			if share := float64(p.concealed) / float64(p.played); share > 0.001 {
				t.Errorf("%.4f of the audio was made up", share)
			}
			if got := snr(last, 6000); got < 20 { // at 8 kHz, 1000 Hz are what 6000 are at 48
				t.Errorf("SNR is %.1f dB in the last second", got)
			}
		})
	}
}

func TestDriftThroughTheWholeChain(t *testing.T) {
	n := newNetwork()
	n.jitter = 10 * time.Millisecond
	a, b := call(t, n, 200, -200)
	a.speaks, b.speaks = tone(1000), tone(800)
	n.run(time.Minute, a, b)
	for _, p := range []*phone{a, b} {
		if st := p.Stats(); st.Delay > 60*time.Millisecond || st.Concealed > 0.01 || st.Quality != 4 {
			t.Errorf("after a minute: %+v", st)
		}
	}
	if got := snr(b.last(time.Second), 1000); got < 20 {
		t.Errorf("SNR is %.1f dB", got)
	}
}
