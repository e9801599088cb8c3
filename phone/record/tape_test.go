package record

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mewkiz/flac"

	"leadline/phone/media"
	"leadline/phone/sdp"
)

const killedEnv = "LEADLINE_TEST_KILLED_RECORDING"

// TestMain lets this binary be the program that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killedEnv); dir != "" {
		recordUntilKilled(dir)
	}
	os.Exit(m.Run())
}

// speaker is a session that speaks and hears the same tone.
func speaker() *media.Session {
	f := sdp.Format{Codec: sdp.PCMA, PayloadSend: 8, PayloadRecv: 8}
	var s *media.Session
	s, err := media.New(media.Config{Media: sdp.Media{Format: f, Ptime: 20}, Send: func(p []byte) { s.ReceiveRTP(p, time.Now()) }})
	if err != nil {
		panic(err)
	}
	return s
}

// pump lets 10 ms pass.
type pump struct {
	s *media.Session
	n int
}

func (p *pump) frame() {
	var mic, ear [media.FrameSamples]int16
	for i := range mic {
		mic[i] = int16(8000 * math.Sin(2*math.Pi*400*float64(p.n)/media.Rate))
		p.n++
	}
	p.s.Play(ear[:])
	p.s.Capture(mic[:])
}

func recordUntilKilled(dir string) {
	s := speaker()
	t, err := Start(Options{Directory: dir, Name: "killed", Opened: func(string) { fmt.Println("opened") },
		Failed: func(err error) { fmt.Println("failed", err) }})
	if err != nil {
		panic(err)
	}
	s.Record(t.Recorder)
	began := time.Now()
	p := pump{s: s}
	for n := 1; ; n++ {
		time.Sleep(time.Until(began.Add(time.Duration(n) * 10 * time.Millisecond)))
		p.frame()
		if n%10 == 0 {
			fmt.Println("said", time.Since(began).Milliseconds())
		}
	}
}

// decoded is what a decoder makes of a file, ended or not.
func decoded(t *testing.T, path string) (left, right []int32) {
	t.Helper()
	stream, err := flac.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for {
		f, err := stream.ParseNext()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
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

func TestARecordingOfAKilledProgramPlaysUpToTheLastSecond(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), killedEnv+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := 0
	for lines := bufio.NewScanner(out); said < 3000 && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "failed") {
			t.Error(lines.Text())
		}
		_, _ = fmt.Sscanf(lines.Text(), "said %d", &said)
	}
	if err := child.Process.Kill(); err != nil { // SIGKILL
		t.Fatal(err)
	}
	_ = child.Wait()
	left, right := decoded(t, filepath.Join(dir, "killed.flac"))
	got := len(left) * 1000 / media.RecordRate
	t.Logf("said %d ms, the file plays %d ms", said, got)
	if said < 3000 || got < said-1000 {
		t.Errorf("of %d ms there are %d", said, got)
	}
	if loudest(left[media.RecordRate:]) < 7000 || loudest(right[media.RecordRate:]) < 7000 {
		t.Error("what was said is not in it")
	}

	// The next start gives it its length.
	broken := Unfinished(dir, time.Now())
	if len(broken) != 1 || len(Unfinished(dir, time.Now().Add(-time.Hour))) != 0 {
		t.Fatalf("unfinished are %q", broken)
	}
	Mend(t.Context(), broken, slog.New(slog.DiscardHandler))
	stream, err := flac.Open(broken[0])
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if again, _ := decoded(t, broken[0]); int(stream.Info.NSamples) != len(left) || len(again) != len(left) {
		t.Errorf("its header says %d samples, %d play, there are %d", stream.Info.NSamples, len(again), len(left))
	}
	if left := Unfinished(dir, time.Now()); len(left) != 0 {
		t.Errorf("still unfinished are %q", left)
	}
}

// taped is a recording whose end is told.
type taped struct {
	*Tape
	opened chan string
	failed chan error
}

func start(t *testing.T, o Options) taped {
	t.Helper()
	r := taped{opened: make(chan string, 1), failed: make(chan error, 1)}
	o.Opened, o.Failed = func(name string) { r.opened <- name }, func(err error) { r.failed <- err }
	tape, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	r.Tape = tape
	t.Cleanup(func() { tape.Stop(); r.wait(t) })
	return r
}

func (r taped) wait(t *testing.T) {
	t.Helper()
	select {
	case <-r.Done():
	case <-time.After(time.Minute):
		t.Fatal("the recording does not end")
	}
}

func TestFilesAreOfTheirOwnerAndNeverWrittenOver(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "recordings")
	for _, want := range []string{"call.flac", "call 2.flac", "call 3.flac"} {
		r := start(t, Options{Directory: dir, Name: "call"})
		r.Stop()
		r.wait(t)
		if name := <-r.opened; name != want {
			t.Errorf("%s, want %s", name, want)
		}
		if runtime.GOOS == "windows" {
			continue // knows no such modes
		}
		for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, want): 0o600} {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != mode {
				t.Errorf("%s has mode %v", path, info.Mode().Perm())
			}
		}
	}
}

// fullFile is a file on a disk that is full after some bytes.
type fullFile struct {
	File
	room int
}

func (f *fullFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p[:min(len(p), f.room)])
	f.room -= n
	if err == nil && n < len(p) {
		err = &os.PathError{Op: "write", Path: "call.flac", Err: syscall.ENOSPC}
	}
	return n, err
}

func TestAFullDiskIsToldAndWhatWasWrittenIsKept(t *testing.T) {
	dir := t.TempDir()
	r := start(t, Options{Directory: dir, Name: "call", Create: func(path string) (File, error) {
		f, err := create(path)
		return &fullFile{f, 20_000}, err
	}})
	s := speaker()
	s.Record(r.Recorder)
	p := pump{s: s}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); ; {
		select {
		case err := <-r.failed:
			if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "call.flac") {
				t.Errorf("told %v", err)
			}
			left, _ := decoded(t, filepath.Join(dir, "call.flac"))
			info, err := os.Stat(filepath.Join(dir, "call.flac"))
			if err != nil || len(left) < 4096 || loudest(left) < 7000 || info.Size() != r.Written() {
				t.Errorf("%d samples are kept, %v", len(left), err)
			}
			p.frame() // the call goes on
			return
		case <-tick.C:
			p.frame()
		}
		if time.Now().After(deadline) {
			t.Fatal("the full disk was never told")
		}
	}
}

// lateFull is a file of whose disk it turns out only at the end that it was full, as NFS does it.
type lateFull struct{ File }

func (f lateFull) Sync() error { return syscall.ENOSPC }

func TestADiskThatProvesFullAtTheEndAddsNothing(t *testing.T) {
	dir := t.TempDir()
	r := start(t, Options{Directory: dir, Name: "call", Create: func(path string) (File, error) {
		f, err := create(path)
		return lateFull{f}, err
	}})
	s := speaker()
	s.Record(r.Recorder)
	p := pump{s: s}
	for range 50 { // half a second of sound, at once: less than until the first Sync while it runs
		p.frame()
	}
	r.Stop()
	if err := <-r.failed; !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("told %v", err)
	}
	file, err := os.ReadFile(filepath.Join(dir, "call.flac"))
	if err != nil || len(file) == 0 {
		t.Fatal(len(file), err)
	}
	if bytes.HasSuffix(file, make([]byte, 16)) {
		t.Errorf("%d bytes, with nothing at their end", len(file))
	}
}

func TestADirectoryThatCannotBeMadeIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, Options{Directory: filepath.Join(file, "recordings"), Name: "call"})
	if err := <-r.failed; !strings.Contains(err.Error(), "directory") {
		t.Errorf("told %v", err)
	}
}

func TestAFileThatPanicsEndsItsRecordingOnly(t *testing.T) {
	r := start(t, Options{Directory: t.TempDir(), Name: "call", Create: func(string) (File, error) { panic("no disk") }})
	if err := <-r.failed; !strings.Contains(err.Error(), "no disk") {
		t.Errorf("told %v", err)
	}
}

func TestNamesTellWhenAndWithWhom(t *testing.T) {
	at := time.Date(2026, 11, 25, 9, 5, 7, 0, time.Local)
	for party, want := range map[string]string{
		"+4930123456":            "2026-11-25 09-05-07 +4930123456",
		"":                       "2026-11-25 09-05-07 withheld",
		"Müller & Söhne":         "2026-11-25 09-05-07 Müller  Söhne",
		"../../etc/passwd":       "2026-11-25 09-05-07 -..-etc-passwd",
		"a\x00b\nc<>|\"?:d. ":    "2026-11-25 09-05-07 abc-d",
		"*97":                    "2026-11-25 09-05-07 -97",
		strings.Repeat("ü", 300): "2026-11-25 09-05-07 " + strings.Repeat("ü", 50),
	} {
		if got := Name(at, party); got != want {
			t.Errorf("%q is named %q, want %q", party, got, want)
		}
	}
}

func FuzzName(f *testing.F) {
	f.Add("../x")
	f.Add("+4930123456")
	f.Fuzz(func(t *testing.T, party string) {
		name := Name(time.Now(), party)
		if filepath.Base(name) != name || len(name) > 255-len(" 99"+Ending) || strings.ContainsAny(name, "/\\:*?\"<>|\x00") {
			t.Errorf("%q is named %q", party, name)
		}
	})
}
