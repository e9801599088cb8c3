package audio

import (
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
)

// NoHoldMusic is the choice of silence for those who are held.
const NoHoldMusic = "off"

// HoldMusic is what a held caller hears: "" is a melody of our own, NoHoldMusic silence,
// "file:x.wav" that file. start begins it anew for each call and gives what fills the
// next frame; it is nil for silence.
func HoldMusic(choice string) (start func() func(dst []int16), err error) {
	sound := melody
	switch file, isFile := strings.CutPrefix(choice, FilePrefix); {
	case choice == NoHoldMusic:
		return nil, nil
	case isFile:
		info, err := os.Stat(file)
		if err != nil {
			return nil, fmt.Errorf("music on hold: %w", err)
		}
		if info.Size() > maxWAV {
			return nil, fmt.Errorf("music on hold: %s is longer than ten minutes", file)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("music on hold: %w", err)
		}
		samples, err := parseWAV(b)
		if err != nil || len(samples) == 0 {
			return nil, fmt.Errorf("music on hold: %s: %w", file, errNotWAV)
		}
		sound = func() []int16 { return samples }
	case choice != "":
		return nil, fmt.Errorf("music on hold: %q is none of %q and %q", choice, NoHoldMusic, FilePrefix+"x.wav")
	}
	return func() func([]int16) {
		l := &loop{sound: sound()}
		return l.read
	}, nil
}

// melody is made when it is needed first: a megabyte that most days nobody needs.
var melody = sync.OnceValue(composeMelody)

// composeMelody plays broken chords, softly, like a music box: C, A minor, F, G. It is below
// 1.2 kHz, so that every codec carries it.
func composeMelody() []int16 {
	const note = Rate * 2 / 5
	chords := [][4]float64{
		{261.63, 329.63, 392.00, 523.25},
		{220.00, 261.63, 329.63, 440.00},
		{174.61, 261.63, 349.23, 440.00},
		{196.00, 246.94, 293.66, 392.00},
	}
	order := []int{0, 1, 2, 3, 2, 1}
	mix := make([]float64, len(chords)*len(order)*note)
	for c, chord := range chords {
		for n, i := range order {
			begin := (c*len(order) + n) * note
			for k := range 3 * note { // it rings on under those that follow, round to the beginning
				t := float64(k) / Rate
				swell := min(1, t/0.01) * math.Exp(-3*t) * min(1, float64(3*note-k)/480)
				w := 2 * math.Pi * chord[i] * t
				mix[(begin+k)%len(mix)] += 0.09 * swell * (math.Sin(w) + 0.25*math.Sin(2*w))
			}
		}
	}
	out := make([]int16, len(mix))
	for i, v := range mix {
		out[i] = int16(math.MaxInt16 * v)
	}
	return out
}
