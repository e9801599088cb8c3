package audio

import (
	"log/slog"
	"math"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// end is what a role is connected to, as the pump sees it: a device's tap, or a
// file. A nil end is silence.
type end struct {
	tap      *tap
	loop     *loop     // a microphone's file
	recorder *recorder // a speaker's file
}

// moves tells whether a device is alive that sets the pace.
func (e *end) moves(now time.Time) bool {
	return e != nil && e.tap != nil && e.tap.alive && now.Sub(e.tap.seenAt) < stall
}

// pump moves frames between the devices and the voices. A device that is alive
// sets the pace of its direction; where there is none, or it has stalled, a
// clock does, so that calls go on, are recorded and end as they should.
//
// One goroutine runs it. It sleeps while nobody needs sound.
type pump struct {
	log           *slog.Logger
	quiet         quiet // the microphone itself
	mixer         *mixer
	ring          *loop        // the ringtone
	ringDown      atomic.Int32 // by how many percent it is turned down
	bell          *bell
	input, output meter
	done          chan struct{}
	ended         chan struct{}

	on                   atomic.Bool // voices need microphone and speaker
	ringing              atomic.Bool
	mic, speaker, ringer atomic.Pointer[end]
	enhance              atomic.Pointer[Enhancement] // what is wanted; nil: nothing

	frame                      [FrameSamples]int16
	micPace, spkPace, ringPace pace
	enhanced                   enhancement
	reserve                    reserve
	share                      share
}

func newPump(m *mixer, ringtone []int16, b *bell, log *slog.Logger) *pump {
	return &pump{
		log: log, mixer: m, ring: &loop{sound: ringtone}, reserve: newReserve(),
		bell: b, done: make(chan struct{}), ended: make(chan struct{}),
	}
}

// need says who needs the pump from now on.
func (p *pump) need(voices, ringing bool) {
	p.on.Store(voices)
	p.ringing.Store(ringing)
	p.bell.ring()
}

// stop ends run.
func (p *pump) stop() {
	close(p.done)
	p.bell.ring()
}

func (p *pump) stopped() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// meter is how loud something is, 0..1: the peak of the last tenth of a second. The pump
// measures, anybody may read.
type meter struct {
	shown   atomic.Uint64 // math.Float64bits
	loudest float64
	counted int
}

func (m *meter) measure(frame []int16) {
	m.loudest = max(m.loudest, peak(frame))
	if m.counted++; m.counted == 10 {
		m.shown.Store(math.Float64bits(m.loudest))
		m.loudest, m.counted = 0, 0
	}
}

func (m *meter) level() float64 { return math.Float64frombits(m.shown.Load()) }

func (m *meter) rest() { m.shown.Store(0) }

// run is the pump's goroutine; it ends with stop.
func (p *pump) run() {
	defer close(p.ended)
	for !p.stopped() {
		if p.on.Load() || p.ringing.Load() {
			p.awake()
		} else {
			p.bell.sleep()
		}
	}
}

// awake serves until nobody needs sound.
func (p *pump) awake() {
	clock := time.AfterFunc(FrameTime, p.bell.ring)
	defer clock.Stop()
	defer p.rest()
	if e := p.mic.Load(); e != nil && e.tap != nil {
		e.tap.ring.drop(ringSamples) // heard while nobody listened
	}
	var due time.Time
	for every := FrameTime; (p.on.Load() || p.ringing.Load()) && !p.stopped(); p.bell.sleep() {
		now := time.Now()
		p.turn(now)
		if next := p.tick(now); next != every || !now.Before(due) {
			clock.Reset(next)
			every, due = next, now.Add(next)
		}
	}
}

// tick is how often the clock has to wake the pump: each frame when it stands in
// for a device, else only to notice that one has stalled.
func (p *pump) tick(now time.Time) time.Duration {
	if p.on.Load() && (!p.mic.Load().moves(now) || !p.speaker.Load().moves(now)) || p.ringing.Load() && !p.ringer.Load().moves(now) {
		return FrameTime
	}
	return stall / 2
}

func (p *pump) rest() {
	p.enhanced.stop()
	p.input.rest()
	p.output.rest()
	p.ring.at = 0 // the next ring begins at its beginning
	if e := p.speaker.Load(); e != nil && e.recorder != nil {
		e.recorder.flush()
	}
}

// turn moves all frames that are due.
func (p *pump) turn(now time.Time) {
	defer func() {
		if r := recover(); r != nil {
			p.log.Error("audio: a frame was lost", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	if p.on.Load() {
		p.tellSilence()
		p.hear(now)
		p.say(now)
	}
	if p.ringing.Load() {
		p.sound(now)
	} else {
		p.ring.at = 0
	}
}

// micBacklog is how much may wait from a microphone after the pump was held up;
// what is older would only be delay for the rest of the call.
const micBacklog = 6 * FrameSamples

// hear brings the microphone to the voices.
func (p *pump) hear(now time.Time) {
	e := p.mic.Load()
	if e != nil && e.tap != nil {
		live, woke := e.tap.live(now)
		if live {
			p.micPace = pace{}
			r := e.tap.ring
			if n := r.level(); n > micBacklog || woke && n > FrameSamples {
				r.drop(n - FrameSamples)
				p.enhanced.skipped(n - FrameSamples)
			}
			for r.level() >= FrameSamples {
				r.read(p.frame[:])
				p.heard()
			}
			return
		}
	}
	for p.micPace.due(now) {
		clear(p.frame[:])
		if e != nil && e.loop != nil {
			e.loop.read(p.frame[:])
		}
		p.heard()
	}
}

func (p *pump) heard() {
	p.quiet.heard(p.frame[:])
	if want := p.enhance.Load(); want != nil {
		p.enhanced.follow(*want)
		p.enhanced.heard(p.frame[:])
	}
	p.input.measure(p.frame[:])
	p.mixer.capture(p.frame[:])
}

// tellSilence tells the echo canceller what the speaker played for want of anything else, before it
// gets what the microphone heard of that.
func (p *pump) tellSilence() {
	e := p.speaker.Load()
	if e == nil || e.tap == nil {
		return
	}
	if silence := e.tap.silence(); e.tap.alive { // else it has just begun, with its buffer to be filled
		p.enhanced.starved(silence)
	}
}

// say brings the voices to the speaker.
func (p *pump) say(now time.Time) {
	e := p.speaker.Load()
	if e != nil && e.tap != nil {
		if live, woke := e.tap.live(now); live {
			p.spkPace = pace{}
			target := p.share.samples(int(e.tap.asked.Swap(0)), now) + p.reserve.samples(e.tap.starved.Load(), woke, now)
			p.enhanced.ahead = target
			for e.tap.ring.level() < target {
				p.played()
				p.enhanced.said(p.frame[:])
				e.tap.ring.write(p.frame[:])
			}
			return
		}
	}
	for p.spkPace.due(now) {
		p.played()
		if e != nil && e.recorder != nil {
			e.recorder.write(p.frame[:])
		}
	}
}

func (p *pump) played() {
	p.mixer.play(p.frame[:])
	p.output.measure(p.frame[:])
}

// ringDepth is how much of the ringtone waits: it need not be quick.
const ringDepth = 6 * FrameSamples

// sound brings the ringtone to the ringer.
func (p *pump) sound(now time.Time) {
	e := p.ringer.Load()
	switch {
	case e != nil && e.tap != nil:
		if live, _ := e.tap.live(now); live {
			for e.tap.ring.level() < ringDepth {
				p.ringtone()
				e.tap.ring.write(p.frame[:])
			}
		}
	case e != nil && e.recorder != nil:
		for p.ringPace.due(now) {
			p.ringtone()
			e.recorder.write(p.frame[:])
		}
	}
}

// ringtone reads the next frame of it. What is half as much to the ear is a quarter of the amplitude, nearly.
func (p *pump) ringtone() {
	p.ring.read(p.frame[:])
	if down := p.ringDown.Load(); down != 0 {
		for i, v := range p.frame {
			p.frame[i] = int16(int32(v) * (100 - down) * (100 - down) / 10000)
		}
	}
}

// pace is a clock of 10 ms that does not drift with the ticker's delays.
type pace struct{ next time.Time }

// due tells whether another frame is. After a long hold-up it starts anew: a
// burst of old frames helps nobody.
func (c *pace) due(now time.Time) bool {
	if c.next.IsZero() || now.Sub(c.next) > stall {
		c.next = now
	}
	if now.Before(c.next) {
		return false
	}
	c.next = c.next.Add(FrameTime)
	return true
}
