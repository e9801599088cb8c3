package audio

import (
	"sync/atomic"
	"time"
)

// quiet notes for how long the microphone has given digital silence: one that is switched off, or
// muted at its cable or in the system. Even a good one in a quiet room has noise of more than this.
type quiet struct{ frames atomic.Int64 }

const digitalSilence = 2 // of 32768, what a driver's dither may be

func (q *quiet) heard(frame []int16) {
	for _, v := range frame {
		if v > digitalSilence || v < -digitalSilence {
			if q.frames.Load() != 0 {
				q.frames.Store(0)
			}
			return
		}
	}
	q.frames.Add(1)
}

func (q *quiet) lasts() time.Duration { return time.Duration(q.frames.Load()) * FrameTime }

// Silence is for how long the microphone itself has given nothing, before noise and echo are taken
// out of it. It counts while voices are attached.
func (s *System) Silence() time.Duration { return s.pump.quiet.lasts() }
