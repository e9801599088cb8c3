package media

import "testing"

// The decision values of G.711 tables 1a and 2a: a value at the edge of a step gets that
// step, one less the step before.
func TestG711AgainstTheRecommendation(t *testing.T) {
	tests := []struct {
		name   string
		sample int16
		a, mu  byte
	}{
		{"zero", 0, 0xd5, 0xff},
		{"just below zero", -1, 0x55, 0x7f},
		{"positive peak", 32767, 0xaa, 0x80},
		{"negative peak", -32768, 0x2a, 0x00},
		{"edge of A law's third segment", 512, 0xf5, 0xdb},
		{"before it", 511, 0xca, 0xdb},
		{"edge of A law's last segment", 16384, 0xa5, 0x8f},
		{"edge of µ law's last segment", 16252, 0xba, 0x8f},
		{"before it", 16251, 0xba, 0x90},
	}
	for _, test := range tests {
		if got := toALaw(test.sample); got != test.a {
			t.Errorf("%s: A law of %d is %#x, want %#x", test.name, test.sample, got, test.a)
		}
		if got := toMuLaw(test.sample); got != test.mu {
			t.Errorf("%s: µ law of %d is %#x, want %#x", test.name, test.sample, got, test.mu)
		}
	}
}

func TestG711EachValueKeepsItsCode(t *testing.T) {
	for i := range 256 {
		b := byte(i)
		if got := toALaw(fromALaw[b]); got != b {
			t.Errorf("A law %#x decodes to %d, which encodes to %#x", b, fromALaw[b], got)
		}
		// µ law has two zeros; both decode to 0.
		if got := toMuLaw(fromMuLaw[b]); got != b && b != 0x7f {
			t.Errorf("µ law %#x decodes to %d, which encodes to %#x", b, fromMuLaw[b], got)
		}
	}
}

// Every sample comes back within half a step of its segment, and in order.
func TestG711EveryValue(t *testing.T) {
	for _, law := range []struct {
		name   string
		encode func(int16) byte
		table  *[256]int16
		slack  int // half of a step is this and a 32nd of the value
		top    int // what is louder is limited
	}{{"A law", toALaw, &fromALaw, 8, 32256}, {"µ law", toMuLaw, &fromMuLaw, 8, 32124}} {
		before := -1 << 20
		for v := -32768; v <= 32767; v++ {
			got := int(law.table[law.encode(int16(v))])
			size := max(v, -v)
			if diff := max(got-v, v-got); diff > law.slack+size/32 && size < law.top {
				t.Fatalf("%s: %d comes back as %d", law.name, v, got)
			}
			if got < before {
				t.Fatalf("%s: %d comes back as %d, less than the value before", law.name, v, got)
			}
			before = got
		}
	}
}
