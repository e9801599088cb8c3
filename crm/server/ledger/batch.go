package ledger

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// Rows is what the ledger asks of the database: the workspace as it is committed. Errors are the database's.
type Rows interface {
	// Row is a row, tombstones included; nil when there never was one.
	Row(Key) (*Row, error)
	// Peer are the records and users with a number or address (crm.Party.Key).
	Peer(peer string) ([]Key, error)
	// Children are the rows that point to a row.
	Children(of Key) ([]Key, error)
	// All are the living rows of an entity of which there are few: users, roles, entries, pipelines.
	All(entity wire.Entity) ([]*Row, error)
}

// Refusal is the error of a command that was refused.
type Refusal struct {
	Code   wire.Reject
	Reason crm.Text
}

func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Reason.Key }

// Sender is who a command comes from.
type Sender struct {
	User   crm.ID
	System bool // the server itself, which has every right
}

// Batch is a sequence of commands on one workspace, in which each sees what those before it did. It belongs to one goroutine.
type Batch struct {
	rows   Rows
	key    []byte                // the workspace's, from which the ids of leads follow
	region string                // for numbers that were written nationally
	rights map[crm.ID]crm.Rights // of the senders so far
	people bool                  // users or roles were changed
	about  bool                  // the last command was about a person who was erased
	state
	room state // of the command under way, used again for the next
}

// state is what has changed since the last commit.
type state struct {
	changed  map[Key]*Row
	peers    map[string]map[Key]bool // by number or address: rows that have it now (true), or no longer (false)
	children map[Key]map[Key]bool
}

func (s state) clear() {
	clear(s.changed)
	clear(s.peers)
	clear(s.children)
}

func newState() state {
	return state{changed: map[Key]*Row{}, peers: map[string]map[Key]bool{}, children: map[Key]map[Key]bool{}}
}

// NewBatch begins a batch. key is the workspace's secret, region its country for numbers that are written nationally.
func NewBatch(rows Rows, key []byte, region string) *Batch {
	return &Batch{rows: rows, key: key, region: region, rights: map[crm.ID]crm.Rights{}, state: newState(), room: newState()}
}

// Changed is what a batch has changed, for the database to write.
type Changed struct {
	Rows     map[Key]*Row
	Peers    map[string]map[Key]bool // true: add, false: take away
	Children map[Key]map[Key]bool
}

// Changed is what the commands so far have changed. The maps are the batch's own.
func (b *Batch) Changed() Changed { return Changed{b.changed, b.peers, b.children} }

// Apply does one command and says which rows it changed, in their order. A *Refusal says
// why nothing was done; any other error is the database's, and the batch is lost.
// now is the server's clock, past which no stamp goes.
func (b *Batch) Apply(from Sender, c crm.Command, now time.Time) ([]Key, error) {
	latest := crm.HLC(now.UnixMilli()) << 16
	b.room.clear()
	t := &tx{b: b, state: b.room, from: from, at: min(c.At, latest), latest: latest}
	err := t.perform(c.Change)
	if b.about = t.about; err != nil {
		var invalid crm.Invalid
		if errors.As(err, &invalid) {
			return nil, &Refusal{wire.RejectInvalid, invalid.Text}
		}
		return nil, err
	}
	return b.keep(t), nil
}

// AboutErased says whether the last command was about a person who had been erased before. Its arguments must then be kept nowhere (I4).
func (b *Batch) AboutErased() bool { return b.about }

// keep takes a command's changes over into the batch, and gives the changed rows that programs may see.
func (b *Batch) keep(t *tx) []Key {
	keys := make([]Key, 0, len(t.changed))
	for k := range t.changed {
		if !Hidden(k.Entity) {
			keys = append(keys, k)
		}
		if k.Entity == wire.User || k.Entity == wire.Role {
			clear(b.rights) // a change of role is effective at once (G2)
			b.people = true
		}
	}
	maps.Copy(b.changed, t.changed)
	merge(b.peers, t.peers)
	merge(b.children, t.children)
	slices.SortFunc(keys, compareKeys)
	return keys
}

func merge[K comparable](into, from map[K]map[Key]bool) {
	for k, set := range from {
		if into[k] == nil {
			into[k] = set
			continue
		}
		maps.Copy(into[k], set)
	}
}

// tx is one command under way.
type tx struct {
	b *Batch
	state
	from   Sender
	at     crm.HLC
	latest crm.HLC // the server's clock, which no stamp is to exceed
	about  bool    // it has read a row of a person who was erased
}

// later says whether a stamp is later than the command. A stamp in the future was written while the server's clock ran ahead: it counts
// as one of now.
func (t *tx) later(stamp crm.HLC) bool { return min(stamp, t.latest) > t.at }

// row is a row as it is now; nil when there never was one.
func (t *tx) row(k Key) (*Row, error) {
	if k.None() {
		return nil, nil
	}
	r, err := t.rowNow(k)
	// A deal stays without the person: only commands from before the erasure are about them.
	if r.wiped() && (k.Entity != wire.Deal || t.at <= r.Stamps[wiped]) {
		t.about = true
	}
	return r, err
}

func (t *tx) rowNow(k Key) (*Row, error) {
	if r, ok := t.changed[k]; ok {
		return r, nil
	}
	if r, ok := t.b.changed[k]; ok {
		return r, nil
	}
	return t.b.rows.Row(k)
}

// put sets a row, and keeps in step by which numbers and from which rows it is found.
func (t *tx) put(r *Row) error {
	was, err := t.row(r.Key)
	if err != nil {
		return err
	}
	if err := t.pointRight(r); err != nil {
		return err
	}
	if was.live() && r.Entity == wire.Call {
		if before := field[crm.ID](was, "agent"); before != "" && before != field[crm.ID](r, "agent") && !slices.Contains(r.Former, before) {
			r.Former = append(slices.Clone(r.Former), before)
		}
	}
	if size(r) > mostBytes {
		return refuse(wire.RejectInvalid, crm.NoSense)
	}
	t.changed[r.Key] = r
	if linkedAlike(was, r) && r.Entity != wire.Lead {
		return nil
	}
	before, now := peersOf(was, t.b.region), peersOf(r, t.b.region)
	delta(t.peers, before, now, r.Key)
	delta(t.children, parentsOf(was), parentsOf(r), r.Key)
	if r.Entity == wire.Lead {
		return t.count(union(before, now))
	}
	return nil
}

// mostBytes is the largest row: twice the arguments of one push.
const mostBytes = 2 * wire.MostBytes

func size(r *Row) (n int) {
	for name, value := range r.Fields {
		n += len(name) + len(value)
	}
	return n
}

// pointRight corrects the references of a row: to a merged record they become references to its root, to a removed one they go.
func (t *tx) pointRight(r *Row) error {
	if r.Deleted || r.Entity != wire.Contact && r.Entity != wire.Deal {
		return nil
	}
	for _, entity := range []wire.Entity{wire.Contact, wire.Company} {
		name := string(entity)
		id := field[crm.ID](r, name)
		if id == "" {
			continue
		}
		k, err := t.root(Key{entity, id})
		if err != nil {
			return err
		}
		there, err := t.row(k)
		switch {
		case err != nil:
			return err
		case !there.live() || k.Entity != entity:
			delete(r.Fields, name)
		case k.ID != id:
			r.Fields[name] = raw(k.ID)
		}
	}
	return nil
}

func delta[K comparable](into map[K]map[Key]bool, was, now []K, k Key) {
	set := func(at K, to bool) {
		if into[at] == nil {
			into[at] = map[Key]bool{}
		}
		into[at][k] = to
	}
	for _, at := range was {
		if !slices.Contains(now, at) {
			set(at, false)
		}
	}
	for _, at := range now {
		if !slices.Contains(was, at) {
			set(at, true)
		}
	}
}

// peer are the rows with a number or address (crm.Party.Key), as the command sees them.
func (t *tx) peer(peer string) ([]Key, error) {
	keys, err := t.b.rows.Peer(peer)
	return over(over(keys, t.b.peers[peer]), t.peers[peer]), err
}

// childrenOf are the rows that refer to a row, as the command sees them.
func (t *tx) childrenOf(k Key) ([]Key, error) {
	keys, err := t.b.rows.Children(k)
	return over(over(keys, t.b.children[k]), t.children[k]), err
}

// over is a set of keys after changes to it (true: added, false: taken away), sorted.
func over(keys []Key, changes map[Key]bool) []Key {
	keys = slices.DeleteFunc(slices.Clone(keys), func(k Key) bool { _, ok := changes[k]; return ok })
	for k, there := range changes {
		if there {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, compareKeys)
	return keys
}

// all are the living rows of an entity of which there are few, as the command sees them.
func (t *tx) all(entity wire.Entity) ([]*Row, error) {
	committed, err := t.b.rows.All(entity)
	if err != nil {
		return nil, err
	}
	byKey := map[Key]*Row{}
	for _, r := range committed {
		byKey[r.Key] = r
	}
	for _, s := range []state{t.b.state, t.state} {
		for k, r := range s.changed {
			if k.Entity == entity {
				byKey[k] = r
			}
		}
	}
	var rows []*Row
	for _, r := range byKey {
		if r.live() {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b *Row) int { return compareKeys(a.Key, b.Key) })
	return rows, nil
}

// compareKeys sorts rows that others refer to before those others.
func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(order[a.Entity], order[b.Entity]), cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.ID, b.ID))
}

// order is the place of each entity among the rows of one command, which get their revisions in this order; 0 for one that is not named.
var order = map[wire.Entity]int{wire.User: -1, wire.Company: 1, wire.Contact: 2, wire.Lead: 3, wire.Deal: 4, wire.Number: 5, wire.Alias: 5,
	wire.Call: 6, wire.Note: 7, wire.FollowUp: 7}
