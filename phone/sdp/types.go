package sdp

import (
	"net/netip"
	"strings"
)

// Direction is who sends media, seen from this end (RFC 8866 §6.7).
type Direction uint8

const (
	// SendRecv is a conversation, and what no attribute at all means.
	SendRecv Direction = iota
	// SendOnly sends and does not listen: this end holds the other, perhaps with music.
	SendOnly
	// RecvOnly listens and does not send: this end is held.
	RecvOnly
	// Inactive is silence both ways.
	Inactive
)

// String is the name of the attribute on the wire.
func (d Direction) String() string {
	switch d {
	case SendOnly:
		return "sendonly"
	case RecvOnly:
		return "recvonly"
	case Inactive:
		return "inactive"
	default:
		return "sendrecv"
	}
}

// Sends reports whether this end may send audio.
func (d Direction) Sends() bool { return d == SendRecv || d == SendOnly }

// Receives reports whether this end listens.
func (d Direction) Receives() bool { return d == SendRecv || d == RecvOnly }

// Reverse is the same direction seen from the other end.
func (d Direction) Reverse() Direction { return direction(d.Receives(), d.Sends()) }

func direction(sends, receives bool) Direction {
	switch {
	case sends && receives:
		return SendRecv
	case sends:
		return SendOnly
	case receives:
		return RecvOnly
	default:
		return Inactive
	}
}

// Codec is one way to encode audio, as an rtpmap attribute names it.
type Codec struct {
	Name     string // encoding name of RFC 3551, upper case: "PCMA"
	Clock    int    // RTP clock in Hz; 8000 for G.722 too, by a mistake that RFC 3551 §4.5.2 keeps
	Channels int    // 1, or the 2 that Opus always writes
	Payload  uint8  // static payload type, or the dynamic one an offer of ours uses
	Format   string // format parameters (a=fmtp), "" if none
}

// The codecs of a telephone, with the static payload types of RFC 3551 §6. Opus is
// 48000/2 whatever is in it (RFC 7587 §7); ours can use its in-band error correction.
var (
	PCMU = Codec{Name: "PCMU", Clock: 8000, Channels: 1, Payload: 0}
	PCMA = Codec{Name: "PCMA", Clock: 8000, Channels: 1, Payload: 8}
	G722 = Codec{Name: "G722", Clock: 8000, Channels: 1, Payload: 9}
	Opus = Codec{Name: "opus", Clock: 48000, Channels: 2, Payload: 111, Format: "useinbandfec=1"}
)

// codecs is every codec an account can name, by its name in the configuration.
var codecs = map[string]Codec{"opus": Opus, "g722": G722, "pcma": PCMA, "pcmu": PCMU}

// CodecByName finds a codec by the name an account lists it with ("pcma",
// in any case). Names that this program does not speak are not found.
func CodecByName(name string) (Codec, bool) {
	c, ok := codecs[strings.ToLower(strings.TrimSpace(name))]
	return c, ok
}

// CodecsByName turns an account's list into codecs in the same order, leaving out
// what is unknown. With nothing left it is all of them, the best first.
func CodecsByName(names []string) []Codec {
	var list []Codec
	for _, name := range names {
		if c, ok := CodecByName(name); ok {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		list = []Codec{Opus, G722, PCMA, PCMU}
	}
	return list
}

// Local is what this end brings to an offer or an answer.
type Local struct {
	Addr      netip.Addr // where RTP is to be sent, as the peer can reach it
	Port      uint16     // RTP port, even by custom
	RTCPPort  uint16     // 0 means Port+1
	RTCPMux   bool       // offer or accept RTCP on the RTP port (RFC 5761)
	Codecs    []Codec    // in order of preference; empty means PCMA, PCMU
	NoDTMF    bool       // leave telephone-event out
	Direction Direction  // what this end wants: SendOnly or Inactive is hold
	Ptime     int        // milliseconds of audio in a packet, 0 means 20
	Secure    Secure     // zero: in the clear

	SessionID uint64 // o= session id, the same for the whole call
	Version   uint64 // o= version, one more for each description sent (RFC 3264 §8)

	// Layout is that of the last exchange of this call, zero in the first. A
	// re-offer must keep its media lines, in number and order (RFC 3264 §8).
	Layout Layout
}

// Again is the Local for the next description in the same call: the version is
// one higher, the media lines, payload types and encryption of what was agreed are
// kept, and direction is what this end wants now.
func (l Local) Again(agreed Media, direction Direction) Local {
	l.Version++
	l.Layout = agreed.Layout
	l.Direction = direction
	l.Secure = l.Secure.insist(agreed.Protection)
	return l
}

// Format is a codec with the payload types it travels under.
type Format struct {
	Codec       Codec
	PayloadSend uint8  // in packets to the peer
	PayloadRecv uint8  // in packets from the peer
	Wishes      string // the peer's format parameters (a=fmtp), what it wants to get; "" if none
}

// Media is what both ends agreed on for the one audio stream of a call.
type Media struct {
	Addr     netip.AddrPort // where to send RTP; its address is invalid if Host is set
	Host     string         // set when the peer wrote a name instead of an address: resolve it, the port is Addr's
	RTCPAddr netip.AddrPort // where to send RTCP; the same as Addr when Mux
	Mux      bool           // RTCP and RTP share a port

	Format            // the codec to send with, and its payload types
	Accept   []Format // every codec the peer may send, Format first
	DTMF     bool     // telephone-event was agreed on (RFC 4733)
	DTMFSend uint8    // its payload type in packets to the peer
	DTMFRecv uint8    // its payload type in packets from the peer
	// DTMFClock is in Hz what its durations count in: the codec's clock, or 8000 with peers
	// that know no other.
	DTMFClock int
	// DTMFAlso are payload types of telephone-event that accompany other codecs of Accept.
	DTMFAlso  []uint8
	Noise     bool  // comfort noise was offered by the peer (RFC 3389)
	NoiseRecv uint8 // its payload type

	Ptime     int       // milliseconds of audio a packet of ours carries, 10..60
	Direction Direction // what this end may do now
	Hold      bool      // the peer holds us: sendonly, inactive, 0.0.0.0 or, in mid-call, port 0

	Profile string // "RTP/AVP", "RTP/SAVP", "UDP/TLS/RTP/SAVP" or one with F
	Protection
	Layout Layout // for Local.Again
}

// Layout remembers the media lines of an exchange, so that the next offer has
// the same ones (RFC 3264 §8). Its content is this package's own.
type Layout struct {
	lines []line
	audio int              // index of the line in use
	dtmf  map[int]uint8    // our payload type of telephone-event by its clock
	pts   map[string]uint8 // our payload type for each codec by key
}

// line is one m= line: the audio in use, or another that stays refused.
type line struct {
	media   string
	proto   string
	formats []string
}
