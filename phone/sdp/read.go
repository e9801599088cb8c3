package sdp

import (
	"bytes"
	"strconv"
	"strings"

	psdp "github.com/pion/sdp/v3"
)

// What a telephone sends has a few media lines and some dozens of attributes;
// more is an attack on our memory.
const (
	maxBody  = 64 << 10
	maxLines = 1000
	maxMedia = 32
)

// read parses a body into pion's model. The reading is our own: pion's parser wants
// each line in its place and refuses the whole call for an m=image (T.38) or an
// o= with letters in its session id, while RFC 3264 §6 asks to refuse just the line.
//
// Lines may end in CR LF, LF or CR, and carry white space around their parts.
// What telephony has no use for (b=, k=, i=, …) is left out.
func read(body []byte) (*psdp.SessionDescription, error) {
	if len(body) > maxBody {
		return nil, refuse(400, ErrMalformed, "%d bytes", len(body))
	}
	d := &psdp.SessionDescription{}
	lines := bytes.FieldsFunc(body, func(r rune) bool { return r == '\n' || r == '\r' || r == 0 })
	if len(lines) > maxLines {
		return nil, refuse(400, ErrMalformed, "%d lines", len(lines))
	}
	begun := false
	for _, raw := range lines {
		key, value, ok := strings.Cut(strings.TrimSpace(string(raw)), "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !begun {
			if key == "" && !ok {
				continue // empty lines before the beginning
			}
			if key != "v" || value != "0" {
				return nil, refuse(400, ErrMalformed, "it begins with %.40q instead of v=0", raw)
			}
			begun = true
			continue
		}
		if err := readLine(d, key, value); err != nil {
			return nil, err
		}
	}
	if !begun {
		return nil, refuse(400, ErrMalformed, "it is empty")
	}
	return d, nil
}

func readLine(d *psdp.SessionDescription, key, value string) error {
	last := len(d.MediaDescriptions) - 1
	switch key {
	case "o":
		d.Origin = readOrigin(value)
	case "m":
		if last+1 >= maxMedia {
			return refuse(400, ErrMalformed, "more than %d media lines", maxMedia)
		}
		m, err := readMedia(value)
		if err != nil {
			return err
		}
		d.MediaDescriptions = append(d.MediaDescriptions, m)
	case "c":
		c := readConnection(value)
		if last < 0 {
			d.ConnectionInformation = c
		} else {
			d.MediaDescriptions[last].ConnectionInformation = c
		}
	case "a":
		k, v, _ := strings.Cut(value, ":")
		a := psdp.Attribute{Key: strings.ToLower(strings.TrimSpace(k)), Value: strings.TrimSpace(v)}
		if last < 0 {
			d.Attributes = append(d.Attributes, a)
		} else {
			m := d.MediaDescriptions[last]
			m.Attributes = append(m.Attributes, a)
		}
	}
	return nil
}

// readOrigin takes what it can: the origin is compared with nothing here, so that a
// session id too long for 64 bits is no reason to lose a call.
func readOrigin(value string) psdp.Origin {
	f := strings.Fields(value)
	for len(f) < 6 {
		f = append(f, "")
	}
	id, _ := strconv.ParseUint(f[1], 10, 64)
	version, _ := strconv.ParseUint(f[2], 10, 64)
	return psdp.Origin{Username: f[0], SessionID: id, SessionVersion: version,
		NetworkType: f[3], AddressType: f[4], UnicastAddress: f[5]}
}

// readMedia reads "audio 49170/2 RTP/AVP 0 8". A refused line may lack its formats.
func readMedia(value string) (*psdp.MediaDescription, error) {
	f := strings.Fields(value)
	if len(f) < 3 {
		return nil, refuse(400, ErrMalformed, "media line %.60q is too short", value)
	}
	text, _, _ := strings.Cut(f[1], "/")
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return nil, refuse(400, ErrMalformed, "port %.20q of media line %.60q", f[1], value)
	}
	m := &psdp.MediaDescription{}
	m.MediaName.Media = strings.ToLower(f[0])
	m.MediaName.Port.Value = int(port)
	m.MediaName.Protos = strings.Split(f[2], "/")
	m.MediaName.Formats = f[3:]
	return m, nil
}

// readConnection reads "IN IP4 192.0.2.1/127" and drops the time to live.
func readConnection(value string) *psdp.ConnectionInformation {
	f := strings.Fields(value)
	for len(f) < 3 {
		f = append(f, "")
	}
	address, _, _ := strings.Cut(f[2], "/")
	return &psdp.ConnectionInformation{NetworkType: f[0], AddressType: f[1],
		Address: &psdp.Address{Address: address}}
}
