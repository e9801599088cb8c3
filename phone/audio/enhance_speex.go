//go:build linux && cgo && !nospeex

package audio

/*
#cgo pkg-config: speexdsp
#include <speex/speex_echo.h>
#include <speex/speex_preprocess.h>

static SpeexEchoState *newEcho(int frame, int tail, int rate) {
	SpeexEchoState *e = speex_echo_state_init(frame, tail);
	speex_echo_ctl(e, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
	return e;
}

static SpeexPreprocessState *newPreprocess(int frame, int rate, SpeexEchoState *echo, int noise, int gain) {
	SpeexPreprocessState *p = speex_preprocess_state_init(frame, rate);
	float level = 8000; // of 32768, about -12 dBFS
	int most = 18, rise = 8, drop = -40; // dB, dB/s
	speex_preprocess_ctl(p, SPEEX_PREPROCESS_SET_DENOISE, &noise);
	speex_preprocess_ctl(p, SPEEX_PREPROCESS_SET_AGC, &gain);
	speex_preprocess_ctl(p, SPEEX_PREPROCESS_SET_AGC_LEVEL, &level);
	speex_preprocess_ctl(p, SPEEX_PREPROCESS_SET_AGC_MAX_GAIN, &most);
	speex_preprocess_ctl(p, SPEEX_PREPROCESS_SET_AGC_INCREMENT, &rise);
	speex_preprocess_ctl(p, SPEEX_PREPROCESS_SET_AGC_DECREMENT, &drop);
	if (echo) speex_preprocess_ctl(p, SPEEX_PREPROCESS_SET_ECHO_STATE, echo);
	return p;
}
*/
import "C"

// CanEnhance reports whether this build can do what an Enhancement asks for.
func CanEnhance() bool { return true }

// echoTail is the longest echo that is taken out, from the moment the speaker was given
// it: the two devices' buffers, some 80 ms, and the room. Longer ones cost more and
// learn more slowly.
const echoTail = Rate * 200 / 1000

// speex is the library SpeexDSP. Measured for a frame of 10 ms: 94 µs for the echo, 31 µs
// for noise and gain.
type speex struct {
	echo       *C.SpeexEchoState // nil without
	preprocess *C.SpeexPreprocessState
	out        [FrameSamples]int16
}

func newEnhancer(e Enhancement) enhancer {
	s := &speex{}
	if e.Echo {
		s.echo = C.newEcho(FrameSamples, echoTail, Rate)
	}
	s.preprocess = C.newPreprocess(FrameSamples, Rate, s.echo, flag(e.Noise), flag(e.Gain))
	return s
}

func flag(on bool) C.int {
	if on {
		return 1
	}
	return 0
}

func (s *speex) run(mic, played []int16) {
	if s.echo != nil {
		C.speex_echo_cancellation(s.echo, sample(mic), sample(played), sample(s.out[:]))
		copy(mic, s.out[:])
	}
	C.speex_preprocess_run(s.preprocess, sample(mic))
}

func sample(frame []int16) *C.spx_int16_t { return (*C.spx_int16_t)(&frame[:FrameSamples][0]) }

func (s *speex) close() {
	C.speex_preprocess_state_destroy(s.preprocess)
	if s.echo != nil {
		C.speex_echo_state_destroy(s.echo)
	}
}
