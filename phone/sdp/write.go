package sdp

import (
	"net/netip"
	"strconv"
	"strings"

	psdp "github.com/pion/sdp/v3"
)

// description is a body with our origin and the given media lines.
func (l Local) description(lines []*psdp.MediaDescription) []byte {
	kind := "IP4"
	if l.Addr.Is6() && !l.Addr.Is4In6() {
		kind = "IP6"
	}
	address := l.Addr.Unmap().WithZone("").String()
	if !l.Addr.IsValid() {
		address = netip.IPv4Unspecified().String()
	}
	d := psdp.SessionDescription{
		Origin: psdp.Origin{Username: "-", SessionID: l.SessionID, SessionVersion: l.Version,
			NetworkType: "IN", AddressType: kind, UnicastAddress: address},
		SessionName: "-", // RFC 3264 §5
		ConnectionInformation: &psdp.ConnectionInformation{NetworkType: "IN", AddressType: kind,
			Address: &psdp.Address{Address: address}},
		TimeDescriptions:  []psdp.TimeDescription{{}},
		MediaDescriptions: lines,
	}
	body, err := d.Marshal()
	if err != nil { // pion v3 never fails to write
		return nil
	}
	return body
}

// audioLine writes our stream: its codecs, digits, and comfort noise.
func (l Local) audioLine(proto string, list []Format, events, quiet []eventFormat, mux bool, dir Direction) *psdp.MediaDescription {
	m := &psdp.MediaDescription{}
	m.MediaName.Media = "audio"
	m.MediaName.Port.Value = int(l.Port)
	m.MediaName.Protos = strings.Split(proto, "/")
	add := func(key, value string) {
		m.Attributes = append(m.Attributes, psdp.Attribute{Key: key, Value: value})
	}
	format := func(payload uint8, rtpmap, params string) {
		pt := strconv.Itoa(int(payload))
		m.MediaName.Formats = append(m.MediaName.Formats, pt)
		add("rtpmap", pt+" "+rtpmap)
		if params != "" {
			add("fmtp", pt+" "+params)
		}
	}
	for _, f := range list {
		format(f.PayloadRecv, f.Codec.rtpmap(), f.Codec.Format)
	}
	for _, q := range quiet {
		format(q.payload, noise+"/"+strconv.Itoa(q.clock), "")
	}
	for _, e := range events {
		format(e.payload, "telephone-event/"+strconv.Itoa(e.clock), "0-15") // 0-9 * # A-D
	}
	add("ptime", strconv.Itoa(l.ptime()))
	if l.RTCPPort != 0 && l.RTCPPort != l.Port+1 {
		add("rtcp", strconv.Itoa(int(l.RTCPPort))) // RFC 3605
	}
	if mux {
		add("rtcp-mux", "")
	}
	add(dir.String(), "")
	return m
}

// refusedLine keeps a media line in its place with port 0 (RFC 3264 §6). It must
// still name a format.
func refusedLine(l line) *psdp.MediaDescription {
	m := &psdp.MediaDescription{}
	m.MediaName.Media = l.media
	m.MediaName.Protos = strings.Split(l.proto, "/")
	m.MediaName.Formats = l.formats
	if len(l.formats) == 0 {
		m.MediaName.Formats = []string{"0"}
	}
	return m
}

func (l Local) ptime() int {
	if l.Ptime < 10 || l.Ptime > 60 {
		return 20
	}
	return l.Ptime / 10 * 10
}
