package sdp

import (
	"encoding/hex"
	"strings"

	psdp "github.com/pion/sdp/v3"
)

// Fingerprint is the hash of a certificate (RFC 8122 §5).
type Fingerprint struct {
	Hash string // "sha-256"
	Hex  string // upper case, without colons
}

// String is the value of a=fingerprint: "sha-256 4A:AD:…".
func (f Fingerprint) String() string {
	var b strings.Builder
	b.WriteString(f.Hash + " ")
	for i := 0; i+2 <= len(f.Hex); i += 2 {
		if i > 0 {
			b.WriteByte(':')
		}
		b.WriteString(f.Hex[i : i+2])
	}
	return b.String()
}

// hashes are the lengths in bytes of the hashes that are taken. MD5 and MD2 are
// forbidden by RFC 8122 §5.
var hashes = map[string]int{"sha-1": 20, "sha-224": 28, "sha-256": 32, "sha-384": 48, "sha-512": 64}

// fingerprints are those of a line, else those of the session (RFC 8122 §5).
func fingerprints(d *psdp.SessionDescription, m *psdp.MediaDescription) []Fingerprint {
	for _, attributes := range [][]psdp.Attribute{m.Attributes, d.Attributes} {
		var list []Fingerprint
		for _, a := range attributes {
			if a.Key != "fingerprint" || len(list) == mostKeys {
				continue
			}
			if f, ok := readFingerprint(a.Value); ok {
				list = append(list, f)
			}
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

func readFingerprint(value string) (Fingerprint, bool) {
	hash, digest, _ := strings.Cut(strings.TrimSpace(value), " ")
	f := Fingerprint{Hash: strings.ToLower(hash), Hex: strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(digest), ":", ""))}
	raw, err := hex.DecodeString(f.Hex)
	size, known := hashes[f.Hash]
	return f, err == nil && known && len(raw) == size
}

// setup is a=setup of a line, else of the session, "" for none.
func setup(d *psdp.SessionDescription, m *psdp.MediaDescription) string {
	for _, attributes := range [][]psdp.Attribute{m.Attributes, d.Attributes} {
		for _, a := range attributes {
			if a.Key == "setup" {
				return strings.ToLower(a.Value)
			}
		}
	}
	return ""
}
