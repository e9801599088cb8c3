package media

// Clocks of sender and sound card differ, and the best playout delay changes. Both
// are followed by leaving out or repeating single pitch periods where that is not
// heard: in silence, or where one period is like the next.

// quiet is the level (mean square) below which anything may be cut: -50 dBFS.
const quiet = 100 * 100

// stretchWindow is how much audio a comparison looks at, stretchMin and stretchMax
// the periods considered, all in fractions of a second.
const (
	stretchMin    = 400 // 2.5 ms
	stretchWindow = 100 // 10 ms
	stretchMax    = 66  // 15 ms
)

// stretchAhead is how many samples must wait in the track for a period to be removed.
func stretchAhead(rate int) int { return 2 * (rate/stretchMax + 1) }

// remove leaves out up to limit samples of what comes next and returns how many, 0 if no
// place is good enough. likes is the least likeness asked for, 0..1.
func (t *track) remove(rate, limit int, likes float32) int {
	next := t.buf[t.head:]
	window := rate / stretchWindow
	high := min(rate/stretchMax, limit, len(next)/2, len(next)-window)
	period := bestPeriod(next, 0, rate, high, window, likes)
	if period == 0 {
		return 0
	}
	// Fade from this period into the next one, then go on after that.
	for i := range period {
		next[period+i] = mix(next[i], next[period+i], i, period)
	}
	copy(next, next[period:])
	t.buf = t.buf[:len(t.buf)-period]
	return period
}

// insert repeats up to limit samples of what was just played and returns how many, 0 if
// no place is good enough.
func (t *track) insert(rate, limit int, likes float32) int {
	window := rate / stretchWindow
	high := min(rate/stretchMax, limit, t.ahead())
	if t.ahead() < window {
		return 0
	}
	period := bestPeriod(t.buf, t.head, rate, high, window, likes)
	if period == 0 {
		return 0
	}
	// What comes next fades into the period before it; then it comes.
	t.grow(period)
	next := t.buf[t.head:]
	copy(next[period:], next)
	for i := range period {
		next[i] = mix(next[period+i], t.buf[t.head-period+i], i, period)
	}
	return period
}

func mix(from, to int16, i, n int) int16 {
	return int16((int(from)*(n-i) + int(to)*(i+1)) / (n + 1))
}

// bestPeriod finds the period by which the audio at b[at:] is most like what follows it, or,
// with at > 0, what precedes it; 0 if nothing is alike enough.
func bestPeriod(b []int16, at, rate, high, window int, likes float32) int {
	low, step := rate/stretchMin, max(rate/8000, 1)
	if high < low {
		return 0
	}
	here := b[at : at+window]
	if level(here) < quiet {
		return high
	}
	best, score := 0, likes
	for lag := low; lag <= high; lag += step {
		other := lag
		if at > 0 {
			other = at - lag
		}
		if s := likeness(here, b[other:other+window], step); s >= score {
			best, score = lag, s
		}
	}
	return best
}

// level is the mean square of a stretch of audio.
func level(pcm []int16) int {
	sum := 0
	for _, s := range pcm {
		sum += int(s) * int(s)
	}
	return sum / max(len(pcm), 1)
}
