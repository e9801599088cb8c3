package audio_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"leadline/assets/sounds"
	"leadline/phone/audio"
	"leadline/phone/rig"
)

var silence = audio.Choice{Microphone: audio.Null, Speaker: audio.Null, Ringer: audio.Null}

func TestVoicesAreServedByAClockWithoutASoundCard(t *testing.T) {
	s := open(t, silence)
	e := &ear{}
	count := func() (plays, heard int) {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.plays, len(e.heard) / audio.FrameSamples
	}
	began := time.Now()
	detach := s.Attach(e)
	rig.Eventually(t, 20*time.Second, "a second of frames", func() (bool, string) {
		plays, heard := count()
		return plays >= 90 && heard >= 90, fmt.Sprintf("%d played, %d heard", plays, heard)
	})
	detach()
	plays, heard := count()
	if most := int(time.Since(began)/audio.FrameTime) + 5; plays > most || heard > most {
		t.Errorf("in %v %d frames were played and %d heard", time.Since(began), plays, heard)
	}
	time.Sleep(50 * time.Millisecond)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.plays > plays+2 {
		t.Errorf("%d frames after it was detached", e.plays-plays)
	}
}

// written waits for the first second of a file that is recorded: it is written by seconds.
func written(t *testing.T, file string) {
	t.Helper()
	rig.Eventually(t, 20*time.Second, "a second of sound in "+filepath.Base(file), func() (bool, string) {
		info, err := os.Stat(file)
		return err == nil && info.Size() > 1000, fmt.Sprint(info, err)
	})
}

func TestAFileIsHeardAndAFileIsRecorded(t *testing.T) {
	dir := t.TempDir()
	in, out, ring := filepath.Join(dir, "in.wav"), filepath.Join(dir, "out.wav"), filepath.Join(dir, "ring.wav")
	rig.WriteWAV(t, in, rig.Tone(8000, 500, 1, 0.5))
	s := open(t, audio.Choice{Microphone: "file:" + in, Speaker: "file:" + out, Ringer: "file:" + ring})
	e := &ear{tone: rig.Tone(48000, 600, 1, 0.5).Samples}
	becomes(t, s, "files in use", func(s audio.State) bool { return s.Microphone.Device == in && s.Speaker.Device == out })
	stop := s.Ring()
	defer s.Attach(e)()
	hears(t, e, 500)
	written(t, out)
	written(t, ring)
	stop()
	s.Close()
	if got := rig.ReadWAV(t, out); got.Share(600) < 0.95 || got.Seconds() < 0.5 {
		t.Errorf("600 Hz is %.2f of %.1f s recorded", got.Share(600), got.Seconds())
	}
	if got := rig.ReadWAV(t, ring); got.Level() < 0.02 {
		t.Errorf("the ringtone was recorded at level %.3f, %.1f s", got.Level(), got.Seconds())
	}
}

// Each sample of a file is heard once, in its order, and each that is played is written once, whatever the clock does.
func TestFilesAreHeardAndWrittenWhole(t *testing.T) {
	const turn = 8000 // samples, 1 to 8000, six times a second
	count := rig.Sound{Rate: audio.Rate, Samples: make([]int16, audio.Rate)}
	for i := range count.Samples {
		count.Samples[i] = int16(i%turn) + 1
	}
	whole := func(what string, got []int16) {
		t.Helper()
		first := slices.IndexFunc(got, func(v int16) bool { return v != 0 })
		if first < 0 || len(got)-first < audio.Rate/2 {
			t.Fatalf("%s: %d samples, the first that is none of silence is %d", what, len(got), first)
		}
		for i, v := range got[first+1:] {
			if before := got[first+i]; v != before%turn+1 {
				t.Fatalf("%s: %d after %d, in sample %d", what, v, before, first+i+1)
			}
		}
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.wav"), filepath.Join(dir, "out.wav")
	rig.WriteWAV(t, in, count)
	s := open(t, audio.Choice{Microphone: "file:" + in, Speaker: "file:" + out, Ringer: audio.Null})
	becomes(t, s, "files in use", func(s audio.State) bool { return s.Microphone.Device == in && s.Speaker.Device == out })
	e := &ear{tone: count.Samples}
	detach := s.Attach(e)
	rig.Eventually(t, 20*time.Second, "a second of sound", func() (bool, string) {
		n := len(e.last(10).Samples)
		return n > audio.Rate, fmt.Sprint(n)
	})
	detach()
	s.Close()
	whole("heard", e.last(100).Samples)
	written := rig.ReadWAV(t, out).Samples
	for len(written) > 0 && written[len(written)-1] == 0 { // what was played after the voice had gone
		written = written[:len(written)-1]
	}
	whole("written", written)
}

func TestTheRingtoneIsTurnedDown(t *testing.T) {
	ring := func(percent int) rig.Sound {
		t.Helper()
		file := filepath.Join(t.TempDir(), "ring.wav")
		s := open(t, audio.Choice{Microphone: audio.Null, Speaker: audio.Null, Ringer: "file:" + file})
		s.RingAt(percent)
		stop := s.Ring()
		becomes(t, s, "the ringer in use", func(s audio.State) bool { return s.Ringer.Device == file })
		written(t, file)
		stop()
		s.Close()
		return rig.ReadWAV(t, file)
	}
	a, b := ring(100), ring(50)
	same := min(a.Seconds(), b.Seconds()) // of the ringtone, which is not as loud everywhere
	loud, soft := a.Cut(0, same).Level(), b.Cut(0, same).Level()
	if share := soft / loud; loud < 0.02 || share < 0.2 || share > 0.3 {
		t.Errorf("half as loud is %.2f of the amplitude (%.3f, %.3f), want a quarter", share, soft, loud)
	}
}

func TestWhatCannotBeAFileIsSaid(t *testing.T) {
	if _, err := audio.Open(audio.Choice{Speaker: "file:"}, nil); err == nil || !strings.Contains(err.Error(), "speaker") {
		t.Errorf("file: without a name: %v", err)
	}
	s := open(t, silence)
	broken := filepath.Join(t.TempDir(), "x.wav")
	if err := os.WriteFile(broken, []byte("RIFFxxxxWAVEfmt "), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{broken, broken + ".gone"} {
		if err := s.Choose(audio.Choice{Microphone: "file:" + file, Speaker: audio.Null, Ringer: audio.Null}); err != nil {
			t.Fatal(err)
		}
		becomes(t, s, "told", func(s audio.State) bool {
			return s.Microphone.Condition == audio.Absent && strings.Contains(s.Microphone.Why, file)
		})
	}
}

func TestListenersHearOfChangesUntilTheyCancel(t *testing.T) {
	s := open(t, silence)
	got := make(chan audio.State, 100)
	cancel := s.OnChange(func(s audio.State) { got <- s })
	release := s.Warm()
	rig.Eventually(t, 20*time.Second, "told of the microphone", func() (bool, string) {
		select {
		case s := <-got:
			return s.Microphone.Condition == audio.Working, ""
		default:
			return false, "nothing"
		}
	})
	cancel()
	release()
	if err := s.Choose(audio.Choice{Microphone: "file:gone", Speaker: audio.Null, Ringer: audio.Null}); err != nil {
		t.Fatal(err)
	}
	becomes(t, s, "a change", func(s audio.State) bool { return s.Microphone.Condition == audio.Absent })
	for len(got) > 0 {
		if s := <-got; s.Microphone.Condition == audio.Absent { // all else was on its way
			t.Error("told after it was cancelled")
		}
	}
}

func TestTheRingtoneIsASound(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ring.wav")
	if err := os.WriteFile(file, sounds.Ringtone, 0o600); err != nil {
		t.Fatal(err)
	}
	if s := rig.ReadWAV(t, file); s.Seconds() < 2 || s.Level() < 0.02 {
		t.Errorf("%.1f s at level %.3f", s.Seconds(), s.Level())
	}
}
