package store

import (
	"database/sql"
	"errors"
	"strings"
)

// copiedTable is a table of which is copied what can be read, range by range of its key.
type copiedTable struct {
	*copier
	name, columns string
	key           []string // of a table WITHOUT ROWID; nil for one with rowids
}

func (c *copier) table(name string) error {
	columns, err := c.strings("SELECT name FROM pragma_table_info(?, 'old') WHERE name IN (SELECT name FROM pragma_table_info(?, 'main'))", name, name)
	if err != nil || len(columns) == 0 {
		return err
	}
	key, err := c.strings(`SELECT i.name FROM pragma_table_list(?1) l JOIN pragma_table_info(?1, 'main') i
		WHERE l.schema = 'main' AND l.wr AND i.pk > 0 ORDER BY i.pk`, name)
	if err != nil {
		return err
	}
	t := copiedTable{c, name, strings.Join(columns, ", "), key}
	n, err := t.copy("")
	if errors.Is(err, ErrDamaged) {
		var root uint32
		if err := c.conn.QueryRowContext(c.ctx, "SELECT rootpage FROM old.sqlite_schema WHERE type = 'table' AND name = ?", name).Scan(&root); err != nil {
			return explain(err)
		}
		all := append([][]any{nil}, c.pages.dividers(root, len(key))...)
		n, err = t.between(append(all, nil))
	}
	c.saved += n
	return err
}

// copy copies the rows of a condition, all or none of them.
func (t copiedTable) copy(where string, args ...any) (int, error) {
	result, err := t.conn.ExecContext(t.ctx, "INSERT OR IGNORE INTO main."+t.name+"("+t.columns+") SELECT "+t.columns+" FROM old."+t.name+where, args...)
	if err != nil {
		return 0, explain(err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// keyed is the key as an expression, and as many places for values.
func (t copiedTable) keyed() (key, values string) {
	if t.key == nil {
		return "rowid", "?"
	}
	return "(" + strings.Join(t.key, ", ") + ")", "(?" + strings.Repeat(", ?", len(t.key)-1) + ")"
}

// within is the condition of the rows between two keys; nil is none. SQLite looks at the row behind a range as well, which may be in a
// damaged leaf: a divider that is a row ends a range in front of it. In a table with rowids the first that may be in a leaf leads
// to that one, and the last of the leaf before would lead to the leaf before.
func (t copiedTable) within(lo, hi []any) (where string, args []any) {
	where = " WHERE true"
	key, values := t.keyed()
	switch {
	case lo != nil && t.key == nil:
		where, args = where+" AND rowid >= ?", append(args, lo[0].(int64)+1)
	case lo != nil:
		where, args = where+" AND "+key+" > "+values, append(args, lo...)
	}
	switch {
	case hi != nil && t.key == nil:
		where, args = where+" AND rowid <= ?", append(args, hi...)
	case hi != nil:
		where, args = where+" AND "+key+" < "+values, append(args, hi...)
	}
	return where, args
}

// between copies what can be read between the first and the last of some keys, halving them around what cannot.
func (t copiedTable) between(keys [][]any) (int, error) {
	last := len(keys) - 1
	where, args := t.within(keys[0], keys[last])
	n, err := t.copy(where, args...)
	if !errors.Is(err, ErrDamaged) {
		return n, err
	}
	if last == 1 {
		return t.fromBothEnds(keys[0], keys[1])
	}
	middle := keys[last/2]
	lower, err := t.between(keys[:last/2+1])
	if err != nil {
		return lower, err
	}
	divider := 0
	if t.key != nil { // a row
		if divider, err = t.one(middle); err != nil {
			return lower, err
		}
	}
	upper, err := t.between(keys[last/2:])
	return lower + divider + upper, err
}

// one copies the row of a key, if it can be read.
func (t copiedTable) one(at []any) (int, error) {
	key, values := t.keyed()
	n, err := t.copy(" WHERE "+key+" = "+values, at...)
	if errors.Is(err, ErrDamaged) {
		return 0, nil
	}
	return n, err
}

// fromBothEnds copies row by row what can be read of a leaf: from its first row on, and from the last one back. Of one with rowids it
// tries those between, too.
func (t copiedTable) fromBothEnds(lo, hi []any) (all int, err error) {
	ends := [2][]any{lo, hi}
	for from, direction := range []string{"", " DESC"} {
		for {
			var key []any
			if key, err = t.first(direction, ends[0], ends[1]); errors.Is(err, ErrDamaged) || err == nil && key == nil {
				break
			} else if err != nil {
				return all, err
			}
			n, err := t.one(key)
			if err != nil {
				return all, err
			}
			all += n
			ends[from] = key
			if t.key == nil && from == 1 {
				ends[1] = []any{key[0].(int64) - 1}
			}
		}
	}
	if t.key != nil {
		return all, nil
	}
	n, err := t.each(ends[0], ends[1])
	return all + n, err
}

// first is the first key in a direction between two; nil when there is none.
func (t copiedTable) first(direction string, lo, hi []any) (key []any, err error) {
	columns := t.key
	if columns == nil {
		columns = []string{"rowid"}
	}
	where, args := t.within(lo, hi)
	key = make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range key {
		into[i] = &key[i]
	}
	err = t.conn.QueryRowContext(t.ctx, "SELECT "+strings.Join(columns, ", ")+" FROM old."+t.name+where+
		" ORDER BY "+strings.Join(columns, direction+", ")+direction+" LIMIT 1", args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return key, explain(err)
}

// mostOfALeaf is more rows than a leaf has.
const mostOfALeaf = 4096

// each tries the rowids between two, one by one.
func (t copiedTable) each(lo, hi []any) (all int, err error) {
	from := int64(1)
	if lo != nil {
		from = lo[0].(int64) + 1
	}
	to := from + mostOfALeaf
	if hi != nil {
		to = min(to, hi[0].(int64)+1)
	}
	for at := from; at < to && err == nil; at++ {
		var n int
		n, err = t.one([]any{at})
		all += n
	}
	return all, err
}
