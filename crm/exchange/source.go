package exchange

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encoding is how a file writes letters. The zero Encoding is found out: by its
// mark at the beginning, else UTF-8, and each cell that is none is Windows-1252.
type Encoding string

const (
	UTF8        Encoding = "utf-8"
	UTF16       Encoding = "utf-16"
	Windows1252 Encoding = "windows-1252"
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
	case "windows-1252", "cp1252", "latin1", "iso-8859-1", "ansi":
		return Windows1252, nil
	}
	return "", fmt.Errorf("the encoding %q is not known: utf-8, utf-16 or windows-1252", s)
}

// openText takes the byte order mark off and makes UTF-8 of UTF-16. What it says of the rest
// is "" when that has to be seen cell by cell.
func openText(r io.Reader, said Encoding) (*bufio.Reader, Encoding) {
	in := bufio.NewReaderSize(r, 1<<16)
	mark, _ := in.Peek(3)
	switch {
	case bytes.HasPrefix(mark, []byte("\ufeff")):
		_, _ = in.Discard(3)
		return in, UTF8
	case bytes.HasPrefix(mark, []byte{0xff, 0xfe}), bytes.HasPrefix(mark, []byte{0xfe, 0xff}), said == UTF16:
		wide := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		return bufio.NewReaderSize(transform.NewReader(in, wide.NewDecoder()), 1<<16), UTF16
	}
	return in, said
}

// letters makes UTF-8 of what a file has.
type letters struct {
	encoding Encoding // "" until something other than ASCII was seen
	fixed    bool     // said by hand or by the file's mark
}

func (l *letters) decode(cell string) string {
	if l.encoding == Windows1252 && l.fixed {
		return fromWindows1252(cell)
	}
	if utf8.ValidString(cell) {
		if l.encoding == "" && !ascii(cell) {
			l.encoding = UTF8
		}
		return cell
	}
	if l.encoding == "" {
		l.encoding = Windows1252
	}
	return fromWindows1252(cell)
}

func fromWindows1252(s string) string {
	if ascii(s) {
		return s
	}
	out, err := charmap.Windows1252.NewDecoder().String(s)
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

// delimiters are what stands between cells, the likelier first.
const delimiters = ",;\t|"

// findDelimiter looks which of the delimiters a header has most of, outside of
// quotes. Excel writes it into a line before the header: sep=;
func findDelimiter(in *bufio.Reader) rune {
	const longest = 1 << 15
	head, _ := in.Peek(longest)
	line, _, _ := bytes.Cut(head, []byte("\n"))
	if text := strings.TrimSpace(string(line)); len(text) == 5 && strings.EqualFold(text[:4], "sep=") {
		_, _ = in.Discard(len(line) + 1)
		return rune(text[4])
	}
	best, most := ',', 0
	for _, d := range delimiters {
		count, quoted := 0, false
		for _, r := range string(line) {
			switch {
			case r == '"':
				quoted = !quoted
			case r == d && !quoted:
				count++
			}
		}
		if count > most {
			best, most = d, count
		}
	}
	return best
}
