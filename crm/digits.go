package crm

import (
	"strings"
	"unicode"
)

// digitOf is the ASCII digit of a digit in any script.
func digitOf(r rune) (byte, bool) {
	if r >= '0' && r <= '9' {
		return byte(r), true
	}
	if r < 128 || !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	// Digits of a script are ten in a row, and zero is the first (Unicode §22.3).
	zero := r
	for i := 0; i < 9 && unicode.Is(unicode.Nd, zero-1); i++ {
		zero--
	}
	if unicode.Is(unicode.Nd, zero-1) {
		return 0, false // two rows side by side; rare enough to leave
	}
	return byte('0' + r - zero), true
}

func isLetter(r rune) bool { return unicode.IsLetter(r) }

// keyOf is the key of a telephone that has the letter (ITU-T E.161); '?' when none has.
func keyOf(r rune) byte {
	const keys = "22233344455566677778889999"
	if r = unicode.ToLower(r); r >= 'a' && r <= 'z' {
		return keys[r-'a']
	}
	return '?'
}

// Visible is what a person sees of a text: without blanks around it and without the invisible characters that are copied along
// from web pages and address books, such as those that set the direction of a number (U+202A, U+200E).
func Visible(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s))
}

func onlyDigits(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// asciiLower keeps every byte at its place, which strings.ToLower does not.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
