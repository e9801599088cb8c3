package exchange

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// longestRow is more than anybody writes into a row, in bytes; see ErrLongRow.
const longestRow = 4 << 20

// ErrLongRow: a row goes on and on, so that the file is none of rows, or a quotation mark is never closed.
var ErrLongRow = errors.New("it is longer than 4 MB, which no row is")

// csvRows reads the rows of a CSV (RFC 4180), and those that programs and people write who know nothing of it. A quotation mark
// within quoted text that is not doubled is a sign like any other. Where that joins what are several cells, or rows, it was not
// meant: "The Mill" Inn;Bonn is a name that begins with one.
type csvRows struct {
	in        *bufio.Reader
	delimiter string
	columns   int      // that a row has; 0 while nobody knows
	line      int      // of the last one read, from 1
	back      []string // lines that were read too early
	row       []string
	broken    bool // the row read last breaks off within quotation marks, because the file does
}

// read is the next row, which is good until the one after is read, and the line that it begins in. Empty lines are none.
func (c *csvRows) read() (row []string, line int, err error) {
	c.broken = false
	for {
		text, err := c.nextLine()
		switch {
		case err != nil:
			return nil, c.line, err
		case text == "":
			continue
		case strings.IndexByte(text, '"') >= 0:
			line = c.line
			row, err = c.quoted(text)
			return row, line, err
		}
		c.row = c.row[:0]
		for more := true; more; {
			var cell string
			cell, text, more = strings.Cut(text, c.delimiter)
			c.row = append(c.row, cell)
		}
		return c.row, c.line, nil
	}
}

// nextLine is a line without its end.
func (c *csvRows) nextLine() (string, error) {
	if len(c.back) > 0 {
		text := c.back[0]
		c.back = c.back[1:]
		c.line++
		return text, nil
	}
	part, err := c.in.ReadSlice('\n')
	if err == nil {
		c.line++
		return withoutEnd(string(part)), nil
	}
	var b strings.Builder
	b.Write(part)
	for errors.Is(err, bufio.ErrBufferFull) && b.Len() < longestRow {
		part, err = c.in.ReadSlice('\n')
		b.Write(part)
	}
	switch {
	case err == nil, errors.Is(err, io.EOF) && b.Len() > 0:
		c.line++
		return withoutEnd(b.String()), nil
	case errors.Is(err, bufio.ErrBufferFull):
		return "", fmt.Errorf("line %d: %w", c.line+1, ErrLongRow)
	}
	return "", err
}

func withoutEnd(line string) string {
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
}

// quoted is the row that begins with a line in which there is a quotation mark.
func (c *csvRows) quoted(first string) ([]string, error) {
	r := quotedRow{delimiter: c.delimiter, cells: c.row[:0]}
	r.take(first)
	if !r.odd && !r.open {
		c.row = r.cells
		return r.cells, nil
	}
	began, lines, size, asked := c.line, []string{first}, len(first), false
	for r.open && size < longestRow {
		next, err := c.nextLine()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		lines, size = append(lines, next), size+1+len(next)
		if r.take(next); r.odd && !asked {
			if asked = true; c.begunByMistake(lines) {
				return c.literally(lines, began), nil
			}
		}
	}
	stray, broken := r.odd || r.open, r.open
	if r.open {
		r.end()
	}
	if stray && !asked && (len(lines) > 1 || len(r.cells) != c.columns) && c.begunByMistake(lines) {
		return c.literally(lines, began), nil
	}
	if size >= longestRow {
		return nil, fmt.Errorf("the row that begins in line %d: %w", began, ErrLongRow)
	}
	c.row, c.broken = r.cells, broken
	return r.cells, nil
}

// begunByMistake says whether the lines of a row are rows, each of as many cells as there are columns, if the quotation marks in
// them open nothing.
func (c *csvRows) begunByMistake(lines []string) bool {
	if c.columns < 2 {
		return false
	}
	for _, line := range lines[:min(2, len(lines))] {
		if len(literalCells(line, c.delimiter)) != c.columns {
			return false
		}
	}
	return true
}

// literally is the first of lines as a row; the others are read again.
func (c *csvRows) literally(lines []string, began int) []string {
	c.back, c.line = slices.Concat(lines[1:], c.back), began
	c.row = literalCells(lines[0], c.delimiter)
	return c.row
}

// literalCells are the cells of a line in which text that is quoted ends at the first mark that is not doubled, if the cell ends
// there as well; else the marks are signs like others.
func literalCells(line, delimiter string) (cells []string) {
	for more := true; more; {
		var cell string
		if text, quoted := opened(line, delimiter); quoted {
			r := quotedRow{delimiter: delimiter, strict: true}
			if rest, closed := r.quotedCell(text); closed {
				cells = append(cells, r.cells[0])
				line, more = strings.CutPrefix(rest, delimiter)
				continue
			}
		}
		cell, line, more = strings.Cut(line, delimiter)
		cells = append(cells, cell)
	}
	return cells
}

// quotedRow is a row under way.
type quotedRow struct {
	delimiter string
	cells     []string
	cell      strings.Builder
	open      bool // a quoted cell goes on in the next line
	odd       bool // a mark within one is not doubled
	strict    bool // which there may not be
}

// take reads one more line.
func (r *quotedRow) take(line string) {
	if r.open {
		r.open = false
		r.cell.WriteByte('\n')
		line, _ = r.quotedCell(line)
	} else {
		line = r.oneCell(line)
	}
	for !r.open && line != "" {
		line = r.oneCell(line[len(r.delimiter):])
	}
}

// oneCell reads the cell that a line begins with; rest is as of quotedCell.
func (r *quotedRow) oneCell(line string) (rest string) {
	if text, quoted := opened(line, r.delimiter); quoted {
		rest, _ = r.quotedCell(text)
		return rest
	}
	at := strings.Index(line, r.delimiter)
	if at < 0 {
		at = len(line)
	}
	r.cells = append(r.cells, line[:at])
	return line[at:]
}

// quotedCell reads on in quoted text up to the mark that closes it; rest begins with the delimiter, or is empty.
func (r *quotedRow) quotedCell(line string) (rest string, closed bool) {
	for {
		text, after, found := strings.Cut(line, `"`)
		if !found {
			r.cell.WriteString(text)
			r.open = true
			return "", false
		}
		behind := withoutBlanks(after, r.delimiter)
		closes := !strings.HasPrefix(after, `"`) && (behind == "" || strings.HasPrefix(behind, r.delimiter))
		if closes && r.cell.Len() == 0 { // as nearly all do
			r.cells = append(r.cells, text)
			return behind, true
		}
		r.cell.WriteString(text)
		switch {
		case strings.HasPrefix(after, `"`):
			r.cell.WriteByte('"')
			line = after[1:]
		case closes:
			r.end()
			return behind, true
		case r.strict:
			return "", false
		default:
			r.odd = true
			r.cell.WriteByte('"')
			line = after
		}
	}
}

// opened is what stands behind the mark that a quoted cell begins with. Between a comma and the mark some write a blank.
func opened(line, delimiter string) (text string, quoted bool) {
	return strings.CutPrefix(withoutBlanks(line, delimiter), `"`)
}

func withoutBlanks(s, delimiter string) string {
	if delimiter == " " {
		return s
	}
	return strings.TrimLeft(s, " ")
}

func (r *quotedRow) end() {
	r.cells = append(r.cells, r.cell.String())
	r.cell.Reset()
}
