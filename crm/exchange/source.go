package exchange

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// openText takes the byte order mark off and makes UTF-8 of UTF-16. What it says of the rest
// is "" when that has to be seen cell by cell.
func openText(r io.Reader, said Encoding) (*bufio.Reader, Encoding) {
	in := bufio.NewReaderSize(r, 1<<16)
	head, _ := in.Peek(64)
	wide, order := wideLetters(head)
	switch {
	case bytes.HasPrefix(head, []byte("\ufeff")):
		_, _ = in.Discard(3)
		return in, UTF8
	case wide, said == UTF16:
		letters := unicode.UTF16(order, unicode.UseBOM)
		return bufio.NewReaderSize(transform.NewReader(in, letters.NewDecoder()), 1<<16), UTF16
	}
	return in, said
}

// wideLetters says whether text begins as UTF-16, by its mark or because of every two bytes one is 0, as in words of English and
// German, and which of the two that is: the file's mark, if it has one, goes before order.
func wideLetters(head []byte) (wide bool, order unicode.Endianness) {
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return true, unicode.LittleEndian
	}
	zeros := [2]int{}
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	const few = 4 // "Name" is the shortest header
	switch {
	case zeros[1] >= max(few, len(head)/2*9/10) && zeros[0] == 0:
		return true, unicode.LittleEndian
	case zeros[0] >= max(few, len(head)/2*9/10) && zeros[1] == 0:
		return true, unicode.BigEndian
	}
	return false, unicode.LittleEndian
}

// longestHead is how far one looks for what a file is, in bytes.
const longestHead = 1 << 15

// delimiters are what stands between cells, the likelier first.
const delimiters = ",;\t|"

// cutDelimiter takes off the line before the header in which Excel, and who writes for it, say what stands between cells: sep=;
func cutDelimiter(in *bufio.Reader) (delimiter rune, lines int) {
	const said = "sep="
	head, _ := in.Peek(len(said + "\"\";\r\n"))
	line, _, ends := bytes.Cut(head, []byte("\n"))
	text := strings.Trim(strings.TrimSuffix(string(line), "\r"), `"`)
	if !ends || len(text) != len(said)+1 || !strings.EqualFold(text[:len(said)], said) {
		return 0, 0
	}
	_, _ = in.Discard(len(line) + 1)
	return rune(text[len(said)]), 1
}

// findDelimiter looks which of the delimiters a header has most of, outside of
// quotes.
func findDelimiter(line string) rune {
	best, most := ',', 0
	for _, d := range delimiters {
		count, quoted := 0, false
		for _, r := range line {
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

// cutTitle takes off what some programs write above the header: what the list is, of which day, an empty line. A header is there when its
// columns are known and no line above has more in it.
func cutTitle(in *bufio.Reader, delimiter rune, letters letters) (lines int) {
	const most = 10
	head, _ := in.Peek(longestHead)
	above, size := 0, 0
	for line := range strings.Lines(string(head)) {
		if lines == most {
			break
		}
		text, by := strings.TrimRight(line, "\r\n"), delimiter
		if by == 0 {
			by = findDelimiter(text)
		}
		cells, filled := literalCells(text, string(by)), 0
		for i := range cells {
			if cells[i] = letters.decode(cells[i]); strings.TrimSpace(cells[i]) != "" {
				filled++
			}
		}
		if _, err := recognise(cells, nil); err == nil && filled >= above {
			_, _ = in.Discard(size)
			return lines
		}
		above, size, lines = max(above, filled), size+len(line), lines+1
	}
	return 0
}
