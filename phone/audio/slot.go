package audio

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"
)

// role is what a slot's device is for.
type role int

const (
	microphoneRole role = iota
	speakerRole
	ringerRole
)

func (r role) String() string { return [...]string{"microphone", "speaker", "ringer"}[r] }

func (r role) kind() Kind {
	if r == microphoneRole {
		return Microphone
	}
	return Speaker
}

// wish is what the system wants of a slot.
type wish struct {
	choice string
	open   bool
}

// slot owns the device of one role. Only its goroutine makes calls about that
// device; they may hang, and then only this role is silent.
type slot struct {
	role    role
	log     *slog.Logger
	end     *atomic.Pointer[end] // where the pump finds the device
	pump    *bell
	card    func() (card, error)
	wish    func() wish
	devices func() (list []Device, known bool)
	publish func(Use)
	wake    chan struct{}

	// The goroutine's own.
	conn    card
	stream  stream
	current target
	moved   uint64    // tap.moved at the last look
	movedAt time.Time // when that was new
	retry   time.Time // not before
	tries   int
	why     string // the last failure
}

// target is what a slot is, or should be, connected to.
type target struct {
	open bool
	via  via
	id   string // to open with; "" is the system's default
	key  string // another key is another device
	use  Use
}

// via is the way sound goes.
type via int

const (
	viaNothing via = iota
	viaDevice
	viaFile
)

// frozen is how long an open device may stand still before it is opened anew.
const frozen = 2 * time.Second

// maxRetry is the longest time between two tries to open a device.
const maxRetry = 10 * time.Second

var errFrozen = errors.New("the sound server does not answer")

// run is the slot's goroutine; it ends when done is closed, unless the sound
// server holds it.
func (s *slot) run(done <-chan struct{}) {
	defer func() {
		s.disconnect()
		s.current = target{}
	}()
	for {
		s.step(time.Now())
		wait := time.NewTimer(s.nap())
		select {
		case <-done:
			wait.Stop()
			return
		case <-s.wake:
			wait.Stop()
		case <-wait.C:
		}
	}
}

// nap is how long nothing can happen without somebody waking the slot.
func (s *slot) nap() time.Duration {
	if s.wish().open {
		return 500 * time.Millisecond
	}
	return time.Hour
}

// step brings the device a step towards the wish.
func (s *slot) step(now time.Time) {
	want, known := s.resolve()
	switch {
	case !known:
		want.use.Condition = Opening
		s.publish(want.use)
		return
	case want.via != viaDevice || !want.open:
		s.settle(want)
		return
	}
	if s.stream != nil && s.current.key == want.key {
		if !s.stands(now) {
			s.current.use = want.use // the default's name may be new
			s.publish(want.use)
			return
		}
		s.fail(now, want, errFrozen)
		s.disconnect() // may hang: the state is told already
	}
	if s.current.key != want.key {
		s.retry, s.tries = time.Time{}, 0
	}
	if now.Before(s.retry) {
		return
	}
	s.connect(now, want)
}

// resolve finds what the wish means among the devices there are.
func (s *slot) resolve() (want target, known bool) {
	w := s.wish()
	want.open = w.open
	if w.choice == Null {
		return target{open: w.open, key: Null, use: Use{Device: Null, Condition: standing(w.open)}}, true
	}
	if file, ok := strings.CutPrefix(w.choice, FilePrefix); ok {
		return target{open: w.open, via: viaFile, id: file, key: w.choice, use: Use{Device: file, Condition: standing(w.open)}}, true
	}
	list, known := s.devices()
	if !known {
		return want, false
	}
	want.via = viaDevice
	if w.choice != "" {
		if d, ok := find(list, s.role.kind(), w.choice); ok {
			want.id, want.key = d.ID, "id:"+d.ID
			want.use = Use{Device: d.Name, Condition: standing(w.open)}
			return want, true
		}
		want.use.Wanted = w.choice
	}
	d, ok := defaultOf(list, s.role.kind())
	if !ok {
		want.via, want.key = viaNothing, "none"
		want.use.Condition = Absent
		want.use.Why = fmt.Sprintf("the system has no %s", s.role.kind())
		return want, true
	}
	if !d.Default {
		want.id = d.ID
	}
	want.key = "default:" + d.ID
	want.use.Device, want.use.Condition = d.Name, standing(w.open)
	if w.choice != "" {
		want.use.Condition = Replaced
	}
	return want, true
}

func standing(open bool) Condition {
	if open {
		return Working
	}
	return Ready
}

// settle is for all that needs no sound server.
func (s *slot) settle(want target) {
	if s.current.key == want.key && s.current.open == want.open {
		s.publish(s.current.use)
		return
	}
	old := s.end.Load()
	if want.via == viaFile {
		if s.current.key != want.key || old == nil {
			e, err := s.openFile(want.id)
			if err != nil {
				want.use.Condition, want.use.Why = Absent, err.Error()
				want.use.Device, want.use.Wanted = "", want.id
				s.log.Warn("audio: the file cannot be used", "role", s.role.String(), "error", err)
			}
			s.swap(e)
		}
	} else if old != nil {
		s.swap(nil)
	}
	s.current = want
	s.publish(want.use)
	s.disconnect()
}

// openFile connects the role to a WAV file.
func (s *slot) openFile(path string) (*end, error) {
	if s.role == microphoneRole {
		l, err := loadLoop(path)
		if err != nil {
			return nil, err
		}
		return &end{loop: l}, nil
	}
	r, err := newRecorder(path)
	if err != nil {
		return nil, err
	}
	return &end{recorder: r}, nil
}

// connect opens the wanted device. One that works is kept until the new one does.
func (s *slot) connect(now time.Time, want target) {
	opening := want.use
	if opening.Condition == Working {
		opening.Condition = Opening
	}
	s.publish(opening)
	t := newTap(s.pump)
	str, err := s.openDevice(want.id, t)
	if err != nil && s.stream != nil {
		s.disconnect() // some devices can't be had twice
		str, err = s.openDevice(want.id, t)
	}
	if err != nil {
		s.current = want
		s.fail(now, want, err)
		return
	}
	old := s.stream
	s.stream, s.current = str, want
	s.moved, s.movedAt = 0, time.Now()
	s.retry, s.tries, s.why = time.Time{}, 0, ""
	s.swap(&end{tap: t})
	if old != nil && !s.letGo(old.close) {
		s.conn = nil // still in use by the one that hangs
	}
	s.log.Info("audio: device open", "role", s.role.String(), "device", want.use.Device, "after", time.Since(now).Round(ms))
	s.publish(want.use)
}

// openDevice opens a device on the connection, which is made anew when it was
// one to a server that has gone.
func (s *slot) openDevice(id string, t *tap) (stream, error) {
	fresh := s.conn == nil
	for {
		if s.conn == nil {
			c, err := s.card()
			if err != nil {
				return nil, err
			}
			s.conn = c
		}
		str, err := s.conn.open(s.role.kind(), id, t)
		if err == nil || fresh || s.stream != nil {
			return str, err
		}
		s.conn.close()
		s.conn, fresh = nil, true
	}
}

// stands tells whether the open device has stood still for too long.
func (s *slot) stands(now time.Time) bool {
	e := s.end.Load()
	if e == nil || e.tap == nil {
		return false
	}
	if moved := e.tap.moved.Load(); moved != s.moved {
		s.moved, s.movedAt = moved, now
	}
	return now.Sub(s.movedAt) > frozen
}

// fail tells that the wanted device can't be had now and says when to try again.
func (s *slot) fail(now time.Time, want target, err error) {
	s.swap(nil)
	s.retry = now.Add(min(time.Second<<min(s.tries, 8), maxRetry))
	s.tries++
	use := want.use
	use.Condition, use.Why = Absent, err.Error()
	if use.Wanted == "" {
		use.Wanted = use.Device
	}
	use.Device = ""
	s.publish(use)
	if why := err.Error(); why != s.why {
		s.why = why
		s.log.Warn("audio: no "+s.role.String(), "device", want.use.Device, "error", err, "again", s.retry.Sub(now))
	}
}

// swap gives the pump another end; a recorder that it no longer has is finished
// when the pump has certainly let go of it.
func (s *slot) swap(e *end) {
	old := s.end.Swap(e)
	if old != nil && old.recorder != nil {
		time.AfterFunc(stall, old.recorder.close)
	}
}

// disconnect lets go of the device and of the sound server.
func (s *slot) disconnect() {
	if e := s.end.Load(); e != nil && e.tap != nil {
		s.swap(nil)
	}
	str, conn := s.stream, s.conn
	s.stream, s.conn = nil, nil
	if str == nil && conn == nil {
		return
	}
	s.letGo(func() {
		if str != nil {
			str.close()
		}
		if conn != nil {
			conn.close()
		}
	})
}

// letGo closes something that this slot does not use any more. When the sound
// server hangs, the slot does not wait for it longer than a moment: another
// device may work.
func (s *slot) letGo(closing func()) (gone bool) {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		closing()
	}()
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case <-closed:
		return true
	case <-timer.C:
		s.log.Warn("audio: the sound server does not let go of a device", "role", s.role.String())
		return false
	}
}
