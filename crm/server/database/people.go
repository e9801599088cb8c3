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

// people are the users and roles of a workspace at a revision. Nearly every transaction asks what somebody may, and they change
// seldom: so they are kept, and asked for is only what has changed since. They are never changed themselves, only replaced.
type people struct {
	epoch, rev, purged uint64 // of the workspace
	rows               map[ledger.Key]*ledger.Row
	living             map[wire.Entity][]*ledger.Row // in the order of their ids

	known *sync.Map // what was found out of them
}

// isPerson says whether rows of an entity are kept so.
func isPerson(e wire.Entity) bool { return e == wire.User || e == wire.Role }

const peopleSince = "SELECT " + documentColumns + " FROM document WHERE ws = $1 AND rev > $2 AND entity IN ('user', 'role')"

// at says whether they are those of a workspace as it is.
func (p *people) at(w Workspace) bool { return p.within(w) && p.rev == w.Rev }

// within says whether a workspace has come from where they are: no other branch of it, and nothing was taken away for good.
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

// next are they with what has changed up to where a workspace is now.
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

// row and all are ledger.Rows'.
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

// memory has the people of each workspace that was asked for.
type memory struct {
	mu     sync.Mutex
	people map[string]*people
}

func (m *memory) of(workspace string) *people {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.people[workspace]
}

// keep keeps the newest.
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

// persons are the people as the transaction sees them; nil where they have to be read as anything else: where the workspace was
// not asked for, or is older than those that are kept.
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

// know takes note of what has changed since the people were kept.
func (t *Tx) know(kept *people, changed []*ledger.Row) {
	t.people = kept.next(t.here, changed)
	t.memory.keep(t.Workspace, t.people)
}

// Remember is what find finds out of users and roles alone; as long as these stay as they are it is kept, under a key
// of a type of the caller's own, and is not to be changed.
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
