package media

import (
	"fmt"
	"strings"

	"leadline/phone/sdp"
)

// codec is the seam for codecs: each is one value of this in a file of its own.
// Encoders and decoders may have state, so each session makes its own.
type codec struct {
	name string // as people write it: "PCMA", "Opus"
	rate int    // sampling rate in Hz, a divisor of Rate

	ptimes []int // milliseconds a packet can have, rising; nil: 10 to 60 in steps of 10

	// encoder makes an encoder for what the peer wishes (a=fmtp), "" for nothing special.
	encoder func(wishes string) encoder
	decoder func() decoder

	// How the E-model rates it (ITU-T G.113 appendix I): the impairment of the
	// codec itself, and how well it stands loss.
	impairment float64
	robustness float64
}

// encoder turns a packet's samples into a payload.
type encoder interface {
	// encode appends the encoding to dst, whose capacity is enough for maxPayload. With
	// nothing appended there is nothing to be sent: the codec leaves silence out.
	encode(dst []byte, pcm []int16) []byte
}

// decoder turns payloads into samples.
type decoder interface {
	// decode decodes a payload into dst and tells how many samples it made. It survives
	// any payload, and never writes past dst.
	decode(dst []int16, payload []byte) int
}

// adapter is an encoder that guards itself against loss.
type adapter interface {
	// expect tells how much gets lost on the way, 0..1.
	expect(loss float64)
}

// corrector is a decoder that finds in a packet what the one before it said.
type corrector interface {
	// correct fills dst from the packet after it and reports whether it could. It must be
	// called before that packet is decoded.
	correct(dst []int16, next []byte) bool
}

// codecs are those this program speaks, by encoding name in upper case.
var codecs = map[string]codec{"OPUS": opus, "G722": g722, "PCMA": pcma, "PCMU": pcmu}

// ptime is the packet length nearest to what was agreed on, in milliseconds.
func (c codec) ptime(agreed int) int {
	ms := agreed / 10 * 10
	if ms < 10 || ms > 60 {
		ms = 20
	}
	for i := len(c.ptimes) - 1; i >= 0; i-- {
		if c.ptimes[i] <= ms {
			return c.ptimes[i]
		}
	}
	return ms
}

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
