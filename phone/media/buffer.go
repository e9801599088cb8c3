package media

import "time"

// slots is how many packets can wait: more than 200 ms of the shortest, and a burst
// after a pause of the network.
const slots = 64

// A slot holds one packet until its turn.
type slot struct {
	seq     int64 // extended sequence number
	pos     int64 // position of its first sample on the sender's timeline, in samples
	arrived time.Duration
	full    bool
	audio   bool // false: only keeps the place, as a digit does
	begins  bool // the sender's timeline begins anew here
	noise   int  // amplitude of the comfort noise that begins here
	codec   int  // index into player.decoders
	size    int
	payload [maxPayload]byte
}

// A buffer holds packets by sequence number, whatever order they came in.
type buffer struct {
	ring [slots]slot
	next int64 // the sequence number whose turn it is
	end  int64 // one after the newest
}

// put gives the slot for a packet to be filled in, nil if its turn has passed. If it is far
// ahead, the oldest make room.
func (b *buffer) put(seq int64) *slot {
	if b.end == b.next { // empty: where it begins
		if seq < b.next && b.end != 0 {
			return nil
		}
		if b.end == 0 || seq-b.next >= slots {
			b.next = seq
		}
		b.end = b.next
	}
	if seq < b.next {
		return nil
	}
	for b.next <= seq-slots {
		b.drop()
	}
	b.end = max(b.end, seq+1)
	s := &b.ring[seq%slots]
	s.seq, s.full, s.begins, s.noise = seq, true, false, 0
	return s
}

// at is the slot of a sequence number, nil if it has not come.
func (b *buffer) at(seq int64) *slot {
	if s := &b.ring[seq%slots]; s.full && s.seq == seq {
		return s
	}
	return nil
}

// first is the first packet that is there, nil if none is.
func (b *buffer) first() *slot {
	for seq := b.next; seq < b.end; seq++ {
		if s := b.at(seq); s != nil {
			return s
		}
	}
	return nil
}

// drop passes over the packet whose turn it is.
func (b *buffer) drop() {
	if s := b.at(b.next); s != nil {
		s.full = false
	}
	b.next++
	b.end = max(b.end, b.next)
}

// restart empties the buffer; the next packet begins it anew.
func (b *buffer) restart() {
	for i := range b.ring {
		b.ring[i].full = false
	}
	b.next, b.end = 0, 0
}
