package exchange

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// csvSource reads people from a CSV.
type csvSource struct {
	rows csvRows
	read rowReader
}

func openCSV(in *bufio.Reader, letters letters, o Options) (*csvSource, File, error) {
	f := File{Format: "CSV"}
	said, lines := cutDelimiter(in)
	delimiter := cmp.Or(o.Delimiter, said)
	if len(o.Columns) == 0 {
		lines += cutTitle(in, delimiter, letters)
	}
	head, _ := in.Peek(longestHead)
	if delimiter == 0 {
		first, _, _ := bytes.Cut(head, []byte("\n"))
		delimiter = findDelimiter(string(first))
	}
	s := &csvSource{rows: csvRows{in: in, delimiter: string(delimiter), line: lines}, read: rowReader{region: o.Region, custom: o.custom, letters: letters}}
	head = bytes.Clone(head)
	header, _, err := s.rows.read()
	if errors.Is(err, io.EOF) {
		return nil, f, ErrUnknownColumns
	} else if err != nil {
		return nil, f, fmt.Errorf("read the first line: %w", err)
	}
	header = slices.Clone(header) // the row is used again
	s.rows.columns = len(header)
	for i := range header {
		header[i] = s.read.letters.decode(header[i])
	}
	if vendor := vendorOf(header); vendor != "" {
		f.Format = CSVOf + vendor
	}
	f.Delimiter = delimiter
	s.read.columns, err = recognise(header, o.Columns)
	s.read.headers = header
	samples := s.samples(head, delimiter, len(header))
	for i, name := range header {
		c := Column{Header: name, Sample: samples[i]}
		if err == nil {
			c.Field = s.read.columns[i].name()
		}
		f.Columns = append(f.Columns, c)
	}
	return s, f, err
}

// samples are what the first rows have in each column.
func (s *csvSource) samples(head []byte, delimiter rune, columns int) []string {
	const rows = 20
	samples := make([]string, columns)
	r := csvRows{in: bufio.NewReader(bytes.NewReader(head)), delimiter: string(delimiter), columns: columns}
	_, _, _ = r.read() // the header
	for range rows {
		row, _, err := r.read()
		if err != nil {
			break
		}
		for i := range min(len(row), columns) {
			if samples[i] == "" {
				samples[i] = strings.TrimSpace(s.read.letters.decode(row[i]))
			}
		}
	}
	return samples
}

func (s *csvSource) next(e *entry) error {
	row, line, err := s.rows.read()
	if err != nil {
		return err
	}
	e.line = line
	if e.why = RowBreaksOff; !s.rows.broken { // else half of a number would be one
		e.why = s.read.read(row, &e.person)
	}
	if e.why != "" {
		e.row = make([]string, len(row))
		for i, cell := range row {
			e.row[i] = s.read.letters.decode(cell)
		}
	}
	return nil
}

func (s *csvSource) encoding() Encoding { return s.read.letters.encoding }
