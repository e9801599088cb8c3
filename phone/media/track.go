package media

// A track is decoded audio around the moment: what was played lately, which
// concealment and stretching look back at, and what comes next.
type track struct {
	buf  []int16
	head int // buf[head:] is still to be played
	past int // samples of the past to keep
}

func newTrack(rate int) *track {
	t := &track{buf: make([]int16, 0, 2*rate), past: pastOf(rate)}
	t.reset()
	return t
}

// pastOf is 60 ms: three periods of the lowest voice and the window to find them with.
func pastOf(rate int) int { return rate * 60 / 1000 }

func (t *track) reset() {
	t.buf = t.buf[:t.past]
	clear(t.buf)
	t.head = t.past
}

// ahead is how many samples wait to be played.
func (t *track) ahead() int { return len(t.buf) - t.head }

// grow makes room for n more samples at the end and returns it, to be filled.
// It returns less if the track is full.
func (t *track) grow(n int) []int16 {
	if len(t.buf)+n > cap(t.buf) {
		from := t.head - t.past
		copy(t.buf, t.buf[from:])
		t.buf = t.buf[:len(t.buf)-from]
		t.head = t.past
	}
	n = min(n, cap(t.buf)-len(t.buf))
	start := len(t.buf)
	t.buf = t.buf[:start+n]
	return t.buf[start:]
}

// shrink takes back the last n samples of what grow gave.
func (t *track) shrink(n int) { t.buf = t.buf[:len(t.buf)-n] }

// pop plays the next samples; the caller has seen to it that they are there.
func (t *track) pop(dst []int16) {
	copy(dst, t.buf[t.head:t.head+len(dst)])
	t.head += len(dst)
}

// skip drops what waits to be played.
func (t *track) skip() { t.buf = t.buf[:t.head] }
