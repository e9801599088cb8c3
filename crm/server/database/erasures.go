package database

import (
	"context"
	"encoding/json"

	"leadline/crm"
)

// Erasure is a person whose data was erased: only ids are kept of it.
type Erasure struct {
	ID   crm.ID
	At   int64  // Unix milliseconds
	Rev  uint64 // what is older may still have it
	Refs []crm.Ref

	Recordings []crm.ID // whose files went with them
}

// AddErasure remembers one, and that every program there is has to say that it has purged it.
func (t *Tx) AddErasure(ctx context.Context, e Erasure) error {
	refs, err := json.Marshal(e.Refs)
	if err != nil {
		return err
	}
	recordings, err := json.Marshal(e.Recordings)
	if err != nil {
		return err
	}
	err = t.Exec(ctx, `INSERT INTO erasure(ws, id, at, rev, refs, recordings) VALUES($1, $2, $3, $4, $5, $6)
		ON CONFLICT(ws, id) DO UPDATE SET rev = excluded.rev, recordings = excluded.recordings`,
		t.Workspace, string(e.ID), e.At, int64(e.Rev), string(refs), string(recordings))
	if err != nil {
		return err
	}
	return t.Exec(ctx, `INSERT INTO erasure_owed(ws, erasure, client, done) SELECT ws, $2, id, 0 FROM client WHERE ws = $1
		ON CONFLICT(ws, client, erasure) DO UPDATE SET done = 0`, t.Workspace, string(e.ID))
}

// OweErasures has a new program say of every erasure that it has purged it: its file may be an old one.
func (t *Tx) OweErasures(ctx context.Context, client crm.ID) error {
	return t.Exec(ctx, "INSERT INTO erasure_owed(ws, erasure, client, done) SELECT ws, id, $2, 0 FROM erasure WHERE ws = $1 ON CONFLICT DO NOTHING",
		t.Workspace, string(client))
}

// OweAgain has a program say anew that it has purged what was erased after a revision: one that stands before that is an older copy of
// itself, or has not pulled yet what it has purged.
func (t *Tx) OweAgain(ctx context.Context, client crm.ID, after uint64) error {
	return t.Exec(ctx, `UPDATE erasure_owed SET done = 0 WHERE ws = $1 AND client = $2 AND done > 0
		AND erasure IN (SELECT id FROM erasure WHERE ws = $1 AND rev > $3)`, t.Workspace, string(client), int64(after))
}

// Standing is a program, and whether it still has to say that it has purged somebody; the zero Client when the server does not know it.
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

const erasureColumns = "e.id, e.at, e.rev, e.refs, e.recordings"

// Erasures are all of the workspace, the oldest first.
func (t *Tx) Erasures(ctx context.Context) ([]Erasure, error) {
	return t.erasures(ctx, "SELECT "+erasureColumns+" FROM erasure e WHERE e.ws = $1 ORDER BY e.at, e.id", t.Workspace)
}

// ErasuresOf are those that a program has not acknowledged.
func (t *Tx) ErasuresOf(ctx context.Context, client crm.ID) ([]Erasure, error) {
	return t.erasures(ctx, "SELECT "+erasureColumns+` FROM erasure e JOIN erasure_owed o ON o.ws = e.ws AND o.erasure = e.id
		WHERE e.ws = $1 AND o.client = $2 AND o.done = 0 ORDER BY e.at, e.id`, t.Workspace, string(client))
}

func (t *Tx) erasures(ctx context.Context, query string, args ...any) (all []Erasure, err error) {
	err = t.Each(ctx, query, args, func(scan func(...any) error) error {
		var e Erasure
		var refs, recordings string
		if err := scan(&e.ID, &e.At, &e.Rev, &refs, &recordings); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(refs), &e.Refs); err != nil {
			return err
		}
		err := json.Unmarshal([]byte(recordings), &e.Recordings)
		all = append(all, e)
		return err
	})
	return all, err
}

// AcknowledgeErasures says that a program has purged; at is in Unix milliseconds.
func (t *Tx) AcknowledgeErasures(ctx context.Context, client crm.ID, ids []crm.ID, at int64) error {
	for _, id := range ids {
		if err := t.Exec(ctx, "UPDATE erasure_owed SET done = $4 WHERE ws = $1 AND client = $2 AND erasure = $3 AND done = 0",
			t.Workspace, string(client), string(id), at); err != nil {
			return err
		}
	}
	return nil
}

// Owed is a program that has, or has not yet, acknowledged an erasure.
type Owed struct {
	Client crm.ID
	User   crm.ID
	Done   int64 // Unix milliseconds; 0 is still owed
	Seen   int64 // when it was last here, in Unix milliseconds
}

// OwedBy are the programs that an erasure was told to.
func (t *Tx) OwedBy(ctx context.Context, erasure crm.ID) (all []Owed, err error) {
	err = t.Each(ctx, `SELECT o.client, coalesce(c.user_id, ''), o.done, coalesce(c.seen, 0) FROM erasure_owed o LEFT JOIN client c ON c.ws = o.ws AND c.id = o.client
		WHERE o.ws = $1 AND o.erasure = $2 ORDER BY o.client`, []any{t.Workspace, string(erasure)}, func(scan func(...any) error) error {
		var o Owed
		err := scan(&o.Client, &o.User, &o.Done, &o.Seen)
		all = append(all, o)
		return err
	})
	return all, err
}

// CallsThatMention are the calls in whose document one of the texts stands: erasing looks at all of them.
func (t *Tx) CallsThatMention(ctx context.Context, texts []string) (ids []crm.ID, err error) {
	seen := map[crm.ID]bool{}
	for _, text := range texts {
		err := t.Each(ctx, "SELECT id FROM document WHERE ws = $1 AND entity = 'call' AND data LIKE $2 ORDER BY id", []any{t.Workspace, "%" + text + "%"},
			func(scan func(...any) error) error {
				var id crm.ID
				err := scan(&id)
				if !seen[id] {
					seen[id] = true
					ids = append(ids, id)
				}
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// Scrub blanks the arguments and the answers of commands in which one of the texts stands. The chain of the
// audit log still holds: it is over a salted hash of the arguments.
func (t *Tx) Scrub(ctx context.Context, texts []string) error {
	for _, text := range texts {
		pattern := "%" + text + "%"
		if err := t.Exec(ctx, `UPDATE cmd_seen SET reason = '' WHERE ws = $1 AND reason <> '' AND (reason LIKE $2
			OR uuid IN (SELECT uuid FROM audit WHERE ws = $1 AND args LIKE $2))`, t.Workspace, pattern); err != nil {
			return err
		}
		if err := t.Exec(ctx, "UPDATE audit SET args = '', salt = $3 WHERE ws = $1 AND args LIKE $2", t.Workspace, pattern, []byte{}); err != nil {
			return err
		}
	}
	return nil
}

// Shred has the database itself forget what was overwritten: SQLite its log of writes, PostgreSQL its dead rows.
func (db *DB) Shred(ctx context.Context) error { return db.dialect.shred(ctx) }
