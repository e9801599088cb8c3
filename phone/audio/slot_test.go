package audio

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// shelf is a sound server of a test: its devices can be put there and taken away,
// and it can be made to hang.
type shelf struct {
	mu     sync.Mutex
	list   []Device
	opened []string // kind:id, in order
	open   int
	hang   chan struct{} // non-nil: opening waits for it
	refuse error
}

func (s *shelf) connect() (card, error) { return shelfCard{s}, nil }

type shelfCard struct{ *shelf }

func (c shelfCard) devices() ([]Device, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Device{}, c.list...), nil
}

func (c shelfCard) open(kind Kind, id string, t *tap) (stream, error) {
	c.mu.Lock()
	hang, refuse := c.hang, c.refuse
	c.mu.Unlock()
	if hang != nil {
		<-hang
	}
	if refuse != nil {
		return nil, refuse
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened = append(c.opened, kind.String()+":"+id)
	c.shelf.open++
	done := make(chan struct{})
	go func() {
		buf := make([]byte, 2*FrameSamples)
		tick := time.NewTicker(FrameTime)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			if kind == Microphone {
				t.fromMicrophone(nil, buf, FrameSamples)
			} else {
				t.fromSpeaker(buf, nil, FrameSamples)
			}
		}
	}()
	return shelfStream{c.shelf, done}, nil
}

func (c shelfCard) close() {}

type shelfStream struct {
	*shelf
	done chan struct{}
}

func (s shelfStream) close() {
	close(s.done)
	s.mu.Lock()
	s.shelf.open--
	s.mu.Unlock()
}

func desktop() *shelf {
	return &shelf{list: []Device{
		{"spk.monitor", "Monitor of Speaker", Microphone, true},
		{"mic", "Desk microphone", Microphone, false},
		{"spk", "Desk speaker", Speaker, true},
	}}
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

func TestAMonitorIsNeverTheMicrophoneUnasked(t *testing.T) {
	s, err := openWith(Choice{}, nil, desktop().connect)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	until(t, "the real microphone", func() bool { return s.State().Microphone.Device == "Desk microphone" })
}

// counter is a voice that counts the frames it hears.
type counter struct{ frames atomic.Int64 }

func (c *counter) Play([]int16)    {}
func (c *counter) Capture([]int16) { c.frames.Add(1) }

func TestAHangingServerHoldsNobody(t *testing.T) {
	d := desktop()
	d.hang = make(chan struct{})
	s, err := openWith(Choice{}, nil, d.connect)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	v := &counter{}
	detach := s.Attach(v)
	stop := s.Ring()
	if err := s.Choose(Choice{Speaker: "spk"}); err != nil {
		t.Fatal(err)
	}
	s.Devices()
	s.State()
	stop()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("held for %v", took)
	}
	until(t, "opening", func() bool { return s.State().Speaker.Condition == Opening })
	until(t, "the clock serves the voice", func() bool { return v.frames.Load() > 5 })
	detach()
	began = time.Now()
	s.Close()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("Close held for %v", took)
	}
	close(d.hang)
}

func TestADeviceThatCannotBeOpenedIsTriedAgain(t *testing.T) {
	d := desktop()
	d.refuse = errors.New("device busy")
	s, err := openWith(Choice{}, nil, d.connect)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	defer s.Warm()()
	until(t, "told", func() bool {
		u := s.State().Speaker
		return u.Condition == Absent && u.Wanted == "Desk speaker" && u.Why == "device busy"
	})
	d.mu.Lock()
	d.refuse = nil
	d.mu.Unlock()
	until(t, "open", func() bool { return s.State().Speaker == Use{Device: "Desk speaker", Condition: Working} })
}

func TestChoicesAreFoundByIDAndByName(t *testing.T) {
	list := desktop().list
	for choice, want := range map[string]string{
		"mic": "mic", "Desk microphone": "mic", "desk MICROPHONE": "mic", "spk.monitor": "spk.monitor",
		"spk": "", "Desk speaker": "", "gone": "",
	} {
		if d, _ := find(list, Microphone, choice); d.ID != want {
			t.Errorf("microphone %q is %q, want %q", choice, d.ID, want)
		}
	}
}

func TestNothingIsLeftAfterClose(t *testing.T) {
	before := runtime.NumGoroutine()
	d := desktop()
	for range 3 {
		s, err := openWith(Choice{}, nil, d.connect)
		if err != nil {
			t.Fatal(err)
		}
		release, stop := s.Warm(), s.Ring()
		until(t, "all open", func() bool { return s.State().Ringer.Condition == Working && s.State().Microphone.Condition == Working })
		release()
		stop()
		s.Close()
	}
	until(t, "all goroutines gone", func() bool { return runtime.NumGoroutine() <= before })
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open != 0 {
		t.Errorf("%d devices left open", d.open)
	}
}

func TestTheSpeakersReserveGrowsWhenStarvedAndShrinksWhenQuiet(t *testing.T) {
	d, now := newReserve(), time.Unix(0, 0)
	at := func(after time.Duration, starved uint64) int {
		now = now.Add(after)
		return d.samples(starved, false, now)
	}
	if got := at(0, 0); got != startReserve {
		t.Errorf("begins with %d", got)
	}
	if got := at(time.Second, 1); got != startReserve+reserveStep {
		t.Errorf("starved: %d", got)
	}
	if got := at(time.Second, 1); got != startReserve+reserveStep {
		t.Errorf("a second later: %d", got)
	}
	if got := at(11*time.Second, 1); got != startReserve {
		t.Errorf("after a quiet while: %d", got)
	}
	if got := at(time.Second, 2); got != startReserve+reserveStep {
		t.Errorf("starved by the try: %d", got)
	}
	if got := at(11*time.Second, 2); got != startReserve+reserveStep {
		t.Errorf("tried again at once: %d", got)
	}
	if got := at(10*time.Second, 2); got != startReserve {
		t.Errorf("after a longer while: %d", got)
	}
	for starved := uint64(3); starved < 50; starved++ {
		if got := at(ms, starved); got > maxReserve {
			t.Fatalf("grew to %d", got)
		}
	}
}

func TestDeviceIDsGoThereAndBack(t *testing.T) {
	for _, text := range []string{"", "alsa_output.usb-Jabra_Link.analog-stereo", "hex:7b00300000ff"} {
		id, err := idOf(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := idText(id); got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	}
	if _, err := idOf("hex:zz"); err == nil {
		t.Error("hex:zz was taken")
	}
}

func FuzzWAV(f *testing.F) {
	f.Add([]byte("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x04\x00\x00\x00abcd"))
	f.Fuzz(func(t *testing.T, b []byte) {
		sound, err := parseWAV(b)
		if err != nil && sound != nil {
			t.Error("both a sound and an error")
		}
	})
}
