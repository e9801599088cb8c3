package exchange

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"leadline/crm/store"
)

// WriteRefused reads a file as Import does, and writes the rows that it refuses as a CSV, each as it
// is in the file with its line and the reason behind: corrected there, it can be imported by itself. Of vCards
// there are only lines and reasons. It says how many there are.
func WriteRefused(ctx context.Context, r io.Reader, w io.Writer, o Options) (rows int, err error) {
	out := bufio.NewWriter(w)
	_, _ = out.WriteString("\ufeff") // for Excel, which takes UTF-8 for something else without
	cells := csv.NewWriter(out)
	i := importer{options: o}
	i.refused = func(e entry) error {
		f := i.report.File
		if rows++; rows == 1 {
			if f.Delimiter != 0 {
				cells.Comma = f.Delimiter
			}
			var header []string
			for _, c := range f.Columns {
				header = append(header, c.Header)
			}
			if err := cells.Write(append(header, "Line", "Reason")); err != nil {
				return err
			}
		}
		row := make([]string, len(f.Columns), len(f.Columns)+2)
		copy(row, e.row)
		if err := cells.Write(append(row, strconv.Itoa(e.line), e.why)); err != nil {
			return err
		}
		return ctx.Err()
	}
	err = survive("read the file", func() error { return i.read(r, func(store.ImportRow) error { return ctx.Err() }) })
	if err == nil {
		cells.Flush()
		err = cells.Error()
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return rows, fmt.Errorf("write the rows that were refused: %w", err)
	}
	return rows, nil
}
