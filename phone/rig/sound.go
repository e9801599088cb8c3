package rig

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

// Sound is mono PCM.
type Sound struct {
	Rate    int // samples a second
	Samples []int16
}

// Tone makes seconds of a sine at level 0..1 of full scale.
func Tone(rate int, hertz, seconds, level float64) Sound {
	s := Sound{Rate: rate, Samples: make([]int16, int(float64(rate)*seconds))}
	for i := range s.Samples {
		s.Samples[i] = int16(level * math.MaxInt16 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return s
}

// Talk makes seconds of something that sounds a bit like a person: a voice of 140 Hz whose loudness
// comes and goes, some breath over all of the band, and every other second a pause.
func Talk(rate int, seconds float64) Sound {
	s := Sound{Rate: rate, Samples: make([]int16, int(float64(rate)*seconds))}
	breath := rand.New(rand.NewPCG(1, 1))
	for i := range s.Samples {
		t := float64(i) / float64(rate)
		v := 0.02 * (breath.Float64() - 0.5)
		for k := 1.0; k <= 12; k++ {
			v += math.Sin(2*math.Pi*140*k*t) / k
		}
		if math.Mod(t, 2) < 1.2 {
			s.Samples[i] = int16(0.12 * math.MaxInt16 * v * (1.2 + math.Sin(2*math.Pi*3*t)))
		}
	}
	return s
}

// Seconds is its length.
func (s Sound) Seconds() float64 { return float64(len(s.Samples)) / float64(s.Rate) }

// Cut is the part from..to in seconds, as much of it as there is.
func (s Sound) Cut(from, to float64) Sound {
	at := func(sec float64) int { return min(max(int(sec*float64(s.Rate)), 0), len(s.Samples)) }
	return Sound{s.Rate, s.Samples[at(from):max(at(from), at(to))]}
}

// Sounding is the part from the first to the last 10 ms that are louder than
// -50 dBFS, so that a player's slow start does not count as silence.
func (s Sound) Sounding() Sound {
	step := s.Rate / 100
	first, last := -1, -1
	for i := 0; i+step <= len(s.Samples); i += step {
		if (Sound{s.Rate, s.Samples[i : i+step]}).Level() > 0.003 {
			if first < 0 {
				first = i
			}
			last = i + step
		}
	}
	if first < 0 {
		return Sound{Rate: s.Rate}
	}
	return Sound{s.Rate, s.Samples[first:last]}
}

// Level is the root mean square, 0..1 of full scale.
func (s Sound) Level() float64 {
	if len(s.Samples) == 0 {
		return 0
	}
	var sum float64
	for _, v := range s.Samples {
		x := float64(v) / -math.MinInt16
		sum += x * x
	}
	return math.Sqrt(sum / float64(len(s.Samples)))
}

// Share is how much of the sound's energy is at a frequency, 0..1, by Goertzel:
// 1 is that tone and nothing else, silence is 0. It is taken over windows of 100 ms
// and the median is given, so that a click or a gap does not decide.
func (s Sound) Share(hertz float64) float64 { return median(s.shares(hertz, 0.1)) }

// ShareAtOnce is Share over windows of 20 ms, so that tones 100 Hz apart are told from each other and no closer. A telephone
// that is short of the processor, or a jitter buffer that is, plays a tone with jumps in it, which over 100 ms is no tone any more.
func (s Sound) ShareAtOnce(hertz float64) float64 { return median(s.shares(hertz, moment)) }

// moment is the window of ShareAtOnce and Lasts, in seconds.
const moment = 0.02

// Lasts is for how many seconds, in all, that tone and little else is heard. What a busy machine
// leaves out between, or shifts, does not count: a test that wants to know whether a tone arrives asks this. It is
// looked for in windows of 20 ms, see ShareAtOnce.
func (s Sound) Lasts(hertz float64) (seconds float64) {
	for _, share := range s.shares(hertz, moment) {
		if share > 0.8 {
			seconds += moment
		}
	}
	return seconds
}

// Ear is Lasts of a sound that is still heard: each piece of it is looked at once, since a test that looked at all of it again
// and again would take the processor from what makes the sound.
type Ear struct {
	Hertz float64
	Rate  int

	Lasted float64 // seconds of the tone so far
	Heard  float64 // seconds of anything

	rest []int16
}

// Take hears on.
func (e *Ear) Take(samples []int16) {
	s := Sound{e.Rate, append(e.rest, samples...)}
	e.Lasted += s.Lasts(e.Hertz)
	e.Heard += float64(len(samples)) / float64(e.Rate)
	window := int(moment * float64(e.Rate))
	e.rest = append([]int16(nil), s.Samples[len(s.Samples)/window*window:]...)
}

func (e *Ear) String() string {
	return fmt.Sprintf("%.1f of %.1f s are %v Hz", e.Lasted, e.Heard, e.Hertz)
}

// shares is that of each window of so many seconds.
func (s Sound) shares(hertz, seconds float64) (shares []float64) {
	window := int(seconds * float64(s.Rate))
	for i := 0; i+window <= len(s.Samples); i += window {
		shares = append(shares, goertzel(s.Samples[i:i+window], hertz/float64(s.Rate)))
	}
	return shares
}

// goertzel is the share of the energy of x at a frequency in cycles per sample.
func goertzel(x []int16, f float64) float64 {
	coeff := 2 * math.Cos(2*math.Pi*f)
	var s1, s2, energy float64
	for _, v := range x {
		s0 := float64(v) + coeff*s1 - s2
		s2, s1 = s1, s0
		energy += float64(v) * float64(v)
	}
	// Below a level of -60 dBFS it is noise, whatever its colour.
	if energy < float64(len(x))*32*32 {
		return 0
	}
	power := s1*s1 + s2*s2 - coeff*s1*s2
	return min(2*power/(float64(len(x))*energy), 1)
}

// ReadWAV reads a mono 16-bit PCM file; an unfinished header does no harm.
func ReadWAV(t testing.TB, path string) Sound {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := Sound{Rate: 8000}
	channels := 1
	for at := 12; at+8 <= len(b); {
		id, size := string(b[at:at+4]), int(binary.LittleEndian.Uint32(b[at+4:]))
		body := b[at+8:]
		if id == "data" {
			// A file that is still being written says 0.
			if size == 0 || size > len(body) {
				size = len(body)
			}
			for i := 0; i+2*channels <= size; i += 2 * channels {
				s.Samples = append(s.Samples, int16(binary.LittleEndian.Uint16(body[i:])))
			}
			break
		}
		if id == "fmt " && len(body) >= 16 {
			channels = max(1, int(binary.LittleEndian.Uint16(body[2:])))
			s.Rate = int(binary.LittleEndian.Uint32(body[4:]))
		}
		at += 8 + size + size%2
	}
	return s
}

// WriteWAV writes a mono 16-bit PCM file.
func WriteWAV(t testing.TB, path string, s Sound) {
	t.Helper()
	le := binary.LittleEndian
	data := 2 * len(s.Samples)
	b := []byte("RIFF")
	b = le.AppendUint32(b, uint32(36+data))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, 1) // PCM
	b = le.AppendUint16(b, 1) // mono
	b = le.AppendUint32(b, uint32(s.Rate))
	b = le.AppendUint32(b, uint32(2*s.Rate))
	b = le.AppendUint16(b, 2)
	b = le.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = le.AppendUint32(b, uint32(data))
	for _, v := range s.Samples {
		b = le.AppendUint16(b, uint16(v))
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
