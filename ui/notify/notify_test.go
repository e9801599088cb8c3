package notify

import (
	"strings"
	"testing"
)

func TestPlainTakesOutWhatIsNotText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Jürgen Müller-Lüdenscheidt", "Jürgen Müller-Lüdenscheidt"},
		{"two\nlines", "two\nlines"},
		{"bell\a and \x1b[31mred", "bell and [31mred"},
		{"--help", "‐-help"},
		{"abc\u202egnp.exe", "abcgnp.exe"},
		{"bro\xffken", "broken"},
		{strings.Repeat("ü", 500), strings.Repeat("ü", most) + "…"},
		{"", ""},
	} {
		if got := plain(c.in); got != c.want {
			t.Errorf("plain(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
