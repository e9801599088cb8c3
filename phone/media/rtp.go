package media

import "encoding/binary"

const (
	rtpHeader  = 12
	maxPayload = 1460 // what fits an Ethernet packet with IP, UDP and RTP; larger is refused
)

// packet is what a telephone needs of an RTP packet. payload is part of the datagram.
type packet struct {
	marker  bool
	payload []byte
	kind    uint8 // payload type
	seq     uint16
	ts      uint32
	ssrc    uint32
}

// parseRTP reads a datagram (RFC 3550 §5.1). Header extensions are jumped over by
// their length and never looked into: nothing here uses them, and reading elements is
// where others panic (an extension that ends in padding, design.md) or lose packets.
func parseRTP(b []byte) (p packet, ok bool) {
	if len(b) < rtpHeader || b[0]>>6 != 2 {
		return p, false
	}
	start := rtpHeader + 4*int(b[0]&0x0f) // contributing sources
	if b[0]&0x10 != 0 {
		if len(b) < start+4 {
			return p, false
		}
		start += 4 + 4*int(binary.BigEndian.Uint16(b[start+2:]))
	}
	end := len(b)
	if b[0]&0x20 != 0 { // the last octet counts the padding, itself included
		n := int(b[end-1])
		if n == 0 {
			return p, false
		}
		end -= n
	}
	if start > end || end-start > maxPayload {
		return p, false
	}
	return packet{
		marker:  b[1]&0x80 != 0,
		kind:    b[1] & 0x7f,
		seq:     binary.BigEndian.Uint16(b[2:]),
		ts:      binary.BigEndian.Uint32(b[4:]),
		ssrc:    binary.BigEndian.Uint32(b[8:]),
		payload: b[start:end],
	}, true
}

// IsRTCP tells RTCP from RTP on a shared port (RFC 5761 §4).
func IsRTCP(b []byte) bool { return len(b) >= 8 && b[0]>>6 == 2 && b[1] >= 192 && b[1] <= 223 }

// appendRTP writes a header; the payload follows.
func appendRTP(dst []byte, p packet) []byte {
	second := p.kind
	if p.marker {
		second |= 0x80
	}
	dst = append(dst, 0x80, second)
	dst = binary.BigEndian.AppendUint16(dst, p.seq)
	dst = binary.BigEndian.AppendUint32(dst, p.ts)
	return binary.BigEndian.AppendUint32(dst, p.ssrc)
}
