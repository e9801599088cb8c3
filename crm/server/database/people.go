package database

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// people are the users and roles of a workspace at a revision. Nearly every transaction asks for somebody's rights, and they seldom change:
// so they are kept in memory, and only changes since are read. A people value is never changed, only replaced.
type people struct {
	epoch, rev, purged uint64 // of the workspace
	rows               map[ledger.Key]*ledger.Row
	living             map[wire.Entity][]*ledger.Row // in the order of their ids

	known *sync.Map // what Rows.Remember has found out of them, by key
}

// isPerson says whether an entity is kept in people.
func isPerson(e wire.Entity) bool { return e == wire.User || e == wire.Role }

const peopleSince = "SELECT " + documentColumns + " FROM document WHERE ws = $1 AND rev > $2 AND entity IN ('user', 'role')"

// at says whether they are those of a workspace at its revision.
func (p *people) at(w Workspace) bool { return p.within(w) && p.rev == w.Rev }

// within says whether a workspace has gone on from their revision: it is the same branch, and no tombstone that they lack was deleted.
func (p *people) within(w Workspace) bool {
	return p != nil && p.epoch == w.Epoch && p.purged == w.Purged && p.rev <= w.Rev
}

// since is the revision after which changes are to be asked for.
func (p *people) since() uint64 {
	if p == nil {
		return 0
	}
	return p.rev
}

// next are the people at a workspace's revision: these with the changed rows.
func (p *people) next(w Workspace, changed []*ledger.Row) *people {
	n := &people{epoch: w.Epoch, rev: w.Rev, purged: w.Purged, rows: map[ledger.Key]*ledger.Row{}, living: map[wire.Entity][]*ledger.Row{}, known: &sync.Map{}}
	if p != nil {
		if len(changed) == 0 {
			n.rows, n.living, n.known = p.rows, p.living, p.known
			return n
		}
		maps.Copy(n.rows, p.rows)
	}
	for _, r := range changed {
		n.rows[r.Key] = r
	}
	for _, r := range n.rows {
		if !r.Deleted {
			n.living[r.Entity] = append(n.living[r.Entity], r)
		}
	}
	for _, rows := range n.living {
		slices.SortFunc(rows, func(a, b *ledger.Row) int { return cmp.Compare(a.ID, b.ID) })
	}
	return n
}

// row is a user or role; nil when there is none.
func (p *people) row(k ledger.Key) *ledger.Row {
	if p == nil {
		return nil
	}
	return p.rows[k]
}

func (p *people) all(e wire.Entity) []*ledger.Row {
	if p == nil {
		return nil
	}
	return p.living[e]
}

// memory keeps the people of workspaces, for all transactions. It is safe to use from several goroutines.
type memory struct {
	mu     sync.Mutex
	people map[string]*people
}

func (m *memory) of(workspace string) *people {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.people[workspace]
}

// keep keeps the people of a workspace, unless newer ones are there.
func (m *memory) keep(workspace string, p *people) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.people == nil {
		m.people = map[string]*people{}
	}
	if was := m.people[workspace]; was == nil || was.epoch != p.epoch || was.purged != p.purged || was.rev < p.rev {
		m.people[workspace] = p
	}
}

// persons are the people as the transaction sees them; nil where users and roles have to be read like other rows: in a transaction that
// has not read the workspace, or on an older state than the one that is kept.
func (t *Tx) persons(ctx context.Context) (*people, error) {
	if t.people != nil || t.here.ID == "" {
		return t.people, nil
	}
	kept := t.memory.of(t.Workspace)
	if kept != nil && kept.epoch == t.here.Epoch && kept.rev > t.here.Rev {
		return nil, nil
	}
	if kept.at(t.here) {
		t.people = kept
		return kept, nil
	}
	if !kept.within(t.here) {
		kept = nil
	}
	var changed []*ledger.Row
	err := t.session.ask(ctx, []question{t.peopleSince(kept, &changed)})
	if err == nil {
		t.know(kept, changed)
	}
	return t.people, err
}

func (t *Tx) peopleSince(kept *people, changed *[]*ledger.Row) question {
	return question{peopleSince, []any{t.Workspace, int64(kept.since())}, func(scan func(...any) error) error {
		row, err := scanDocument(scan)
		*changed = append(*changed, row)
		return err
	}}
}

// know sets the transaction's people: the kept ones with what has changed since.
func (t *Tx) know(kept *people, changed []*ledger.Row) {
	t.people = kept.next(t.here, changed)
	t.memory.keep(t.Workspace, t.people)
}

// Remember is what find gives, kept under key until a user or role changes: find may use nothing else of the workspace. The key is of a type
// of the caller's own. The value is shared, and must not be changed.
func (r *Rows) Remember(key any, find func() (any, error)) (any, error) {
	p, err := r.t.persons(r.ctx)
	if err != nil || p == nil {
		if err == nil {
			return find()
		}
		return nil, err
	}
	if known, ok := p.known.Load(key); ok {
		return known, nil
	}
	found, err := find()
	if err == nil {
		p.known.Store(key, found)
	}
	return found, err
}
