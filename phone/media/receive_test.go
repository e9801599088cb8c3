package media

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"leadline/phone/sdp"
)

// A feed is a sender made by hand: a 1 kHz tone in packets of 20 ms, to a session whose
// sound card is pulled in step.
type feed struct {
	t     *testing.T
	now   time.Duration
	s     *Session
	ssrc  uint32
	seq   uint16
	ts    uint32
	tone  []byte
	heard []int16
}

func newFeed(t *testing.T) *feed {
	f := &feed{t: t, ssrc: 1, seq: 65530, ts: 1<<32 - 800, tone: make([]byte, 160)}
	sine := tone(1000)
	for i := range f.tone {
		f.tone[i] = toALaw(int16(32767 * sine(i*6)))
	}
	s, err := New(Config{Media: agreed(), Now: func() time.Time { return start.Add(f.now) }, Seed: 1, Send: func([]byte) {}})
	if err != nil {
		t.Fatal(err)
	}
	f.s = s
	return f
}

// packet builds the next packet, with pion's writer rather than ours.
func (f *feed) packet() []byte {
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: f.seq, Timestamp: f.ts, SSRC: f.ssrc}, Payload: f.tone}
	f.seq++
	f.ts += 160
	raw, err := p.Marshal()
	if err != nil {
		f.t.Fatal(err)
	}
	return raw
}

func (f *feed) receive(raw []byte) bool { return f.s.ReceiveRTP(raw, start.Add(f.now)) }

// pull lets 20 ms pass at the sound card.
func (f *feed) pull() {
	for range 2 {
		var frame [FrameSamples]int16
		f.s.Play(frame[:])
		f.heard = append(f.heard, frame[:]...)
		f.now += 10 * time.Millisecond
	}
}

// talk lets packets come and play for so long.
func (f *feed) talk(d time.Duration) {
	for range d / (20 * time.Millisecond) {
		f.receive(f.packet())
		f.pull()
	}
}

// pause lets time pass without packets.
func (f *feed) pause(d time.Duration) {
	for range d / (20 * time.Millisecond) {
		f.pull()
	}
}

// mustBeClear expects the tone, undisturbed, in what was heard lately.
func (f *feed) mustBeClear(d time.Duration) {
	f.t.Helper()
	n := int(d * Rate / time.Second)
	if got := snr(f.heard[len(f.heard)-n:], 1000); got < 30 {
		f.t.Errorf("SNR of the last %v is %.1f dB", d, got)
	}
	if st := f.s.Stats(); st.Delay > 60*time.Millisecond {
		f.t.Errorf("playout delay is %v, wanted %v", st.Delay, st.Target)
	}
}

func TestAStreamThatBreaksIsSoonClearAgain(t *testing.T) {
	tests := []struct {
		name    string
		happens func(f *feed)
		within  time.Duration // to be clear again
	}{
		{"nothing", func(f *feed) {}, 0},
		{"another SSRC", func(f *feed) { f.ssrc, f.seq, f.ts = 2, 100, 77 }, 200 * time.Millisecond},
		{"the same source begins anew", func(f *feed) { f.seq, f.ts = 1, 0 }, 200 * time.Millisecond},
		{"sequence jumps back a little", func(f *feed) { f.seq -= 50 }, 1500 * time.Millisecond}, // it is taken for packets that come late
		{"another SSRC and both begin anew", func(f *feed) { f.ssrc, f.seq, f.ts = 3, 65535, 1<<32-1 }, 200 * time.Millisecond},
		{"timestamps jump forward", func(f *feed) { f.ts += 8000 * 3600 }, 200 * time.Millisecond},
		{"timestamps jump back", func(f *feed) { f.ts -= 8000 * 3600 }, 200 * time.Millisecond},
		{"timestamps jump back a little", func(f *feed) { f.ts -= 1600 }, 9 * time.Second},
		{"sequence jumps", func(f *feed) { f.seq += 20000 }, 200 * time.Millisecond},
		{"a pause in which timestamps go on", func(f *feed) { f.pause(2 * time.Second); f.ts += 16000 }, 200 * time.Millisecond},
		{"a pause in which timestamps stand still", func(f *feed) { f.pause(2 * time.Second) }, 200 * time.Millisecond},
		{"a long pause", func(f *feed) { f.pause(time.Minute); f.ts += 8000 * 60 }, 200 * time.Millisecond},
		{"a network that stands still, then delivers all", func(f *feed) {
			var held [][]byte
			for range 30 {
				held = append(held, f.packet())
				f.pull()
			}
			for _, raw := range held {
				f.receive(raw)
			}
		}, 12 * time.Second},
		{"a sound card that stands still", func(f *feed) {
			for range 50 {
				f.receive(f.packet())
				f.now += 20 * time.Millisecond
			}
		}, 3 * time.Second},
		{"a sound card that takes frames in fours", func(f *feed) {
			for range 100 {
				f.receive(f.packet())
				f.now += 20 * time.Millisecond
				f.receive(f.packet())
				at := f.now
				f.pull()
				f.now = at
				f.pull()
			}
		}, 8 * time.Second},
		{"a hundred packets lost", func(f *feed) {
			for range 100 {
				f.packet()
				f.pull()
			}
		}, 200 * time.Millisecond},
		{"held and taken back", func(f *feed) {
			m := agreed()
			m.Direction = sdp.Inactive
			if err := f.s.Update(m); err != nil {
				f.t.Fatal(err)
			}
			f.talk(time.Second)
			if level(f.heard[len(f.heard)-FrameSamples:]) != 0 {
				f.t.Error("it is heard on hold")
			}
			if err := f.s.Update(agreed()); err != nil {
				f.t.Fatal(err)
			}
		}, 200 * time.Millisecond},
		{"strangers' packets in between", func(f *feed) {
			for i := range 100 {
				f.receive(f.packet())
				other := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: uint16(i), SSRC: 99}, Payload: bytes.Repeat([]byte{1}, 160)}
				raw, _ := other.Marshal()
				if f.receive(raw) {
					f.t.Error("a stranger was accepted")
				}
				f.pull()
			}
			f.mustBeClear(time.Second)
		}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFeed(t)
			f.talk(3 * time.Second)
			f.mustBeClear(time.Second)
			test.happens(f)
			f.talk(test.within)
			f.talk(time.Second)
			f.mustBeClear(time.Second)
		})
	}
}

func TestPacketsThatNobodyShouldSend(t *testing.T) {
	f := newFeed(t)
	f.talk(time.Second)
	header := func(first, kind byte) []byte { return []byte{first, kind, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1} }
	for name, raw := range map[string][]byte{
		"nothing":                             nil,
		"a keep-alive":                        []byte("\r\n\r\n"),
		"STUN":                                {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"another version":                     header(0x40, 8),
		"more sources than it is long":        header(0x8f, 8),
		"an extension it does not hold":       append(header(0x90, 8), 0xbe, 0xde, 0xff, 0xff),
		"padding of nothing":                  append(header(0xa0, 8), 0),
		"more padding than packet":            append(header(0xa0, 8), 255),
		"a payload beyond any telephone call": append(header(0x80, 8), make([]byte, 9000)...),
	} {
		if f.receive(raw) {
			t.Errorf("%s was accepted", name)
		}
	}
	// What is odd but right: padding after the payload, an extension that ends in padding
	// (this panics in others), contributing sources.
	odd := [][]byte{}
	plain := f.packet()
	odd = append(odd, append(append([]byte{0xa0}, plain[1:]...), 0, 0, 3))
	plain = f.packet()
	extended := append([]byte{0x90}, plain[1:12]...)
	extended = append(extended, 0xbe, 0xde, 0, 1, 0x10, 0xaa, 0, 0)
	odd = append(odd, append(extended, plain[12:]...))
	plain = f.packet()
	sources := append([]byte{0x82}, plain[1:12]...)
	odd = append(odd, append(append(sources, 1, 2, 3, 4, 5, 6, 7, 8), plain[12:]...))
	for i, raw := range odd {
		if !f.receive(raw) {
			t.Errorf("odd packet %d was refused", i)
		}
		f.pull()
	}
	f.talk(time.Second)
	f.mustBeClear(1060 * time.Millisecond)
}

func TestPeerChangesBetweenTheCodecsAgreedOn(t *testing.T) {
	f := newFeed(t)
	f.talk(time.Second)
	for i := range 100 {
		raw := f.packet()
		if i%2 == 0 {
			raw[1] = 0
			for k := rtpHeader; k < len(raw); k++ {
				raw[k] = toMuLaw(fromALaw[raw[k]])
			}
		}
		f.receive(raw)
		f.pull()
	}
	f.mustBeClear(time.Second)
}

// silence lets time pass at the sender too: it sends nothing, and what it sends next comes
// from a sequence number without a gap (DTX).
func (f *feed) silence(d time.Duration) {
	f.pause(d)
	f.ts += uint32(8 * d / time.Millisecond)
}

func TestSilenceThatIsLeftOutIsNoLoss(t *testing.T) {
	for _, d := range []time.Duration{20 * time.Millisecond, 60 * time.Millisecond, 400 * time.Millisecond, 3 * time.Second} {
		f := newFeed(t)
		f.talk(2 * time.Second)
		for range 3 {
			f.silence(d)
			f.talk(time.Second)
		}
		st := f.s.Stats()
		if st.ConcealedSamples != 0 || st.Concealed > 0 || st.PacketsLost != 0 || st.Quality != 4 {
			t.Errorf("pauses of %v show %+v", d, st)
		}
		if st.PlayedSamples > 8*5000 {
			t.Errorf("pauses of %v: %d samples were played of 5 s of speech", d, st.PlayedSamples)
		}
		f.mustBeClear(500 * time.Millisecond)
	}
}

func TestComfortNoiseIsHeardUntilSpeechComesBack(t *testing.T) {
	f := newFeed(t)
	f.talk(time.Second)
	level := func(d time.Duration) float64 {
		n := int(d * Rate / time.Second)
		sum := 0.0
		for _, v := range f.heard[len(f.heard)-n:] {
			sum += float64(v) * float64(v)
		}
		return 20 * math.Log10(math.Sqrt(sum/float64(n))/32768+1e-9)
	}
	quiet := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 13, SequenceNumber: f.seq, Timestamp: f.ts, SSRC: f.ssrc}, Payload: []byte{45, 10, 20}}
	f.seq++
	raw, err := quiet.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if !f.receive(raw) {
		t.Error("comfort noise is no packet of this call")
	}
	f.silence(2 * time.Second)
	if got := level(time.Second); got < -49 || got > -41 {
		t.Errorf("noise of -45 dBov is heard at %.1f dBov", got)
	}
	f.talk(time.Second)
	f.mustBeClear(500 * time.Millisecond)
	if st := f.s.Stats(); st.ConcealedSamples != 0 || st.PacketsLost != 0 {
		t.Errorf("comfort noise shows %+v", st)
	}
	f.silence(time.Second)
	if got := level(500 * time.Millisecond); got > -80 {
		t.Errorf("a pause without comfort noise is heard at %.1f dBov", got)
	}
}

func TestFormatsChangeWhilePacketsWait(t *testing.T) {
	f := newFeed(t)
	both := agreed()
	f.talk(time.Second)
	for range 5 { // µ law, the second of the formats, not played yet
		raw := f.packet()
		raw[1] = 0
		f.receive(raw)
	}
	one := both
	one.Accept = both.Accept[:1]
	if err := f.s.Update(one); err != nil {
		t.Fatal(err)
	}
	f.pull()
	f.talk(3 * time.Second)
	f.mustBeClear(time.Second)
}

func TestAnUpdateThatChangesNothingIsNotHeard(t *testing.T) {
	f := newFeed(t)
	f.talk(time.Second)
	for range 25 {
		if err := f.s.Update(agreed()); err != nil {
			t.Fatal(err)
		}
		f.talk(40 * time.Millisecond)
	}
	f.mustBeClear(time.Second)
}

func TestReportsTellRoundTripAndLoss(t *testing.T) {
	n := newNetwork()
	n.delay, n.loss = 40*time.Millisecond, 0.1
	a, b := call(t, n, 0, 0)
	a.speaks, b.speaks = tone(500), tone(500)
	n.run(30*time.Second, a, b)
	st := a.Stats()
	if st.RoundTrip < 79*time.Millisecond || st.RoundTrip > 81*time.Millisecond {
		t.Errorf("round trip over 2 × 40 ms is %v", st.RoundTrip)
	}
	if st.LossSent < 0.03 || st.LossSent > 0.2 || st.Loss < 0.03 || st.Loss > 0.2 {
		t.Errorf("10 %% loss is seen as %.3f here and %.3f there", st.Loss, st.LossSent)
	}
	if st.PacketsSent != 1500 || st.OctetsSent != 240000 {
		t.Errorf("sent %d packets, %d octets", st.PacketsSent, st.OctetsSent)
	}
}

func TestCloseSaysGoodbye(t *testing.T) {
	var last []byte
	s, err := New(Config{Media: agreed(), Send: func([]byte) { t.Error("sent after the end") }, SendRTCP: func(b []byte) { last = append([]byte(nil), b...) }})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	s.Close()
	packets, err := rtcp.Unmarshal(last)
	if err != nil || len(packets) != 3 {
		t.Fatalf("%d packets, %v", len(packets), err)
	}
	if _, ok := packets[2].(*rtcp.Goodbye); !ok {
		t.Errorf("it ends with %T", packets[2])
	}
	for range 10 {
		s.Capture(make([]int16, FrameSamples))
	}
	if err := s.Update(agreed()); err != ErrClosed {
		t.Errorf("update after the end: %v", err)
	}
}

func TestSilencePeerIsSeen(t *testing.T) {
	f := newFeed(t)
	f.talk(10 * time.Second)
	if q := f.s.Stats().Quality; q != 4 {
		t.Errorf("quality of a good call is %d", q)
	}
	f.pause(5 * time.Second)
	st := f.s.Stats()
	if st.Quality != 0 {
		t.Errorf("quality after five seconds of nothing is %d", st.Quality)
	}
	if got := start.Add(f.now).Sub(st.LastReceived); got < 5*time.Second || got > 5100*time.Millisecond {
		t.Errorf("last received %v ago", got)
	}
}
