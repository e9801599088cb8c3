package exchange

import (
	"bufio"
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// property is a line of a vCard: group.NAME;PARAM=value:value.
type property struct {
	group, name string
	params      map[string][]string // names in capitals
	value       string              // its escapes are still in it
}

const (
	longestLine    = 1 << 20 // more is a picture, of which the beginning is enough: it is left out
	mostProperties = 10_000  // of a card; lines of a picture that are not folded are none
)

// lineReader reads the content lines of vCards of all versions: folded ones
// (RFC 6350 §3.2), and those of vCard 2.1 that are quoted-printable and go on after a "=".
type lineReader struct {
	in   *bufio.Reader
	line int // of the last one read, from 1
	next string
	more bool // next is a line that was read ahead
	err  error
}

func (l *lineReader) physical() (string, error) {
	if l.more {
		l.more = false
		return l.next, l.err
	}
	var b strings.Builder
	for {
		part, err := l.in.ReadSlice('\n')
		if b.Len() < longestLine {
			b.Write(part)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && b.Len() > 0 && errors.Is(err, io.EOF) {
			err = nil
		}
		l.line++
		return strings.TrimRight(b.String(), "\r\n"), err
	}
}

// read is the next content line with its continuations, and where it began.
func (l *lineReader) read() (text string, at int, err error) {
	text, err = l.physical()
	if err != nil {
		return "", l.line, err
	}
	at = l.line
	quoted := isQuotedPrintable(text)
	if quoted {
		text = withoutLastBlanks(text)
	}
	var b strings.Builder
	b.WriteString(text)
	for {
		if quoted && strings.HasSuffix(text, "=") {
			if text, err = l.physical(); err != nil {
				break // what there is of it is good
			}
			text = withoutLastBlanks(text)
			if b.Len() < longestLine {
				b.WriteString("\r\n" + text)
			}
			continue
		}
		if l.next, l.err = l.physical(); l.err == nil && l.next != "" && (l.next[0] == ' ' || l.next[0] == '\t') {
			text = l.next[1:]
			if b.Len() < longestLine {
				b.WriteString(text)
			}
			continue
		}
		l.more = true
		break
	}
	return b.String(), at, nil
}

// withoutLastBlanks takes off what may have been added on the way (RFC 2045 §6.7, 3).
func withoutLastBlanks(line string) string { return strings.TrimRight(line, " \t") }

func isQuotedPrintable(line string) bool {
	head, _, ok := strings.Cut(line, ":")
	return ok && strings.Contains(strings.ToUpper(head), "QUOTED-PRINTABLE")
}

// parseProperty reads a content line; ok is false for what is none.
func parseProperty(line string, l *letters) (p property, ok bool) {
	head, value, ok := cutOutsideQuotes(line, ':')
	if !ok {
		return p, false
	}
	name, rest, _ := cutOutsideQuotes(head, ';')
	if group, n, grouped := strings.Cut(name, "."); grouped {
		p.group, name = strings.ToUpper(group), n
	}
	p.name = strings.ToUpper(strings.TrimSpace(name))
	p.params = map[string][]string{}
	for rest != "" {
		var param string
		param, rest, _ = cutOutsideQuotes(rest, ';')
		key, v, named := strings.Cut(param, "=")
		if !named { // vCard 2.1: TEL;WORK;VOICE:
			key, v = "TYPE", param
			if e := strings.ToUpper(strings.TrimSpace(v)); slices.Contains([]string{"QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT"}, e) {
				key = "ENCODING"
			}
		}
		key = strings.ToUpper(strings.TrimSpace(key))
		for v != "" {
			var one string
			one, v, _ = cutOutsideQuotes(v, ',')
			p.params[key] = append(p.params[key], unquoteParam(one))
		}
	}
	p.value = p.decode(value, l)
	return p, p.name != ""
}

// cutOutsideQuotes is strings.Cut at a sign that is not within "…".
func cutOutsideQuotes(s string, at byte) (before, after string, found bool) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == at && !quoted:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// RFC 6868: what may not stand in a parameter.
var (
	fromParam = strings.NewReplacer("^n", "\n", "^N", "\n", "^'", `"`, "^^", "^")
	toParam   = strings.NewReplacer("^", "^^", "\r\n", "^n", "\n", "^n", "\r", "^n", `"`, "^'")
)

func unquoteParam(s string) string { return fromParam.Replace(strings.Trim(strings.TrimSpace(s), `"`)) }

// decode makes UTF-8 of a value by its ENCODING and CHARSET. vCard 2.1 says both
// in each line; where it says nothing, the letters are those of the file: programs on Windows mean their code page.
func (p property) decode(value string, l *letters) string {
	switch strings.ToUpper(p.first("ENCODING")) {
	case "QUOTED-PRINTABLE":
		raw, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(value)))
		if err == nil || len(raw) > 0 {
			value = strings.ReplaceAll(string(raw), "\r\n", "\n") // as the ends of lines are elsewhere
		}
	case "BASE64", "B":
		if p.name == "PHOTO" || p.name == "LOGO" || p.name == "SOUND" || p.name == "KEY" {
			return ""
		}
		if raw, err := base64.StdEncoding.DecodeString(strings.Map(dropSpace, value)); err == nil {
			value = string(raw)
		}
	}
	charset := p.first("CHARSET")
	if charset != "" && !strings.EqualFold(charset, "utf-8") {
		if e, err := htmlindex.Get(charset); err == nil {
			if s, err := e.NewDecoder().String(value); err == nil {
				return s
			}
		} else if e, err := ParseEncoding(charset); err == nil && e.Older() {
			return e.decode(value)
		}
	}
	return l.decode(value)
}

func dropSpace(r rune) rune {
	if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
		return -1
	}
	return r
}

func (p property) first(param string) string {
	if v := p.params[param]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// types are the TYPEs of a property in small letters.
func (p property) types() (types []string) {
	for _, v := range p.params["TYPE"] {
		for t := range strings.SplitSeq(strings.ToLower(v), ",") {
			types = append(types, strings.TrimSpace(t))
		}
	}
	return types
}

// parts splits a value at a sign that has no backslash before it, and takes the escapes off (RFC 6350 §3.4).
func parts(value string, at byte) (all []string) {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && i+1 < len(value):
			i++
			switch value[i] {
			case 'n', 'N':
				b.WriteByte('\n')
			case '\\', ',', ';', ':':
				b.WriteByte(value[i])
			default: // vCard 2.1 has no such escapes: C:\temp
				b.WriteByte('\\')
				b.WriteByte(value[i])
			}
		case c == at:
			all = append(all, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(all, b.String())
}

// text is a value in one piece.
func (p property) text() string { return strings.Join(parts(p.value, 0), "\x00") }
