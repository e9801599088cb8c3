package media

import (
	"fmt"
	"strings"

	"leadline/phone/sdp"
)

// codec is the seam for codecs: each is one value of this in a file of its own.
// Encoders and decoders may have state, so each session makes its own.
type codec struct {
	name string // encoding name of RFC 3551
	rate int    // sampling rate in Hz, a divisor of Rate

	// encoder returns a function that appends the encoding of a packet's samples to
	// dst, whose capacity is enough for maxPayload.
	encoder func() func(dst []byte, pcm []int16) []byte
	// decoder returns a function that decodes a payload into dst and tells how many
	// samples it made. It survives any payload, and never writes past dst.
	decoder func() func(dst []int16, payload []byte) int

	// How the E-model rates it (ITU-T G.113 appendix I): the impairment of the
	// codec itself, and how well it stands loss.
	impairment float64
	robustness float64
}

// codecs are those this program speaks, by encoding name.
var codecs = map[string]codec{pcma.name: pcma, pcmu.name: pcmu}

func codecFor(f sdp.Format) (codec, error) {
	c, ok := codecs[strings.ToUpper(f.Codec.Name)]
	if !ok {
		return codec{}, fmt.Errorf("media: no codec for %q (payload type %d)", f.Codec.Name, f.PayloadSend)
	}
	if f.Codec.Clock <= 0 || c.rate%f.Codec.Clock != 0 {
		return codec{}, fmt.Errorf("media: codec %s cannot have an RTP clock of %d Hz", c.name, f.Codec.Clock)
	}
	return c, nil
}
