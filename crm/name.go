package crm

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// unaccented are letters that have no accent to take off and yet are typed as others.
var unaccented = strings.NewReplacer("ß", "ss", "ẞ", "ss", "ł", "l", "Ł", "l", "ø", "o", "Ø", "o", "đ", "d", "Đ", "d",
	"æ", "ae", "Æ", "ae", "œ", "oe", "Œ", "oe", "ı", "i", "İ", "i", "þ", "th", "ð", "d")

// FoldName makes of a name what is compared and sorted: small letters without accents.
func FoldName(s string) string {
	if isASCII(s) {
		return strings.ToLower(strings.TrimSpace(s))
	}
	decomposed := norm.NFD.String(unaccented.Replace(s))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, decomposed))
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// legalForms say nothing about which company it is.
var legalForms = map[string]bool{"gmbh": true, "ag": true, "kg": true, "co": true, "ohg": true, "ug": true, "ev": true, "se": true, "mbh": true,
	"haftungsbeschrankt": true, "inc": true, "ltd": true, "llc": true, "sa": true, "sarl": true, "srl": true, "spa": true, "plc": true, "sp": true, "zoo": true}

// NameKey is the same for names that are probably of the same: whatever the case,
// the order of the words, umlauts or ae, oe, ue for them, ss or sz, dots and dashes;
// of companies also without their legal form. "" when nothing is left.
func NameKey(name string) string {
	words := NameWords(name)
	for i, w := range words {
		words[i] = withoutUmlauts(FoldName(w))
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// NameWords are the words of a name that tell it from others, as they are written: a
// company's legal form is none, unless nothing else is there.
func NameWords(name string) []string {
	words := strings.FieldsFunc(strings.ReplaceAll(name, ".", ""), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
	telling := slices.DeleteFunc(slices.Clone(words), func(w string) bool {
		w = FoldName(w)
		return legalForms[w] || w == "und" || w == "and"
	})
	if len(telling) == 0 {
		return words
	}
	return telling
}

// withoutUmlauts makes one of "mueller", "muller" and what "müller" was folded to. After a
// vowel an e belongs to a sound of its own: "bauer", "neuer".
func withoutUmlauts(word string) string {
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		if word[i] == 'e' && i > 0 && strings.IndexByte("aou", word[i-1]) >= 0 &&
			(i < 2 || strings.IndexByte("aeiouyq", word[i-2]) < 0) {
			continue
		}
		b.WriteByte(word[i])
	}
	return strings.ReplaceAll(b.String(), "sz", "ss")
}
