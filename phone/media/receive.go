package media

import (
	"slices"
	"time"

	"leadline/phone/sdp"
)

// receiver is the way from datagrams to the sound card. Its owner locks.
type receiver struct {
	*playout            // of the codec that the peer sends with
	playouts []*playout // for all that it may send with, those of one clock and rate together
	dtmf     bool
	events   []uint8 // payload types of telephone-event
	noise    uint8   // payload type of comfort noise
	listens  bool    // the direction lets us hear
	digits   listener
	source   source
	known    bool // there is a source
	rejected uint64
	beep     beep

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

// A playout is the way of codecs that share an RTP clock and a sampling rate to the
// sound card.
type playout struct {
	rate    int // sampling rate in Hz
	clock   int // RTP clock in Hz
	formats []sdp.Format
	player  *player // this and what follows: nil until the peer sends such a packet
	up      *upsampler
	frame   []int16 // 10 ms at the codecs' rate
}

// open makes it ready to play.
func (p *playout) open() {
	if p.player == nil {
		p.player, p.up, p.frame = newPlayer(p.rate), newUpsampler(p.rate), make([]int16, p.rate/100)
		p.decode()
	}
}

// decode gives the player decoders of its own, one for each format; what waits in it was
// encoded for others.
func (p *playout) decode() {
	p.player.decoders = nil
	for _, f := range p.formats {
		if c, err := codecFor(f); err == nil { // it was found before
			p.player.decoders = append(p.player.decoders, c.decoder())
		}
	}
	p.player.restart()
}

// setUp applies what was agreed on, keeping what can be kept.
func (r *receiver) setUp(m sdp.Media, c codec) {
	accept := m.Accept
	if !slices.Contains(accept, m.Format) {
		accept = append([]sdp.Format{m.Format}, accept...)
	}
	var list []*playout
	for _, f := range accept {
		other, err := codecFor(f)
		if err != nil || slices.ContainsFunc(list, func(p *playout) bool { return p.is(other.rate, f.Codec.Clock) }) {
			continue
		}
		list = append(list, r.playoutOf(other.rate, f.Codec.Clock, accept))
	}
	r.playouts = list
	for _, p := range list {
		if p.is(c.rate, m.Codec.Clock) && !slices.Contains(list, r.playout) {
			r.change(p)
		}
	}
	if listens := m.Direction.Receives(); listens != r.listens {
		r.listens = listens
		r.player.restart()
	}
	r.dtmf, r.events = m.DTMF, append([]uint8{m.DTMFRecv}, m.DTMFAlso...)
	r.noise = noisePayload
	if m.Noise {
		r.noise = m.NoiseRecv
	}
}

// playoutOf is the playout for those of the accepted formats that have this rate and clock,
// the one that is there already if there is one.
func (r *receiver) playoutOf(rate, clock int, accept []sdp.Format) *playout {
	var formats []sdp.Format
	for _, f := range accept {
		if c, err := codecFor(f); err == nil && c.rate == rate && f.Codec.Clock == clock {
			formats = append(formats, f)
		}
	}
	p := &playout{rate: rate, clock: clock}
	if i := slices.IndexFunc(r.playouts, func(p *playout) bool { return p.is(rate, clock) }); i >= 0 {
		p = r.playouts[i]
	}
	if !slices.Equal(formats, p.formats) {
		p.formats = formats
		if p.player != nil {
			p.decode()
		}
	}
	return p
}

func (p *playout) is(rate, clock int) bool { return p.rate == rate && p.clock == clock }

// change goes over to another playout: the timestamps of one clock tell nothing in another,
// so the stream begins anew.
func (r *receiver) change(p *playout) {
	p.open()
	r.playout = p
	r.forget()
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
	r.follow(p)
	codec, isEvent := r.codec(p.kind), r.isEvent(p.kind)
	isNoise := codec < 0 && p.kind == r.noise
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
		s := r.store(p, seq, ts, codec, begins, arrival)
		if s != nil && isNoise {
			s.noise = noiseLevel(p.payload)
		}
	}
	return digit, codec >= 0 || isEvent || isNoise
}

// follow goes over to the codec that the peer has changed to, which it may at any time
// among those agreed on (RFC 3264 §6.1).
func (r *receiver) follow(p packet) {
	if len(r.playouts) < 2 || r.codec(p.kind) >= 0 || r.isEvent(p.kind) || r.known && p.ssrc != r.source.ssrc {
		return
	}
	for _, other := range r.playouts {
		if other != r.playout && other.codec(p.kind, r.isEvent(p.kind)) >= 0 {
			r.change(other)
			return
		}
	}
}

func (r *receiver) isEvent(kind uint8) bool { return r.dtmf && slices.Contains(r.events, kind) }

// codec is the index of the decoder for a payload type, -1 if there is none.
func (r *receiver) codec(kind uint8) int { return r.playout.codec(kind, r.isEvent(kind)) }

func (r *playout) codec(kind uint8, isEvent bool) int {
	for i, f := range r.formats {
		if f.PayloadRecv == kind {
			return i
		}
	}
	// Some peers send under the number they told us to use instead of ours.
	for i, f := range r.formats {
		if f.PayloadSend == kind && !isEvent {
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

// store puts a packet into the jitter buffer, and gives its slot unless its turn has passed.
func (r *receiver) store(p packet, seq, ts int64, codec int, begins bool, arrival time.Duration) *slot {
	s := r.player.buffer.put(seq)
	if s == nil {
		r.player.late++
		return nil
	}
	s.pos = ts * int64(r.player.rate) / int64(r.clock)
	s.arrived = arrival
	s.begins = begins
	s.audio = codec >= 0 && len(p.payload) > 0
	if s.audio {
		s.codec = codec
		s.size = copy(s.payload[:], p.payload)
	}
	return s
}

// play plays one frame at Rate.
func (r *receiver) play(dst []int16, now time.Duration) {
	if r.listens {
		r.player.pull(r.frame, now)
	} else {
		clear(r.frame)
	}
	r.up.run(dst, r.frame)
	r.beep.mix(dst)
}
