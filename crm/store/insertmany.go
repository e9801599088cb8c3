package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// rowsAtOnce are written by one statement of an import: the way into SQLite and
// back costs as much as a row.
const rowsAtOnce = 500

// inserter writes rows of one table. What it is given is bound as it is: nil, int64, bool, float64, string or []byte.
type inserter struct {
	tx     *tx
	insert string
	width  int // values of a row
	values []driver.NamedValue
	rows   int64 // so many it was given
}

// add writes a row, or keeps it until there are more.
func (i *inserter) add(row ...any) error {
	if i.values == nil {
		i.values = make([]driver.NamedValue, 0, rowsAtOnce*i.width)
	}
	for _, v := range row {
		i.values = append(i.values, driver.NamedValue{Ordinal: len(i.values) + 1, Value: v})
	}
	i.rows++
	if len(i.values) < rowsAtOnce*i.width {
		return nil
	}
	return i.write(rowsAtOnce)
}

// flush writes the rows that are kept.
func (i *inserter) flush() error {
	if len(i.values) == 0 {
		return nil
	}
	return i.write(1)
}

// write writes what is kept, by statements of so many rows.
func (i *inserter) write(rows int) error {
	err := i.tx.s.writer.Raw(func(conn any) error {
		stmt, err := i.tx.s.bulkStatement(conn.(*sqlite3.SQLiteConn), i.insert, rows, i.width)
		for values := i.values; len(values) > 0 && err == nil; values = values[rows*i.width:] {
			for n := range rows * i.width {
				values[n].Ordinal = n + 1
			}
			err = run(stmt, values[:rows*i.width])
		}
		return err
	})
	clear(i.values)
	i.values = i.values[:0]
	return explain(err)
}

// run executes a statement as a question: that takes all values on one way into C, where Exec goes for each.
func run(stmt *sqlite3.SQLiteStmt, args []driver.NamedValue) error {
	rows, err := stmt.QueryContext(context.Background(), args)
	if err != nil {
		return err
	}
	if err = rows.Next(nil); err == io.EOF {
		err = nil
	}
	return errors.Join(err, rows.Close())
}

// bulkStatement is the prepared statement that inserts so many rows.
func (s *Store) bulkStatement(conn *sqlite3.SQLiteConn, insert string, rows, width int) (*sqlite3.SQLiteStmt, error) {
	text := insert + strings.Repeat(", ("+strings.Repeat("?, ", width-1)+"?)", rows)[2:]
	if stmt := s.bulk[text]; stmt != nil {
		return stmt, nil
	}
	stmt, err := conn.Prepare(text)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", text, explain(err))
	}
	if s.bulk == nil {
		s.bulk = map[string]*sqlite3.SQLiteStmt{}
	}
	s.bulk[text] = stmt.(*sqlite3.SQLiteStmt)
	return s.bulk[text], nil
}

// closeBulk closes the statements of bulkStatement.
func (s *Store) closeBulk() {
	for _, stmt := range s.bulk {
		_ = stmt.Close()
	}
	s.bulk = nil
}
