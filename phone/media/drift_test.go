package media

import (
	"container/heap"
	"encoding/binary"
	"strconv"
	"testing"
	"time"

	"leadline/phone/sdp"
)

// linear is a codec for tests that takes no time: the samples as they are.
func linear(rate int) (codec, sdp.Media) {
	c := codec{name: "L16", rate: rate, decoder: func() decoder { return linearDecoder{} }}
	f := sdp.Format{Codec: sdp.Codec{Name: "L16/" + strconv.Itoa(rate), Clock: rate}, PayloadSend: 8, PayloadRecv: 8}
	return c, sdp.Media{Format: f}
}

func init() {
	for _, rate := range []int{8000, 16000, 48000} {
		c, m := linear(rate)
		codecs[m.Codec.Name] = c
	}
}

type linearDecoder struct{}

func (linearDecoder) decode(dst []int16, payload []byte) int {
	n := min(len(dst), len(payload)/2)
	for i := range n {
		dst[i] = int16(binary.LittleEndian.Uint16(payload[2*i:]))
	}
	return n
}

// hour receives for an hour of simulated time from a sender and with a sound card whose
// clocks are off by so many ppm, and watches the playout delay. It goes without
// codec filters and the sending half, which have no part in it and would take minutes
// under the race detector. At 48 kHz it is ten minutes.
func hour(n *network, rate int, ppmSender, ppmCard float64) (least, worst time.Duration, r *receiver, last []int16) {
	c, m := linear(rate)
	r = &receiver{}
	r.setUp(m, c)
	packets, long := 20*time.Millisecond, time.Hour
	if rate > 16000 { // 20 ms of samples don't fit a packet
		packets, long = packets/2, long/6
	}
	step := rate * int(packets/time.Millisecond) / 1000 // samples a packet
	off := func(d time.Duration, ppm float64) time.Duration { return time.Duration(float64(d) * (1 + ppm*1e-6)) }
	card, sends := off(10*time.Millisecond, ppmCard), off(packets, ppmSender)

	sine := tone(1000)
	p := packet{kind: 8, seq: 65000, ts: 1<<32 - 8000, ssrc: 1}
	payload := make([]byte, 2*step)
	for i := range step { // whole periods, so each packet is the same
		binary.LittleEndian.PutUint16(payload[2*i:], uint16(int16(32767*sine(i*Rate/rate))))
	}
	take := func(b []byte, at time.Time) { r.receive(b, at.Sub(start)) }

	var pull, send time.Duration
	frame := make([]int16, rate/100)
	least = time.Hour
	for n.now < long {
		n.now = min(pull, send)
		if len(n.queue) > 0 && n.queue[0].at <= n.now {
			d := heap.Pop(&n.queue).(delivery)
			n.now = d.at
			d.to(d.packet, n.time())
			continue
		}
		if send <= pull {
			n.send(append(appendRTP(nil, p), payload...), take)
			p.seq, p.ts, send = p.seq+1, p.ts+uint32(step), send+sends
			continue
		}
		r.player.pull(frame, n.now)
		pull += card
		if n.now > 10*time.Second {
			d := r.player.current()
			least, worst = min(least, d), max(worst, d)
		}
		if n.now > long-time.Second {
			last = append(last, frame...)
		}
	}
	return least, worst, r, last
}

func TestDelayStaysBoundedForAnHourOfDrift(t *testing.T) {
	tests := []struct {
		name         string
		rate         int
		sender, card float64 // ppm slower
		jitter       time.Duration
		most         time.Duration
	}{
		{"no drift", 8000, 0, 0, 0, 35 * time.Millisecond},
		{"the sender is faster", 8000, -200, 0, 0, 45 * time.Millisecond},
		{"the sender is slower", 16000, 200, 0, 0, 45 * time.Millisecond},
		{"our sound card is slower", 48000, 0, 200, 0, 45 * time.Millisecond},
		{"our sound card is faster, jitter 40 ms", 16000, 0, -200, 40 * time.Millisecond, 90 * time.Millisecond},
		{"against each other, jitter 40 ms", 8000, 200, -200, 40 * time.Millisecond, 90 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork()
			n.jitter = test.jitter
			least, worst, r, last := hour(n, test.rate, test.sender, test.card)
			p := r.player
			t.Logf("delay %v..%v, concealed %d samples of %d, SNR at the end %.1f dB", least, worst, p.concealed, p.played, snr(last, float64(1000*Rate/test.rate)))
			if worst > test.most {
				t.Errorf("the delay grew to %v", worst)
			}
			if least < 10*time.Millisecond {
				t.Errorf("the delay shrank to %v", least)
			}
			if share := float64(p.concealed) / float64(p.played); share > 0.001 {
				t.Errorf("%.4f of the audio was made up", share)
			}
			if got := snr(last, float64(1000*Rate/test.rate)); got < 20 { // what 1000 Hz are at that rate
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
