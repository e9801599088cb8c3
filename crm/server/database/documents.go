package database

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"leadline/crm"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

var documents = newBulk("document", 2, true, "entity text", "id text", "rev bigint", "deleted bigint",
	"data text", "stamps text", "former text")

var (
	peers    = newBulk("peer", 3, true, "peer text", "entity text", "id text", "open bigint")
	children = newBulk("child", 4, false, "of_entity text", "of_id text", "entity text", "id text")
)

const documentColumns = "entity, id, rev, deleted, data, stamps, former"

func scanDocument(scan func(...any) error) (*ledger.Row, error) {
	r := &ledger.Row{}
	var deleted int64
	var data, stamps, former []byte
	if err := scan(&r.Entity, &r.ID, &r.Rev, &deleted, &data, &stamps, &former); err != nil {
		return nil, err
	}
	r.Deleted = deleted > 0
	if err := readDocument(r, data, stamps, former); err != nil {
		return nil, unreadable{r.Key, err}
	}
	return r, nil
}

// unreadable tells of a row that is there and cannot be read.
type unreadable struct {
	row ledger.Key
	why error
}

func (u unreadable) Error() string {
	return fmt.Sprintf("%s %s is damaged: %v", u.row.Entity, u.row.ID, u.why)
}

// readDocument reads a row's parts; one that is "" is none.
func readDocument(r *ledger.Row, data, stamps, former []byte) (err error) {
	if len(data) > 0 {
		if r.Fields, err = ledger.ReadFields(data); err != nil {
			return err
		}
	}
	if len(stamps) > 0 {
		if r.Stamps, err = ledger.ReadStamps(stamps); err != nil {
			return err
		}
	}
	if len(former) > 0 {
		return json.Unmarshal(former, &r.Former)
	}
	return nil
}

// saveDocuments writes rows; now is when those were removed that are.
func (t *Tx) saveDocuments(ctx context.Context, rows []*ledger.Row, now time.Time) error {
	removed, former := make([]int64, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		if r.Deleted {
			removed[i] = now.UnixMilli()
		}
		if len(r.Former) > 0 {
			b, err := json.Marshal(r.Former)
			if err != nil {
				return err
			}
			former[i] = string(b)
		}
	}
	n := len(rows)
	return t.inserts(ctx, t, documents, n, columns{
		column(n, func(i int) string { return string(rows[i].Entity) }), column(n, func(i int) string { return string(rows[i].ID) }),
		column(n, func(i int) int64 { return int64(rows[i].Rev) }), removed,
		column(n, func(i int) string { return string(ledger.WriteFields(rows[i].Fields)) }),
		column(n, func(i int) string { return string(ledger.WriteStamps(rows[i].Stamps)) }), former})
}

// living are the rows of an entity that are there.
const living = "entity = $2 AND deleted = 0 ORDER BY id"

// Documents are the rows of a workspace that a query selects; where follows "WHERE ws = $1 AND".
func (t *Tx) Documents(ctx context.Context, where string, args ...any) (rows []*ledger.Row, err error) {
	err = t.Each(ctx, "SELECT "+documentColumns+" FROM document WHERE ws = $1 AND "+where, append([]any{t.Workspace}, args...),
		func(scan func(...any) error) error {
			r, err := scanDocument(scan)
			rows = append(rows, r)
			return err
		})
	return rows, err
}

// Stored is a row as programs get it, unread.
type Stored struct {
	ledger.Key
	Rev     uint64
	Deleted bool
	Data    json.RawMessage
	Former  []crm.ID
}

// StoredOf is a row that was read.
func StoredOf(r *ledger.Row) Stored {
	return Stored{r.Key, r.Rev, r.Deleted, ledger.WriteFields(r.Fields), r.Former}
}

// pageBytes is what a page has at most, unless one row alone has more.
const pageBytes = 4 << 20

var errFull = errors.New("the page is full")

// Page are the rows after a revision, in their order, and whether there are more.
func (t *Tx) Page(ctx context.Context, after uint64, limit int) (rows []Stored, more bool, err error) {
	rows = make([]Stored, 0, limit+1)
	size := 0
	err = t.Each(ctx, "SELECT entity, id, rev, deleted, data, former FROM document WHERE ws = $1 AND rev > $2 ORDER BY rev LIMIT $3",
		[]any{t.Workspace, int64(after), limit + 1}, func(scan func(...any) error) error {
			var r Stored
			var deleted int64
			var former string
			if err := scan(&r.Entity, &r.ID, &r.Rev, &deleted, (*[]byte)(&r.Data), &former); err != nil {
				return err
			}
			if size += len(r.Data); size > pageBytes && len(rows) > 0 {
				return errFull
			}
			r.Deleted = deleted > 0
			rows = append(rows, r)
			if former == "" {
				return nil
			}
			return json.Unmarshal([]byte(former), &rows[len(rows)-1].Former)
		})
	switch {
	case errors.Is(err, errFull):
		return rows[:min(len(rows), limit)], true, nil
	case err != nil || len(rows) <= limit:
		return rows, false, err
	}
	return rows[:limit], true, nil
}

// SaveChanges writes what a batch of commands changed.
func (t *Tx) SaveChanges(ctx context.Context, c ledger.Changed, now time.Time) error {
	rows := slices.Collect(maps.Values(c.Rows))
	if err := t.saveDocuments(ctx, rows, now); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	if err := t.savePeers(ctx, rows, c.Peers); err != nil {
		return fmt.Errorf("write peer: %w", err)
	}
	if err := t.saveChildren(ctx, c.Children); err != nil {
		return fmt.Errorf("write child: %w", err)
	}
	return nil
}

// link leads from a peer, or from the row that it points to, to a row.
type link struct {
	peer   string
	of, to ledger.Key
}

func (t *Tx) savePeers(ctx context.Context, rows []*ledger.Row, changed map[string]map[ledger.Key]bool) error {
	var open, closed, away []link
	for _, r := range rows {
		for _, peer := range r.Peers(t.here.Region) {
			if r.Open() {
				open = append(open, link{peer: peer, to: r.Key})
			} else {
				closed = append(closed, link{peer: peer, to: r.Key})
			}
		}
	}
	for peer, set := range changed {
		for k, there := range set {
			if !there {
				away = append(away, link{peer: peer, to: k})
			}
		}
	}
	entries := func(links []link, open int64) columns {
		n := len(links)
		return columns{column(n, func(i int) string { return links[i].peer }), column(n, func(i int) string { return string(links[i].to.Entity) }),
			column(n, func(i int) string { return string(links[i].to.ID) }), column(n, func(int) int64 { return open })}
	}
	// Closed before open: of two leads of a number one may have closed as the other opened.
	for _, step := range []struct {
		do    func(context.Context, *Tx, bulk, int, columns) error
		links []link
		open  int64
	}{{t.deletes, away, 0}, {t.inserts, closed, 0}, {t.inserts, open, 1}} {
		if err := step.do(ctx, t, peers, len(step.links), entries(step.links, step.open)); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) saveChildren(ctx context.Context, changed map[ledger.Key]map[ledger.Key]bool) error {
	var add, away []link
	for of, set := range changed {
		for k, there := range set {
			if there {
				add = append(add, link{of: of, to: k})
			} else {
				away = append(away, link{of: of, to: k})
			}
		}
	}
	for _, step := range []struct {
		do    func(context.Context, *Tx, bulk, int, columns) error
		links []link
	}{{t.deletes, away}, {t.inserts, add}} {
		n := len(step.links)
		all := columns{column(n, func(i int) string { return string(step.links[i].of.Entity) }), column(n, func(i int) string { return string(step.links[i].of.ID) }),
			column(n, func(i int) string { return string(step.links[i].to.Entity) }), column(n, func(i int) string { return string(step.links[i].to.ID) })}
		if err := step.do(ctx, t, children, n, all); err != nil {
			return err
		}
	}
	return nil
}

// Rows reads a workspace for the ledger, and remembers what it read: within a transaction
// that has the workspace for itself nothing of it changes.
type Rows struct {
	ctx  context.Context
	t    *Tx
	rows map[ledger.Key]*ledger.Row
	all  map[wire.Entity][]*ledger.Row
}

// Rows begins to read. The context is that of the transaction.
func (t *Tx) Rows(ctx context.Context) *Rows {
	return &Rows{ctx: ctx, t: t, rows: map[ledger.Key]*ledger.Row{}, all: map[wire.Entity][]*ledger.Row{}}
}

// Prefetch reads rows that will be asked for, by one query for each entity.
func (r *Rows) Prefetch(keys []ledger.Key) error { return r.t.session.ask(r.ctx, r.wanted(keys)) }

// wanted asks for rows but users and roles.
func (r *Rows) wanted(keys []ledger.Key) (questions []question) {
	ids := map[wire.Entity][]string{}
	for _, k := range keys {
		if _, ok := r.rows[k]; !ok && !k.None() && !isPerson(k.Entity) {
			r.rows[k] = nil
			ids[k.Entity] = append(ids[k.Entity], string(k.ID))
		}
	}
	for entity, all := range ids {
		questions = append(questions, question{r.t.among(documentColumns, "document", "ws = $1 AND entity = $2", "id", 3),
			[]any{r.t.Workspace, string(entity), r.t.list(all)}, func(scan func(...any) error) error {
				row, err := scanDocument(scan)
				if err == nil {
					r.rows[row.Key] = row
				}
				return err
			}})
	}
	return questions
}

// Asked is what a batch of commands will ask for, as far as that can be said beforehand.
type Asked struct {
	Rows     []ledger.Key
	Programs []crm.ID
}

// Opened is the workspace as a transaction has it for itself, with what was asked for.
type Opened struct {
	Workspace
	Rows     *Rows
	Programs map[crm.ID]Client // those that the server knows
}

// Open waits for the workspace, as Head does, and reads at once what a batch of commands will ask for: besides what is
// named whether users or roles have changed, and the end of the audit log. On PostgreSQL that is one message there and one back.
func (t *Tx) Open(ctx context.Context, asked Asked) (Opened, error) {
	o := Opened{Rows: t.Rows(ctx), Programs: map[crm.ID]Client{}}
	kept, changed := t.memory.of(t.Workspace), []*ledger.Row(nil)
	// The head first: what comes after it sees what the one before has committed.
	questions := append([]question{t.head(true, &o.Workspace)}, o.Rows.wanted(asked.Rows)...)
	questions = append(questions, t.clientsAmong(asked.Programs, o.Programs), t.outrun(), t.peopleSince(kept, &changed))
	if err := t.opened(o.Workspace, t.session.ask(ctx, questions)); err != nil {
		return o, err
	}
	if kept == nil || kept.within(o.Workspace) {
		t.know(kept, changed)
	}
	return o, nil
}

// Row is ledger.Rows'.
func (r *Rows) Row(k ledger.Key) (*ledger.Row, error) {
	if row, ok := r.rows[k]; ok {
		return row, nil
	}
	if isPerson(k.Entity) {
		if p, err := r.t.persons(r.ctx); err != nil || p != nil {
			return p.row(k), err
		}
	}
	rows, err := r.t.Documents(r.ctx, "entity = $2 AND id = $3", string(k.Entity), string(k.ID))
	if err != nil {
		return nil, err
	}
	r.rows[k] = nil
	if len(rows) > 0 {
		r.rows[k] = rows[0]
	}
	return r.rows[k], nil
}

// All is ledger.Rows'.
func (r *Rows) All(entity wire.Entity) ([]*ledger.Row, error) {
	if rows, ok := r.all[entity]; ok {
		return rows, nil
	}
	if isPerson(entity) {
		if p, err := r.t.persons(r.ctx); err != nil || p != nil {
			return p.all(entity), err
		}
	}
	rows, err := r.t.Documents(r.ctx, living, string(entity))
	if err == nil {
		r.all[entity] = rows
	}
	return rows, err
}

// Peer is ledger.Rows'.
func (r *Rows) Peer(peer string) ([]ledger.Key, error) {
	return r.keys("SELECT entity, id FROM peer WHERE ws = $1 AND peer = $2 ORDER BY entity, id", peer)
}

// Children is ledger.Rows'.
func (r *Rows) Children(of ledger.Key) ([]ledger.Key, error) {
	return r.keys("SELECT entity, id FROM child WHERE ws = $1 AND of_entity = $2 AND of_id = $3 ORDER BY entity, id", string(of.Entity), string(of.ID))
}

func (r *Rows) keys(query string, args ...any) (keys []ledger.Key, err error) {
	err = r.t.Each(r.ctx, query, append([]any{r.t.Workspace}, args...), func(scan func(...any) error) error {
		var k ledger.Key
		err := scan(&k.Entity, &k.ID)
		keys = append(keys, k)
		return err
	})
	return keys, err
}
