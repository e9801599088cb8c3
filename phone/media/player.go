package media

import "time"

// A player turns packets that came when they came into audio that is asked for every
// 10 ms. It is pulled, so that there is one queue in the receiving path and the sound
// card's clock is the only one.
//
// Its timeline is the sender's, in samples. While nothing is missing, position and
// sound card advance together; concealment advances it too, so that after a loss
// the next packet plays at its own time. If audio was only late, the position goes
// back and the delay has grown, as it had to.
type player struct {
	rate     int
	buffer   buffer
	delay    estimator
	track    *track
	conceal  *concealer
	decoders []decoder

	running bool
	pos     int64         // timeline position of the next sample to be played
	waiting window        // smallest playout offset of the last second
	offset  time.Duration // now minus position, at this pull

	starved int   // samples made up since the buffer ran empty
	dropped int   // packets in a row whose place was past
	hush    bool  // what is missing is silence, not loss: a digit was sent, or nothing
	noise   noise // what that silence sounds like
	madeUp  int   // samples of starved that count as concealed
	rest    int   // pulls until stretching is considered again

	late      uint64 // packets dropped because their turn had passed
	played    uint64 // samples played of what was sent
	concealed uint64 // of them made up
	corrected uint64 // of them said again in the packet after the lost one
}

func newPlayer(rate int) *player {
	return &player{rate: rate, track: newTrack(rate), conceal: newConcealer(rate)}
}

// restart forgets the stream but not the network.
func (p *player) restart() {
	p.buffer.restart()
	p.track.reset()
	p.conceal.made = 0
	p.running, p.starved, p.madeUp, p.dropped, p.hush = false, 0, 0, 0, false
	p.noise.level = 0
	p.delay.reset()
}

func (p *player) samples(d time.Duration) int64 {
	return int64(d) * int64(p.rate) / int64(time.Second)
}

func (p *player) duration(samples int64) time.Duration { return ticks(samples, p.rate) }

// ticks is how long n ticks of a clock in Hz take. Whole seconds first: nanoseconds
// times ticks would overflow in a long call.
func ticks(n int64, clock int) time.Duration {
	hz := int64(clock)
	return time.Duration(n/hz)*time.Second + time.Duration(n%hz*int64(time.Second)/hz)
}

// tail is the timeline position after what is decoded.
func (p *player) tail() int64 { return p.pos + int64(p.track.ahead()) }

// current is the playout delay as it is now.
func (p *player) current() time.Duration { return p.waiting.smallest() - p.delay.base() }

// pull plays 10 ms.
func (p *player) pull(dst []int16, now time.Duration) {
	if !p.running {
		first := p.buffer.first()
		if first == nil {
			clear(dst)
			return
		}
		p.anchor(first, now)
		p.running = true
	}
	p.offset = now - p.duration(p.pos)
	p.waiting.add(p.offset)
	p.fill(len(dst))
	p.stretch(len(dst))
	p.track.pop(dst)
	p.pos += int64(len(dst))
	p.played += uint64(len(dst))
}

// anchor sets the position so that this packet's turn comes after the playout delay.
func (p *player) anchor(s *slot, now time.Duration) {
	p.buffer.next = s.seq
	wait := max(p.delay.target()-(now-s.arrived), 0)
	p.pos = s.pos - p.samples(wait) - int64(p.track.ahead())
	p.waiting.reset()
	p.waiting.add(now - p.duration(p.pos))
	p.hush, p.starved, p.madeUp, p.dropped = true, 0, 0, 0
}

// move shifts the timeline against the clock: forward shortens the delay.
func (p *player) move(samples int64) {
	p.pos += samples
	p.waiting.shift(-p.duration(samples))
	p.offset -= p.duration(samples)
}

// fill decodes, or makes up, until n samples are there.
func (p *player) fill(n int) {
	if p.current()-maxDelay > 60*time.Millisecond {
		p.catchUp()
	}
	for p.track.ahead() < n {
		missing := n - p.track.ahead()
		s := p.buffer.first()
		if s == nil {
			before := p.concealed
			p.invent(missing)
			p.starved += missing
			p.madeUp += int(p.concealed - before)
			return
		}
		if !s.audio {
			p.hush, p.starved, p.madeUp = true, 0, 0
			p.noise.level = s.noise
			p.skipTo(s.seq + 1)
			continue
		}
		gap := s.pos - p.tail()
		switch {
		case s.begins || gap > p.samples(maxDelay+60*time.Millisecond):
			s.begins = false
			p.anchor(s, p.offset+p.duration(p.pos))
		case gap > 0:
			if s.seq == p.buffer.next {
				p.pause() // nothing lost, so nothing was said (RFC 3551 §4.1)
			} else if p.correct(s, int(gap)) {
				continue
			}
			p.invent(min(missing, int(gap)))
		case gap < 0 && p.starved > 0:
			p.rewind(-gap)
		default:
			if s.seq == p.buffer.next && p.starved > 0 {
				p.pause() // it comes at its time after all
			}
			p.decode(s, int(-gap))
		}
	}
}

// pause takes what was made up since the buffer ran empty for silence: the sender, it turns
// out, sent nothing (DTX).
func (p *player) pause() {
	p.hush = true
	p.concealed -= uint64(p.madeUp)
	p.played -= uint64(p.madeUp)
	p.starved, p.madeUp = 0, 0
}

// correct puts in the last gap samples before a packet what that packet says about them,
// if its codec does that.
func (p *player) correct(s *slot, gap int) bool {
	c, ok := p.decoders[s.codec].(corrector)
	if !ok || p.buffer.at(s.seq-1) != nil {
		return false
	}
	room := p.track.grow(gap)
	if len(room) < gap || !c.correct(room, s.payload[:s.size]) {
		p.track.shrink(len(room))
		return false
	}
	p.conceal.resume(room)
	p.corrected += uint64(gap)
	p.starved, p.madeUp, p.hush = 0, 0, false
	return true
}

// catchUp jumps to where the delay is right. It is for when stretching would take
// too long: the sound card or the network stood still for a while.
func (p *player) catchUp() {
	p.track.skip()
	p.hush = false
	p.move(p.samples(p.current() - p.delay.target()))
	p.invent(p.rate / 200) // something to fade from
	s := p.buffer.first()
	for s != nil {
		p.skipTo(s.seq)
		following := p.buffer.at(s.seq + 1)
		if following == nil || following.pos > p.tail() {
			return
		}
		p.skipTo(following.seq)
		p.late++
		s = following
	}
}

// rewind follows packets that are late but not lost. What was made up in the
// meantime stays played, so the delay grows by it, up to the longest allowed; of a burst,
// the oldest are passed over for that.
func (p *player) rewind(behind int64) {
	room := p.samples(maxDelay - p.current())
	var last *slot
	for seq := p.buffer.next; seq < p.buffer.end; seq++ {
		s := p.buffer.at(seq)
		if s == nil || !s.audio {
			continue
		}
		last = s
		if behind = p.tail() - s.pos; behind <= room {
			break
		}
	}
	for p.buffer.next < last.seq {
		if p.buffer.at(p.buffer.next) != nil {
			p.late++
		}
		p.buffer.drop()
	}
	p.starved, p.madeUp = 0, 0
	if behind > room { // the way has become this much longer
		p.delay.reset()
		p.delay.arrived(last.arrived, last.arrived-p.duration(last.pos))
		p.anchor(last, p.offset+p.duration(p.pos))
		p.hush = false
		return
	}
	if behind > 0 {
		p.move(-behind)
	}
}

// decode appends a packet to the track, without its first skip samples, whose time
// has passed.
func (p *player) decode(s *slot, skip int) {
	p.skipTo(s.seq + 1)
	room := p.track.grow(max(maxPayload, p.rate*12/100))
	n := p.decoders[s.codec].decode(room, s.payload[:s.size])
	p.track.shrink(len(room) - n)
	if n == 0 {
		return
	}
	if skip >= n {
		p.track.shrink(n)
		p.late++
		if p.dropped++; p.dropped > 10 { // it is not late, its clock is wrong
			p.dropped = 0
			p.pos = s.pos - int64(p.track.ahead()) + int64(n)
			p.waiting.reset()
			p.delay.reset()
			p.delay.arrived(s.arrived, s.arrived-p.duration(s.pos))
		}
		return
	}
	good := p.track.buf[len(p.track.buf)-n:]
	if skip > 0 {
		copy(good, good[skip:])
		p.track.shrink(skip)
		good = good[:n-skip]
	}
	p.conceal.resume(good)
	p.starved, p.madeUp, p.dropped, p.hush, p.noise.level = 0, 0, 0, false, 0
}

// skipTo passes over packets up to seq; those missing before it are lost.
func (p *player) skipTo(seq int64) {
	for p.buffer.next < seq {
		p.buffer.drop()
	}
}

// invent appends n samples of concealment, or of silence where nothing was sent.
func (p *player) invent(n int) {
	room := p.track.grow(n)
	if p.hush || p.starved > p.rate { // a second of nothing is a pause, not a loss
		p.conceal.made = 0
		p.noise.fill(room)
		p.played -= uint64(len(room)) // adds up to nothing in pull
		return
	}
	p.conceal.conceal(room, p.track.buf[:len(p.track.buf)-len(room)])
	p.concealed += uint64(len(room))
}

// stretch brings the playout delay nearer to what it should be, by at most one pitch
// period a pull.
func (p *player) stretch(n int) {
	if p.rest--; p.rest > 0 || p.starved > 0 || p.conceal.made > 0 {
		return
	}
	excess := p.current() - p.delay.target()
	switch {
	case excess > 5*time.Millisecond:
		p.decodeAhead(max(stretchAhead(p.rate), n+p.rate/stretchWindow))
		likes := float32(0.8)
		if excess > 40*time.Millisecond {
			likes = 0.4
		}
		if removed := p.track.remove(p.rate, min(int(p.samples(excess)), p.track.ahead()-n), likes); removed > 0 {
			p.move(int64(removed))
			p.rest = restAfter(excess)
		}
	case excess < -5*time.Millisecond:
		likes := float32(0.8)
		if excess < -20*time.Millisecond {
			likes = 0.3
		}
		if inserted := p.track.insert(p.rate, int(p.samples(-excess)), likes); inserted > 0 {
			p.move(-int64(inserted))
			p.rest = restAfter(-excess)
		}
	}
}

// restAfter is how many pulls a stretch is followed by without another.
func restAfter(off time.Duration) int {
	if off > 60*time.Millisecond {
		return 2
	}
	return 6
}

// decodeAhead decodes packets that are there and follow without a gap, until n samples wait.
func (p *player) decodeAhead(n int) {
	for p.track.ahead() < n {
		s := p.buffer.at(p.buffer.next)
		if s == nil || !s.audio || s.begins || s.pos != p.tail() {
			return
		}
		p.decode(s, 0)
	}
}

const windowValues = 25

// A window remembers the smallest of the last 25 to 50 values, half a second: a sound
// card that asks for two frames at once must not look like a longer delay.
type window struct {
	low, before time.Duration
	count       int
	two         bool
}

func (w *window) add(d time.Duration) {
	if w.count == windowValues {
		w.before, w.two, w.count = w.low, true, 0
	}
	if w.count == 0 || d < w.low {
		w.low = d
	}
	w.count++
}

func (w *window) smallest() time.Duration {
	if w.two {
		return min(w.low, w.before)
	}
	return w.low
}

func (w *window) shift(d time.Duration) { w.low += d; w.before += d }
func (w *window) reset()                { *w = window{} }
