package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"leadline/crm"
)

// The search index takes more time than everything else about a record. What comes
// in by the thousand, and what a migration has to index anew, is noted in the table unindexed as ranges of rows, in the
// transaction that writes them, and is indexed in the background, a little at a time. A program that
// is killed meanwhile goes on from there at its next start.
const (
	indexAfter  = 300 * time.Millisecond // without another batch of an import
	indexAtOnce = 1000                   // rows in a transaction: some 15 ms in which a call would wait
	indexLater  = 1000                   // so many new records are indexed in the background
)

// indexer makes the search index of what is noted as unindexed.
type indexer struct {
	left atomic.Int64  // records that are not in the index yet
	more chan struct{} // has one element when more was noted
	none chan struct{} // has one element when nothing is left
	stop context.CancelFunc
	done chan struct{}
}

// startIndexer goes on with what was left when the program ended.
func (s *Store) startIndexer() error {
	ctx, stop := context.WithCancel(context.Background())
	i := &indexer{more: make(chan struct{}, 1), none: make(chan struct{}, 1), stop: stop, done: make(chan struct{})}
	var left int64
	if err := s.writer.QueryRowContext(ctx, "SELECT coalesce(sum(last - first + 1), 0) FROM unindexed").Scan(&left); err != nil {
		stop()
		return fmt.Errorf("see what is to be indexed: %w", explain(err))
	}
	s.indexer = i
	i.left.Store(left)
	if left > 0 {
		i.more <- struct{}{}
	}
	go s.indexInBackground(ctx, i)
	return nil
}

func (i *indexer) end() {
	if i != nil {
		i.stop()
		<-i.done
	}
}

// Unindexed is how many records the search does not find by words yet, nor by the middle of a number.
func (s *Store) Unindexed() int { return int(s.indexer.left.Load()) }

// WaitIndexed returns when the search finds every record.
func (s *Store) WaitIndexed(ctx context.Context) error {
	for s.Unindexed() > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.indexer.done:
			return errors.New("the search index is not finished; the next start goes on with it")
		case <-s.indexer.none:
			if s.Unindexed() == 0 {
				s.indexer.nothingLeft() // others may be waiting, too
			}
		}
	}
	return nil
}

func (s *Store) indexInBackground(ctx context.Context, i *indexer) {
	defer close(i.done)
	quiet := time.NewTimer(indexAfter)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-i.more: // an import goes on: it would only be slowed down
			quiet.Reset(indexAfter)
		case <-quiet.C:
			if err := s.indexAll(ctx, i); err != nil && ctx.Err() == nil {
				s.log.Warn("make the search index; it is tried again at the next start", "error", err)
				return
			}
		}
	}
}

// indexAll indexes what is noted until nothing is left, or more is coming.
func (s *Store) indexAll(ctx context.Context, i *indexer) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	for i.left.Load() > 0 {
		if len(i.more) > 0 {
			return nil
		}
		if err := s.write(ctx, (*tx).indexSome); err != nil {
			return err
		}
	}
	i.nothingLeft()
	return nil
}

// nothingLeft wakes one of those who wait for it.
func (i *indexer) nothingLeft() {
	select {
	case i.none <- struct{}{}:
	default:
	}
}

const unindexedInsert = "INSERT INTO unindexed(kind, first, last) VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET last = max(last, excluded.last)"

// noteUnindexed says that rows of a table are to be indexed in the background.
func (t *tx) noteUnindexed(table string, first, last int64) error {
	_, err := t.exec(unindexedInsert, table, first, last)
	t.committed = append(t.committed, func() {
		t.s.indexer.left.Add(last - first + 1)
		select {
		case t.s.indexer.more <- struct{}{}:
		default:
		}
	})
	return err
}

// indexSome indexes the first rows of what is noted.
func (t *tx) indexSome() error {
	var table string
	var first, last, left int64
	err := t.row("SELECT kind, first, last FROM unindexed ORDER BY kind DESC, first LIMIT 1").Scan(&table, &first, &last)
	if err == nil {
		var next int64
		if next, err = t.indexRows(table, first, last); err != nil {
			return fmt.Errorf("index %s from row %d on: %w", table, first, err)
		}
		_, err = t.exec("DELETE FROM unindexed WHERE kind = ? AND first = ?", table, first)
		if err == nil && next <= last {
			_, err = t.exec(unindexedInsert, table, next, last)
		}
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return explain(err)
	}
	if err := t.row("SELECT coalesce(sum(last - first + 1), 0) FROM unindexed").Scan(&left); err != nil {
		return explain(err)
	}
	t.changed.Lists = left == 0 // what was searched for may be found now
	t.committed = append(t.committed, func() { t.s.indexer.left.Store(left) })
	return nil
}

// indexRows indexes the first of these rows, and says with which it goes on.
func (t *tx) indexRows(table string, first, last int64) (next int64, err error) {
	switch table {
	case "contact":
		return t.indexMany("SELECT "+contactColumns+contactTables+"WHERE c.rid BETWEEN ? AND ? ORDER BY c.rid LIMIT ?", first, last,
			func(rows *sql.Rows) (indexedRow, error) {
				c, err := scanContact(rows)
				return indexedRow{makeKey(crm.KindContact, c.rid), contactWords(c.Contact, c.companyName), c.Numbers}, err
			})
	case "company":
		return t.indexMany("SELECT "+companyColumns+companyTables+"WHERE f.rid BETWEEN ? AND ? ORDER BY f.rid LIMIT ?", first, last,
			func(rows *sql.Rows) (indexedRow, error) {
				c, err := scanCompany(rows)
				return indexedRow{makeKey(crm.KindCompany, c.rid), companyWords(c.Company), c.Numbers}, err
			})
	}
	derive := map[string]func(int64) (error, error){"lead": t.deriveLead, "deal": t.deriveDeal, "call": t.deriveCall, "note": t.deriveNote}[table]
	if derive == nil {
		return last + 1, nil // of a later version that was taken back
	}
	rids, err := ridsWhere(t, table, "rid BETWEEN ? AND ?", first, last)
	for n, rid := range rids {
		if err != nil || n == indexAtOnce {
			return rid, err
		}
		var unreadable error
		if unreadable, err = derive(rid); unreadable != nil {
			t.s.log.Warn("a row cannot be read and is not found by the search", "table", table, "row", rid, "error", unreadable)
		}
	}
	return last + 1, err
}

// indexedRow is what the search index has of a record.
type indexedRow struct {
	key     key
	words   string
	numbers []crm.Number
}

// indexMany indexes the rows of a question for contacts or companies.
func (t *tx) indexMany(query string, first, last int64, scan func(*sql.Rows) (indexedRow, error)) (next int64, err error) {
	var found []indexedRow
	next = last + 1
	err = each(t, query, []any{first, last, indexAtOnce}, func(rows *sql.Rows) error {
		r, err := scan(rows)
		if err != nil {
			t.s.log.Warn("a row cannot be read and is not found by the search", "row", r.key.rid(), "error", err)
			return nil
		}
		if found = append(found, r); len(found) == indexAtOnce {
			next = r.key.rid() + 1
		}
		return nil
	})
	if err != nil {
		return next, err
	}
	b := newBulk(t)
	for _, r := range found {
		if err := b.index(r.key, r.numbers, r.words); err != nil {
			return next, err
		}
	}
	return next, errors.Join(b.wordRows.flush(), b.digitRows.flush())
}

// foundByName are the contacts and companies whose name begins with the text, last name
// first: so they are found before the index has them.
func foundByName(q querier, text string, limit int, seen map[key]bool) (found []crm.Found, err error) {
	typed := fold(text)
	if typed == "" {
		return nil, nil
	}
	for _, kind := range []crm.Kind{crm.KindContact, crm.KindCompany} {
		rids, err := ridsWhere(q, string(kind), "rid IN (SELECT rid FROM "+string(kind)+" WHERE sort >= ? AND sort < ? ORDER BY sort LIMIT ?)",
			typed, typed+"\U0010ffff", limit)
		for _, rid := range rids {
			if err != nil {
				return nil, err
			}
			k := makeKey(kind, rid)
			if seen[k] {
				continue
			}
			seen[k] = true
			var f crm.Found
			f, err = foundOf(q, k, "")
			found = append(found, f)
		}
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
