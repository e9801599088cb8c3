package record

import (
	"strings"
	"time"
	"unicode"
)

// Name is what the recording of a call is called, without its ending: when it began, by
// the clock on the wall, and with whom.
func Name(began time.Time, party string) string {
	return began.Format("2006-01-02 15-04-05") + " " + plain(party)
}

const longestParty = 50 // characters; file systems take 255 bytes

// plain leaves of a party's name or number what any file system takes. It comes from the wire.
func plain(party string) string {
	var b strings.Builder
	n := 0
	for _, r := range party {
		if n == longestParty {
			break
		}
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), strings.ContainsRune("+-_@ ", r), r == '.' && n > 0:
			b.WriteRune(r)
		case r == ':' || r == '/' || r == '\\' || r == '*' || r == '#':
			b.WriteRune('-')
		default:
			continue
		}
		n++
	}
	name := strings.TrimRight(b.String(), ". ") // Windows drops those, and finds the file no more
	if name == "" {
		return "withheld"
	}
	return name
}
