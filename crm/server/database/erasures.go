package database

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"leadline/crm"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Erasure says that a person's data was erased. It has only ids.
type Erasure struct {
	ID   crm.ID
	At   int64  // Unix milliseconds
	By   crm.ID // who asked for it; "" for who did at the server's command line
	Rev  uint64 // copies from before this revision may still have the data
	Refs []crm.Ref

	Recordings []crm.ID     // recordings whose files were removed with it
	Hung       []wire.RowID // the person's calls, notes, follow-ups and deals, and the hashes by which an import recognises the person
}

// AddErasure keeps an erasure. Every program that the workspace knows then has to acknowledge it, and its remains are owed.
func (t *Tx) AddErasure(ctx context.Context, e Erasure) error {
	refs, err := json.Marshal(e.Refs)
	if err != nil {
		return err
	}
	recordings, err := json.Marshal(e.Recordings)
	if err != nil {
		return err
	}
	hung, err := json.Marshal(e.Hung)
	if err != nil {
		return err
	}
	err = t.Exec(ctx, `INSERT INTO erasure(ws, id, at, rev, refs, recordings, hung, by_user, remains) VALUES($1, $2, $3, $4, $5, $6, $7, $8, 1)
		ON CONFLICT(ws, id) DO UPDATE SET rev = excluded.rev, refs = excluded.refs, recordings = excluded.recordings, hung = excluded.hung, remains = 1`,
		t.Workspace, string(e.ID), e.At, int64(e.Rev), string(refs), string(recordings), string(hung), string(e.By))
	if err != nil {
		return err
	}
	return t.Exec(ctx, `INSERT INTO erasure_owed(ws, erasure, client, done) SELECT ws, $2, id, 0 FROM client WHERE ws = $1
		ON CONFLICT(ws, client, erasure) DO UPDATE SET done = 0`, t.Workspace, string(e.ID))
}

// OweErasures has a new program acknowledge every erasure: its file may be an old copy.
func (t *Tx) OweErasures(ctx context.Context, client crm.ID) error {
	return t.Exec(ctx, "INSERT INTO erasure_owed(ws, erasure, client, done) SELECT ws, id, $2, 0 FROM erasure WHERE ws = $1 ON CONFLICT DO NOTHING",
		t.Workspace, string(client))
}

// OweAgain has a program acknowledge again the erasures after the revision at which it stands: it is an older copy of itself, or has not
// pulled the erased rows yet.
func (t *Tx) OweAgain(ctx context.Context, client crm.ID, after uint64) error {
	return t.Exec(ctx, `UPDATE erasure_owed SET done = 0 WHERE ws = $1 AND client = $2 AND done > 0
		AND erasure IN (SELECT id FROM erasure WHERE ws = $1 AND rev > $3)`, t.Workspace, string(client), int64(after))
}

// Standing is a program, the zero Client for one that the server does not know, and whether it still has to acknowledge an erasure.
func (t *Tx) Standing(ctx context.Context, client crm.ID) (c Client, owes bool, err error) {
	found := map[crm.ID]Client{}
	owed := question{"SELECT erasure FROM erasure_owed WHERE ws = $1 AND client = $2 AND done = 0 LIMIT 1", []any{t.Workspace, string(client)}, func(scan func(...any) error) error {
		var id crm.ID
		owes = true
		return scan(&id)
	}}
	err = t.session.ask(ctx, []question{t.clientsAmong([]crm.ID{client}, found), owed})
	return found[client], owes, err
}

const erasureColumns = "e.id, e.at, e.by_user, e.rev, e.refs, e.recordings, e.hung"

// Erasures are all erasures of the workspace, oldest first.
func (t *Tx) Erasures(ctx context.Context) ([]Erasure, error) {
	return t.erasures(ctx, "SELECT "+erasureColumns+" FROM erasure e WHERE e.ws = $1 ORDER BY e.at, e.id", t.Workspace)
}

// Erasure is one by its id; there is false when there is none.
func (t *Tx) Erasure(ctx context.Context, id crm.ID) (e Erasure, there bool, err error) {
	all, err := t.erasures(ctx, "SELECT "+erasureColumns+" FROM erasure e WHERE e.ws = $1 AND e.id = $2", t.Workspace, string(id))
	if err != nil || len(all) == 0 {
		return e, false, err
	}
	return all[0], true, nil
}

// ErasuresOf are the erasures that a program has not acknowledged, oldest first, at most MostErasures.
func (t *Tx) ErasuresOf(ctx context.Context, client crm.ID) ([]Erasure, error) {
	return t.erasures(ctx, "SELECT "+erasureColumns+` FROM erasure e JOIN erasure_owed o ON o.ws = e.ws AND o.erasure = e.id
		WHERE e.ws = $1 AND o.client = $2 AND o.done = 0 ORDER BY e.at, e.id LIMIT $3`, t.Workspace, string(client), int64(MostErasures))
}

func (t *Tx) erasures(ctx context.Context, query string, args ...any) (all []Erasure, err error) {
	err = t.Each(ctx, query, args, func(scan func(...any) error) error {
		var e Erasure
		var refs, recordings, hung string
		err := scan(&e.ID, &e.At, &e.By, &e.Rev, &refs, &recordings, &hung)
		if err == nil {
			err = errors.Join(json.Unmarshal([]byte(refs), &e.Refs), json.Unmarshal([]byte(recordings), &e.Recordings), json.Unmarshal([]byte(hung), &e.Hung))
		}
		all = append(all, e)
		return err
	})
	return all, err
}

// MostErasures is how many erasures a program is told of, and may acknowledge, at a time.
const MostErasures = 500

// AcknowledgeErasures notes that a program has purged its file after erasures; at is in Unix milliseconds.
func (t *Tx) AcknowledgeErasures(ctx context.Context, client crm.ID, ids []crm.ID, at int64) error {
	if len(ids) == 0 {
		return nil
	}
	args := []any{t.Workspace, string(client), at}
	for _, id := range ids {
		args = append(args, string(id))
	}
	return t.Exec(ctx, "UPDATE erasure_owed SET done = $3 WHERE ws = $1 AND client = $2 AND done = 0 AND erasure IN ("+placeholders(4, len(args))+")", args...)
}

// Owed says whether a program has acknowledged an erasure.
type Owed struct {
	Client crm.ID
	User   crm.ID
	Device crm.ID // that it was on last; "" for one that has not been here since servers keep that
	Done   int64  // when it did, in Unix milliseconds; 0: not yet
	Seen   int64  // when it last connected, in Unix milliseconds
}

// OwedBy are the programs that have to acknowledge an erasure, also those that have.
func (t *Tx) OwedBy(ctx context.Context, erasure crm.ID) (all []Owed, err error) {
	err = t.Each(ctx, `SELECT o.client, coalesce(c.user_id, ''), coalesce(c.device, ''), o.done, coalesce(c.seen, 0) FROM erasure_owed o LEFT JOIN client c ON c.ws = o.ws AND c.id = o.client
		WHERE o.ws = $1 AND o.erasure = $2 ORDER BY o.client`, []any{t.Workspace, string(erasure)}, func(scan func(...any) error) error {
		var o Owed
		err := scan(&o.Client, &o.User, &o.Device, &o.Done, &o.Seen)
		all = append(all, o)
		return err
	})
	return all, err
}

// Mentions are the calls that contain one of the texts, and all removed notes and follow-ups, which refer to no record any more.
func (t *Tx) Mentions(ctx context.Context, texts []string) (keys []ledger.Key, err error) {
	seen := map[ledger.Key]bool{}
	for _, text := range texts {
		err := t.Each(ctx, `SELECT entity, id FROM document WHERE ws = $1 AND (entity = 'call' OR entity IN ('note', 'followup') AND deleted > 0)
			AND data LIKE $2 ESCAPE '!' ORDER BY entity, id`, []any{t.Workspace, containing(text)}, func(scan func(...any) error) error {
			var k ledger.Key
			err := scan(&k.Entity, &k.ID)
			if !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// containing is a pattern for LIKE, with ! as its escape character, since the text may contain % and _.
func containing(text string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text) + "%"
}

// Scrub blanks the arguments and answers of commands that contain one of the texts. The audit log's chain of hashes stays valid: it is
// over a salted hash of the arguments.
func (t *Tx) Scrub(ctx context.Context, texts []string) error {
	for _, text := range texts {
		pattern := containing(text)
		if err := t.Exec(ctx, `UPDATE cmd_seen SET reason = '' WHERE ws = $1 AND reason <> '' AND (reason LIKE $2 ESCAPE '!'
			OR uuid IN (SELECT uuid FROM audit WHERE ws = $1 AND args LIKE $2 ESCAPE '!'))`, t.Workspace, pattern); err != nil {
			return err
		}
		if err := t.Exec(ctx, "UPDATE audit SET args = '', salt = $3 WHERE ws = $1 AND args LIKE $2 ESCAPE '!'", t.Workspace, pattern, []byte{}); err != nil {
			return err
		}
	}
	return nil
}

// OwedRemains is the revision of the latest erasure whose remains are still to be removed; 0 when there is none.
func (t *Tx) OwedRemains(ctx context.Context) (rev uint64, err error) {
	var last int64
	_, err = t.One(ctx, "SELECT coalesce(max(rev), 0) FROM erasure WHERE ws = $1 AND remains = 1", []any{t.Workspace}, &last)
	return uint64(last), err
}

// SettleRemains notes that the remains of all erasures up to a revision were removed.
func (t *Tx) SettleRemains(ctx context.Context, rev uint64) error {
	return t.Exec(ctx, "UPDATE erasure SET remains = 0 WHERE ws = $1 AND remains = 1 AND rev <= $2", t.Workspace, int64(rev))
}

// Shred has the database overwrite what it still has of deleted rows: SQLite writes its file anew, which takes as much disk space again,
// PostgreSQL vacuums.
func (db *DB) Shred(ctx context.Context) error { return db.explain(db.dialect.shred(ctx)) }
