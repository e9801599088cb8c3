package phone_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mewkiz/flac"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/record"
	"leadline/phone/siptest"
)

// played is what a decoder makes of a recording.
func played(t *testing.T, path string) (left, right []int32) {
	t.Helper()
	stream, err := flac.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for {
		f, err := stream.ParseNext()
		if errors.Is(err, io.EOF) {
			return left, right
		}
		if err != nil {
			t.Fatal(err)
		}
		left = append(left, f.Subframes[0].Samples...)
		right = append(right, f.Subframes[1].Samples...)
	}
}

func loudest(pcm []int32) (peak int32) {
	for _, v := range pcm {
		peak = max(peak, v, -v)
	}
	return peak
}

// speaking has the sound card run with a microphone that is never still.
func speaking(t *testing.T, sound *audio.Fake) {
	mic := make([]int16, audio.FrameSamples)
	for i := range mic {
		mic[i] = int16(8000 * (1 - i/24%2*2)) // 1 kHz, square
	}
	t.Cleanup(sound.Run(func() []int16 { return mic }, nil))
}

// recorded waits until the newest state of a call has its recording in a state.
func (d *desk) recorded(id phone.CallID, s phone.RecordingState) phone.Recording {
	d.t.Helper()
	d.eventually("recording "+s.String(), func() bool { return d.last(id).Recording.State == s })
	return d.last(id).Recording
}

func TestACallIsRecordedPausedAndEnded_H3(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "recordings")
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	if err := d.Record(c.ID, true); !errors.Is(err, phone.ErrNoDirectory) {
		t.Errorf("without a directory: %v", err)
	}
	d.SetRecordings(phone.Recordings{Directory: dir})
	speaking(t, d.sound)
	if err := d.Record(c.ID, false); !errors.Is(err, phone.ErrWrongState) {
		t.Errorf("pausing what isn't recorded: %v", err)
	}
	d.do(d.Record(c.ID, true))
	if r := d.recorded(c.ID, phone.RecordingOn); r.Began.IsZero() {
		t.Errorf("%+v", r)
	}
	d.eventually("a file", func() bool { return len(d.last(c.ID).Recording.Files) == 1 })
	name := d.last(c.ID).Recording.Files[0]
	if !strings.HasSuffix(name, " +493020948812.flac") {
		t.Errorf("it is called %q", name)
	}
	size := func() int64 { info, _ := os.Stat(filepath.Join(dir, name)); return info.Size() }
	d.eventually("something in it", func() bool { return size() > 2000 })
	d.do(d.Record(c.ID, false))
	d.recorded(c.ID, phone.RecordingPaused)
	d.do(d.Record(c.ID, true))
	d.recorded(c.ID, phone.RecordingOn)
	d.do(d.StopRecording(c.ID))
	d.recorded(c.ID, phone.RecordingDone)
	if err := d.StopRecording(c.ID); !errors.Is(err, phone.ErrWrongState) {
		t.Errorf("ended twice: %v", err)
	}
	d.do(d.Record(c.ID, true))
	d.eventually("a second file", func() bool { return len(d.last(c.ID).Recording.Files) == 2 })
	caller.Do("BYE", "")
	caller.Expect("200 BYE")
	end := d.ended(phone.HungUpThere)
	if end.Recording.State != phone.RecordingDone || len(end.Recording.Files) != 2 || end.Recording.Files[0] != name {
		t.Errorf("at the end: %+v", end.Recording)
	}
	d.eventually("a whole file", func() bool {
		s, err := flac.Open(filepath.Join(dir, name))
		return err == nil && s.Info.NSamples > 0 && s.Close() == nil
	})
	left, right := played(t, filepath.Join(dir, name))
	if loudest(left) < 6000 || loudest(right) > 100 {
		t.Errorf("left %d, right %d", loudest(left), loudest(right))
	}
}

func TestEveryCallIsRecordedWhereThatIsTheRule(t *testing.T) {
	pbx := siptest.New(t)
	dir := t.TempDir()
	d := newDesk(t, pbx).registered()
	d.SetRecordings(phone.Recordings{Directory: dir, Always: true})
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.state(phone.Ringing)
	if c.Recording.State != phone.NotRecorded {
		t.Error("it is recorded before anybody answered")
	}
	if err := d.Record(c.ID, true); !errors.Is(err, phone.ErrWrongState) {
		t.Errorf("recording what rings: %v", err)
	}
	d.do(d.Answer(c.ID))
	caller.Answered("")
	d.recorded(c.ID, phone.RecordingOn)
	d.do(d.StopRecording(c.ID)) // somebody's wish is above the rule
	d.do(d.Hold(c.ID, true))
	caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(4000, "a=recvonly"))
	d.state(phone.HeldHere)
	if got := d.last(c.ID).Recording.State; got != phone.RecordingDone {
		t.Errorf("after a hold it is %s", got)
	}
	stillWorks(t, d, caller, c)
}

func TestTheBeepReachesBothSides(t *testing.T) {
	conn, port := rtpPort(t)
	dir := t.TempDir()
	d, caller, c, _ := talking(t, siptest.SDP(port))
	d.SetRecordings(phone.Recordings{Directory: dir, Beep: true})
	heard := make(chan int16, 1000)
	t.Cleanup(d.sound.Run(nil, func(frame []int16) {
		peak := int16(0)
		for _, v := range frame {
			peak = max(peak, v)
		}
		if peak > 2000 {
			select {
			case heard <- peak:
			default:
			}
		}
	}))
	d.do(d.Mute(c.ID, true)) // the beep is heard all the same
	d.do(d.Record(c.ID, true))
	select {
	case <-heard:
	case <-time.After(siptest.Patience):
		t.Fatal("nothing is heard here")
	}
	loud := false
	buf := make([]byte, 2048)
	_ = conn.SetReadDeadline(time.Now().Add(siptest.Patience))
	for !loud {
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal("nothing is heard there")
		}
		for _, b := range buf[min(n, 12):n] {
			loud = loud || (b^0x55)&0x7f > 0x40 // PCMA: about 2000 of 32768
		}
	}
	stillWorks(t, d, caller, c)
}

// fullFile is a file on a disk that becomes full.
type fullFile struct{ record.File }

func (f fullFile) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestAFullDiskEndsTheRecordingAndNotTheCall(t *testing.T) {
	dir := t.TempDir()
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	full := phone.Recordings{Directory: dir, Create: func(path string) (record.File, error) {
		f, err := os.Create(path)
		return fullFile{f}, err
	}}
	d.SetRecordings(full)
	d.do(d.Record(c.ID, true))
	if r := d.recorded(c.ID, phone.RecordingFailed); !strings.Contains(r.Reason, syscall.ENOSPC.Error()) || !r.DiskFull {
		t.Errorf("the reason is %q", r.Reason)
	}
	if got := d.last(c.ID).State; got != phone.Active {
		t.Errorf("the call is %s", got)
	}
	full.Create = nil
	d.SetRecordings(full) // room was made
	d.do(d.Record(c.ID, true))
	if r := d.recorded(c.ID, phone.RecordingOn); r.Reason != "" {
		t.Errorf("%+v", r)
	}
	stillWorks(t, d, caller, c)
}

// stuckFile is a file that can't be finished, which takes as long as the test likes.
type stuckFile struct {
	record.File
	finish, finished chan struct{}
}

func (f stuckFile) Close() error {
	defer close(f.finished)
	<-f.finish
	return errors.Join(f.File.Close(), syscall.EIO)
}

func TestAnEarlierRecordingThatFailsLateIsNotTheOneThatRuns(t *testing.T) {
	dir := t.TempDir()
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	stuck := stuckFile{finish: make(chan struct{}), finished: make(chan struct{})}
	d.SetRecordings(phone.Recordings{Directory: dir, Create: func(path string) (record.File, error) {
		f, err := os.Create(path)
		stuck.File = f
		return stuck, err
	}})
	d.do(d.Record(c.ID, true))
	d.eventually("a file", func() bool { return len(d.last(c.ID).Recording.Files) == 1 })
	d.do(d.StopRecording(c.ID))
	d.SetRecordings(phone.Recordings{Directory: dir})
	d.do(d.Record(c.ID, true))
	d.eventually("a second file", func() bool { return len(d.last(c.ID).Recording.Files) == 2 })
	close(stuck.finish)
	<-stuck.finished
	time.Sleep(20 * time.Millisecond) // by then the call has heard of it
	d.do(d.Record(c.ID, false))
	if r := d.recorded(c.ID, phone.RecordingPaused); r.Reason != "" {
		t.Errorf("%+v", r)
	}
	d.do(d.StopRecording(c.ID))
	d.recorded(c.ID, phone.RecordingDone)
	stillWorks(t, d, caller, c)
}

func TestADiskThatIsFullAtTheEndIsToldAfterIt(t *testing.T) {
	dir := t.TempDir()
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	release := make(chan struct{})
	d.SetRecordings(phone.Recordings{Directory: dir, Create: func(path string) (record.File, error) {
		<-release
		return nil, syscall.ENOSPC
	}})
	d.do(d.Record(c.ID, true))
	caller.Do("BYE", "")
	caller.Expect("200 BYE") // a disk that hangs holds up nothing
	d.ended(phone.HungUpThere)
	close(release)
	d.recorded(c.ID, phone.RecordingFailed)
}

func TestClosingThePhoneFinishesTheFile(t *testing.T) {
	dir := t.TempDir()
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	d.SetRecordings(phone.Recordings{Directory: dir})
	speaking(t, d.sound)
	d.do(d.Record(c.ID, true))
	d.eventually("a file", func() bool { return len(d.last(c.ID).Recording.Files) == 1 })
	closed := make(chan error)
	go func() { closed <- d.Close(t.Context()) }()
	bye := caller.Expect("BYE")
	caller.Reply(bye, 200, "OK", "")
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	s, err := flac.Open(filepath.Join(dir, d.last(c.ID).Recording.Files[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Info.NSamples == 0 {
		t.Error("its length is not in the header")
	}
}
