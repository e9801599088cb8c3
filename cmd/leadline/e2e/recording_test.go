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
	p.tap("call", "Answer")
	p.until("we talk", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].State == "talking" })
	quiet := o.pulse.Play(t, phone.Tone(48000, 660, 120, 0.3))
	defer quiet()
	o.pulse.Hears(t, phone.PulseMicInput, 660)
	o.pulse.Hears(t, phone.PulseSpeaker, 440)
	// Each wish is fulfilled between its tap and its sign: long after each other, on a busy machine.
	type during struct{ from, to time.Time }
	does := func(what, sign string) (d during) {
		t.Helper()
		d.from = time.Now()
		p.tap("call", what)
		p.do(p.door.WaitFor(p.ctx(), "call", sign, soon))
		d.to = time.Now()
		return d
	}
	began := does("Record", "Pause recording")
	while := 3*time.Second + began.to.Sub(began.from) // so that two seconds of each part are surely that
	time.Sleep(while)
	paused := does("Pause recording", "Resume recording")
	time.Sleep(while)
	resumed := does("Resume recording", "Pause recording")
	time.Sleep(while)
	ended := during{from: time.Now()}
	p.tap("call", "Hang up")
	p.until("the call has ended", func(s state) bool { return len(s.Calls) == 0 || s.Calls[0].State == "ended" })
	ended.to = time.Now()
	// surely is the part of a recording that was made after one and before another, whenever they were between.
	surely := func(s phone.Sound, after, before during) phone.Sound {
		const slack = 0.3 // what is on its way through the sound server and the buffers
		return s.Cut(after.to.Sub(began.from).Seconds()+slack, before.from.Sub(began.to).Seconds()-slack)
	}

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
	least, most := ended.from.Sub(began.to).Seconds(), ended.to.Sub(began.from).Seconds()
	if s := left.Seconds(); s < least-1 || s > most+1 {
		t.Errorf("%.1f s are recorded of %.1f to %.1f", s, least, most)
	}
	hums(t, "we, at the left", surely(left, began, paused), 660)
	hums(t, "they, at the right", surely(right, began, paused), 440)
	hums(t, "we, after the pause", surely(left, resumed, ended), 660)
	hums(t, "they, after the pause", surely(right, resumed, ended), 440)
	l, r := surely(left, paused, resumed), surely(right, paused, resumed)
	if l.Level() > 0 || r.Level() > 0 || l.Seconds() < 1 {
		t.Errorf("in the pause left %.4f, right %.4f, for %.1f s", l.Level(), r.Level(), l.Seconds())
	}

	p.do(p.door.WaitGone(p.ctx(), "call", "", 20*time.Second))
	p.tap("main", "Contacts")
	p.tap("main", "Anna Meier")
	p.do(p.door.WaitFor(p.ctx(), "main", "Play recording", soon))
}
