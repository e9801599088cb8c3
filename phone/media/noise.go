package media

import "math"

// noisePayload is the static payload type of comfort noise (RFC 3389 §4).
const noisePayload = 13

// noiseLevel is the amplitude that a comfort noise packet asks for: its first octet is
// the level below overload in dB (RFC 3389 §3.1). The spectrum that may follow is left
// aside; nobody listens to a pause that closely.
func noiseLevel(payload []byte) int {
	if len(payload) == 0 {
		return 0
	}
	return int(32768 * math.Pow(10, -float64(payload[0]&0x7f)/20))
}

// noise is the sound of a line on which nobody speaks: white noise made a bit dull.
type noise struct {
	level int // root mean square amplitude; 0 is silence
	seed  uint32
	last  float32
}

// fill makes noise of the level, no louder than speech whatever was asked for.
func (n *noise) fill(dst []int16) {
	if n.level == 0 {
		clear(dst)
		return
	}
	const (
		dull   = 0.5
		loud   = 1000  // -30 dBov
		spread = 1.732 // of uniform noise with a root mean square of 1
		weaker = 1.732 // what dull takes away: sqrt((1+dull)/(1-dull))
	)
	scale := float32(min(n.level, loud)) * spread * weaker / (1 << 31)
	for i := range dst {
		n.seed = n.seed*1664525 + 1013904223 // Numerical Recipes' generator
		n.last = dull*n.last + (1-dull)*float32(int32(n.seed))*scale
		dst[i] = clip(n.last)
	}
}
