package audio

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"leadline/assets/sounds"
)

func TestTheMelodyOnHoldIsSoftAndWithoutAStep(t *testing.T) {
	start, err := HoldMusic("")
	if err != nil {
		t.Fatal(err)
	}
	next := start()
	frame := make([]int16, FrameSamples)
	loudest, step, sum, last := 0.0, 0.0, 0.0, 0.0
	const seconds = 25 // more than twice round
	for range seconds * 100 {
		next(frame)
		for _, v := range frame {
			x := float64(v)
			loudest = max(loudest, math.Abs(x))
			step = max(step, math.Abs(x-last))
			sum += x * x
			last = x
		}
	}
	rms := 20 * math.Log10(math.Sqrt(sum/(seconds*Rate))/32768)
	if loudest > 12000 || step > 1500 {
		t.Errorf("its peak is %.0f and its greatest step %.0f", loudest, step)
	}
	if rms < -35 || rms > -20 {
		t.Errorf("its level is %.1f dBFS", rms)
	}
}

func TestEachHeldCallHearsTheMelodyFromItsBeginning(t *testing.T) {
	start, _ := HoldMusic("")
	a, b := make([]int16, FrameSamples), make([]int16, FrameSamples)
	first := start()
	first(a)
	first(a)
	start()(b)
	if b[0] != melody()[0] || b[100] != melody()[100] || a[100] == b[100] {
		t.Error("the second call does not hear its beginning")
	}
}

func TestHoldMusicFromAFile(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "ring.wav"), filepath.Join(dir, "bad.wav")
	for file, content := range map[string][]byte{good: sounds.Ringtone, bad: []byte("no WAV")} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if start, err := HoldMusic(FilePrefix + good); err != nil || start == nil {
		t.Errorf("a good file: %v", err)
	}
	if start, err := HoldMusic(NoHoldMusic); err != nil || start != nil {
		t.Errorf("off: music, %v", err)
	}
	for _, choice := range []string{FilePrefix + bad, FilePrefix + filepath.Join(dir, "none.wav"), FilePrefix, "loud"} {
		if _, err := HoldMusic(choice); err == nil {
			t.Errorf("%q was taken", choice)
		}
	}
}
