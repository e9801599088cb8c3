package demo

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

// Payload types (RFC 3551 §6); telephone-event is dynamic.
const (
	ptPCMU = 0
	ptPCMA = 8
	ptDTMF = 101
)

// terms is what a session description says about the one audio stream.
type terms struct {
	to     netip.AddrPort // where they listen; zero port: the stream is off
	voice  uint8          // ptPCMA or ptPCMU
	digits uint8          // their payload type of telephone-event; 0 when there is none
	sends  bool           // they send
	hears  bool           // they receive
}

var errNoAudio = errors.New("no audio stream with G.711 in the session description")

// readSDP finds the first audio stream in an offer or an answer.
func readSDP(body []byte) (terms, error) {
	var d sdp.SessionDescription
	if err := d.Unmarshal(body); err != nil {
		return terms{}, fmt.Errorf("read the session description: %w", err)
	}
	for _, m := range d.MediaDescriptions {
		if m.MediaName.Media != "audio" {
			continue
		}
		t := terms{sends: true, hears: true}
		found := false
		for _, f := range m.MediaName.Formats {
			if n, err := strconv.Atoi(f); err == nil && (n == ptPCMA || n == ptPCMU) && !found {
				t.voice, found = uint8(n), true
			}
		}
		if !found {
			continue
		}
		c := m.ConnectionInformation
		if c == nil {
			c = d.ConnectionInformation
		}
		if c == nil || c.Address == nil {
			return terms{}, errNoAudio
		}
		addr, err := netip.ParseAddr(c.Address.Address)
		if err != nil {
			return terms{}, fmt.Errorf("read the session description: %w", err)
		}
		t.to = netip.AddrPortFrom(addr, uint16(m.MediaName.Port.Value))
		for _, a := range append(append([]sdp.Attribute{}, d.Attributes...), m.Attributes...) {
			switch a.Key {
			case "sendrecv":
				t.sends, t.hears = true, true
			case "sendonly":
				t.sends, t.hears = true, false
			case "recvonly":
				t.sends, t.hears = false, true
			case "inactive":
				t.sends, t.hears = false, false
			case "rtpmap":
				pt, codec, _ := strings.Cut(a.Value, " ")
				if n, err := strconv.Atoi(pt); err == nil && n < 128 && strings.HasPrefix(strings.ToLower(codec), "telephone-event/8000") {
					t.digits = uint8(n)
				}
			}
		}
		return t, nil
	}
	return terms{}, errNoAudio
}

// offer is a session description that offers G.711 and digits.
func offer(at netip.AddrPort, version int) []byte {
	return describe(at, version, []uint8{ptPCMA, ptPCMU}, ptDTMF, "sendrecv")
}

// answer is the one to their terms.
func answer(at netip.AddrPort, version int, t terms) []byte {
	// RFC 3264 §6.1: sendonly is answered with recvonly.
	direction := map[[2]bool]string{
		{true, true}: "sendrecv", {true, false}: "recvonly", {false, true}: "sendonly", {false, false}: "inactive",
	}[[2]bool{t.sends, t.hears}]
	return describe(at, version, []uint8{t.voice}, t.digits, direction)
}

func describe(at netip.AddrPort, version int, voices []uint8, digits uint8, direction string) []byte {
	var formats, maps strings.Builder
	for _, v := range voices {
		fmt.Fprintf(&formats, " %d", v)
		fmt.Fprintf(&maps, "a=rtpmap:%d %s/8000\r\n", v, map[uint8]string{ptPCMA: "PCMA", ptPCMU: "PCMU"}[v])
	}
	if digits != 0 {
		fmt.Fprintf(&formats, " %d", digits)
		fmt.Fprintf(&maps, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n", digits, digits)
	}
	return fmt.Appendf(nil, "v=0\r\no=demo %d %d IN IP4 %s\r\ns=demo\r\nc=IN IP4 %s\r\nt=0 0\r\n"+
		"m=audio %d RTP/AVP%s\r\n%sa=ptime:20\r\na=%s\r\n",
		at.Port(), version, at.Addr(), at.Addr(), at.Port(), formats.String(), maps.String(), direction)
}
