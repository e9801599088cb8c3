package e2e

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mewkiz/flac"

	"leadline/phone/media"
	phone "leadline/phone/rig"
)

// recording is what a decoder makes of the only file in the directory of recordings.
func (o *office) recording() (left, right phone.Sound) {
	o.t.Helper()
	files, err := filepath.Glob(filepath.Join(o.dir, "data", "recordings", "*.flac"))
	if err != nil || len(files) != 1 {
		o.t.Fatalf("recordings: %q, %v", files, err)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		o.t.Errorf("who may read it: %v, %v", info.Mode(), err)
	}
	stream, err := flac.Open(files[0])
	if err != nil {
		o.t.Fatal(err)
	}
	defer stream.Close()
	left.Rate, right.Rate = media.RecordRate, media.RecordRate
	for {
		f, err := stream.ParseNext()
		if errors.Is(err, io.EOF) {
			return left, right
		}
		if err != nil {
			o.t.Fatal(err)
		}
		for i, v := range f.Subframes[0].Samples {
			left.Samples = append(left.Samples, int16(v))
			right.Samples = append(right.Samples, int16(f.Subframes[1].Samples[i]))
		}
	}
}

func TestACallIsRecordedAndFoundAgain_H3(t *testing.T) {
	o := newOffice(t)
	o.imports(people)
	p := o.registered()
	o.pbx.Call(phone.Caller{To: "101", Number: anna, Line: "+4930777"}) // hums 440 Hz
	p.shows("call", "Anna Meier")
	p.usable("call", "Answer")
	p.until("we talk", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].State == "talking" })
	quiet := o.pulse.Play(t, phone.Tone(48000, 660, 60, 0.3))
	defer quiet()
	time.Sleep(time.Second)
	began := time.Now()
	p.usable("call", "Record")
	p.do(p.door.WaitFor(p.ctx(), "call", "Pause recording", soon))
	time.Sleep(3 * time.Second)
	paused := time.Since(began).Seconds()
	p.usable("call", "Pause recording")
	p.do(p.door.WaitFor(p.ctx(), "call", "Resume recording", soon))
	time.Sleep(2 * time.Second)
	resumed := time.Since(began).Seconds()
	p.usable("call", "Resume recording")
	p.do(p.door.WaitFor(p.ctx(), "call", "Pause recording", soon))
	time.Sleep(2 * time.Second)
	p.usable("call", "Hang up")
	p.until("the call has ended", func(s state) bool { return len(s.Calls) == 0 || s.Calls[0].State == "ended" })
	ended := time.Since(began).Seconds()

	phone.Eventually(t, soon, "the file is whole", func() (bool, string) {
		files, _ := filepath.Glob(filepath.Join(o.dir, "data", "recordings", "*.flac"))
		if len(files) != 1 {
			return false, "no file"
		}
		s, err := flac.Open(files[0])
		if err != nil {
			return false, err.Error()
		}
		defer s.Close()
		return s.Info.NSamples > 0, "its length is not known"
	})
	left, right := o.recording()
	t.Logf("%.1f s recorded of %.1f s; paused from %.1f to %.1f", left.Seconds(), ended, paused, resumed)
	if d := left.Seconds() - ended; d < -1.5 || d > 1 {
		t.Errorf("%.1f s are recorded of %.1f", left.Seconds(), ended)
	}
	// The clicks come up to half a second after they are asked for.
	hums(t, "we, at the left", left.Cut(0.7, paused-0.3), 660)
	hums(t, "they, at the right", right.Cut(0.7, paused-0.3), 440)
	hums(t, "we, after the pause", left.Cut(resumed+0.8, left.Seconds()-0.5), 660)
	hums(t, "they, after the pause", right.Cut(resumed+0.8, right.Seconds()-0.5), 440)
	if l, r := left.Cut(paused+0.8, resumed-0.3).Level(), right.Cut(paused+0.8, resumed-0.3).Level(); l > 0 || r > 0 {
		t.Errorf("in the pause left %.4f, right %.4f", l, r)
	}

	p.do(p.door.WaitGone(p.ctx(), "call", "", 20*time.Second))
	p.tap("main", "Contacts")
	p.usable("main", "Anna Meier")
	p.do(p.door.WaitFor(p.ctx(), "main", "Play recording", soon))
}
