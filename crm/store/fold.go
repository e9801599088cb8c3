package store

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"leadline/crm"
)

// fold makes of a text what is compared and sorted: small letters without accents.
func fold(s string) string { return crm.FoldName(s) }

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

// ownWord is a word of the index that says who is responsible for a record. Nobody
// can type it: it begins with a sign that no keyboard has and words leaves out.
func ownWord(responsible crm.ID) string {
	if len(responsible) < 8 {
		return ""
	}
	return "\ue000" + string(responsible[len(responsible)-8:])
}
