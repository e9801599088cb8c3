package secure

import (
	"errors"
	"testing"

	"leadline/phone/sdp"
)

func TestAKeyProtectsNoMoreThanItsLifetime(t *testing.T) {
	for suite := range sdp.Suites {
		t.Run(suite, func(t *testing.T) {
			c := keyOf(suite)
			c.Keys[0].Lifetime = 100
			s, o := pair(t, c)
			for n := range 100 {
				if want := wearAt(100 - n); s.Wear() != want || o.Wear() != want {
					t.Fatalf("after %d packets: %d and %d, want %d", n, s.Wear(), o.Wear(), want)
				}
				if _, err := o.RTP(sealed(t, s.RTP, packet(uint16(n), 1))); err != nil {
					t.Fatal(err)
				}
				if _, err := o.RTCP(sealed(t, s.RTCP, report(1))); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.RTP(packet(100, 1)); !errors.Is(err, ErrSpent) {
				t.Errorf("RTP past the end: %v", err)
			}
			if _, err := s.RTCP(report(1)); !errors.Is(err, ErrSpent) {
				t.Errorf("RTCP past the end: %v", err)
			}
			if s.Wear() != Spent || o.Wear() != Worn {
				t.Errorf("at the end %d and %d", s.Wear(), o.Wear())
			}
			// A far end that knows of no end.
			c.Keys[0].Lifetime = 0
			endless, err := NewSealer(c)
			if err != nil {
				t.Fatal(err)
			}
			for n := range 101 {
				_, _ = endless.RTP(packet(uint16(n), 1))
			}
			if _, err := o.RTP(sealed(t, endless.RTP, packet(101, 1))); !errors.Is(err, ErrSpent) || o.Wear() != Spent {
				t.Errorf("opened past the end: %v, %d", err, o.Wear())
			}
			for range 101 {
				_, _ = endless.RTCP(report(1))
			}
			if _, err := o.RTCP(sealed(t, endless.RTCP, report(1))); !errors.Is(err, ErrSpent) {
				t.Errorf("a report was opened past the end: %v", err)
			}
		})
	}
}

// wearAt is the wear of a key of a hundred packets with so many left.
func wearAt(left int) Wear {
	if left <= 25 {
		return Worn
	}
	return Good
}

// Packets that somebody else makes up wear no key of the far end's.
func TestForeignPacketsDontWearAKey(t *testing.T) {
	c := keyOf("AES_CM_128_HMAC_SHA1_80")
	c.Keys[0].Lifetime = 4
	s, o := pair(t, c)
	stranger, _ := pair(t, keyOf(c.Suite))
	for n := range 10 {
		if _, err := o.RTP(sealed(t, stranger.RTP, packet(uint16(n), 1))); !errors.Is(err, ErrForeign) {
			t.Fatal(err)
		}
	}
	if _, err := o.RTP(sealed(t, s.RTP, packet(1, 1))); err != nil || o.Wear() != Good {
		t.Errorf("%v, %d", err, o.Wear())
	}
}

// Of several keys each has a life of its own, and the far end goes over to the next by its MKI.
func TestTheNextOfSeveralKeysGoesOn(t *testing.T) {
	for suite := range sdp.Suites {
		t.Run(suite, func(t *testing.T) {
			c := keyOf(suite)
			c.Keys[0].MKI, c.Keys[0].Lifetime = []byte{0, 1}, 4
			second := sdp.MasterKey{Key: NewKeyring()[suite], MKI: []byte{0, 2}, Lifetime: 100}
			later := sdp.Crypto{Tag: 1, Suite: suite, Keys: []sdp.MasterKey{second}}
			s, _ := pair(t, c)
			next, _ := pair(t, later)
			c.Keys = append(c.Keys, second)
			o, err := NewOpener(c)
			if err != nil {
				t.Fatal(err)
			}
			for n := range 4 {
				if _, err := o.RTP(sealed(t, s.RTP, packet(uint16(n), 1))); err != nil {
					t.Fatal(err)
				}
				if _, err := o.RTCP(sealed(t, s.RTCP, report(1))); err != nil {
					t.Fatal(err)
				}
			}
			if o.Wear() != Worn {
				t.Errorf("before it went over: %d", o.Wear())
			}
			for n := range 10 {
				if _, err := o.RTP(sealed(t, next.RTP, packet(uint16(4+n), 1))); err != nil {
					t.Fatal(err)
				}
			}
			if o.Wear() != Good {
				t.Errorf("with the next key: %d", o.Wear())
			}
		})
	}
}

func TestAKeyWithoutALifetimeHasThatOfTheRFC(t *testing.T) {
	l := lifetimeOf(sdp.MasterKey{})
	if rtp, rtcp := l.rtp.left.Load(), l.rtcp.left.Load(); rtp != 1<<48 || rtcp != 1<<31 {
		t.Errorf("%d and %d packets", rtp, rtcp)
	}
	l.rtcp.left.Store(notice)
	if l.wear() != Worn {
		t.Errorf("ten minutes before the end: %d", l.wear())
	}
	l.rtcp.left.Store(notice + 1)
	if l.wear() != Good {
		t.Errorf("before that: %d", l.wear())
	}
}
