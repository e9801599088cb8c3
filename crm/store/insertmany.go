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

// insertMany writes rows of that many values each. What it is given is bound as it
// is: nil, int64, bool, float64, string or []byte.
func (t *tx) insertMany(insert string, width int, values []any) error {
	if len(values) == 0 {
		return nil
	}
	return t.s.writer.Raw(func(conn any) error {
		args := make([]driver.NamedValue, min(len(values), rowsAtOnce*width))
		for i := range args {
			args[i].Ordinal = i + 1
		}
		for len(values) > 0 {
			rows := rowsAtOnce
			if len(values) < rowsAtOnce*width {
				rows = 1
			}
			stmt, err := t.s.bulkStatement(conn.(*sqlite3.SQLiteConn), insert, rows, width)
			if err != nil {
				return err
			}
			for i, v := range values[:rows*width] {
				args[i].Value = v
			}
			if err := run(stmt, args[:rows*width]); err != nil {
				return explain(err)
			}
			values = values[rows*width:]
		}
		return nil
	})
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
