package demo

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/zaf/g711"
)

const (
	frameTime    = 20 * time.Millisecond
	frameSamples = rate / 50
)

// leg is the RTP of one call. It says what script holds and echoes what it hears.
type leg struct {
	conn *net.UDPConn
	log  *slog.Logger
	stop chan struct{}
	once sync.Once
	wait sync.WaitGroup

	mu      sync.Mutex
	terms   terms
	script  []int16 // said over and over; nil: nothing
	at      int
	mirror  bool    // each packet goes straight back, and nothing else is sent
	unsaid  uint16  // packets that did not go back, since nobody listened
	repeat  float64 // gain of the echo
	delay   int     // of the echo, samples
	waiting []int16 // heard, not echoed yet
	other   *leg    // hears what this one hears, in place of an echo; nil for none
	heard   int     // packets
	digits  string
	event   uint32 // timestamp of the digit that was counted last
	loud    [50]float64
	loudAt  int
}

// newLeg opens a port on loopback.
func newLeg(log *slog.Logger) (*leg, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("open a port for RTP: %w", err)
	}
	return &leg{conn: conn, log: log, stop: make(chan struct{})}, nil
}

func (l *leg) addr() netip.AddrPort { return l.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// agree takes over what the other side wants now, at the start or on hold.
func (l *leg) agree(t terms) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.terms = t
}

// say sets what the leg says and how it echoes.
func (l *leg) say(script []int16, repeat float64, delay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.script, l.repeat, l.delay = script, repeat, int(delay*rate/time.Second)
}

// bridge has each of two legs say what the other hears. They are not started yet.
func bridge(a, b *leg) {
	const jitter = 2 * frameTime // what comes late has so long
	for _, l := range []*leg{a, b} {
		l.say(nil, 1, jitter)
	}
	a.pass(b)
	b.pass(a)
}

// pass has another leg say what this one hears; nil for nobody.
func (l *leg) pass(other *leg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.other = other
}

// reflect makes the leg an echo test: what comes goes back at once.
func (l *leg) reflect() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mirror = true
}

func (l *leg) start() {
	l.mu.Lock()
	mirror := l.mirror
	l.mu.Unlock()
	if !mirror {
		l.wait.Go(l.send)
	}
	l.wait.Go(l.receive)
}

func (l *leg) close() {
	l.once.Do(func() {
		close(l.stop)
		l.conn.Close()
	})
	l.wait.Wait()
}

func (l *leg) send() {
	defer l.recovered()
	tick := time.NewTicker(frameTime)
	defer tick.Stop()
	header := rtp.Header{
		Version: 2, SSRC: rand.Uint32(), SequenceNumber: uint16(rand.Uint32()), Timestamp: rand.Uint32(), Marker: true,
	}
	payload := make([]byte, frameSamples)
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
		}
		l.mu.Lock()
		t := l.terms
		for i := range payload {
			v := l.next()
			if t.voice == ptPCMU {
				payload[i] = g711.EncodeUlawFrame(v)
			} else {
				payload[i] = g711.EncodeAlawFrame(v)
			}
		}
		l.mu.Unlock()
		header.PayloadType = t.voice
		sent := l.write(t, &rtp.Packet{Header: header, Payload: payload})
		if sent { // a gap in the numbers would be a loss (RFC 3550 §5.1)
			header.SequenceNumber++
		}
		header.Marker = !sent
		header.Timestamp += frameSamples
	}
}

// write sends a packet to where they listen now, if they do.
func (l *leg) write(t terms, p *rtp.Packet) bool {
	if !t.hears || t.to.Port() == 0 || !t.to.Addr().IsLoopback() {
		return false
	}
	b, err := p.Marshal()
	if err == nil {
		_, _ = l.conn.WriteToUDPAddrPort(b, t.to) // the next one is 20 ms away
	}
	return err == nil
}

// next is the next sample to send; l.mu is held.
func (l *leg) next() int16 {
	var v float64
	if len(l.script) > 0 {
		v = float64(l.script[l.at])
		l.at = (l.at + 1) % len(l.script)
	}
	if len(l.waiting) > l.delay {
		v += l.repeat * float64(l.waiting[0])
		l.waiting = l.waiting[1:]
	}
	return int16(max(math.MinInt16, min(math.MaxInt16, v)))
}

func (l *leg) receive() {
	buf := make([]byte, 1500)
	for {
		n, err := l.conn.Read(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			l.take(buf[:n])
		}
	}
}

// take is for one packet; what is none is dropped.
func (l *leg) take(b []byte) {
	defer l.recovered()
	var p rtp.Packet
	if p.Unmarshal(b) != nil || p.Version != 2 {
		return
	}
	voice, says := l.heeds(&p)
	if voice != nil {
		says.echo(voice)
	}
}

// heeds takes in a packet, and gives its sound and who is to say it.
func (l *leg) heeds(p *rtp.Packet) (voice []int16, says *leg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if says = l.other; says == nil {
		says = l
	}
	if l.mirror && (p.PayloadType == ptPCMA || p.PayloadType == ptPCMU) {
		// A stream of its own, as if a person repeated it: only the sound is theirs.
		back := &rtp.Packet{Payload: p.Payload, Header: rtp.Header{Version: 2, Marker: p.Marker,
			PayloadType: p.PayloadType, SequenceNumber: p.SequenceNumber - l.unsaid, Timestamp: p.Timestamp, SSRC: ^p.SSRC}}
		if !l.write(l.terms, back) {
			l.unsaid++
		}
	}
	switch {
	case p.PayloadType == ptPCMA:
		voice = l.hear(p.Payload, g711.DecodeAlawFrame)
	case p.PayloadType == ptPCMU:
		voice = l.hear(p.Payload, g711.DecodeUlawFrame)
	case p.PayloadType == l.terms.digits && l.terms.digits != 0:
		// RFC 4733 §2.3: event, then the end bit; all packets of one digit have one timestamp.
		if len(p.Payload) >= 4 && p.Payload[0] < 16 && (l.digits == "" || p.Timestamp != l.event) {
			l.digits += string("0123456789*#ABCD"[p.Payload[0]])
			l.event = p.Timestamp
		}
	}
	return voice, says
}

// echo keeps what was heard until it is said, two seconds at most.
func (l *leg) echo(voice []int16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, voice...)
	if over := len(l.waiting) - 2*rate; over > 0 {
		l.waiting = l.waiting[over:]
	}
}

// hear counts and measures what was heard; l.mu is held.
func (l *leg) hear(payload []byte, decode func(byte) int16) (voice []int16) {
	l.heard++
	var sum float64
	for _, b := range payload {
		v := decode(b)
		sum += float64(v) * float64(v)
		voice = append(voice, v)
	}
	if len(payload) > 0 {
		l.loud[l.loudAt%len(l.loud)] = math.Sqrt(sum/float64(len(payload))) / math.MaxInt16
		l.loudAt++
	}
	return voice
}

func (l *leg) recovered() {
	if p := recover(); p != nil {
		l.log.Error("demo: a packet was dropped", "panic", p)
	}
}

// Heard is what a call's customer has heard so far.
type Heard struct {
	Packets int
	Level   float64 // root mean square of the last second, 0..1
	Digits  string  // pressed on the keypad
}

func (l *leg) report() Heard {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := Heard{Packets: l.heard, Digits: l.digits}
	n := min(l.loudAt, len(l.loud))
	for _, v := range l.loud[:n] {
		h.Level += v / float64(n)
	}
	return h
}
