package database

import (
	"fmt"
	"strings"
)

// bulk is a table of the workspace into which many rows are written at once. Columns are those
// after ws, with their types of PostgreSQL.
type bulk struct {
	table    string
	columns  []string
	types    []string
	key      int    // so many columns are the key, with ws
	conflict string // what an INSERT does with a row that is there
}

// columns are the rows that are written, or taken away by their keys, column by column: a []string, []int64 or [][]byte for each of bulk's.
type columns []any

// column has a value of each of n rows.
func column[V any](n int, value func(row int) V) []V {
	values := make([]V, n)
	for i := range values {
		values[i] = value(i)
	}
	return values
}

func (b bulk) insertHead() string {
	return fmt.Sprintf("INSERT INTO %s(ws, %s) ", b.table, strings.Join(b.columns, ", "))
}

// upsert is the conflict clause by which a row that is there gets the new values.
func upsert(key int, columns ...string) string {
	sets := make([]string, 0, len(columns))
	for _, c := range columns[key:] {
		sets = append(sets, c+" = excluded."+c)
	}
	return fmt.Sprintf(" ON CONFLICT(ws, %s) DO UPDATE SET %s", strings.Join(columns[:key], ", "), strings.Join(sets, ", "))
}

func newBulk(table string, key int, update bool, columns ...string) bulk {
	b := bulk{table: table, key: key}
	for _, c := range columns {
		name, kind, _ := strings.Cut(c, " ")
		b.columns, b.types = append(b.columns, name), append(b.types, kind)
	}
	switch {
	case update && key < len(columns):
		b.conflict = upsert(key, b.columns...)
	case key > 0:
		b.conflict = " ON CONFLICT DO NOTHING"
	}
	return b
}

// placeholders are $from to $to.
func placeholders(from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		if i > from {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i)
	}
	return b.String()
}
