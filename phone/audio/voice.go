package audio

import "time"

// The one format inside the program: signed 16 bit, mono, 48 kHz. Codecs of
// other rates resample at their own edge.
const (
	Rate         = 48000                 // samples per second
	FrameSamples = 480                   // samples per frame
	FrameTime    = 10 * time.Millisecond // length of a frame
)

// Voice is one call's end of the sound card. Both methods are called from the
// pump goroutine, with FrameSamples samples, about every 10 ms each; they must
// return at once (no I/O that can wait) and must not keep the slice.
type Voice interface {
	// Play fills dst with what the call wants heard. dst comes zeroed.
	Play(dst []int16)
	// Capture takes what the microphone heard; src must not be written to.
	Capture(src []int16)
}
