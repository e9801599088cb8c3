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

// firstDynamic is the first payload type without a fixed meaning (RFC 3551 §6).
const firstDynamic = 96

// firstClock is the clock that everybody knows telephone-event with.
const firstClock = 8000

// noise is the encoding name of comfort noise, noiseClock the only clock of its that a
// codec of ours has (RFC 3389 §5.1).
const (
	noise      = "CN"
	noiseClock = 8000
)

// static are payload types that need no rtpmap (RFC 3551 §6).
var static = map[uint8]Codec{0: PCMU, 8: PCMA, 9: G722, 13: {Name: noise, Clock: noiseClock, Channels: 1}}

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
	params  string // a=fmtp
}

// formats reads the payload types of a media line in its order. They are known by
// their rtpmap, never by their number; only what has none is looked up by number.
func formats(m *psdp.MediaDescription) []offered {
	maps, params := map[uint8]Codec{}, map[uint8]string{}
	for _, a := range m.Attributes {
		switch a.Key {
		case "rtpmap":
			if pt, c, ok := readRtpmap(a.Value); ok {
				maps[pt] = c
			}
		case "fmtp":
			number, value, _ := strings.Cut(a.Value, " ")
			if pt, err := strconv.ParseUint(number, 10, 7); err == nil {
				params[uint8(pt)] = strings.TrimSpace(value)
			}
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
		list = append(list, offered{pt, c, params[pt]})
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
		} else if c.Payload >= firstDynamic {
			for l.Layout.uses(c.Payload) {
				c.Payload = firstDynamic + (c.Payload+1)%(128-firstDynamic)
			}
		}
		out = append(out, Format{Codec: c, PayloadSend: c.Payload, PayloadRecv: c.Payload})
	}
	return out
}

// uses reports whether a payload type has a meaning in this call already.
func (o Layout) uses(payload uint8) bool {
	for _, pt := range o.pts {
		if pt == payload {
			return true
		}
	}
	for _, pt := range o.dtmf {
		if pt == payload {
			return true
		}
	}
	return false
}

// eventFormat is one telephone-event of a media line.
type eventFormat struct {
	payload uint8
	clock   int
}

// events are the telephone-events of our offer, one for each clock of our codecs: their
// timestamps are those of the audio they accompany (RFC 4733 §2.1). The most usual clock
// gets the most usual number.
func (l Local) events() []eventFormat {
	if l.NoDTMF {
		return nil
	}
	ours := l.ours()
	clocks := []int{firstClock}
	for _, f := range ours {
		if !slices.Contains(clocks, f.Codec.Clock) {
			clocks = append(clocks, f.Codec.Clock)
		}
	}
	taken := map[uint8]bool{}
	for _, f := range ours {
		taken[f.PayloadRecv] = true
	}
	for _, pt := range l.Layout.dtmf {
		taken[pt] = true
	}
	var list []eventFormat
	for _, clock := range clocks {
		if !slices.ContainsFunc(ours, func(f Format) bool { return f.Codec.Clock == clock }) {
			continue
		}
		pt, kept := l.Layout.dtmf[clock]
		if !kept {
			for pt = firstDTMF; taken[pt]; pt++ {
			}
		}
		taken[pt] = true
		list = append(list, eventFormat{pt, clock})
	}
	return list
}

// commonEvents are the telephone-events of a peer's media line that accompany a codec of
// list, that of its first codec first. Many a peer offers 8000 Hz only, and means it for
// every codec.
func commonEvents(peer []offered, list []Format) []eventFormat {
	var found []eventFormat
	add := func(clock int) {
		if slices.ContainsFunc(found, func(e eventFormat) bool { return e.clock == clock }) {
			return
		}
		for _, o := range peer {
			if o.codec.Name == event && o.codec.Clock == clock {
				found = append(found, eventFormat{o.payload, clock})
				return
			}
		}
	}
	for _, f := range list {
		add(f.Codec.Clock)
	}
	add(firstClock)
	return found
}

// takeEvents puts what was agreed for digits into m: sends are the peer's, receives
// tells our payload type for each.
func (m *Media) takeEvents(sends []eventFormat, receives func(eventFormat) (uint8, bool)) {
	for _, e := range sends {
		recv, ok := receives(e)
		switch {
		case !ok:
		case !m.DTMF:
			m.DTMF, m.DTMFSend, m.DTMFRecv, m.DTMFClock = true, e.payload, recv, e.clock
		default:
			m.DTMFAlso = append(m.DTMFAlso, recv)
		}
	}
}

// takeNoise accepts comfort noise where the peer offers it for a codec in use. It is
// never offered: peers that find it begin to cut words' ends.
func (m *Media) takeNoise(peer []offered) []eventFormat {
	if !slices.ContainsFunc(m.Accept, func(f Format) bool { return f.Codec.Clock == noiseClock }) {
		return nil
	}
	for _, o := range peer {
		if o.codec.Name == noise && o.codec.Clock == noiseClock {
			m.Noise, m.NoiseRecv = true, o.payload
			return []eventFormat{{o.payload, noiseClock}}
		}
	}
	return nil
}
