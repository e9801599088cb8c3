package audio

import (
	"testing"

	"pgregory.net/rapid"
)

func TestARingGivesBackWhatWasPutInInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRing(rapid.IntRange(1, 64).Draw(t, "size"))
		var in, out int16
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			n := rapid.IntRange(0, 100).Draw(t, "n")
			if rapid.Bool().Draw(t, "write") {
				src := make([]int16, n)
				for i := range src {
					src[i] = in + int16(i)
				}
				in += int16(r.write(src))
			} else {
				dst := make([]int16, n)
				for _, v := range dst[:r.read(dst)] {
					if v != out {
						t.Fatalf("got %d, want %d", v, out)
					}
					out++
				}
			}
			if got := r.level(); got != int(in-out) || got > len(r.buf) {
				t.Fatalf("level %d, want %d", got, in-out)
			}
		}
	})
}

func TestARingHoldsBetweenTwoGoroutines(t *testing.T) {
	r := newRing(1000)
	const total = 200_000
	go func() {
		next := 0
		for next < total {
			src := make([]int16, min(480, total-next))
			for i := range src {
				src[i] = int16(next + i)
			}
			next += r.write(src)
		}
	}()
	dst := make([]int16, 333)
	for next := 0; next < total; {
		for _, v := range dst[:r.read(dst)] {
			if v != int16(next) {
				t.Fatalf("sample %d is %d", next, v)
			}
			next++
		}
	}
}

func TestDroppingForgetsTheOldest(t *testing.T) {
	r := newRing(8)
	r.write([]int16{1, 2, 3, 4})
	r.drop(3)
	dst := make([]int16, 8)
	if n := r.read(dst); n != 1 || dst[0] != 4 {
		t.Errorf("%d left, first is %d", n, dst[0])
	}
	r.drop(5)
	if r.level() != 0 {
		t.Errorf("level %d after dropping more than there was", r.level())
	}
}
