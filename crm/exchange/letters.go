package exchange

import (
	"bufio"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Encoding is how a file writes letters. The zero Encoding is found out: by its
// mark at the beginning, else UTF-8, and each cell that is none is in an older one.
type Encoding string

const (
	UTF8        Encoding = "utf-8"
	UTF16       Encoding = "utf-16"
	Windows1252 Encoding = "windows-1252"
	CP850       Encoding = "cp850"     // of DOS: Excel's "CSV (MS-DOS)"
	MacRoman    Encoding = "macintosh" // Excel's "CSV (Macintosh)"
)

// ParseEncoding reads an encoding's name; "" is to be found out.
func ParseEncoding(s string) (Encoding, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "":
		return "", nil
	case "utf-8", "utf8":
		return UTF8, nil
	case "utf-16", "utf16":
		return UTF16, nil
	case "macintosh", "macroman":
		return MacRoman, nil
	case "windows-1252", "cp1252", "latin1", "iso-8859-1", "ansi":
		return Windows1252, nil
	case "cp850", "ibm850", "850", "ms-dos", "dos", "oem":
		return CP850, nil
	}
	return "", fmt.Errorf("the encoding %q is not known: utf-8, utf-16, windows-1252, cp850 or macintosh", s)
}

// letters makes UTF-8 of what a file has.
type letters struct {
	encoding Encoding // "" until something other than ASCII was seen
	fixed    bool     // said by hand or by the file's mark
	older    Encoding // of what is no UTF-8; "" until that is known
}

// lettersOf are the letters of a file of which the beginning can be looked at. It was said how they are written, or "".
func lettersOf(in *bufio.Reader, said Encoding) letters {
	l := letters{encoding: said, fixed: said != ""}
	if macintosh(in) {
		l.older = MacRoman
	} else {
		head, _ := in.Peek(longestHead)
		l.older = olderOf(string(head))
	}
	return l
}

func (l *letters) decode(cell string) string {
	if l.fixed && l.encoding.Older() {
		return l.encoding.decode(cell)
	}
	if utf8.ValidString(cell) {
		if l.encoding == "" && !ascii(cell) {
			l.encoding = UTF8
		}
		return cell
	}
	if l.older == "" {
		l.older = olderOf(cell)
	}
	older := l.older
	if older == "" {
		older = Windows1252 // as long as nothing speaks for another
	}
	if l.encoding == "" || l.encoding == Windows1252 {
		l.encoding = older
	}
	return older.decode(cell)
}

// olderOf is the encoding of the letters in a text that are no UTF-8: CP850 where it has more of its umlauts than of those of
// Windows1252. What those of CP850 are in Windows1252 is nothing, a quotation mark, ™ or š, and none of them stands where the umlaut
// does; á, which is the ß of CP850, may stand anywhere. It is "" when nothing speaks for one of the two.
func olderOf(text string) Encoding {
	dos, windows := 0, 0
	for at := 0; at < len(text); {
		if r, size := utf8.DecodeRuneInString(text[at:]); r != utf8.RuneError || size > 1 {
			at += size
			continue
		}
		before, after := byte(0), byte(0)
		if at > 0 {
			before = text[at-1]
		}
		if at+1 < len(text) {
			after = text[at+1]
		}
		switch text[at] {
		case 0x81: // ü: nothing
			dos++
		case 0x84, 0x94: // ä, ö within a word: „ and ”, which are at its ends
			if letter(before) && (letter(after) || after == 0xe1) {
				dos++
			}
		case 0x99: // Ö before a letter: ™, which is behind one
			if letter(after) {
				dos++
			}
		case 0x9a: // Ü among capitals: š
			if capital(before) && capital(after) {
				dos++
			}
		case 0xc4, 0xd6, 0xdc, 0xdf, 0xe4, 0xf6, 0xfc: // ÄÖÜßäöü: lines, blocks and õ÷³
			windows++
		}
		at++
	}
	switch {
	case dos > windows:
		return CP850
	case windows > 0:
		return Windows1252
	}
	return ""
}

func letter(b byte) bool  { return capital(b) || b >= 'a' && b <= 'z' }
func capital(b byte) bool { return b >= 'A' && b <= 'Z' }

// Older says whether an encoding is one of those before Unicode, which are told apart by some of their letters only.
func (e Encoding) Older() bool { return e.table() != nil }

// table are the letters of an older encoding; nil of the others.
func (e Encoding) table() *charmap.Charmap {
	switch e {
	case Windows1252:
		return charmap.Windows1252
	case CP850:
		return charmap.CodePage850
	case MacRoman:
		return charmap.Macintosh
	}
	return nil
}

// decode makes UTF-8 of text in an older encoding.
func (e Encoding) decode(s string) string {
	if ascii(s) {
		return s
	}
	out, err := e.table().NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "")
	}
	return out
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
