package sdp

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

const suite80 = "AES_CM_128_HMAC_SHA1_80"

// keyring are keys that a test can tell apart.
func keyring(b byte) Keyring {
	keys := Keyring{}
	for name, size := range Suites {
		keys[name] = bytes.Repeat([]byte{b}, size.Key+size.Salt)
	}
	return keys
}

func secret(want Security, offer Keying) Local {
	l := desk()
	l.Secure = Secure{Want: want, Offer: offer, Keys: keyring(1), Fingerprint: Fingerprint{"sha-256", strings.Repeat("AB", 32)}}
	return l
}

func key(b byte, size int) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, size))
}

func TestCryptoAttributesAreRead(t *testing.T) {
	k := key(2, 30)
	for value, want := range map[string]string{
		"1 " + suite80 + " inline:" + k:                                  "1 " + suite80 + " inline:" + k,
		"7 aes_cm_128_hmac_sha1_32  INLINE:" + strings.TrimRight(k, "="): "7 AES_CM_128_HMAC_SHA1_32 inline:" + k,
		"1 " + suite80 + " inline:" + k + "|2^20|1:4":                    "1 " + suite80 + " inline:" + k + "|2^20|1:4",
		"1 " + suite80 + " inline:" + k + "|1048576":                     "1 " + suite80 + " inline:" + k + "|2^20",
		"1 " + suite80 + " inline:" + k + "|1000":                        "1 " + suite80 + " inline:" + k + "|1000",
		"1 " + suite80 + " inline:" + k + "|300:2":                       "1 " + suite80 + " inline:" + k + "|300:2",
		"1 " + suite80 + " inline:" + k + "|2^48|1:4;inline:" + key(3, 30) + "|2^48|2:4 WSH=128 -x=y KDR=0": "1 " +
			suite80 + " inline:" + k + "|2^48|1:4;inline:" + key(3, 30) + "|2^48|2:4",
		"1 AES_256_CM_HMAC_SHA1_80 inline:" + key(4, 46): "1 AES_256_CM_HMAC_SHA1_80 inline:" + key(4, 46),
		"1 AEAD_AES_256_GCM inline:" + key(4, 44):        "1 AEAD_AES_256_GCM inline:" + key(4, 44),
		// What can't be used.
		"": "", "1 " + suite80: "", "x " + suite80 + " inline:" + k: "", "0 " + suite80 + " inline:" + k: "",
		"1000000000 " + suite80 + " inline:" + k: "", "1 F8_128_HMAC_SHA1_80 inline:" + k: "",
		"1 " + suite80 + " inline:" + key(1, 29): "", "1 " + suite80 + " inline:***": "", "1 " + suite80 + " uri:" + k: "",
		"1 " + suite80 + " inline:" + k + "|2^49": "", "1 " + suite80 + " inline:" + k + "|0": "",
		"1 " + suite80 + " inline:" + k + "|1:0": "", "1 " + suite80 + " inline:" + k + "|256:1": "",
		"1 " + suite80 + " inline:" + k + "|1:129": "", "1 " + suite80 + " inline:" + k + "|1:4|2^20": "",
		"1 " + suite80 + " inline:" + k + ";inline:" + k: "", "1 " + suite80 + " inline:" + k + "|1:4;inline:" + k + "|1:4": "",
		"1 " + suite80 + " inline:" + k + " UNENCRYPTED_SRTP": "", "1 " + suite80 + " inline:" + k + " UNAUTHENTICATED_SRTP": "",
		"1 " + suite80 + " inline:" + k + " KDR=5": "", "1 " + suite80 + " inline:" + k + " FEC_ORDER=SRTP_FEC": "",
	} {
		got := ""
		if c, ok := readCrypto(value); ok {
			got = c.String()
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", value, got, want)
		}
	}
}

func TestEncryptionIsOfferedAsTheAccountWants(t *testing.T) {
	for _, tt := range []struct {
		want                Security
		by                  Keying
		profile             string
		crypto, fingerprint bool
	}{
		{Clear, SDES, "RTP/AVP", false, false},
		{Preferred, SDES, "RTP/AVP", true, false},
		{Required, SDES, "RTP/SAVP", true, false},
		{Preferred, DTLS, "UDP/TLS/RTP/SAVP", false, true},
		{Required, DTLS, "UDP/TLS/RTP/SAVP", false, true},
	} {
		text := Offer(secret(tt.want, tt.by))
		m := strict(t, text).MediaDescriptions[0]
		_, fingerprint := m.Attribute("fingerprint")
		expect(t, "profile", proto(m), tt.profile)
		expect(t, "crypto", len(cryptos(m)) > 0, tt.crypto)
		expect(t, "fingerprint", fingerprint, tt.fingerprint)
		if len(text) > 1000 {
			t.Errorf("an offer of %d bytes leaves no room for SIP in a datagram", len(text))
		}
	}
}

func TestEncryptionOfAnOffer(t *testing.T) {
	crypto := "a=crypto:5 " + suite80 + " inline:" + key(2, 30)
	strange := "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" + key(2, 30)
	print := "a=fingerprint:SHA-256 " + Fingerprint{"", strings.Repeat("cd", 32)}.String()[1:]
	for _, tt := range []struct {
		name  string
		want  Security
		offer []string
		by    Keying
		line  int
		err   error
	}{
		{"clear, as we want it", Clear, []string{"m=audio 5000 RTP/AVP 8", crypto}, NoKeys, 0, nil},
		{"secret, which we don't take", Clear, []string{"m=audio 5000 RTP/SAVP 8", crypto}, 0, 0, ErrSecure},
		{"secret", Preferred, []string{"m=audio 5000 RTP/SAVP 8", strange, crypto}, SDES, 0, nil},
		{"a wish", Preferred, []string{"m=audio 5000 RTP/AVP 8", crypto}, SDES, 0, nil},
		{"a wish where it is a must", Required, []string{"m=audio 5000 RTP/AVP 8", crypto}, SDES, 0, nil},
		{"clear where we prefer", Preferred, []string{"m=audio 5000 RTP/AVP 8"}, NoKeys, 0, nil},
		{"clear where it is a must", Required, []string{"m=audio 5000 RTP/AVP 8", strange}, 0, 0, ErrClear},
		{"secret without a key of use", Preferred, []string{"m=audio 5000 RTP/SAVP 8", strange}, 0, 0, ErrKeys},
		{"a line of each", Preferred, []string{"m=audio 5000 RTP/AVP 8", "m=audio 5002 RTP/SAVP 8", crypto}, SDES, 1, nil},
		{"DTLS", Required, []string{"m=audio 5000 UDP/TLS/RTP/SAVP 8", print, "a=setup:actpass"}, DTLS, 0, nil},
		{"DTLS the old way", Required, []string{"m=audio 5000 RTP/SAVPF 8", print, "a=setup:active"}, DTLS, 0, nil},
		{"DTLS on hold", Required, []string{"m=audio 5000 UDP/TLS/RTP/SAVP 8", print, "a=setup:holdconn"}, 0, 0, ErrKeys},
		{"DTLS without a certificate", Required, []string{"m=audio 5000 UDP/TLS/RTP/SAVP 8"}, 0, 0, ErrKeys},
		{"a hash of no worth", Required, []string{"m=audio 5000 UDP/TLS/RTP/SAVP 8", "a=fingerprint:md5 00:11"}, 0, 0, ErrKeys},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, m, err := Answer(peer(tt.offer...), secret(tt.want, SDES))
			if !errors.Is(err, tt.err) {
				t.Fatalf("%v, want %v", err, tt.err)
			}
			if err != nil {
				expect(t, "code", SIPCode(err), 488)
				return
			}
			expect(t, "keys by", m.Keying, tt.by)
			line := strict(t, text).MediaDescriptions[tt.line]
			switch tt.by {
			case SDES:
				got := cryptos(line)
				if len(got) != 1 || got[0].Tag != 5 || got[0].Suite != suite80 || string(got[0].Keys[0].Key) != string(keyring(1)[suite80]) {
					t.Errorf("answered with %v", got)
				}
				expect(t, "their key", string(m.Theirs.Keys[0].Key), string(keyring(2)[suite80]))
			case DTLS:
				role, _ := line.Attribute("setup")
				expect(t, "setup", role, m.Role.String())
				expect(t, "we wait", m.Role == Passive, strings.Contains(strings.Join(tt.offer, ""), "active"))
			default:
				expect(t, "attributes of keys", len(cryptos(line)), 0)
			}
		})
	}
}

func TestEncryptionOfAnAnswer(t *testing.T) {
	offered := strings.Split(string(Offer(secret(Required, SDES))), "\r\n")
	if !strings.Contains(strings.Join(offered, "\n"), "a=crypto:2 "+suite80) {
		t.Fatalf("no second suite in %q", offered)
	}
	for _, tt := range []struct {
		name   string
		local  Local
		answer []string
		by     Keying
		err    error
	}{
		{"the second", secret(Required, SDES), []string{"m=audio 5000 RTP/SAVP 8", "a=crypto:2 " + suite80 + " inline:" + key(2, 30)}, SDES, nil},
		{"a wish fulfilled", secret(Preferred, SDES), []string{"m=audio 5000 RTP/AVP 8", "a=crypto:2 " + suite80 + " inline:" + key(2, 30)}, SDES, nil},
		{"a wish not fulfilled", secret(Preferred, SDES), []string{"m=audio 5000 RTP/AVP 8"}, NoKeys, nil},
		{"another suite than its tag", secret(Required, SDES), []string{"m=audio 5000 RTP/SAVP 8", "a=crypto:1 " + suite80 + " inline:" + key(2, 30)}, 0, ErrKeys},
		{"less", secret(Required, SDES), []string{"m=audio 5000 RTP/AVP 8"}, 0, ErrClear},
		{"secret, unasked", desk(), []string{"m=audio 5000 RTP/SAVP 8", "a=crypto:1 " + suite80 + " inline:" + key(2, 30)}, 0, ErrKeys},
		{"DTLS", secret(Required, DTLS), []string{"m=audio 5000 UDP/TLS/RTP/SAVP 8", "a=setup:passive",
			"a=fingerprint:sha-256" + Fingerprint{"", strings.Repeat("CD", 32)}.String()}, DTLS, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := ParseAnswer(tt.local, peer(tt.answer...))
			if !errors.Is(err, tt.err) {
				t.Fatalf("%v, want %v", err, tt.err)
			}
			expect(t, "keys by", m.Keying, tt.by)
			if tt.by == NoKeys {
				return
			}
			// What was agreed on is not given up again.
			again := tt.local.Again(m, SendOnly)
			expect(t, "wants", again.Secure.Want, Required)
			line := strict(t, Offer(again)).MediaDescriptions[0]
			expect(t, "profile", proto(line), m.Profile)
			if _, _, err := Answer(peer("m=audio 5000 RTP/AVP 8"), again); !errors.Is(err, ErrClear) {
				t.Errorf("an offer in the clear gives %v", err)
			}
		})
	}
}

// FuzzCrypto: what is read of a=crypto can be used, and is written as it is read.
func FuzzCrypto(f *testing.F) {
	f.Add("1 " + suite80 + " inline:" + key(2, 30) + "|2^20|1:4;inline:" + key(3, 30) + "|7|2:4 WSH=64")
	f.Add("9 AEAD_AES_128_GCM inline:" + key(2, 28) + "|1:128")
	f.Add("1 AES_256_CM_HMAC_SHA1_32 inline:" + key(2, 46) + "|18446744073709551615:8")
	f.Fuzz(func(t *testing.T, value string) {
		c, ok := readCrypto(value)
		if !ok {
			return
		}
		for _, k := range c.Keys {
			if size := Suites[c.Suite]; len(k.Key) != size.Key+size.Salt || len(k.MKI) > maxMKI || k.Lifetime > 1<<48 {
				t.Fatalf("%q is read as %+v", value, c)
			}
		}
		if again, ok := readCrypto(c.String()); !ok || again.String() != c.String() {
			t.Fatalf("%q is written as %q, which is read as %q", value, c, again)
		}
	})
}

// FuzzFingerprint: what is taken is a digest of its hash's length.
func FuzzFingerprint(f *testing.F) {
	f.Add("sha-256 " + strings.TrimSpace(Fingerprint{"", strings.Repeat("AB", 32)}.String()))
	f.Add("SHA-1 00")
	f.Fuzz(func(t *testing.T, value string) {
		p, ok := readFingerprint(value)
		if !ok {
			return
		}
		if again, ok := readFingerprint(p.String()); !ok || again != p || len(p.Hex) != 2*hashes[p.Hash] {
			t.Fatalf("%q is read as %+v", value, p)
		}
	})
}

// FuzzSecrecy: where encryption is required, no offer and no answer gets around it.
func FuzzSecrecy(f *testing.F) {
	f.Add(peer("m=audio 5000 RTP/SAVP 8", "a=crypto:2 "+suite80+" inline:"+key(2, 30)))
	f.Add(peer("m=audio 5000 RTP/AVP 8", "m=audio 5002 UDP/TLS/RTP/SAVP 8", "a=setup:active", "a=fingerprint:sha-1 "+strings.Repeat("00:", 19)+"00"))
	for _, offer := range offers(f) {
		f.Add(offer)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, by := range []Keying{SDES, DTLS} {
			if _, m, err := Answer(text, secret(Required, by)); err == nil && m.Keying == NoKeys {
				t.Fatalf("an offer is answered in the clear:\n%s", text)
			}
			m, err := ParseAnswer(secret(Required, by), text)
			if err == nil && m.Keying != by {
				t.Fatalf("an answer to an offer of %s gives %q:\n%s", by, m.Keying, text)
			}
		}
	})
}
