package server

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Query asks for rows of one kind, in the order in which they changed last.
type Query struct {
	Entity wire.Entity
	Number string // only those with this number or SIP address, however it is written; "" is all
	Text   string // only those with this text in one of their values, whatever the case; "" is all. All rows of the kind are read
	After  uint64 // only those that changed after this revision
	Limit  int    // 1..MostRows
}

// Search finds rows in the user's view. next is the After of the page that follows; 0 when there is none.
func (e *Engine) Search(ctx context.Context, from Sender, q Query) (found []wire.Row, next uint64, err error) {
	q.Limit = max(1, min(q.Limit, wire.MostRows))
	err = e.DB.Read(ctx, string(from.Workspace), func(t *database.Tx) error {
		head, err := t.Head(ctx, false)
		if err != nil {
			return err
		}
		view, _, err := ViewOf(ctx, t, from.User)
		if err != nil {
			return err
		}
		if view.Left {
			return wire.Problem{Code: wire.Forbidden, Message: "the user has no rights here"}
		}
		rows, more, err := q.rows(ctx, t, head.Region)
		if err != nil {
			return err
		}
		if more {
			next = rows[len(rows)-1].Rev
		}
		if q.Text != "" {
			wanted := strings.ToLower(q.Text)
			rows = slices.DeleteFunc(rows, func(r *ledger.Row) bool { return !standsIn(r, wanted) })
		}
		found = shown(view, rows)
		return nil
	})
	return found, next, err
}

// shown are the rows that are neither removed nor outside of the view.
func shown(view View, rows []*ledger.Row) []wire.Row {
	var all []database.Stored
	for _, r := range rows {
		stored := database.StoredOf(r)
		if !r.Deleted && view.Shows(stored) {
			all = append(all, stored)
		}
	}
	return view.filter(all)
}

func (q Query) rows(ctx context.Context, t *database.Tx, region string) ([]*ledger.Row, bool, error) {
	if q.Number != "" {
		rows, err := q.byNumber(ctx, t, region)
		return rows, false, err
	}
	where, args := "entity = $2 AND deleted = 0 AND rev > $3", []any{string(q.Entity), int64(q.After), int64(q.Limit + 1)}
	if part := certain(q.Text); part != "" {
		where += ` AND lower(data) LIKE $5 ESCAPE '!'`
		args = append(args, "%"+part+"%")
	}
	rows, err := t.Documents(ctx, where+" ORDER BY rev LIMIT $4", args...)
	if err != nil || len(rows) <= q.Limit {
		return rows, false, err
	}
	return rows[:q.Limit], true, nil
}

// certain is the longest part of a text that stands unchanged in the lower-cased JSON of every row that contains the text. LIKE looks
// for it: SQLite's lower knows ASCII only, and JSON escapes some characters. Rows that it finds need not contain the text.
func certain(text string) (part string) {
	for run := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool {
		return r < ' ' || r > '~' || strings.ContainsRune(`"\\<>&`, r)
	}) {
		if len(run) > len(part) {
			part = run
		}
	}
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(part)
}

// standsIn says whether a row contains a text, which is in lower case, whatever the case there.
func standsIn(r *ledger.Row, text string) bool {
	for _, field := range r.Fields {
		read := json.NewDecoder(bytes.NewReader(field))
		read.UseNumber()
		var value any
		if read.Decode(&value) == nil && holds(value, text) {
			return true
		}
	}
	return false
}

// holds says whether a JSON value, or one within it, contains a text. Names of fields do not count.
func holds(value any, text string) bool {
	switch v := value.(type) {
	case string:
		return strings.Contains(strings.ToLower(v), text)
	case json.Number:
		return strings.Contains(v.String(), text)
	case []any:
		return slices.ContainsFunc(v, func(v any) bool { return holds(v, text) })
	case map[string]any:
		for _, v := range v {
			if holds(v, text) {
				return true
			}
		}
	}
	return false
}

func (q Query) byNumber(ctx context.Context, t *database.Tx, region string) (found []*ledger.Row, err error) {
	rows := t.Rows(ctx)
	keys, err := rows.Peer(crm.Parse(q.Number, region).Key())
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if k.Entity != q.Entity {
			continue
		}
		r, err := rows.Row(k)
		if err != nil {
			return nil, err
		}
		if r != nil && r.Rev > q.After {
			found = append(found, r)
		}
	}
	return found, nil
}
