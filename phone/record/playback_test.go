package record

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
	"github.com/mewkiz/flac/meta"

	"leadline/phone/media"
)

const testBlock = 4096

// tapeOf writes a recording of blocks, in each of which left and right are as loud as levels says.
func tapeOf(t *testing.T, levels [][2]int32) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tape.flac")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	info := &meta.StreamInfo{BlockSizeMin: testBlock, BlockSizeMax: testBlock, SampleRate: media.RecordRate, NChannels: 2, BitsPerSample: 16}
	e, err := flac.NewEncoder(f, info)
	if err != nil {
		t.Fatal(err)
	}
	for _, level := range levels {
		b := &frame.Frame{Header: frame.Header{HasFixedBlockSize: true, BlockSize: testBlock, SampleRate: media.RecordRate, Channels: frame.ChannelsLR, BitsPerSample: 16}}
		for side := range 2 {
			sub := &frame.Subframe{SubHeader: frame.SubHeader{Pred: frame.PredVerbatim}, Samples: make([]int32, testBlock), NSamples: testBlock}
			for i := range sub.Samples {
				sub.Samples[i] = level[side]
			}
			b.Subframes = append(b.Subframes, sub)
		}
		if err := e.WriteFrame(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

const blockTime = testBlock * time.Second / media.RecordRate

func TestAScanTellsLengthAndWhoSpeaks(t *testing.T) {
	path := tapeOf(t, [][2]int32{{0, 0}, {16384, 0}, {0, -32768}})
	track, err := Scan(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if track.Length != 3*blockTime || len(track.Left) != 12 || len(track.Right) != 12 {
		t.Fatalf("%v long, %d steps", track.Length, len(track.Left))
	}
	if long, err := Length(path); err != nil || long != track.Length {
		t.Errorf("its header says %v, %v", long, err)
	}
	if l, r := track.Left, track.Right; l[0] != 0 || l[4] != 128 || l[8] != 0 || r[4] != 0 || r[8] != 255 {
		t.Errorf("left %v, right %v", l, r)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, whole[:len(whole)-3], 0o600); err != nil {
		t.Fatal(err)
	}
	if track, err := Scan(t.Context(), path); err != nil || track.Length != 2*blockTime {
		t.Errorf("broken off: %+v, %v", track, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Scan(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// hears plays until a frame is as wanted.
func hears(t *testing.T, p *Playback, what string, want func(level int16) bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		out := make([]int16, media.FrameSamples)
		p.Play(out)
		if want(out[len(out)-1]) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s: never, at %v", what, p.At())
		}
		time.Sleep(time.Millisecond)
	}
}

func about(level float64) func(int16) bool {
	return func(v int16) bool { return math.Abs(float64(v)-level) < 100 }
}

func TestARecordingIsPlayedSoughtAndPaused(t *testing.T) {
	path := tapeOf(t, [][2]int32{{1000, 0}, {0, 2000}, {3000, 1000}, {0, 5000}})
	p := Play(path)
	defer p.Close()
	for _, level := range []float64{1000, 2000, 4000, 5000} { // both sides in one
		hears(t, p, "as it was recorded", about(level))
	}
	for end := time.Now().Add(20 * time.Second); !p.Over(); p.Play(make([]int16, media.FrameSamples)) {
		if time.Now().After(end) {
			t.Fatalf("it never ends, at %v", p.At())
		}
	}
	if p.At() != 4*blockTime {
		t.Errorf("ended at %v", p.At())
	}
	track, err := Scan(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	p.Pause(true)
	p.Seek(track, blockTime+blockTime/2)
	p.Seek(track, 2*blockTime+blockTime/2) // the last one counts
	if p.Over() || p.At() != 2*blockTime+blockTime/2 {
		t.Errorf("sought: over %v, at %v", p.Over(), p.At())
	}
	out := make([]int16, media.FrameSamples)
	if p.Play(out); out[0] != 0 || p.At() != 2*blockTime+blockTime/2 {
		t.Error("it plays while it is paused")
	}
	p.Pause(false)
	hears(t, p, "after the jump", about(4000))
	if at := p.At(); at < 2*blockTime+blockTime/2 || at > 3*blockTime {
		t.Errorf("it plays at %v", at)
	}
	p.Seek(track, time.Hour)
	for end := time.Now().Add(20 * time.Second); !p.Over(); p.Play(make([]int16, media.FrameSamples)) {
		if time.Now().After(end) {
			t.Fatal("a jump to the end does not end it")
		}
	}
}

func TestWhatIsNoRecordingIsSaid(t *testing.T) {
	if _, err := Scan(t.Context(), filepath.Join(t.TempDir(), "gone.flac")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	path := filepath.Join(t.TempDir(), "x.flac")
	if err := os.WriteFile(path, []byte("fLaC\x80\x00\x00\x22 and no more"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Scan(t.Context(), path); !errors.Is(err, errNoRecording) {
		t.Errorf("got %v", err)
	}
	p := Play(path)
	defer p.Close()
	for end := time.Now().Add(20 * time.Second); p.Err() == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no error")
		}
	}
}

// FuzzScan: no file brings the program down.
func FuzzScan(f *testing.F) {
	f.Add([]byte("fLaC"))
	f.Add([]byte("fLaC\x80\x00\x00\x22\x10\x00\x10\x00\x00\x00\x00\x00\x00\x00\x03\xe8\x02\xf0\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xf8\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x.flac")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if track, err := Scan(t.Context(), path); err == nil && len(track.Left) != len(track.Right) {
			t.Errorf("%d and %d", len(track.Left), len(track.Right))
		}
	})
}
