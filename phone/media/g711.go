package media

import "math/bits"

// The two codecs of ITU-T G.711: a byte a sample, 8 kHz.
var (
	pcma = g711("PCMA", toALaw, &fromALaw)
	pcmu = g711("PCMU", toMuLaw, &fromMuLaw)
)

// Tables instead of arithmetic, indexed by the bits that matter: the upper 12 of a sample
// for A law, 14 for µ law.
var (
	fromALaw, fromMuLaw = decodeTable(decodeALaw), decodeTable(decodeMuLaw)

	aLawTable  [1 << 12]byte
	muLawTable [1 << 14]byte
)

func init() {
	for i := range aLawTable {
		aLawTable[i] = encodeALaw(int16(uint16(i) << 4))
	}
	for i := range muLawTable {
		muLawTable[i] = encodeMuLaw(int16(uint16(i) << 2))
	}
}

func toALaw(sample int16) byte  { return aLawTable[uint16(sample)>>4] }
func toMuLaw(sample int16) byte { return muLawTable[uint16(sample)>>2] }

func g711(name string, law lawEncoder, table *[256]int16) codec {
	return codec{
		name: name, rate: 8000, robustness: 25.1,
		encoder: func(string) encoder { return law },
		decoder: func() decoder { return (*lawDecoder)(table) },
	}
}

type lawEncoder func(int16) byte

func (law lawEncoder) encode(dst []byte, pcm []int16) []byte {
	for _, sample := range pcm {
		dst = append(dst, law(sample))
	}
	return dst
}

type lawDecoder [256]int16

func (table *lawDecoder) decode(dst []int16, payload []byte) int {
	n := min(len(dst), len(payload))
	for i, b := range payload[:n] {
		dst[i] = table[b]
	}
	return n
}

func decodeTable(decode func(byte) int16) (table [256]int16) {
	for i := range table {
		table[i] = decode(byte(i))
	}
	return table
}

// encodeALaw: G.711 table 1a. Sign, three bits of segment, four of step; even bits
// inverted (0x55). Negative values mirror as one's complement, so that -1 and 0
// are the two smallest steps.
func encodeALaw(sample int16) byte {
	sign := byte(0x80)
	if sample < 0 {
		sample, sign = ^sample, 0
	}
	magnitude := uint16(sample) >> 4 // 11 bits
	segment := max(bits.Len16(magnitude)-5, 0)
	step := magnitude
	if segment > 0 {
		step = magnitude >> segment
		segment++
	} else if magnitude >= 16 {
		segment = 1
	}
	return (sign | byte(segment)<<4 | byte(step&0x0f)) ^ 0x55
}

func decodeALaw(b byte) int16 {
	b ^= 0x55
	value := int16(b&0x0f)<<4 + 8 // the middle of the step
	if segment := b >> 4 & 7; segment > 0 {
		value = (value + 0x100) << (segment - 1)
	}
	if b&0x80 == 0 {
		return -value
	}
	return value
}

// encodeMuLaw: G.711 table 2a. A bias of 33 (in 14 bits) makes each segment begin at a
// power of two; all bits inverted.
func encodeMuLaw(sample int16) byte {
	sign := byte(0)
	if sample < 0 {
		sample, sign = ^sample, 0x80
	}
	magnitude := min(uint16(sample)>>2+33, 0x1fff)
	segment := bits.Len16(magnitude) - 6
	step := byte(magnitude>>(segment+1)) & 0x0f
	return ^(sign | byte(segment)<<4 | step)
}

func decodeMuLaw(b byte) int16 {
	b = ^b
	value := (int16(b&0x0f)<<3+0x84)<<(b>>4&7) - 0x84
	if b&0x80 != 0 {
		return -value
	}
	return value
}
