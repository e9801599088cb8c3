package sip

import (
	"strings"
	"testing"
)

func TestDigitsOfAnInfo(t *testing.T) {
	for _, test := range []struct {
		kind, body string
		want       rune
	}{
		{"application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5'},
		{"application/dtmf-relay", "Duration=160\nsignal = #", '#'},
		{"Application/DTMF-Relay; charset=utf-8", "Signal= 11\r\n", '#'},
		{"application/dtmf-relay", "Signal=10", '*'},
		{"application/dtmf-relay", "Signal=d", 'D'},
		{"application/dtmf-relay", "Signal=15", 'D'},
		{"application/dtmf", "7", '7'},
		{"application/dtmf", " *\r\n", '*'},
		{"application/dtmf", "12", 'A'},
		{"application/dtmf", "123", 0},
		{"application/dtmf-relay", "Signal=x", 0},
		{"application/dtmf-relay", "", 0},
		{"application/dtmf", "ä", 0},
		{"text/plain", "7", 0},
	} {
		got, ok := digitOf(Body{test.kind, []byte(test.body)})
		if got != test.want || ok != (test.want != 0) {
			t.Errorf("%s %q is %q, %v; want %q", test.kind, test.body, got, ok, test.want)
		}
	}
}

func FuzzDigitOfAnInfo(f *testing.F) {
	f.Add("application/dtmf-relay", []byte("Signal=5\r\nDuration=160"))
	f.Add("application/dtmf", []byte("=\r=\n16"))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		if r, ok := digitOf(Body{kind, data}); ok && !strings.ContainsRune("0123456789*#ABCD", r) {
			t.Errorf("%q of %q", r, data)
		}
	})
}
