package media

// Upsample returns what brings sound of a lower rate, which divides Rate, up to it. dst has
// Rate/rate times as many samples as src; calls follow each other without a seam. It belongs
// to one goroutine.
func Upsample(rate int) func(dst, src []int16) {
	u := newUpsampler(rate)
	return func(dst, src []int16) {
		for len(src) > 0 {
			n := min(len(src), rate/100)
			u.run(dst[:n*u.factor], src[:n])
			dst, src = dst[n*u.factor:], src[n:]
		}
	}
}
