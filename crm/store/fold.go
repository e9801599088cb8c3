package store

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// unfolded are letters that have no accent to take off and yet are typed as others.
var unfolded = strings.NewReplacer("ß", "ss", "ẞ", "ss", "ł", "l", "Ł", "l", "ø", "o", "Ø", "o", "đ", "d", "Đ", "d",
	"æ", "ae", "Æ", "ae", "œ", "oe", "Œ", "oe", "ı", "i", "İ", "i", "þ", "th", "ð", "d")

// fold makes of a text what is compared and sorted: small letters without accents.
func fold(s string) string {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(strings.TrimSpace(s))
	}
	decomposed := norm.NFD.String(unfolded.Replace(s))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, decomposed))
}

var german = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "ae", "Ö", "oe", "Ü", "ue", "ß", "ss")

// indexed is what the search index has of a text: folded, and words with umlauts also as those without
// such keys type them: müller → "muller mueller".
func indexed(parts ...string) string {
	s := norm.NFC.String(strings.Join(parts, " ")) // what comes from a Mac is decomposed
	plain := fold(s)
	if !strings.ContainsAny(s, "äöüÄÖÜ") {
		return plain
	}
	var b strings.Builder
	b.WriteString(plain)
	for word := range strings.FieldsSeq(s) {
		if strings.ContainsAny(word, "äöüÄÖÜ") {
			b.WriteByte(' ')
			b.WriteString(fold(german.Replace(word)))
		}
	}
	return b.String()
}
