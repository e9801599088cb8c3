package sdp

import (
	"slices"
	"strconv"
	"strings"

	psdp "github.com/pion/sdp/v3"
)

// event is the encoding name of digits (RFC 4733 §7.1.1).
const event = "TELEPHONE-EVENT"

// firstDTMF is the payload type that everybody uses for telephone-event, and that
// careless peers assume.
const firstDTMF = 101

// static are payload types that need no rtpmap (RFC 3551 §6).
var static = map[uint8]Codec{0: PCMU, 8: PCMA, 9: {Name: "G722", Clock: 8000, Channels: 1, Payload: 9}}

// key identifies a codec whatever its payload type.
func (c Codec) key() string {
	return strings.ToUpper(c.Name) + "/" + strconv.Itoa(c.Clock) + "/" + strconv.Itoa(max(c.Channels, 1))
}

func (c Codec) rtpmap() string {
	text := c.Name + "/" + strconv.Itoa(c.Clock)
	if c.Channels > 1 {
		text += "/" + strconv.Itoa(c.Channels)
	}
	return text
}

// offered is one format of a peer's media line.
type offered struct {
	payload uint8
	codec   Codec
}

// formats reads the payload types of a media line in its order. They are known by
// their rtpmap, never by their number; only what has none is looked up by number.
func formats(m *psdp.MediaDescription) []offered {
	maps := map[uint8]Codec{}
	for _, a := range m.Attributes {
		if a.Key != "rtpmap" {
			continue
		}
		if pt, c, ok := readRtpmap(a.Value); ok {
			maps[pt] = c
		}
	}
	var list []offered
	for _, f := range m.MediaName.Formats {
		n, err := strconv.ParseUint(f, 10, 8)
		if err != nil || n > 127 {
			continue
		}
		pt := uint8(n)
		c, ok := maps[pt]
		if !ok {
			if c, ok = static[pt]; !ok {
				continue
			}
		}
		c.Payload = pt
		list = append(list, offered{pt, c})
	}
	return list
}

// readRtpmap reads "100 telephone-event/8000/1".
func readRtpmap(value string) (pt uint8, c Codec, ok bool) {
	f := strings.Fields(value)
	if len(f) < 2 {
		return 0, c, false
	}
	n, err := strconv.ParseUint(f[0], 10, 8)
	parts := strings.Split(strings.Join(f[1:], ""), "/")
	if err != nil || n > 127 || len(parts) < 2 {
		return 0, c, false
	}
	clock, err := strconv.Atoi(parts[1])
	if err != nil || clock <= 0 {
		return 0, c, false
	}
	c = Codec{Name: strings.ToUpper(parts[0]), Clock: clock, Channels: 1}
	if len(parts) > 2 {
		if n, err := strconv.Atoi(parts[2]); err == nil && n > 1 {
			c.Channels = n
		}
	}
	return uint8(n), c, true
}

// ours are our codecs with the payload types that an offer of ours gives them:
// those of the last exchange where there was one, which RFC 3264 §8.3.2 wants kept.
func (l Local) ours() []Format {
	list := l.Codecs
	if len(list) == 0 {
		list = []Codec{PCMA, PCMU}
	}
	out := make([]Format, 0, len(list))
	for _, c := range list {
		if pt, ok := l.Layout.pts[c.key()]; ok {
			c.Payload = pt
		}
		out = append(out, Format{Codec: c, PayloadSend: c.Payload, PayloadRecv: c.Payload})
	}
	return out
}

// dtmf is the payload type for telephone-event in our offer.
func (l Local) dtmf() uint8 {
	if l.Layout.dtmf != 0 {
		return l.Layout.dtmf
	}
	taken := l.ours()
	pt := uint8(firstDTMF)
	for slices.ContainsFunc(taken, func(f Format) bool { return f.PayloadRecv == pt }) {
		pt++
	}
	return pt
}

// findEvent finds telephone-event with the clock of the codec it accompanies: its
// timestamps are those of the audio (RFC 4733 §2.1).
func findEvent(list []offered, clock int) (uint8, bool) {
	for _, o := range list {
		if o.codec.Name == event && o.codec.Clock == clock {
			return o.payload, true
		}
	}
	return 0, false
}
