package audio

import (
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Fake is a sound card for tests: the same methods as System, driven by hand
// with Frame or by a clock with Run. It is safe for use by several goroutines.
type Fake struct {
	mixer *mixer
	drive sync.Mutex // one Frame at a time
	level atomic.Uint64

	mu      sync.Mutex
	state   State
	choice  Choice
	devices []Device
	voices  int
	warm    int
	rings   int
	tones   []Tone
	closed  bool
}

// NewFake makes a sound card with one working microphone and speaker.
func NewFake() *Fake {
	return &Fake{
		mixer: newMixer(slog.New(slog.DiscardHandler)),
		devices: []Device{
			{ID: "fake-mic", Name: "Fake microphone", Kind: Microphone, Default: true},
			{ID: "fake-speaker", Name: "Fake speaker", Kind: Speaker, Default: true},
		},
		state: State{
			Microphone: Use{Device: "Fake microphone"},
			Speaker:    Use{Device: "Fake speaker"},
			Ringer:     Use{Device: "Fake speaker"},
		},
	}
}

// Frame lets 10 ms pass: all voices hear mic (nil is silence), and what they
// play comes back, as a slice of its own.
func (f *Fake) Frame(mic []int16) (speaker []int16) {
	f.drive.Lock()
	defer f.drive.Unlock()
	heard := make([]int16, FrameSamples)
	copy(heard, mic)
	f.level.Store(uint64(peak(heard) * 1e6))
	f.mixer.capture(heard)
	speaker = make([]int16, FrameSamples)
	f.mixer.play(speaker)
	return speaker
}

// Run drives the voices by the clock until stop is called: microphone gives
// each frame (nil: silence), speaker gets each (nil: thrown away). On a busy machine
// frames come late and several at once, but none is left out unless all stood still
// for more than a second.
func (f *Fake) Run(microphone func() []int16, speaker func([]int16)) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(FrameTime)
		defer tick.Stop()
		next := time.Now()
		for {
			select {
			case <-done:
				return
			case now := <-tick.C:
				if oldest := now.Add(-time.Second); next.Before(oldest) {
					next = oldest
				}
				for ; !now.Before(next); next = next.Add(FrameTime) {
					f.run(microphone, speaker)
				}
			}
		}
	}()
	return sync.OnceFunc(func() { close(done); <-ended })
}

func (f *Fake) run(microphone func() []int16, speaker func([]int16)) {
	var mic []int16
	if microphone != nil {
		mic = microphone()
	}
	out := f.Frame(mic)
	if speaker != nil {
		speaker(out)
	}
}

// Voices is how many voices are attached, tones not counted.
func (f *Fake) Voices() int { f.mu.Lock(); defer f.mu.Unlock(); return f.voices }

// Warmed is how many holders keep the streams open.
func (f *Fake) Warmed() int { f.mu.Lock(); defer f.mu.Unlock(); return f.warm }

// Ringing tells whether the ringtone plays.
func (f *Fake) Ringing() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.rings > 0 }

// Tones are the tones that play now, oldest first.
func (f *Fake) Tones() []Tone { f.mu.Lock(); defer f.mu.Unlock(); return slices.Clone(f.tones) }

// Chosen is the last Choice.
func (f *Fake) Chosen() Choice { f.mu.Lock(); defer f.mu.Unlock(); return f.choice }

// Closed tells whether Close was called.
func (f *Fake) Closed() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.closed }

// Devices is System.Devices.
func (f *Fake) Devices() []Device {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.devices)
}

// Choose is System.Choose.
func (f *Fake) Choose(c Choice) error {
	if err := c.Validate(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.choice = c
	return nil
}

// Warm is System.Warm.
func (f *Fake) Warm() (release func()) { return f.count(&f.warm) }

// Ring is System.Ring.
func (f *Fake) Ring() (stop func()) { return f.count(&f.rings) }

// Attach is System.Attach.
func (f *Fake) Attach(v Voice) (detach func()) {
	remove, less := f.mixer.add(v), f.count(&f.voices)
	return func() { remove(); less() }
}

// Tone is System.Tone, the German ones.
func (f *Fake) Tone(t Tone) (stop func()) {
	remove := f.mixer.add(newTone(cadenceOf("DE", t)))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tones = append(f.tones, t)
	return sync.OnceFunc(func() {
		remove()
		f.mu.Lock()
		defer f.mu.Unlock()
		if i := slices.Index(f.tones, t); i >= 0 {
			f.tones = slices.Delete(f.tones, i, i+1)
		}
	})
}

// State is System.State.
func (f *Fake) State() State { f.mu.Lock(); defer f.mu.Unlock(); return f.state }

// OnChange is System.OnChange; no device comes or goes here.
func (f *Fake) OnChange(func(State)) (cancel func()) { return func() {} }

// InputLevel is System.InputLevel, of the last frame.
func (f *Fake) InputLevel() float64 { return float64(f.level.Load()) / 1e6 }

// Close is System.Close.
func (f *Fake) Close() { f.mu.Lock(); defer f.mu.Unlock(); f.closed = true }

func (f *Fake) count(n *int) (less func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*n++
	return sync.OnceFunc(func() { f.mu.Lock(); defer f.mu.Unlock(); *n-- })
}
