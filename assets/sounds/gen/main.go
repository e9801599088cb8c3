// Command gen synthesises the ringtone, so that it is nobody else's:
//
//	go run ./gen ringtone.wav
//
// Two soft marimba-like phrases and a pause, three seconds in all: it should be
// noticed in a room with ten telephones and not be hated after the hundredth call.
package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
)

const (
	rate    = 16000
	seconds = 3.0
)

// note is a bar that is struck.
type note struct {
	at    float64 // seconds
	hertz float64
	loud  float64
}

// E5 A5 C♯6 E6, and once more a step lower: A major is heard as friendly.
var melody = []note{
	{0.00, 659.26, 0.8}, {0.12, 880.00, 0.8}, {0.24, 1108.73, 0.9}, {0.36, 1318.51, 1.0},
	{0.72, 587.33, 0.8}, {0.84, 880.00, 0.8}, {0.96, 1108.73, 0.9}, {1.08, 1174.66, 1.0},
}

// strike is the sound of a bar, t seconds after it was hit: a sine that dies away,
// its fourth and tenth partials, which die sooner, and no click at the start.
func strike(n note, t float64) float64 {
	partial := func(k, gain, decay float64) float64 {
		return gain * math.Exp(-t*decay) * math.Sin(2*math.Pi*n.hertz*k*t)
	}
	attack := min(1, t/0.003)
	return n.loud * attack * (partial(1, 1, 5) + partial(3.93, 0.25, 14) + partial(2, 0.15, 8))
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen FILE.wav")
		os.Exit(2)
	}
	wave := make([]float64, int(rate*seconds))
	loudest := 0.0
	for i := range wave {
		for _, n := range melody {
			if t := float64(i)/rate - n.at; t >= 0 {
				wave[i] += strike(n, t)
			}
		}
		// The end fades out, so that the next round begins from silence.
		wave[i] *= min(1, (seconds-float64(i)/rate)/0.2)
		loudest = max(loudest, math.Abs(wave[i]))
	}
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("RIFF"), uint32(36+2*len(wave)))
	b = le.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = le.AppendUint16(b, 1) // PCM
	b = le.AppendUint16(b, 1) // mono
	b = le.AppendUint32(b, rate)
	b = le.AppendUint32(b, 2*rate)
	b = le.AppendUint16(b, 2)
	b = le.AppendUint16(b, 16)
	b = le.AppendUint32(append(b, "data"...), uint32(2*len(wave)))
	for _, v := range wave {
		b = le.AppendUint16(b, uint16(int16(math.Round(v/loudest*0.6*math.MaxInt16))))
	}
	if err := os.WriteFile(os.Args[1], b, 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
