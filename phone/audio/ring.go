package audio

import "sync/atomic"

// ring is a queue of samples between exactly one writer and one reader, one of
// which is a device's real-time thread: no locks, no allocation, never waits.
type ring struct {
	buf  []int16
	mask uint64

	_     [64]byte // the two positions on cache lines of their own
	wrote atomic.Uint64
	_     [56]byte
	taken atomic.Uint64
	_     [56]byte
}

// newRing makes a ring for at least size samples (rounded up to a power of two).
func newRing(size int) *ring {
	n := 1
	for n < size {
		n <<= 1
	}
	return &ring{buf: make([]int16, n), mask: uint64(n - 1)}
}

// level is how many samples wait. Either side may ask.
func (r *ring) level() int { return int(r.wrote.Load() - r.taken.Load()) }

// write puts in as much of src as fits and says how much that was. Writer only.
func (r *ring) write(src []int16) int {
	w := r.wrote.Load()
	free := len(r.buf) - int(w-r.taken.Load())
	n := min(len(src), free)
	at := int(w & r.mask)
	first := copy(r.buf[at:], src[:n])
	copy(r.buf, src[first:n])
	r.wrote.Store(w + uint64(n))
	return n
}

// read takes out as much as is there, at most len(dst). Reader only.
func (r *ring) read(dst []int16) int {
	p := r.taken.Load()
	n := min(len(dst), int(r.wrote.Load()-p))
	at := int(p & r.mask)
	first := copy(dst[:n], r.buf[at:])
	copy(dst[first:n], r.buf)
	r.taken.Store(p + uint64(n))
	return n
}

// drop forgets the oldest n samples. Reader only.
func (r *ring) drop(n int) {
	p := r.taken.Load()
	r.taken.Store(p + uint64(min(n, int(r.wrote.Load()-p))))
}
