package media

import (
	"slices"
	"time"

	"leadline/phone/sdp"
)

// receiver is the way from datagrams to the sound card. Its owner locks.
type receiver struct {
	clock    int // RTP clock in Hz
	formats  []sdp.Format
	dtmf     bool
	event    uint8 // payload type of telephone-event
	listens  bool  // the direction lets us hear
	player   *player
	up       *upsampler
	frame    []int16 // 10 ms at the codec's rate
	digits   listener
	source   source
	known    bool // there is a source
	rejected uint64

	// A packet from a new SSRC, or far off in sequence, waits here for one that
	// follows it (RFC 3550 §6.2.1): a stray datagram must not break a call.
	candidate struct {
		waits bool
		ssrc  uint32
		seq   uint16 // expected next
	}

	last      time.Duration // arrival of the last packet
	total     uint64        // packets, from all sources
	priorLost uint64        // of sources that are gone
	repeated  uint64
}

// setUp applies what was agreed on, keeping what can be kept.
func (r *receiver) setUp(m sdp.Media, c codec) {
	accept := m.Accept
	if len(accept) == 0 {
		accept = []sdp.Format{m.Format}
	}
	var kept []sdp.Format
	var decoders []func([]int16, []byte) int
	for _, f := range accept {
		other, err := codecFor(f)
		if err != nil || other.rate != c.rate || f.Codec.Clock != m.Codec.Clock {
			continue // the peer may send it, but has no reason to: we don't
		}
		decoders = append(decoders, other.decoder())
		kept = append(kept, f)
	}
	if r.player == nil || r.player.rate != c.rate || r.clock != m.Codec.Clock {
		r.player = newPlayer(c.rate)
		r.up = newUpsampler(c.rate)
		r.frame = make([]int16, c.rate/100)
		r.formats = nil
		r.forget()
	}
	if !slices.Equal(kept, r.formats) { // what waits was encoded for the old ones
		r.player.decoders = decoders
		r.player.restart()
	}
	if listens := m.Direction.Receives(); listens != r.listens {
		r.listens = listens
		r.player.restart()
	}
	r.formats, r.clock = kept, m.Codec.Clock
	r.dtmf, r.event = m.DTMF, m.DTMFRecv
}

// forget makes the next packet a new source.
func (r *receiver) forget() {
	if r.known {
		r.priorLost += r.source.lost()
		r.repeated += r.source.repeated
	}
	r.known, r.digits, r.candidate.waits = false, listener{}, false
	r.player.restart()
}

// receive takes an RTP packet. digit is what it begins, 0 if nothing.
func (r *receiver) receive(b []byte, arrival time.Duration) (digit rune, accepted bool) {
	p, ok := parseRTP(b)
	if !ok {
		r.rejected++
		return 0, false
	}
	codec, isEvent := r.codec(p.kind), r.dtmf && p.kind == r.event
	if codec < 0 && !isEvent && !r.known {
		r.rejected++
		return 0, false
	}
	seq, ok := r.identify(p)
	if !ok {
		r.rejected++
		return 0, false
	}
	r.total++
	r.last = arrival
	if !r.source.take(seq) {
		return 0, true
	}
	before := r.source.lastTS
	ts := r.source.timestamp(p.ts)
	begins := false
	if codec >= 0 {
		begins = r.measure(ts, before, arrival)
	}
	if isEvent {
		if d, begins := r.digits.hear(p.payload, ts, p.marker); begins {
			digit = d
		}
	}
	if r.listens {
		r.store(p, seq, ts, codec, begins, arrival)
	}
	return digit, codec >= 0 || isEvent
}

// codec is the index of the decoder for a payload type, -1 if there is none.
func (r *receiver) codec(kind uint8) int {
	for i, f := range r.formats {
		if f.PayloadRecv == kind {
			return i
		}
	}
	// Some peers send under the number they told us to use instead of ours.
	for i, f := range r.formats {
		if f.PayloadSend == kind && !(r.dtmf && kind == r.event) {
			return i
		}
	}
	return -1
}

// identify finds whose packet it is and extends its sequence number. Of a new source,
// or of one that begins anew, the second packet in a row is believed, unless
// there is none yet.
func (r *receiver) identify(p packet) (int64, bool) {
	if r.known && p.ssrc == r.source.ssrc {
		if seq, ok := r.source.sequence(p.seq); ok {
			r.candidate.waits = false
			return seq, true
		}
	}
	c := &r.candidate
	if r.known && !(c.waits && c.ssrc == p.ssrc && c.seq == p.seq) {
		c.waits, c.ssrc, c.seq = true, p.ssrc, p.seq+1
		return 0, false
	}
	r.forget()
	r.source, r.known = begin(p), true
	return r.source.sequence(p.seq)
}

// discontinuity is a step of the transit that is no jitter: the sender's clock was set
// anew, or the network stood still for so long that the past does not matter.
const discontinuity = 500 * time.Millisecond

// measure learns from an audio packet's arrival and reports whether the timeline
// begins anew with it.
func (r *receiver) measure(ts, before int64, arrival time.Duration) (begins bool) {
	transit := arrival - ticks(ts, r.clock)
	if r.source.measured {
		step := transit.Seconds() - r.source.lastTransit
		if max(step, -step) > discontinuity.Seconds() {
			r.source.measured = false
			r.player.delay.reset()
			begins = true
			if ts < before { // timestamps count on from here
				r.source.lastTS = ts
			}
		}
	}
	r.source.arrived(transit.Seconds())
	r.player.delay.arrived(arrival, transit)
	return begins
}

// store puts a packet into the jitter buffer.
func (r *receiver) store(p packet, seq, ts int64, codec int, begins bool, arrival time.Duration) {
	s := r.player.buffer.put(seq)
	if s == nil {
		r.player.late++
		return
	}
	s.pos = ts * int64(r.player.rate) / int64(r.clock)
	s.arrived = arrival
	s.begins = begins
	s.audio = codec >= 0 && len(p.payload) > 0
	if s.audio {
		s.codec = codec
		s.size = copy(s.payload[:], p.payload)
	}
}

// play plays one frame at Rate.
func (r *receiver) play(dst []int16, now time.Duration) {
	if r.listens {
		r.player.pull(r.frame, now)
	} else {
		clear(r.frame)
	}
	r.up.run(dst, r.frame)
}
