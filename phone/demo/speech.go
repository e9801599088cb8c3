package demo

import (
	"math"
	"math/rand/v2"
)

const rate = 8000 // samples per second, G.711

// speech is something that sounds like a person talking behind a wall: syllables
// of a voiced tone with two formants, a melody that falls towards the end of each
// sentence, and pauses. It is seconds long and can be played over and over.
func speech(seed uint64, seconds float64) []int16 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]int16, int(seconds*rate))
	base := 110 + 110*r.Float64() // a low or a high voice
	at, phase := 0, 0.0
	for at < len(out) {
		syllables := 4 + r.IntN(6)
		for s := range syllables {
			pitch := base * (1.25 - 0.35*float64(s)/float64(syllables)) * (0.95 + 0.1*r.Float64())
			f1, f2 := 300+500*r.Float64(), 900+1300*r.Float64() // the vowel
			length := int((0.12 + 0.1*r.Float64()) * rate)
			for i := 0; i < length && at < len(out); i++ {
				phase += pitch / rate
				t := float64(i) / float64(length)
				envelope := math.Sin(math.Pi * t)
				var v float64
				for h := 1.0; h*pitch < 3400; h++ {
					v += formant(h*pitch, f1, 120) * math.Sin(2*math.Pi*h*phase)
					v += 0.5 * formant(h*pitch, f2, 180) * math.Sin(2*math.Pi*h*phase)
				}
				out[at] = int16(5000 * envelope * v / 2)
				at++
			}
			at += int(0.03 * rate)
		}
		at += int((0.4 + 0.4*r.Float64()) * rate)
	}
	return out
}

// formant is how much of a frequency the mouth lets through.
func formant(hertz, centre, width float64) float64 {
	d := (hertz - centre) / width
	return 1 / (1 + d*d)
}
