package audio

import "log/slog"

// Conference is several calls that hear each other and the agent: each gets the
// microphone and all the others (N-1). To the sound card it is one Voice. Join may be
// called from any goroutine, Play and Capture are the pump's.
type Conference struct {
	mixer *mixer
	sum   [FrameSamples]int32
	out   [FrameSamples]int16
}

// NewConference makes one in which nobody is yet. log may be nil.
func NewConference(log *slog.Logger) *Conference {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Conference{mixer: newMixer(log)}
}

// Leg is a call's place in a conference.
type Leg struct {
	seat  *seat
	leave func()
}

// Join adds a call.
func (c *Conference) Join(v Voice) *Leg {
	s := &seat{voice: v, said: &relay{depth: relayDepth}}
	return &Leg{seat: s, leave: c.mixer.sit(s)}
}

// Leave takes the call out again. One frame that was under way may still reach it.
func (l *Leg) Leave() { l.leave() }

// Mute keeps the microphone from this call; the others are still heard in it.
func (l *Leg) Mute(on bool) { l.seat.muted.Store(on) }

// Play gives the speaker the sum of all, and keeps what each said for the others.
func (c *Conference) Play(dst []int16) {
	clear(c.sum[:])
	for _, s := range *c.mixer.seats.Load() {
		frame := s.said.next()
		c.mixer.playOne(s, frame)
		for i, v := range frame {
			c.sum[i] += int32(v)
		}
	}
	for i, v := range c.sum {
		dst[i] = saturate(v)
	}
}

// Capture gives each the microphone and what the others have said.
func (c *Conference) Capture(src []int16) {
	seats := *c.mixer.seats.Load()
	clear(c.sum[:])
	for _, s := range seats {
		s.said.take()
		for i, v := range s.said.now {
			c.sum[i] += int32(v)
		}
	}
	for _, s := range seats {
		muted := s.muted.Load()
		for i, v := range c.sum {
			v -= int32(s.said.now[i])
			if !muted {
				v += int32(src[i])
			}
			c.out[i] = saturate(v)
		}
		c.mixer.captureOne(s, c.out[:])
	}
}

// relayFrames is how much a relay holds: speaker and microphone are served in turns
// of some frames each.
const (
	relayFrames = 8
	relayDepth  = 3 // of a conference: its voices must not break up
)

// relay carries what a call said from the speaker's turn to the microphone's. Their
// clocks may differ: when it runs empty there is a short silence, when it runs over
// the oldest is left out.
type relay struct {
	depth   int // frames that wait before the first is taken
	frames  [relayFrames][FrameSamples]int16
	written int
	read    int
	flows   bool
	now     [FrameSamples]int16 // what was taken last
}

// next is an empty frame to be filled.
func (r *relay) next() []int16 {
	if r.written-r.read == relayFrames {
		r.read = r.written - r.depth
	}
	frame := r.frames[r.written%relayFrames][:]
	clear(frame)
	r.written++
	return frame
}

// take moves the oldest frame to now, silence where there is none.
func (r *relay) take() {
	waits := r.written - r.read
	r.flows = waits > 0 && (r.flows || waits >= r.depth)
	if !r.flows {
		clear(r.now[:])
		return
	}
	r.now = r.frames[r.read%relayFrames]
	r.read++
}
