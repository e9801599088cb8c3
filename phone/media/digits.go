package media

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// digitEvents are the events of RFC 4733 §3.2 in their order, 0 to 15.
const digitEvents = "0123456789*#ABCD"

// pause is a comma among the digits to send.
const pause = 0xff

// parseDigits turns digits into events.
func parseDigits(digits string) ([]byte, error) {
	events := make([]byte, 0, len(digits))
	for _, r := range digits {
		if r == ',' {
			events = append(events, pause)
			continue
		}
		i := strings.IndexRune(digitEvents, r)
		if i < 0 {
			i = strings.IndexRune(strings.ToLower(digitEvents), r)
		}
		if i < 0 {
			return nil, fmt.Errorf("media: send digits %q: %q is none of 0-9 * # A-D and comma", digits, r)
		}
		events = append(events, byte(i))
	}
	return events, nil
}

// How a digit is sent, in milliseconds. PBXs and banks' machines take 40 to 50 ms at least.
const (
	digitLength = 120
	digitGap    = 80
	digitPause  = 500
	digitVolume = 10 // -10 dBm0
	digitEnds   = 3  // times the end is sent (RFC 4733 §2.5.1.4)
)

// dialler sends digits one after the other, a packet at a time.
type dialler struct {
	queue []byte
	busy  bool // a digit is being sent
	event byte
	start uint32 // its timestamp
	made  int    // milliseconds of it so far
	ends  int    // end packets sent
	idle  int    // milliseconds of silence still to keep before the next
}

// step moves on by a packet of ms milliseconds that would begin at timestamp ts. It
// reports whether a digit takes the audio's place; then payload, timestamp and
// marker of the packet to send are given.
func (d *dialler) step(ms int, ts uint32, clock int, payload *[4]byte) (sends bool, at uint32, marker bool) {
	if !d.busy {
		if d.idle > 0 {
			d.idle -= ms
			return false, 0, false
		}
		if len(d.queue) == 0 {
			return false, 0, false
		}
		event := d.queue[0]
		d.queue = d.queue[1:]
		if event == pause {
			d.idle = digitPause - ms
			return false, 0, false
		}
		*d = dialler{queue: d.queue, busy: true, event: event, start: ts}
		marker = true // RFC 4733 §2.5.1.1
	}
	if d.made < digitLength {
		d.made += ms
	}
	payload[0] = d.event
	payload[1] = digitVolume
	if d.made >= digitLength {
		payload[1] |= 0x80
		if d.ends++; d.ends == digitEnds {
			d.busy, d.idle = false, digitGap
		}
	}
	binary.BigEndian.PutUint16(payload[2:], uint16(d.made*clock/1000))
	return true, d.start, marker
}

// listener hears the peer's digits: many packets, lost or repeated, are one digit.
type listener struct {
	heard    bool
	event    byte
	start    int64 // extended timestamp of the digit
	duration int64
}

// hear takes a telephone-event packet and gives the digit it begins, if it does.
func (l *listener) hear(payload []byte, ts int64, marker bool) (digit rune, begins bool) {
	if len(payload) < 4 || int(payload[0]) >= len(digitEvents) {
		return 0, false
	}
	event, duration := payload[0], int64(binary.BigEndian.Uint16(payload[2:]))
	if l.heard && ts <= l.start { // more of it, its end again, or an older one late
		if ts == l.start {
			l.duration = max(l.duration, duration)
		}
		return 0, false
	}
	// A digit held down for longer than its duration can count goes on in a new
	// segment, right where the last ended (RFC 4733 §2.5.1.3).
	same := l.heard && !marker && event == l.event && l.duration == 0xffff && ts == l.start+l.duration
	l.heard, l.event, l.start, l.duration = true, event, ts, duration
	return rune(digitEvents[event]), !same
}
