package media

import (
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"leadline/phone/sdp"
)

// Rate is the sampling rate of Play and Capture in Hz; FrameSamples is the 10 ms
// of mono audio that each call of them moves.
const (
	Rate         = 48000
	FrameSamples = 480
)

// Errors of a Session's methods.
var (
	// ErrNoDigits means that the peer takes no telephone-event, or we are on hold.
	ErrNoDigits = errors.New("media: the other end takes no digits now")
	// ErrClosed means that the call is over.
	ErrClosed = errors.New("media: session closed")
)

// Config is what a Session needs. Send is required.
type Config struct {
	Media sdp.Media // what offer and answer agreed on

	// Send sends an RTP packet. It is called from Capture, must not block and must
	// not keep the slice. No lock is held.
	Send func(packet []byte)
	// SendRTCP sends an RTCP packet, likewise, from Capture and Close. Nil: none is sent.
	SendRTCP func(packet []byte)
	// OnDigit is told each digit that the peer dials (0-9 * # A-D), once, from the
	// goroutine that calls ReceiveRTP. It may be nil.
	OnDigit func(digit rune)

	Now   func() time.Time // nil: time.Now
	CNAME string           // RTCP canonical name, says nothing about the person; "" makes a random one
	Seed  uint64           // for tests: 0 takes SSRC, sequence and timestamp from crypto/rand
}

// Session is one call's voice. Its methods may be called from any goroutine, Play and
// Capture from one at a time each.
type Session struct {
	cfg   Config
	epoch time.Time
	tape  atomic.Pointer[Recorder] // nil: not recorded

	// Play, the socket and the microphone meet here. Sections are short and never
	// call out; where both are locked, out comes first.
	in struct {
		sync.Mutex
		receiver
		history
	}
	out struct {
		sync.Mutex
		sender
		reporter
		mic      micWatch
		random   *rand.Rand
		reported uint64 // packets sent at the last report
		closed   bool
	}
}

// New starts a session. It fails if there is no codec here for what was agreed on.
func New(cfg Config) (*Session, error) {
	if cfg.Send == nil {
		panic("media: Config.Send is missing")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Session{cfg: cfg, epoch: cfg.Now()}
	s.out.random = random(cfg.Seed)
	s.out.ssrc = s.out.random.Uint32()
	// Not close to its turn: who misses the packets before it, while encrypted, never finds out that there was one
	// (RFC 3711 §3.3.1).
	s.out.seq = uint16(s.out.random.Uint32()) >> 1
	s.out.ts = s.out.random.Uint32()
	s.out.buf = make([]byte, 0, rtpHeader+maxPayload)
	s.out.cname = cfg.CNAME
	if s.out.cname == "" {
		s.out.cname = strconv.FormatUint(s.out.random.Uint64(), 36) // RFC 7022 §4.2
	}
	s.out.cname = s.out.cname[:min(len(s.out.cname), 255)]
	s.out.schedule(-reportInterval/2, s.out.random) // the first one sooner
	if err := s.Update(cfg.Media); err != nil {
		return nil, err
	}
	return s, nil
}

// random is the session's source of unpredictable beginnings (RFC 3550 §5.1).
func random(seed uint64) *rand.Rand {
	var key [32]byte
	if seed == 0 {
		crand.Read(key[:]) // never fails
	} else {
		binary.LittleEndian.PutUint64(key[:], seed)
	}
	return rand.New(rand.NewChaCha8(key))
}

// Update takes over what a re-INVITE agreed on: direction, hold, codec, payload types.
// SSRC and sequence go on. It fails, changing nothing, if there is no such codec here,
// or with ErrClosed after the call.
func (s *Session) Update(m sdp.Media) error {
	c, err := codecFor(m.Format)
	if err != nil {
		return err
	}
	s.out.Lock()
	defer s.out.Unlock()
	if s.out.closed {
		return ErrClosed
	}
	s.in.Lock()
	defer s.in.Unlock()
	s.out.setUp(m, c)
	s.in.setUp(m, c)
	return nil
}

// Play fills dst with the next audio from the peer, at 48 kHz; len(dst) is a multiple of
// FrameSamples. The sound pump calls it; it locks shortly and does not allocate.
func (s *Session) Play(dst []int16) {
	wall := s.cfg.Now()
	now := s.since(wall)
	tape := s.tape.Load()
	for len(dst) >= FrameSamples {
		s.playLocking(dst[:FrameSamples], now)
		if tape != nil {
			tape.hear(dst[:FrameSamples], wall)
		}
		dst = dst[FrameSamples:]
	}
	clear(dst)
}

func (s *Session) playLocking(frame []int16, now time.Duration) {
	s.in.Lock()
	defer s.in.Unlock()
	s.in.play(frame, now)
	s.in.tick(&s.in.receiver, now)
}

// Capture takes audio from the microphone, at 48 kHz; len(src) is a multiple of
// FrameSamples. It drives everything that is sent, digits and RTCP too, so it is called
// while muted, on hold and without a microphone (with silence) as well.
func (s *Session) Capture(src []int16) {
	wall := s.cfg.Now()
	now := s.since(wall)
	tape := s.tape.Load()
	for len(src) >= FrameSamples {
		packet, silent := s.captureLocking(src[:FrameSamples], now)
		if packet != nil {
			s.cfg.Send(packet)
		}
		if tape != nil {
			tape.say(src[:FrameSamples], silent, wall)
		}
		src = src[FrameSamples:]
	}
	if report := s.report(now, wall); report != nil {
		s.cfg.SendRTCP(report)
	}
}

// captureLocking gives the packet to send, if one is full, and whether the peer hears nothing
// of the frame. Its buffer is nobody else's until the next frame.
func (s *Session) captureLocking(frame []int16, now time.Duration) (packet []byte, silent bool) {
	s.out.Lock()
	defer s.out.Unlock()
	if s.out.closed {
		return nil, true
	}
	silent = s.out.muted || s.out.comfort != nil || !s.out.sends
	s.out.mic.frame(frame, !silent, now)
	if !s.out.sends {
		s.out.echo.pause()
	}
	return s.out.capture(frame, now), silent
}

// report builds the RTCP packet that is due, if one is.
func (s *Session) report(now time.Duration, wall time.Time) []byte {
	s.out.Lock()
	defer s.out.Unlock()
	if s.cfg.SendRTCP == nil || s.out.closed || now < s.out.due {
		return nil
	}
	s.out.schedule(now, s.out.random)
	s.in.Lock()
	defer s.in.Unlock()
	return s.reportLocked(now, wall, false)
}

func (s *Session) reportLocked(now time.Duration, wall time.Time, bye bool) []byte {
	sent := s.out.packets != s.out.reported
	s.out.reported = s.out.packets
	return s.out.reporter.report(&s.out.sender, &s.in.receiver, sent, now, wall, bye)
}

// ReceiveRTP takes a datagram from the RTP port. It reports whether it was RTP of this
// call, which is when the owner of the socket may latch on to where it came from
// (symmetric RTP, RFC 4961). With RTCP on the same port it is told apart here (RFC 5761 §4).
func (s *Session) ReceiveRTP(packet []byte, arrival time.Time) (accepted bool) {
	if IsRTCP(packet) {
		s.ReceiveRTCP(packet, arrival)
		return false
	}
	digit, accepted := s.receiveLocking(packet, s.since(arrival))
	if digit != 0 && s.cfg.OnDigit != nil {
		s.cfg.OnDigit(digit)
	}
	return accepted
}

func (s *Session) receiveLocking(packet []byte, arrival time.Duration) (digit rune, accepted bool) {
	s.in.Lock()
	defer s.in.Unlock() // whatever happens: the socket's owner recovers, Play goes on
	return s.in.receive(packet, arrival)
}

// ReceiveRTCP takes a datagram from the RTCP port.
func (s *Session) ReceiveRTCP(packet []byte, arrival time.Time) {
	s.out.Lock()
	defer s.out.Unlock()
	// pion has had panics in its parsers; the call is worth more than a report.
	defer func() { _ = recover() }()
	s.out.receive(packet, s.since(arrival), arrival, s.out.ssrc, s.out.format.Codec.Clock, s.out.packets)
	s.out.expect(s.out.loss)
}

// SendDigits queues digits (0-9 * # A-D, "," is a pause of half a second). It fails, and
// sends none of them, if one is no digit, or with ErrNoDigits if the peer takes no
// telephone-event or we are held.
func (s *Session) SendDigits(digits string) error {
	events, err := parseDigits(digits)
	if err != nil {
		return err
	}
	s.out.Lock()
	defer s.out.Unlock()
	switch {
	case s.out.closed:
		return ErrClosed
	case !s.out.dtmf || !s.out.sends:
		return ErrNoDigits
	}
	s.out.dial.queue = append(s.out.dial.queue, events...)
	return nil
}

// SendTones queues digits as SendDigits does, to be heard in the voice: two tones each, for
// peers that take no telephone-event.
func (s *Session) SendTones(digits string) error {
	events, err := parseDigits(digits)
	if err != nil {
		return err
	}
	s.out.Lock()
	defer s.out.Unlock()
	switch {
	case s.out.closed:
		return ErrClosed
	case !s.out.sends:
		return ErrNoDigits
	}
	s.out.tones.queue = append(s.out.tones.queue, events...)
	return nil
}

// CheckDigits reports what in digits can't be sent.
func CheckDigits(digits string) error {
	_, err := parseDigits(digits)
	return err
}

// Codec is the name of the codec that we send with: "PCMA", "PCMU", "G722" or "Opus".
func (s *Session) Codec() string {
	s.out.Lock()
	defer s.out.Unlock()
	return s.out.codec.name
}

// Comfort has the peer hear what play gives, frames of FrameSamples at Rate, in the
// microphone's place, for as long as it is held; nil is the microphone again. play is
// called from Capture, with a lock held: it must return at once.
func (s *Session) Comfort(play func(frame []int16)) {
	s.out.Lock()
	defer s.out.Unlock()
	s.out.comfort = play
}

// Mute replaces the microphone by silence; packets keep flowing.
func (s *Session) Mute(on bool) {
	s.out.Lock()
	defer s.out.Unlock()
	s.out.muted = on
}

// Record has r take down the call from now on, instead of who did; nil: nobody.
func (s *Session) Record(r *Recorder) { s.tape.Store(r) }

// Beep lets both sides hear that the call is recorded, the peer also while muted, and not before
// the direction lets it hear us.
func (s *Session) Beep() {
	s.out.Lock()
	defer s.out.Unlock()
	s.out.beep.start()
	s.in.Lock()
	defer s.in.Unlock()
	s.in.beep.start()
}

// Muted reports whether the microphone is muted.
func (s *Session) Muted() bool {
	s.out.Lock()
	defer s.out.Unlock()
	return s.out.muted
}

// Close says goodbye by RTCP. After it Play is silent and nothing is sent. A second
// Close does nothing.
func (s *Session) Close() {
	if bye := s.end(s.cfg.Now()); bye != nil {
		s.cfg.SendRTCP(bye)
	}
}

// end gives the goodbye, if one is to be sent.
func (s *Session) end(wall time.Time) []byte {
	s.out.Lock()
	defer s.out.Unlock()
	if s.out.closed {
		return nil
	}
	s.out.closed = true
	s.in.Lock()
	defer s.in.Unlock() // whatever happens: the sound card's goroutine may be on its way in
	s.in.listens = false
	if s.cfg.SendRTCP == nil {
		return nil
	}
	return s.reportLocked(s.since(wall), wall, true)
}

// since is a time on the session's own clock.
func (s *Session) since(t time.Time) time.Duration { return t.Sub(s.epoch) }
