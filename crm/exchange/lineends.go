package exchange

import (
	"bufio"
	"bytes"
)

// lineEnds gives every line an end that csvRows and lineReader know. Old Macs, and Excel's "CSV (Macintosh)", end lines in "\r" alone; and
// "\r\r\n" comes of a program that writes "\r\n" where each "\n" becomes one.
type lineEnds struct{ in *bufio.Reader }

func (l lineEnds) Read(p []byte) (n int, err error) {
	n, err = l.in.Read(p)
	for at := 0; at < n; at++ {
		next := bytes.IndexByte(p[at:n], '\r')
		if next < 0 {
			break
		}
		at += next
		var ahead [2]byte
		behind := ahead[:copy(ahead[:], p[at+1:n])]
		if len(behind) < len(ahead) {
			more, _ := l.in.Peek(len(ahead) - len(behind)) // what there is of it
			behind = append(behind, more...)
		}
		switch {
		case bytes.HasPrefix(behind, []byte("\n")):
		case bytes.Equal(behind, []byte("\r\n")):
			copy(p[at:], p[at+1:n])
			n--
		default:
			p[at] = '\n'
		}
	}
	return n, err
}

// macintosh says whether lines end in "\r" alone, as far as one looks.
func macintosh(in *bufio.Reader) bool {
	head, _ := in.Peek(longestHead)
	return bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0
}
