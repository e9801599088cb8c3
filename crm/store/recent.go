package store

import (
	"database/sql"
	"sync"
	"sync/atomic"

	"leadline/crm"
)

// recentCalls are those whose records the search finds first.
const recentCalls = 50

// recent are the records of the last calls. They are kept until something changes,
// so that a keystroke need not ask for them.
type recent struct {
	lock    sync.Mutex
	records []recentRecord
	current atomic.Bool
}

type recentRecord struct {
	crm.Found
	key   key
	words []string
}

func (r recentRecord) has(typed []string) bool { return hasAll(r.words, typed) }

func (r *recent) found(q querier) ([]recentRecord, error) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.current.Swap(true) {
		return r.records, nil
	}
	r.records = nil
	err := each(q, `SELECT DISTINCT k.key FROM (SELECT rid FROM call ORDER BY began DESC LIMIT ?) c JOIN call_link k ON k.call = c.rid`,
		[]any{recentCalls}, func(rows *sql.Rows) error {
			var k int64
			if err := rows.Scan(&k); err != nil {
				return err
			}
			f, err := foundOf(q, key(k), "")
			f.Near = true
			r.records = append(r.records, recentRecord{f, key(k), words(indexed(f.Name, f.Sub))})
			return err
		})
	if err != nil {
		r.current.Store(false)
	}
	return r.records, err
}
