package media

import (
	"testing"
	"time"

	"leadline/phone/sdp"
)

// sent collects the packets of a session that is captured from by hand.
type sent struct {
	*Session
	t       *testing.T
	now     time.Duration
	packets []packet
}

func newSent(t *testing.T, m sdp.Media) *sent {
	s := &sent{t: t}
	var err error
	s.Session, err = New(Config{Media: m, Now: func() time.Time { return start.Add(s.now) }, Seed: 1,
		Send: func(raw []byte) {
			p, ok := parseRTP(append([]byte(nil), raw...))
			if !ok {
				t.Error("we sent what we can't read")
			}
			s.packets = append(s.packets, p)
		}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// speak captures a tone for so long and returns the packets sent meanwhile.
func (s *sent) speak(d time.Duration) []packet {
	s.packets = nil
	sine := tone(1000)
	var frame [FrameSamples]int16
	for i := range frame {
		frame[i] = int16(32767 * sine(i))
	}
	for range d / (10 * time.Millisecond) {
		s.Capture(frame[:])
		s.now += 10 * time.Millisecond
	}
	return s.packets
}

func loudest(p packet) (peak int16) {
	for _, b := range p.payload {
		peak = max(peak, fromALaw[b])
	}
	return peak
}

func TestPacketsFollowEachOther(t *testing.T) {
	s := newSent(t, agreed())
	packets := s.speak(200 * time.Millisecond)
	if len(packets) != 10 {
		t.Fatalf("%d packets in 200 ms", len(packets))
	}
	for i, p := range packets {
		first := packets[0]
		if p.kind != 8 || len(p.payload) != 160 || p.ssrc != first.ssrc || p.marker != (i == 0) ||
			p.seq != first.seq+uint16(i) || p.ts != first.ts+uint32(160*i) {
			t.Errorf("packet %d: type %d, %d octets, +%d, timestamp +%d, marker %v", i, p.kind, len(p.payload), p.seq-first.seq, p.ts-first.ts, p.marker)
		}
	}
}

func TestAPacketLeavesWithItsLastFrame(t *testing.T) {
	s := newSent(t, agreed())
	if got := len(s.speak(10 * time.Millisecond)); got != 0 {
		t.Errorf("%d packets after 10 ms", got)
	}
	if got := len(s.speak(10 * time.Millisecond)); got != 1 {
		t.Errorf("%d packets after 20 ms", got)
	}
}

func TestPacketLengthAsAgreed(t *testing.T) {
	for _, ms := range []int{10, 20, 30, 40, 60} {
		m := agreed()
		m.Ptime = ms
		packets := newSent(t, m).speak(240 * time.Millisecond)
		if len(packets) != 240/ms || len(packets[0].payload) != 8*ms {
			t.Errorf("%d packets of %d octets for a ptime of %d", len(packets), len(packets[0].payload), ms)
		}
	}
}

func TestMuteSendsSilence(t *testing.T) {
	s := newSent(t, agreed())
	if loud := loudest(s.speak(100 * time.Millisecond)[4]); loud < 5000 {
		t.Fatalf("unmuted, the peak is %d", loud)
	}
	s.Mute(true)
	packets := s.speak(200 * time.Millisecond)
	if len(packets) != 10 {
		t.Errorf("%d packets in 200 ms while muted", len(packets))
	}
	for i, p := range packets[1:] {
		if loudest(p) > 8 {
			t.Errorf("packet %d after mute has a peak of %d", i+1, loudest(p))
		}
	}
	s.Mute(false)
	if loud := loudest(s.speak(100 * time.Millisecond)[4]); loud < 5000 || s.Muted() {
		t.Errorf("unmuted again, the peak is %d", loud)
	}
}

func TestWhoIsHeldHearsMusicAndNeverTheMicrophone(t *testing.T) {
	s := newSent(t, agreed())
	s.speak(100 * time.Millisecond)
	frames := 0
	s.Comfort(func(frame []int16) {
		for i := range frame {
			frame[i] = 1000
		}
		frames++
	})
	for i, p := range s.speak(200 * time.Millisecond)[1:] {
		if loud := loudest(p); loud < 900 || loud > 1200 {
			t.Errorf("packet %d has a peak of %d; the music is 1000 and the microphone 8000", i+1, loud)
		}
	}
	if frames != 20 {
		t.Errorf("%d frames of music in 200 ms", frames)
	}
	s.Comfort(nil)
	if loud := loudest(s.speak(100 * time.Millisecond)[4]); loud < 5000 {
		t.Errorf("taken back, the peak is %d", loud)
	}
}

func TestHeldSendsNothingAndGoesOnWithAMarker(t *testing.T) {
	s := newSent(t, agreed())
	before := s.speak(100 * time.Millisecond)
	last := before[len(before)-1]
	m := agreed()
	m.Direction = sdp.RecvOnly
	if err := s.Update(m); err != nil {
		t.Fatal(err)
	}
	if got := len(s.speak(time.Second)); got != 0 {
		t.Errorf("%d packets while held", got)
	}
	if err := s.Update(agreed()); err != nil {
		t.Fatal(err)
	}
	p := s.speak(100 * time.Millisecond)[0]
	if !p.marker || p.seq != last.seq+1 || p.ts != last.ts+160*51 || p.ssrc != last.ssrc {
		t.Errorf("marker %v, sequence +%d, timestamp +%d", p.marker, p.seq-last.seq, p.ts-last.ts)
	}
}

func TestCodecChangesInAReinvite(t *testing.T) {
	s := newSent(t, agreed())
	last := s.speak(100 * time.Millisecond)[4]
	m := agreed()
	m.Format = m.Accept[1]
	if err := s.Update(m); err != nil {
		t.Fatal(err)
	}
	p := s.speak(20 * time.Millisecond)[0]
	if p.kind != 0 || p.seq != last.seq+1 || p.ts != last.ts+160 {
		t.Errorf("type %d, sequence +%d, timestamp +%d", p.kind, p.seq-last.seq, p.ts-last.ts)
	}
	m.Codec = sdp.Codec{Name: "L16", Clock: 44100}
	if err := s.Update(m); err == nil {
		t.Error("a codec that we don't have was taken")
	}
	if p := s.speak(20 * time.Millisecond)[0]; p.kind != 0 {
		t.Errorf("after a refused update, type %d", p.kind)
	}
}

func TestAMicrophoneThatWasAwayDoesNotFallBehind(t *testing.T) {
	s := newSent(t, agreed())
	last := s.speak(100 * time.Millisecond)[4]
	s.now += time.Second
	p := s.speak(20 * time.Millisecond)[0]
	if gap := p.ts - last.ts; gap < 8000 || gap > 8400 || !p.marker || p.seq != last.seq+1 {
		t.Errorf("after a second: timestamp +%d, marker %v, sequence +%d", gap, p.marker, p.seq-last.seq)
	}
}

// RFC 3711 §3.3.1: the first turn of the sequence numbers is far away, whoever comes late to the call.
func TestSequenceNumbersDoNotBeginCloseToTheirTurn(t *testing.T) {
	for seed := range uint64(200) {
		s, err := New(Config{Media: agreed(), Seed: seed + 1, Send: func([]byte) {}})
		if err != nil {
			t.Fatal(err)
		}
		if s.out.seq >= 1<<15 {
			t.Fatalf("seed %d begins with %d", seed+1, s.out.seq)
		}
	}
}
