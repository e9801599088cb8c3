package secure

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"leadline/phone/sdp"
)

// packet is RTP with 160 octets of sound.
func packet(seq uint16, ssrc uint32) []byte {
	p := make([]byte, 172)
	p[0], p[1] = 0x80, 8
	binary.BigEndian.PutUint16(p[2:], seq)
	binary.BigEndian.PutUint32(p[4:], uint32(seq)*160)
	binary.BigEndian.PutUint32(p[8:], ssrc)
	for i := range p[12:] {
		p[12+i] = byte(i)
	}
	return p
}

// report is an empty receiver report.
func report(ssrc uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{0x80, 201, 0, 1}, ssrc)
}

func pair(t testing.TB, c sdp.Crypto) (*Sealer, *Opener) {
	t.Helper()
	s, err := NewSealer(c)
	if err != nil {
		t.Fatal(err)
	}
	o, err := NewOpener(c)
	if err != nil {
		t.Fatal(err)
	}
	return s, o
}

func keyOf(suite string) sdp.Crypto {
	return sdp.Crypto{Tag: 1, Suite: suite, Keys: []sdp.MasterKey{{Key: NewKeyring()[suite]}}}
}

func sealed(t testing.TB, seal func([]byte) ([]byte, error), p []byte) []byte {
	t.Helper()
	got, err := seal(p)
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte(nil), got...)
}

func TestEverySuiteSealsAndOpens(t *testing.T) {
	for suite := range sdp.Suites {
		t.Run(suite, func(t *testing.T) {
			s, o := pair(t, keyOf(suite))
			_, stranger := pair(t, keyOf(suite))
			for seq := uint16(65500); seq != 100; seq++ { // over the end of the sequence numbers
				clear := packet(seq, 7)
				secret := sealed(t, s.RTP, clear)
				if strings.Contains(string(secret), string(clear[12:60])) {
					t.Fatal("the sound can be read")
				}
				if _, err := stranger.RTP(append([]byte(nil), secret...)); !errors.Is(err, ErrForeign) {
					t.Fatalf("other keys: %v", err)
				}
				changed := append([]byte(nil), secret...)
				changed[rand.IntN(len(changed)-12)+12] ^= 1
				if _, err := o.RTP(changed); !errors.Is(err, ErrForeign) {
					t.Fatalf("changed on its way: %v", err)
				}
				got, err := o.RTP(append([]byte(nil), secret...))
				if err != nil || string(got) != string(clear) {
					t.Fatalf("opened: %v", err)
				}
				if _, err := o.RTP(secret); err == nil || errors.Is(err, ErrForeign) {
					t.Fatalf("a repetition: %v", err)
				}
			}
			// Another source under the same key, and a jump.
			if _, err := o.RTP(sealed(t, s.RTP, packet(3, 8))); err != nil {
				t.Errorf("another source: %v", err)
			}
			secret := sealed(t, s.RTCP, report(7))
			if got, err := o.RTCP(append([]byte(nil), secret...)); err != nil || string(got) != string(report(7)) {
				t.Errorf("a report: %v", err)
			}
			if _, err := o.RTCP(secret); err == nil {
				t.Error("a repeated report is taken")
			}
			if _, err := stranger.RTCP(sealed(t, s.RTCP, report(7))); !errors.Is(err, ErrForeign) {
				t.Errorf("a report with other keys: %v", err)
			}
		})
	}
}

// RFC 4568 §6.1: of several keys each packet tells which.
func TestSeveralKeysWithIdentifiers(t *testing.T) {
	c := keyOf("AES_CM_128_HMAC_SHA1_80")
	c.Keys[0].MKI = []byte{0, 1}
	second := keyOf(c.Suite).Keys[0]
	second.MKI = []byte{0, 2}
	both := c
	both.Keys = append(append([]sdp.MasterKey(nil), c.Keys...), second)
	o, err := NewOpener(both)
	if err != nil {
		t.Fatal(err)
	}
	for n, k := range both.Keys {
		s, err := NewSealer(sdp.Crypto{Suite: c.Suite, Keys: []sdp.MasterKey{k}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.RTP(sealed(t, s.RTP, packet(uint16(n), 7))); err != nil {
			t.Errorf("key %d: %v", n+1, err)
		}
	}
	third := second
	third.MKI = []byte{0, 3}
	s, err := NewSealer(sdp.Crypto{Suite: c.Suite, Keys: []sdp.MasterKey{third}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.RTP(sealed(t, s.RTP, packet(9, 7))); !errors.Is(err, ErrForeign) {
		t.Errorf("an unknown identifier: %v", err)
	}
}

// FuzzOpener: nothing that comes from the network panics or is taken.
func FuzzOpener(f *testing.F) {
	f.Add(packet(1, 2))
	f.Add(append([]byte{0x90, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbe, 0xde, 0, 1, 0x10}, make([]byte, 40)...))
	f.Add(report(3))
	opener := map[string]*Opener{}
	for suite := range sdp.Suites {
		_, opener[suite] = pair(f, keyOf(suite))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for suite, o := range opener {
			if _, err := o.RTP(append([]byte(nil), b...)); err == nil {
				t.Fatalf("%s takes %x", suite, b)
			}
			if _, err := o.RTCP(append([]byte(nil), b...)); err == nil {
				t.Fatalf("%s takes the report %x", suite, b)
			}
		}
	})
}

// The sound device's callback seals; it may not allocate for long.
func BenchmarkSeal(b *testing.B) {
	for _, suite := range []string{"AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM"} {
		b.Run(suite, func(b *testing.B) {
			s, _ := pair(b, keyOf(suite))
			p := packet(0, 7)
			b.ReportAllocs()
			for n := range b.N {
				binary.BigEndian.PutUint16(p[2:], uint16(n))
				if _, err := s.RTP(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// RFC 3711 §3.3.1: the turns of the sequence numbers are counted for each source, through losses at the turn; a peer that begins
// a new source in the middle of a call begins to count anew.
func TestEachSourceCountsItsTurns(t *testing.T) {
	s, o := pair(t, keyOf("AES_CM_128_HMAC_SHA1_80"))
	arrives := func(seq uint16, ssrc uint32) {
		t.Helper()
		clear := packet(seq, ssrc)
		if got, err := o.RTP(sealed(t, s.RTP, clear)); err != nil || string(got) != string(clear) {
			t.Fatalf("packet %d of %d: %v", seq, ssrc, err)
		}
	}
	for turn := range 3 {
		for seq := 0; seq < 1<<16; seq += 1 {
			if seq%1000 == 0 && (turn > 0 || seq > 0) && seq != 65000 {
				arrives(uint16(seq), 7)
				continue
			}
			sealed(t, s.RTP, packet(uint16(seq), 7)) // lost, and so is the turn itself
		}
		arrives(uint16(turn+1), 9+uint32(turn))
	}
}
