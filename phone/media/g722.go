package media

import g722lib "github.com/gotranspile/g722"

// g722 is ITU-T G.722 at 64 kbit/s: 16 kHz, four bits a sample. Its RTP clock is 8000 Hz
// by a mistake that RFC 3551 §4.5.2 keeps, so a packet of 20 ms has 320 samples and
// moves timestamps by 160. G.113 gives it no impairment on a scale for telephones.
var g722 = codec{
	name: "G722", rate: 16000, robustness: 25.1,
	encoder: func(string) encoder { return &g722Encoder{g722lib.NewEncoder(g722lib.Rate64000, 0)} },
	decoder: func() decoder { return &g722Decoder{g722lib.NewDecoder(g722lib.Rate64000, 0)} },
}

type g722Encoder struct{ lib *g722lib.Encoder }

func (e *g722Encoder) encode(dst []byte, pcm []int16) []byte {
	at := len(dst)
	n := e.lib.Encode(dst[at:at+len(pcm)/2], pcm)
	return dst[:at+n]
}

type g722Decoder struct{ lib *g722lib.Decoder }

func (d *g722Decoder) decode(dst []int16, payload []byte) int {
	payload = payload[:min(len(payload), len(dst)/2)]
	if len(payload) == 0 {
		return 0
	}
	return d.lib.Decode(dst, payload)
}
