package audio

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"leadline/assets/sounds"
)

// System is the sound card of the program. All methods may be called from any
// goroutine and return at once, whatever the sound server does.
type System struct {
	log   *slog.Logger
	mixer *mixer
	pump  *pump
	scout *scout
	slots [3]*slot // by role

	country atomic.Pointer[string]
	done    chan struct{}
	closing sync.Once
	running sync.WaitGroup // slots and scout

	mu        sync.Mutex
	choice    Choice
	users     int       // voices, tones and holders of Warm
	rings     int       // callers of Ring
	idleSince time.Time // when users became 0
	ringSince time.Time // when rings became 0

	state stateBoard
}

// linger is how long the streams stay open after the last user has gone: the
// next call comes often, and opening again takes time.
const linger = 4 * time.Second

// Open takes the sound card into use. A device that is not there is no error:
// State says so, and calls go on in silence until it comes. The only errors are a choice
// that can never be had (Choice.Validate), and a system that has no file descriptor left.
// log may be nil.
func Open(c Choice, log *slog.Logger) (*System, error) { return openWith(c, log, openCard) }

func openWith(c Choice, log *slog.Logger, connect func() (card, error)) (*System, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ringtone, err := parseWAV(sounds.Ringtone)
	if err != nil {
		return nil, err // the file is part of the program: a test sees to it
	}
	b, err := newBell()
	if err != nil {
		return nil, err
	}
	s := &System{log: log, choice: c, mixer: newMixer(log), done: make(chan struct{})}
	s.SetCountry("DE")
	s.pump = newPump(s.mixer, ringtone, b, log)
	s.scout = &scout{log: log, open: connect, busy: s.busy, tell: s.wakeSlots, wake: make(chan struct{}, 1)}
	for r, end := range []*atomic.Pointer[end]{&s.pump.mic, &s.pump.speaker, &s.pump.ringer} {
		r := role(r)
		s.slots[r] = &slot{
			role: r, log: log, end: end, pump: b, card: connect, wake: make(chan struct{}, 1),
			wish:    func() wish { return s.wish(r) },
			devices: s.scout.devices,
			publish: func(u Use) { s.state.set(r, u) },
		}
	}
	s.state.start(log)
	go s.pump.run()
	for _, slot := range s.slots {
		s.running.Go(func() { s.keep(slot.run) })
	}
	if c != (Choice{Null, Null, Null}) {
		s.running.Go(func() { s.keep(s.scout.run) })
	}
	return s, nil
}

// keep runs what deals with the sound server until Close, anew a second after a panic.
func (s *System) keep(run func(done <-chan struct{})) {
	for !s.survives(run) {
		select {
		case <-s.done:
			return
		case <-time.After(time.Second):
		}
	}
}

func (s *System) survives(run func(done <-chan struct{})) (whole bool) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("audio: dealing with the sound server failed", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	run(s.done)
	return true
}

// SetCountry picks the tones of a country, by its ISO 3166 code ("DE"). An
// unknown one gets the German tones.
func (s *System) SetCountry(code string) { s.country.Store(&code) }

// Devices are the microphones and speakers known now. The list is renewed in
// the background: each second while sound is in use, else every few seconds.
func (s *System) Devices() []Device {
	s.scout.look()
	list, _ := s.scout.devices()
	return list
}

// Choose changes the devices, also in the middle of a call.
func (s *System) Choose(c Choice) error {
	if err := c.Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	s.choice = c
	s.mu.Unlock()
	s.scout.look()
	s.wakeSlots()
	return nil
}

// Warm opens microphone and speaker in the background and keeps them open until
// release is called: while it rings, so that the first word is heard.
func (s *System) Warm() (release func()) {
	s.use(+1)
	return sync.OnceFunc(func() { s.use(-1) })
}

// Attach adds a voice. After detach returns, one frame that was under way may
// still reach it.
func (s *System) Attach(v Voice) (detach func()) {
	remove := s.mixer.add(v)
	s.use(+1)
	return sync.OnceFunc(func() { remove(); s.use(-1) })
}

// Tone plays a call progress tone on the speaker until stop is called.
func (s *System) Tone(t Tone) (stop func()) {
	return s.Attach(newTone(cadenceOf(*s.country.Load(), t)))
}

// Ring plays the ringtone on the ringer until stop is called. Several may ring;
// it is one ringtone.
func (s *System) Ring() (stop func()) {
	s.ring(+1)
	return sync.OnceFunc(func() { s.ring(-1) })
}

// RingAt has the ringtone play at so many percent of its loudness, 0..100, from now on.
func (s *System) RingAt(percent int) { s.pump.ringDown.Store(int32(100 - percent)) }

// Enhance changes what is done to the microphone, also in the middle of a call. Where
// CanEnhance is false nothing is.
func (s *System) Enhance(e Enhancement) { s.pump.enhance.Store(&e) }

// InputLevel is how loud the microphone is, 0 (silence) to 1 (full scale), the
// peak of the last tenth of a second; 0 while nothing listens.
func (s *System) InputLevel() float64 { return s.pump.input.level() }

// OutputLevel is how loud the speaker is, likewise.
func (s *System) OutputLevel() float64 { return s.pump.output.level() }

// State is the sound card now.
func (s *System) State() State { return s.state.get() }

// OnChange has tell called with the State whenever it has changed, one call
// after the other, from a goroutine of this package, until cancel is called.
func (s *System) OnChange(tell func(State)) (cancel func()) { return s.state.listen(tell) }

// Close lets go of all devices. It waits a second at most for a sound server
// that does not answer.
func (s *System) Close() {
	s.closing.Do(func() {
		close(s.done)
		s.pump.stop()
		s.state.stop()
		gone, cancel := context.WithCancel(context.Background())
		go func() {
			defer cancel()
			<-s.pump.ended
			s.running.Wait()
			for _, slot := range s.slots {
				if e := slot.end.Load(); e != nil && e.recorder != nil {
					e.recorder.close()
				}
			}
		}()
		select {
		case <-gone.Done():
		case <-time.After(time.Second):
			s.log.Warn("audio: the sound server does not let go")
		}
	})
}

func (s *System) use(n int) {
	s.mu.Lock()
	s.users += n
	if s.users == 0 {
		s.idleSince = time.Now()
	}
	changed := s.users == 0 || n > 0 && s.users == n
	s.needs(changed)
	s.mu.Unlock()
}

func (s *System) ring(n int) {
	s.mu.Lock()
	s.rings += n
	if s.rings == 0 {
		s.ringSince = time.Now()
	}
	changed := s.rings == 0 || n > 0 && s.rings == n
	s.needs(changed)
	s.mu.Unlock()
}

// needs passes on who needs sound; s.mu is held.
func (s *System) needs(changed bool) {
	s.pump.need(s.users > 0, s.rings > 0)
	if !changed {
		return
	}
	s.wakeSlots()
	if s.users == 0 || s.rings == 0 {
		// The slots find out for themselves that the time is up.
		time.AfterFunc(linger+10*ms, s.wakeSlots)
	}
	s.scout.look()
}

// wish is what a role should be connected to now.
func (s *System) wish(r role) wish {
	s.mu.Lock()
	defer s.mu.Unlock()
	lingers := func(since time.Time) bool { return !since.IsZero() && time.Since(since) < linger }
	inUse := s.users > 0 || lingers(s.idleSince)
	switch r {
	case microphoneRole:
		return wish{s.choice.Microphone, inUse}
	case speakerRole:
		return wish{s.choice.Speaker, inUse}
	default:
		return wish{s.choice.Ringer, s.rings > 0 || lingers(s.ringSince)}
	}
}

func (s *System) busy() bool {
	return s.wish(speakerRole).open || s.wish(ringerRole).open
}

func (s *System) wakeSlots() {
	for _, slot := range s.slots {
		select {
		case slot.wake <- struct{}{}:
		default:
		}
	}
}
