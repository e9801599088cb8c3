package rig

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"
	"sync"

	"github.com/pion/rtp"
	"github.com/zaf/g711"
)

// Wire judges a tone as a telephone has sent it, by the packets themselves (RTP with G.711): one that follows
// another in sequence and in time has to go on where that one ended. So sound that is chopped, said twice, left out
// or in disorder is noticed whatever the network did to the packets, and however busy the machine was. The length of
// a packet must not hold whole periods of the tone: 440 and 660 Hz will do for 10 and 20 ms.
type Wire struct {
	Hertz float64

	mu      sync.Mutex
	packets map[uint16]spoken // by sequence number
}

// spoken is what a packet says.
type spoken struct {
	at     uint32  // timestamp
	length int     // samples
	begins bool    // a talk spurt, after a pause of the sender's
	phase  float64 // of the tone at its first sample
	share  float64 // of the tone in it, 0..1; 0 for silence
}

// Take takes a packet that came; what isn't G.711 is passed over. Any goroutine.
func (w *Wire) Take(packet []byte) {
	var p rtp.Packet
	if p.Unmarshal(packet) != nil || len(p.Payload) == 0 {
		return
	}
	decode := g711.DecodeAlawFrame
	switch p.PayloadType {
	case 0:
		decode = g711.DecodeUlawFrame
	case 8:
	default:
		return
	}
	const rate = 8000
	turn := 2 * math.Pi * w.Hertz / rate
	pcm := make([]int16, len(p.Payload))
	var sum complex128
	for i, b := range p.Payload {
		pcm[i] = decode(b)
		sum += complex(float64(pcm[i]), 0) * cmplx.Exp(complex(0, -turn*float64(i)))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.packets == nil {
		w.packets = map[uint16]spoken{}
	}
	w.packets[p.SequenceNumber] = spoken{at: p.Timestamp, length: len(pcm), begins: p.Marker, phase: cmplx.Phase(sum), share: goertzel(pcm, w.Hertz/rate)}
}

// Follows is how many packets go on where the one before them ended, and what is wrong with those that don't,
// though they follow it. Silence before the first sound and after the last is left out.
func (w *Wire) Follows() (whole int, broken []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, seq := range w.sounding() {
		before, ok := w.packets[seq-1]
		now := w.packets[seq]
		if !ok || now.begins || now.at != before.at+uint32(before.length) {
			continue
		}
		expected := before.phase + 2*math.Pi*w.Hertz*float64(before.length)/8000
		off := math.Abs(math.Remainder(now.phase-expected, 2*math.Pi))
		switch {
		case now.share < 0.9 || before.share < 0.9:
			broken = append(broken, fmt.Sprintf("packet %d: %.2f of it is the tone, %.2f of the one before", seq, now.share, before.share))
		case off > 0.3:
			broken = append(broken, fmt.Sprintf("packet %d goes on %.2f of a period off", seq, off/2/math.Pi))
		default:
			whole++
		}
	}
	return whole, broken
}

// sounding are the sequence numbers in order, from the second packet with sound to the last. There must be fewer than 2^15.
func (w *Wire) sounding() []uint16 {
	var all []uint16
	for seq := range w.packets {
		all = append(all, seq)
	}
	if len(all) == 0 {
		return nil
	}
	any := all[0]
	slices.SortFunc(all, func(a, b uint16) int { return int(int16(a-any)) - int(int16(b-any)) })
	sounds := func(seq uint16) bool { return w.packets[seq].share > 0.9 }
	first := slices.IndexFunc(all, sounds)
	if first < 0 {
		return nil
	}
	last := len(all) - 1
	for !sounds(all[last]) {
		last--
	}
	return all[first+1 : last+1]
}
