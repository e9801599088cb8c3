package media

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// FuzzReceive feeds a call with whatever: the input is cut into datagrams by its own bytes,
// with pulls and time in between, raw ones and such that have a good header before
// them, so that the jitter buffer gets its share. Nothing may panic, hang, or make
// the delay or the audio impossible.
func FuzzReceive(f *testing.F) {
	rtp := append(appendRTP(nil, packet{kind: 8, seq: 1, ts: 160, ssrc: 1}), 1, 2, 3, 4)
	f.Add(append([]byte{16}, rtp...))
	f.Add([]byte{0x84, 0, 1, 0, 0, 0, 0, 0x84, 0, 2, 0, 0, 0, 160, 0xc4, 0x84, 0, 3, 0x7f, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{28, 0x80, 200, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{20, 0x90, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbe, 0xde, 0, 1, 0x10, 0xaa, 0, 0})
	f.Fuzz(func(t *testing.T, input []byte) {
		now := start
		s, err := New(Config{Media: agreed(), Now: func() time.Time { return now }, Seed: 1,
			Send: func([]byte) {}, SendRTCP: func([]byte) {}, OnDigit: func(rune) {}})
		if err != nil {
			t.Fatal(err)
		}
		var frame [FrameSamples]int16
		for len(input) > 0 {
			op := input[0]
			input = input[1:]
			switch n := int(op & 0x3f); {
			case op >= 0xc0: // time passes, at the sound card too or not
				now = now.Add(time.Duration(n) * 7 * time.Millisecond)
				for range n % 8 {
					s.Play(frame[:])
					s.Capture(frame[:])
				}
			case op >= 0x80: // a packet with these numbers
				if len(input) < 6 {
					return
				}
				p := packet{kind: []byte{8, 0, 101, 13}[n&3], ssrc: uint32(n >> 4 & 1),
					seq: uint16(input[0])<<8 | uint16(input[1]),
					ts:  uint32(input[2])<<24 | uint32(input[3])<<16 | uint32(input[4])<<8 | uint32(input[5])}
				input = input[6:]
				s.ReceiveRTP(append(appendRTP(nil, p), make([]byte, 40*(n>>2&3))...), now)
			default: // raw
				n = min(int(op), len(input))
				s.ReceiveRTP(input[:n], now)
				s.ReceiveRTCP(input[:n], now)
				input = input[n:]
			}
			p := s.in.player
			if p.track.ahead() > 4*Rate || p.buffer.end-p.buffer.next > slots {
				t.Fatalf("%d samples and %d packets wait", p.track.ahead(), p.buffer.end-p.buffer.next)
			}
		}
		st := s.Stats()
		if st.MOS < 1 || st.MOS > 4.6 || st.Loss < 0 || st.Loss > 1 || st.Concealed < 0 || st.Concealed > 1 {
			t.Fatalf("impossible: %+v", st)
		}
		s.Close()
	})
}

// FuzzRTCP feeds a call's reporter with whatever, at one time and later once more. It is called past ReceiveRTCP, where a
// panic costs a report only: here it is one. Nothing that Stats passes on may be impossible.
func FuzzRTCP(f *testing.F) {
	ours := newSession(f).out.ssrc
	for _, p := range [][]rtcp.Packet{
		{&rtcp.SenderReport{SSRC: 1, NTPTime: 1 << 40, PacketCount: 50, Reports: []rtcp.ReceptionReport{{
			SSRC: ours, FractionLost: 255, LastSequenceNumber: 7, Jitter: 1 << 31, LastSenderReport: 1, Delay: 1 << 31}}}},
		{&rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{SSRC: ours, LastSenderReport: 1 << 30}, {SSRC: 2}}},
			rtcp.NewCNAMESourceDescription(1, "them"), &rtcp.Goodbye{Sources: []uint32{1}}},
	} {
		packet, err := rtcp.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packet, uint16(5000), uint16(200))
	}
	f.Add([]byte{0x9f, 200, 0xff, 0xff}, uint16(0), uint16(0))
	f.Fuzz(func(t *testing.T, input []byte, later, sent uint16) {
		s := newSession(t)
		for now := time.Duration(0); now <= time.Duration(later)*time.Millisecond; now += max(1, time.Duration(later)*time.Millisecond) {
			s.out.receive(input, now, start.Add(now), s.out.ssrc, 8000, uint64(sent))
			if deaf := s.out.echo.deafTo(now); deaf < 0 || deaf > now {
				t.Errorf("unheard for %v after %v", deaf, now)
			}
		}
		r := &s.out.reporter
		if r.loss < 0 || r.loss > 1 || r.jitter < 0 || r.jitter > time.Minute || r.roundTrip < 0 || r.roundTrip > 10*time.Second {
			t.Errorf("loss %v, jitter %v, round trip %v", r.loss, r.jitter, r.roundTrip)
		}
	})
}

// newSession is a call that sends nowhere.
func newSession(t testing.TB) *Session {
	s, err := New(Config{Media: agreed(), Now: func() time.Time { return start }, Seed: 1, Send: func([]byte) {}, SendRTCP: func([]byte) {}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
