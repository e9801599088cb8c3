package hotkey

import (
	"errors"
	"testing"
)

func TestKeysAreReadAsTheyAreWritten(t *testing.T) {
	for _, c := range []struct {
		written, is string
		wrong       error
	}{
		{"Ctrl+Shift+F9", "Ctrl+Shift+F9", nil},
		{"strg + umschalt + f9", "Ctrl+Shift+F9", nil},
		{"Win+pause", "Super+Pause", nil},
		{"Pause", "Pause", nil},
		{"Alt+J", "Alt+J", nil},
		{"", "", nil},
		{"J", "", ErrBare},
		{"Shift+Home", "", ErrBare},
		{"Ctrl+F25", "", ErrKey},
		{"Ctrl+F09", "", ErrKey},
		{"Hyper+J", "", ErrKey},
		{"Ctrl+", "", ErrKey},
	} {
		got, err := Parse(c.written)
		if got.String() != c.is || !errors.Is(err, c.wrong) {
			t.Errorf("%q is %q, %v; want %q, %v", c.written, got, err, c.is, c.wrong)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"Ctrl+Shift+F9", "+", "Strg+ä", "Alt+Alt+0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if again, err2 := Parse(c.String()); err == nil && (err2 != nil || again != c) {
			t.Errorf("%q is %q, which is %q, %v", s, c, again, err2)
		}
	})
}
