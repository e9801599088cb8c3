package crm

import "strings"

// cutExtension sets aside what is dialled after the answer (C2): behind ; # x ,
// or the word. A code that begins with # or * keeps all of it.
func cutExtension(s string) (number, ext string) {
	if t := strings.TrimLeft(s, " "); strings.HasPrefix(t, "*") || strings.HasPrefix(t, "#") {
		return s, ""
	}
	lower := asciiLower(s)
	digits := 0
	for i := 0; i < len(s); i++ {
		switch c := lower[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == ';' || c == '#' || c == ',' || (c == 'x' && digits >= 3 && !letterBeside(lower, i)):
			return s[:i], onlyDigits(s[i:])
		case c == 'e' && digits >= 3 && strings.HasPrefix(lower[i:], "ext"):
			return s[:i], onlyDigits(s[i:])
		case c >= 'a' && c <= 'z' && digits >= fewestBeforeWord && !letterAt(lower, i-1) && extensionWords[wordAt(lower, i)]:
			return s[:i], onlyDigits(s[i:])
		}
	}
	return s, ""
}

// fewestBeforeWord tells "5051234 DW 12" from a vanity number, 1-800-APP-1234.
const fewestBeforeWord = 6

// extensionWords are what people write before an extension besides "ext.": German and
// Austrian, French, Italian, Polish.
var extensionWords = map[string]bool{
	"dw": true, "durchwahl": true, "kl": true, "klappe": true, "app": true, "apparat": true, "nst": true, "nebenstelle": true,
	"poste": true, "int": true, "interno": true, "wew": true, "wewn": true,
}

// captions are what people write before a number.
var captions = map[string]bool{
	"tel": true, "telefon": true, "telephone": true, "telefono": true, "phone": true, "ph": true, "fon": true, "fax": true, "telefax": true,
	"mobil": true, "mobile": true, "mob": true, "handy": true, "natel": true, "cell": true, "cellulare": true, "cel": true, "portable": true,
	"kom": true, "t": true, "m": true, "p": true, "f": true, "h": true, "office": true, "work": true, "home": true, "buro": true, "privat": true,
}

// withoutCaption takes "Tel.:", "Mobil" and the like from before a number.
func withoutCaption(s string) string {
	word := s
	if i := strings.IndexFunc(s, func(r rune) bool { return !isLetter(r) }); i >= 0 {
		word = s[:i]
	}
	if word == "" || !captions[FoldName(word)] {
		return s
	}
	if rest := strings.TrimLeft(s[len(word):], ".: \u00a0"); startsWithDigit(rest) {
		return rest
	}
	return s
}

// wordAt is the word of ASCII letters that begins there.
func wordAt(s string, i int) string {
	end := i
	for end < len(s) && s[end] >= 'a' && s[end] <= 'z' {
		end++
	}
	return s[i:end]
}

func letterBeside(s string, i int) bool { return letterAt(s, i-1) || letterAt(s, i+1) }

func letterAt(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= 'a' && s[i] <= 'z' }
