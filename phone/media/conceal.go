package media

// A concealer fills the place of audio that did not come, in the spirit of ITU-T
// G.711 appendix I: the last pitch period is repeated, then the last two, then
// three, so that it does not beep; after 10 ms it fades, after 60 ms it is silent.
// When audio comes back it is faded over.
type concealer struct {
	rate  int
	past  []int16 // the last 60 ms before the loss
	cycle []int16 // periods being repeated
	at    int     // next sample of cycle
	pitch int
	made  int // samples made since the loss began; 0: no loss
	jump  int // step between the real end and the repetition, faded out within 1 ms
}

func newConcealer(rate int) *concealer {
	n := pastOf(rate)
	return &concealer{rate: rate, past: make([]int16, n), cycle: make([]int16, 0, n)}
}

// conceal fills dst, which follows past.
func (c *concealer) conceal(dst, past []int16) {
	if c.made == 0 {
		copy(c.past, past[len(past)-len(c.past):])
		c.pitch = pitch(c.past, c.rate)
		c.repeat(1)
		n := len(c.past)
		c.jump = int(c.past[n-1]) - int(c.past[n-1-c.pitch])
	}
	c.make(dst)
}

func (c *concealer) make(dst []int16) {
	ms := c.rate / 1000
	for i := range dst {
		if c.made >= 60*ms {
			clear(dst[i:])
			c.made += len(dst) - i
			return
		}
		if c.at == len(c.cycle) {
			c.repeat(min(1+c.made/(10*ms), 3))
		}
		v := int(c.cycle[c.at])
		if c.made < ms {
			v += c.jump * (ms - c.made) / ms
		}
		if c.made > 10*ms {
			v = v * (60*ms - c.made) / (50 * ms)
		}
		dst[i] = int16(min(max(v, -32768), 32767))
		c.at++
		c.made++
	}
}

// repeat makes a cycle of the last n periods, whose end fades into what came
// before its beginning so that it joins itself without a step.
func (c *concealer) repeat(n int) {
	length := n * c.pitch
	start := len(c.past) - length
	c.cycle = append(c.cycle[:0], c.past[start:]...)
	c.at = 0
	blend := min(c.pitch/4, start)
	for i := range blend {
		at := length - blend + i
		w := i + 1
		c.cycle[at] = int16((int(c.cycle[at])*(blend+1-w) + int(c.past[start-blend+i])*w) / (blend + 1))
	}
}

// resume fades from the concealment into the first good samples after a loss.
func (c *concealer) resume(good []int16) {
	if c.made == 0 {
		return
	}
	ms := c.rate / 1000
	n := min(len(good), 4*ms+min(c.made/4, 6*ms), len(overlap{}))
	var tail overlap
	c.make(tail[:n])
	for i, v := range tail[:n] {
		good[i] = int16((int(v)*(n-i) + int(good[i])*(i+1)) / (n + 1))
	}
	c.made = 0
}

// overlap is room for the longest fade, 10 ms, at the highest rate.
type overlap [FrameSamples]int16

// pitch finds the period with which a voice repeats at the end of past: 5 to 15 ms,
// by normalised correlation over 20 ms.
func pitch(past []int16, rate int) int {
	low, high, window := rate*5/1000, rate*15/1000, rate*20/1000
	step := max(rate/8000, 1)
	recent := past[len(past)-window:]
	best, bestScore := low, float32(-1)
	for lag := low; lag <= high; lag += step {
		earlier := past[len(past)-window-lag:]
		if score := likeness(recent, earlier[:window], step); score > bestScore {
			best, bestScore = lag, score
		}
	}
	return best
}

// likeness is the normalised correlation of two stretches of audio, -1..1, looking at
// every step-th sample. It is 1 for two silences.
func likeness(a, b []int16, step int) float32 {
	var ab, aa, bb float32
	for i := 0; i < len(a); i += step {
		x, y := float32(a[i]), float32(b[i])
		ab += x * y
		aa += x * x
		bb += y * y
	}
	if aa == 0 && bb == 0 {
		return 1
	}
	if ab <= 0 || aa == 0 || bb == 0 {
		return 0
	}
	// Compare squares: a root for each lag is not needed.
	return ab / aa * (ab / bb)
}
