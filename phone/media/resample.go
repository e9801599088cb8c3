package media

import (
	"math"
	"sync"
)

// phaseTaps is the length of the interpolation filter in samples of the lower rate.
// With 32 and the window below, 0-3400 Hz of narrow-band speech pass within 0.1 dB
// and what would alias into it is down by 60 dB (measured in resample_test.go), for
// a delay of 2 ms each way.
const phaseTaps = 32

// filters are the low passes designed so far, by factor: a call that rings must not wait
// for Bessel functions.
var filters sync.Map

func lowPassFor(factor int) []float32 {
	if taps, ok := filters.Load(factor); ok {
		return taps.([]float32)
	}
	taps, _ := filters.LoadOrStore(factor, lowPass(factor))
	return taps.([]float32)
}

// lowPass designs a windowed-sinc filter for a change of rate by factor, cutting
// at half the lower rate, with a gain of 1.
func lowPass(factor int) []float32 {
	const beta = 6.76 // Kaiser window, 70 dB
	n := phaseTaps * factor
	taps := make([]float64, n)
	sum, middle := 0.0, float64(n-1)/2
	for i := range taps {
		x := (float64(i) - middle) / float64(factor)
		sinc := 1.0
		if x != 0 {
			sinc = math.Sin(math.Pi*x) / (math.Pi * x)
		}
		r := (float64(i) - middle) / middle
		taps[i] = sinc * bessel(beta*math.Sqrt(max(0, 1-r*r)))
		sum += taps[i]
	}
	out := make([]float32, n)
	for i := range taps {
		out[i] = float32(taps[i] / sum)
	}
	return out
}

// bessel is the modified Bessel function of the first kind, order 0.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= x / 2 / k * (x / 2 / k)
		sum += term
	}
	return sum
}

// upsampler raises the rate by a whole factor with a polyphase FIR filter.
type upsampler struct {
	factor int
	phases [][]float32 // one filter for each output sample between two inputs, newest input last
	line   []float32   // phaseTaps-1 past inputs, then those of this frame
}

// newUpsampler converts from rate to Rate, in frames of 10 ms.
func newUpsampler(rate int) *upsampler {
	u := &upsampler{factor: Rate / rate, line: make([]float32, phaseTaps-1+rate/100)}
	taps := lowPassFor(u.factor)
	for p := range u.factor {
		phase := make([]float32, phaseTaps)
		for k := range phase {
			phase[phaseTaps-1-k] = taps[p+k*u.factor] * float32(u.factor)
		}
		u.phases = append(u.phases, phase)
	}
	return u
}

// run converts a frame; dst is factor times as long as src.
func (u *upsampler) run(dst, src []int16) {
	if u.factor == 1 {
		copy(dst, src)
		return
	}
	for i, s := range src {
		u.line[phaseTaps-1+i] = float32(s)
	}
	for i := range src {
		window := u.line[i : i+phaseTaps]
		for p, phase := range u.phases {
			dst[i*u.factor+p] = dot(window, phase)
		}
	}
	copy(u.line, u.line[len(src):len(src)+phaseTaps-1])
}

// downsampler lowers the rate by a whole factor.
type downsampler struct {
	factor int
	taps   []float32
	line   []float32
}

// newDownsampler converts from Rate to rate, in frames of 10 ms.
func newDownsampler(rate int) *downsampler {
	factor := Rate / rate
	taps := lowPassFor(factor) // symmetric, so there is no need to turn it round
	return &downsampler{factor: factor, taps: taps, line: make([]float32, len(taps)-1+FrameSamples)}
}

// run converts a frame; src is factor times as long as dst.
func (d *downsampler) run(dst, src []int16) {
	if d.factor == 1 {
		copy(dst, src)
		return
	}
	past := len(d.taps) - 1
	for i, s := range src {
		d.line[past+i] = float32(s)
	}
	for i := range dst {
		dst[i] = dot(d.line[i*d.factor:i*d.factor+past+1], d.taps)
	}
	copy(d.line, d.line[len(src):len(src)+past])
}

// dot is the inner product, rounded and limited to 16 bits. Four sums let the
// processor overlap the additions.
func dot(a, b []float32) int16 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	for len(a) >= 4 && len(b) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	return clip(s0 + s1 + s2 + s3)
}

func clip(v float32) int16 {
	switch {
	case v >= math.MaxInt16:
		return math.MaxInt16
	case v <= math.MinInt16:
		return math.MinInt16
	case v < 0:
		return int16(v - 0.5)
	default:
		return int16(v + 0.5)
	}
}
