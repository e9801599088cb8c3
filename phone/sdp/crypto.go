package sdp

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	psdp "github.com/pion/sdp/v3"
)

// Suites are the crypto suites of SDES that this program speaks, by name, with the bytes of
// master key and master salt (RFC 4568 §6.2, RFC 6188 §4, RFC 7714 §14.1).
var Suites = map[string]struct{ Key, Salt int }{
	"AES_CM_128_HMAC_SHA1_80": {16, 14},
	"AES_CM_128_HMAC_SHA1_32": {16, 14},
	"AES_256_CM_HMAC_SHA1_80": {32, 14},
	"AES_256_CM_HMAC_SHA1_32": {32, 14},
	"AEAD_AES_128_GCM":        {16, 12},
	"AEAD_AES_256_GCM":        {32, 12},
}

// Keyring is this end's master key and salt for each suite, one after the other.
type Keyring map[string][]byte

// Crypto is one a=crypto: a suite, and the keys that its sender protects with.
type Crypto struct {
	Tag   int // 1..999999999
	Suite string
	Keys  []MasterKey // at least one; of several, each packet tells by its MKI
}

// MasterKey is key and salt with what limits them.
type MasterKey struct {
	Key      []byte // master key, then master salt
	Lifetime uint64 // packets; 0: the suite's own, 2^48
	MKI      []byte // master key identifier at the end of each packet; nil: none
}

// mostKeys is how many foreign keys or fingerprints are read: more is no telephone.
const mostKeys = 16

// cryptos are the a=crypto of a media line that can be used, in the peer's order. What is
// unknown or broken is left out, as RFC 4568 §7.1.2 wants.
func cryptos(m *psdp.MediaDescription) []Crypto {
	var list []Crypto
	for _, a := range m.Attributes {
		if a.Key != "crypto" || len(list) == mostKeys {
			continue
		}
		if c, ok := readCrypto(a.Value); ok {
			list = append(list, c)
		}
	}
	return list
}

// readCrypto reads "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4 WSH=64".
func readCrypto(value string) (c Crypto, ok bool) {
	f := strings.Fields(value)
	if len(f) < 3 {
		return c, false
	}
	tag, err := strconv.ParseUint(f[0], 10, 32)
	if err != nil || tag == 0 || tag > 999_999_999 {
		return c, false
	}
	c.Tag, c.Suite = int(tag), strings.ToUpper(f[1])
	if _, known := Suites[c.Suite]; !known {
		return c, false
	}
	keys := strings.Split(f[2], ";")
	if len(keys) > mostKeys {
		return c, false
	}
	for _, text := range keys {
		key, ok := readKey(c.Suite, text)
		if !ok {
			return c, false
		}
		c.Keys = append(c.Keys, key)
	}
	return c, distinct(c.Keys) && bearable(f[3:])
}

// readKey reads "inline:KEY|2^20|1:4": lifetime and MKI may both be missing, and come in this order.
func readKey(suite, text string) (k MasterKey, ok bool) {
	method, info, _ := strings.Cut(text, ":")
	if !strings.EqualFold(method, "inline") {
		return k, false
	}
	parts := strings.Split(info, "|")
	key, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(parts[0], "="))
	if size := Suites[suite]; err != nil || len(key) != size.Key+size.Salt {
		return k, false
	}
	k.Key = key
	parts = parts[1:]
	if len(parts) > 0 && !strings.Contains(parts[0], ":") {
		if k.Lifetime, ok = readLifetime(parts[0]); !ok {
			return k, false
		}
		parts = parts[1:]
	}
	if len(parts) > 0 {
		if k.MKI, ok = readMKI(parts[0]); !ok {
			return k, false
		}
		parts = parts[1:]
	}
	return k, len(parts) == 0
}

// readLifetime reads "2^20" or "1048576", at most 2^48 packets (RFC 3711 §9.2).
func readLifetime(text string) (uint64, bool) {
	if power, ok := strings.CutPrefix(text, "2^"); ok {
		n, err := strconv.ParseUint(power, 10, 8)
		if err != nil || n > 48 {
			return 0, false
		}
		return 1 << n, true
	}
	n, err := strconv.ParseUint(text, 10, 64)
	return n, err == nil && n > 0 && n <= 1<<48
}

// maxMKI is in bytes what SRTP allows (RFC 4568 §9.2).
const maxMKI = 128

// readMKI reads "1:4", the number and in how many bytes it is written.
func readMKI(text string) ([]byte, bool) {
	number, size, _ := strings.Cut(text, ":")
	n, err := strconv.ParseUint(number, 10, 64)
	bytes, err2 := strconv.ParseUint(size, 10, 16)
	if err != nil || err2 != nil || bytes == 0 || bytes > maxMKI || bytes < 8 && n>>(8*bytes) != 0 {
		return nil, false
	}
	mki := make([]byte, max(bytes, 8))
	binary.BigEndian.PutUint64(mki[len(mki)-8:], n)
	return mki[len(mki)-int(bytes):], true
}

// distinct: several keys need identifiers of one length, each another (RFC 4568 §6.1).
func distinct(keys []MasterKey) bool {
	if len(keys) < 2 {
		return true
	}
	seen := map[string]bool{}
	for _, k := range keys {
		if len(k.MKI) == 0 || len(k.MKI) != len(keys[0].MKI) || seen[string(k.MKI)] {
			return false
		}
		seen[string(k.MKI)] = true
	}
	return true
}

// bearable: session parameters that we don't do as they say make a line useless, unless
// they begin with "-" (RFC 4568 §6.3.7). A window size is only a hint.
func bearable(params []string) bool {
	for _, p := range params {
		name, value, _ := strings.Cut(strings.ToUpper(p), "=")
		switch {
		case strings.HasPrefix(name, "-"), name == "WSH":
		case name == "KDR" && value == "0":
		default:
			return false
		}
	}
	return true
}

// String is the value of a=crypto.
func (c Crypto) String() string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(c.Tag) + " " + c.Suite + " ")
	for i, k := range c.Keys {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString("inline:" + base64.StdEncoding.EncodeToString(k.Key))
		if k.Lifetime > 0 {
			b.WriteString("|" + lifetime(k.Lifetime))
		}
		if n := len(k.MKI); n > 0 {
			var number [8]byte
			copy(number[max(0, 8-n):], k.MKI[max(0, n-8):])
			b.WriteString("|" + strconv.FormatUint(binary.BigEndian.Uint64(number[:]), 10) + ":" + strconv.Itoa(n))
		}
	}
	return b.String()
}

func lifetime(packets uint64) string {
	if power := math.Log2(float64(packets)); power == math.Trunc(power) {
		return "2^" + strconv.Itoa(int(power))
	}
	return strconv.FormatUint(packets, 10)
}
