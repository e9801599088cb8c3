package media

import (
	"cmp"
	"time"

	"leadline/phone/sdp"
)

// sender is the way from the microphone to datagrams. Its owner locks.
type sender struct {
	codec   codec
	format  sdp.Format
	encoder encoder
	down    *downsampler
	frame   []int16 // 10 ms at the codec's rate
	pcm     []int16 // what was gathered for the next packet
	ptime   int     // milliseconds a packet

	comfort func([]int16) // fills frames in the microphone's place; nil: nothing does
	hold    [FrameSamples]int16

	sends      bool // the direction lets us be heard
	muted      bool
	beep       beep
	silent     bool // the last frame was muted: fade from there
	dtmf       bool
	event      uint8
	eventClock int // Hz, of a digit's duration
	dial       dialler
	tones      toneDialler

	ssrc     uint32
	seq      uint16
	ts       uint32 // of the sample after those gathered in pcm's beginning
	begins   bool   // the next packet begins a talk spurt
	lastTime time.Duration
	started  bool

	packets, octets uint64
	buf             []byte
}

// setUp applies what was agreed on; numbers go on counting.
func (s *sender) setUp(m sdp.Media, c codec) {
	if s.encoder == nil || s.codec.name != c.name || s.format.Wishes != m.Wishes {
		s.encoder = c.encoder(m.Wishes)
	}
	if s.down == nil || s.codec.rate != c.rate {
		s.down = newDownsampler(c.rate)
		s.frame = make([]int16, c.rate/100)
		s.pcm = make([]int16, 0, c.rate*60/1000)
	}
	if ptime := c.ptime(m.Ptime); ptime != s.ptime {
		s.flush()
		s.ptime = ptime
	}
	if m.Direction.Sends() && !s.sends {
		s.begins = true
	}
	s.codec, s.format, s.sends = c, m.Format, m.Direction.Sends()
	s.dtmf, s.event, s.eventClock = m.DTMF, m.DTMFSend, cmp.Or(m.DTMFClock, m.Codec.Clock)
	if !s.dtmf || !s.sends {
		s.dial = dialler{}
	}
	if !s.sends {
		s.tones = toneDialler{}
	}
}

// expect tells the codec how much gets lost on the way, 0..1.
func (s *sender) expect(loss float64) {
	if a, ok := s.encoder.(adapter); ok {
		a.expect(loss)
	}
}

// flush drops what was gathered, and counts its time.
func (s *sender) flush() {
	if s.codec.rate > 0 {
		s.ts += uint32(len(s.pcm) * s.format.Codec.Clock / s.codec.rate)
	}
	s.pcm = s.pcm[:0]
}

// stall is how late a frame may come before the sender's timeline follows the clock.
// A microphone that was unplugged for a second must not leave the peer a second behind.
const stall = 250 * time.Millisecond

// capture takes one frame at Rate and gives the packet to send, nil if there is none yet.
func (s *sender) capture(src []int16, now time.Duration) []byte {
	clock := s.format.Codec.Clock
	if s.started && now-s.lastTime > stall {
		s.flush()
		s.ts += uint32(int64(now-s.lastTime)*int64(clock)/int64(time.Second)) / 80 * 80
		s.begins = true
	}
	s.started, s.lastTime = true, now

	if s.comfort != nil {
		s.comfort(s.hold[:])
		src = s.hold[:]
	}
	s.down.run(s.frame, src)
	s.mute()
	s.tones.play(s.frame, s.codec.rate)
	if s.sends {
		s.beep.mix(s.frame)
	}
	s.pcm = append(s.pcm, s.frame...)
	need := s.codec.rate * s.ptime / 1000
	if len(s.pcm) < need {
		return nil
	}
	at := s.ts
	s.ts += uint32(clock * s.ptime / 1000)
	pcm := s.pcm
	s.pcm = s.pcm[:0]
	if !s.sends {
		return nil
	}
	p := packet{kind: s.format.PayloadSend, seq: s.seq, ts: at, ssrc: s.ssrc, marker: s.begins}
	var event [4]byte
	if digit, start, marker := s.dial.step(s.ptime, at, s.eventClock, &event); digit {
		p.kind, p.ts, p.marker = s.event, start, marker
		s.buf = append(appendRTP(s.buf[:0], p), event[:]...)
	} else {
		s.buf = s.encoder.encode(appendRTP(s.buf[:0], p), pcm)
		if len(s.buf) == rtpHeader { // silence that the peer wants left out
			s.begins = true
			return nil
		}
		s.begins = false
	}
	s.seq++
	s.packets++
	s.octets += uint64(len(s.buf) - rtpHeader)
	return s.buf
}

// mute silences the frame, with a fade at either end that keeps it from clicking.
func (s *sender) mute() {
	n := len(s.frame)
	switch {
	case s.muted && s.silent:
		clear(s.frame)
	case s.muted:
		for i, v := range s.frame {
			s.frame[i] = int16(int(v) * (n - i) / n)
		}
	case s.silent:
		for i, v := range s.frame {
			s.frame[i] = int16(int(v) * i / n)
		}
	}
	s.silent = s.muted
}
