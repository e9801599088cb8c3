package media

// A source is what sends to us, as RFC 3550 appendix A.1 follows one: sequence numbers
// and timestamps made long, losses counted, jitter measured.
type source struct {
	ssrc uint32

	first, highest int64  // extended sequence numbers
	origin         uint32 // the first packet's timestamp
	lastTS         int64  // the newest packet's, extended and counted from origin
	received       uint64 // without duplicates
	repeated       uint64

	seen [256]int64 // extended sequence numbers received, by their low byte, plus one

	jitter      float64 // RFC 3550 §6.4.1, in seconds
	lastTransit float64 // seconds
	measured    bool

	expectedBefore, receivedBefore uint64 // at the last report, for its fraction lost
}

// jump is a sequence step no network explains: the sender began anew (RFC 3550
// MAX_DROPOUT, MAX_MISORDER).
const (
	maxDropout  = 3000
	maxMisorder = 100
)

// begin starts a source with its first packet. Numbers begin one turn up, so that
// what was sent before the first packet but comes after it stays positive.
func begin(p packet) source {
	seq := int64(p.seq) + 1<<16
	return source{ssrc: p.ssrc, first: seq, highest: seq - 1, origin: p.ts}
}

// sequence extends a sequence number; ok is false if it is a jump.
func (s *source) sequence(seq uint16) (extended int64, ok bool) {
	step := int64(int16(seq - uint16(s.highest)))
	return s.highest + step, step < maxDropout && step > -maxMisorder
}

// take counts a packet and reports whether it is new.
func (s *source) take(seq int64) bool {
	at := &s.seen[seq&255]
	if *at == seq+1 {
		s.repeated++
		return false
	}
	*at = seq + 1
	s.received++
	if seq > s.highest {
		s.highest = seq
	}
	s.first = min(s.first, seq)
	return true
}

// timestamp extends a timestamp, counting from the first packet's.
func (s *source) timestamp(ts uint32) int64 {
	extended := s.lastTS + int64(int32(ts-s.origin-uint32(s.lastTS)))
	if extended > s.lastTS {
		s.lastTS = extended
	}
	return extended
}

// arrived measures jitter from an audio packet; transit is arrival minus timestamp
// in seconds.
func (s *source) arrived(transit float64) {
	if s.measured {
		d := transit - s.lastTransit
		s.jitter += (max(d, -d) - s.jitter) / 16
	}
	s.lastTransit, s.measured = transit, true
}

// expected is how many packets the sender has sent, as far as we can know.
func (s *source) expected() uint64 { return uint64(s.highest - s.first + 1) }

// lost is RFC 3550's cumulative number lost; never negative, as duplicates do not count.
func (s *source) lost() uint64 { return s.expected() - min(s.received, s.expected()) }

// report gives the fraction lost since the last report, in 1/256 (appendix A.3).
func (s *source) report() uint8 {
	expected, received := s.expected()-s.expectedBefore, s.received-s.receivedBefore
	s.expectedBefore, s.receivedBefore = s.expected(), s.received
	if expected == 0 || received >= expected {
		return 0
	}
	return uint8(min((expected-received)<<8/expected, 255))
}
