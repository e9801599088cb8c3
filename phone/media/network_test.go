package media

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"leadline/phone/sdp"
)

// agreed is what a call between two of us agrees on.
func agreed() sdp.Media {
	f := sdp.Format{Codec: sdp.PCMA, PayloadSend: 8, PayloadRecv: 8}
	u := sdp.Format{Codec: sdp.PCMU, PayloadSend: 0, PayloadRecv: 0}
	return sdp.Media{Format: f, Accept: []sdp.Format{f, u}, DTMF: true, DTMFSend: 101, DTMFRecv: 101, Ptime: 20}
}

// start is when simulated time begins.
var start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// A network carries packets between simulated telephones, as badly as asked for. It
// owns the time; nothing in these tests reads a real clock.
type network struct {
	now    time.Duration
	random *rand.Rand
	queue  deliveries
	count  int // packets ever sent

	delay     time.Duration // of every packet
	jitter    time.Duration // up to this more, each for itself, so packets overtake
	loss      float64
	duplicate float64
}

type delivery struct {
	at      time.Duration
	packet  []byte
	to      func([]byte, time.Time)
	ordinal int
}

type deliveries []delivery

func (d deliveries) Len() int { return len(d) }
func (d deliveries) Less(i, j int) bool {
	return d[i].at < d[j].at || d[i].at == d[j].at && d[i].ordinal < d[j].ordinal
}
func (d deliveries) Swap(i, j int) { d[i], d[j] = d[j], d[i] }
func (d *deliveries) Push(x any)   { *d = append(*d, x.(delivery)) }
func (d *deliveries) Pop() any {
	last := (*d)[len(*d)-1]
	*d = (*d)[:len(*d)-1]
	return last
}

func newNetwork() *network {
	return &network{random: rand.New(rand.NewPCG(1, 2)), delay: 20 * time.Millisecond}
}

func (n *network) time() time.Time { return start.Add(n.now) }

func (n *network) send(packet []byte, to func([]byte, time.Time)) {
	times := 1
	if n.random.Float64() < n.duplicate {
		times = 2
	}
	for range times {
		if n.random.Float64() < n.loss {
			continue
		}
		at := n.now + n.delay
		if n.jitter > 0 {
			at += time.Duration(n.random.Int64N(int64(n.jitter)))
		}
		n.count++
		heap.Push(&n.queue, delivery{at, append([]byte(nil), packet...), to, n.count})
	}
}

// A phone is a session with a sound card whose clock is off by ppm.
type phone struct {
	*Session
	every   time.Duration // 10 ms of its sound card, in true time
	next    time.Duration
	speaks  func(sample int) float64 // the microphone, -1..1
	spoken  int
	heard   []int16 // what came out of the loudspeaker, of the last seconds only
	digits  string
	sent    int // packets
	inspect func(packet []byte)

	deaf, dumb bool // leave out Play or Capture, where a test takes long
}

const keepHeard = 10 * Rate

// frame is 10 ms of the phone's life: pulled, then pushed, as a sound pump does.
func (p *phone) frame() {
	var buf [FrameSamples]int16
	if !p.deaf {
		p.Play(buf[:])
		p.heard = append(p.heard, buf[:]...)
		if len(p.heard) > 2*keepHeard {
			p.heard = append(p.heard[:0], p.heard[len(p.heard)-keepHeard:]...)
		}
		clear(buf[:])
	}
	if p.dumb {
		return
	}
	if p.speaks != nil {
		for i := range buf {
			buf[i] = int16(math.Round(32767 * p.speaks(p.spoken)))
			p.spoken++
		}
	}
	p.Capture(buf[:])
}

// call connects two phones.
func call(t testing.TB, n *network, ppmA, ppmB float64) (a, b *phone) {
	t.Helper()
	return callOver(t, n, agreed(), ppmA, ppmB)
}

// callOver is a call that has agreed on m.
func callOver(t testing.TB, n *network, m sdp.Media, ppmA, ppmB float64) (a, b *phone) {
	t.Helper()
	a, b = &phone{}, &phone{}
	every := func(ppm float64) time.Duration { return time.Duration(1e7 * (1 + ppm*1e-6)) }
	connect := func(p, other *phone, seed uint64) {
		s, err := New(Config{
			Media: m, Now: n.time, Seed: seed, CNAME: "test",
			Send: func(b []byte) {
				p.sent++
				if p.inspect != nil {
					p.inspect(b)
				}
				n.send(b, func(b []byte, at time.Time) { other.ReceiveRTP(b, at) })
			},
			SendRTCP: func(b []byte) { n.send(b, func(b []byte, at time.Time) { other.ReceiveRTCP(b, at) }) },
			OnDigit:  func(r rune) { p.digits += string(r) },
		})
		if err != nil {
			t.Fatal(err)
		}
		p.Session = s
	}
	connect(a, b, 1)
	connect(b, a, 2)
	a.every, b.every = every(ppmA), every(ppmB)
	b.next = 3 * time.Millisecond // sound cards do not tick together
	return a, b
}

// run lets time pass.
func (n *network) run(d time.Duration, phones ...*phone) {
	end := n.now + d
	for {
		next := end
		var who *phone
		for _, p := range phones {
			if p.next < next {
				next, who = p.next, p
			}
		}
		if len(n.queue) > 0 && n.queue[0].at <= next {
			d := heap.Pop(&n.queue).(delivery)
			n.now = max(n.now, d.at)
			d.to(d.packet, n.time())
			continue
		}
		n.now = next
		if who == nil {
			return
		}
		who.next += who.every
		who.frame()
	}
}

// tone is a sine at -12 dBFS, of whole hertz.
func tone(hz float64) func(int) float64 {
	second := make([]float64, Rate)
	for i := range second {
		second[i] = 0.25 * math.Sin(2*math.Pi*hz*float64(i)/Rate)
	}
	return func(i int) float64 { return second[i%Rate] }
}

// goertzel is the amplitude of one frequency in pcm, 1 being full scale.
func goertzel(pcm []int16, hz float64) float64 {
	w := 2 * math.Pi * hz / Rate
	c := 2 * math.Cos(w)
	var s1, s2 float64
	for _, v := range pcm {
		s1, s2 = float64(v)/32768+c*s1-s2, s1
	}
	power := s1*s1 + s2*s2 - c*s1*s2
	return 2 * math.Sqrt(max(power, 0)) / float64(len(pcm))
}

// snr is how much of pcm is the tone, against all else, in dB. The length should hold whole
// periods.
func snr(pcm []int16, hz float64) float64 {
	var total float64
	for _, v := range pcm {
		total += float64(v) / 32768 * float64(v) / 32768
	}
	total /= float64(len(pcm))
	a := goertzel(pcm, hz)
	signal := a * a / 2
	return 10 * math.Log10(signal/max(total-signal, 1e-12))
}

func (p *phone) last(d time.Duration) []int16 {
	n := min(int(d*Rate/time.Second), len(p.heard))
	return p.heard[len(p.heard)-n:]
}
