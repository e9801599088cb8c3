package store

import (
	"context"
	"database/sql"
	"fmt"
)

// migrations bring a file from version i to i+1 (PRAGMA user_version). What was
// released is never changed, only followed by another.
//
// A record's key is its rid and kind in one integer (see key), so that numbers,
// calls and the search point to records of all kinds alike. Records keep their numbers
// as JSON as well; phone and address are the way from a number to a record.
var migrations = []string{`
CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE user(
	rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, name TEXT NOT NULL, email TEXT NOT NULL,
	extension TEXT NOT NULL, numbers TEXT NOT NULL, gone INTEGER NOT NULL);

-- every way by which a colleague calls: the keys of extension and numbers
CREATE TABLE colleague(peer TEXT NOT NULL, user INTEGER NOT NULL REFERENCES user(rid), PRIMARY KEY(peer, user)) WITHOUT ROWID;

CREATE TABLE line(
	rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, name TEXT NOT NULL, peer TEXT NOT NULL, data TEXT NOT NULL);

CREATE TABLE company(
	rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, name TEXT NOT NULL, sort TEXT NOT NULL,
	responsible INTEGER REFERENCES user(rid), numbers TEXT, more TEXT,
	created INTEGER NOT NULL, updated INTEGER NOT NULL);
CREATE INDEX company_sort ON company(sort);

CREATE TABLE contact(
	rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, first TEXT NOT NULL, last TEXT NOT NULL, sort TEXT NOT NULL,
	position TEXT NOT NULL, company INTEGER REFERENCES company(rid), responsible INTEGER REFERENCES user(rid),
	numbers TEXT, more TEXT, created INTEGER NOT NULL, updated INTEGER NOT NULL);
CREATE INDEX contact_sort ON contact(sort);
CREATE INDEX contact_company ON contact(company) WHERE company IS NOT NULL;

CREATE TABLE lead(
	rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, title TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
	company TEXT NOT NULL, status TEXT NOT NULL, open INTEGER NOT NULL, source TEXT NOT NULL, line BLOB,
	repeated INTEGER NOT NULL, reason TEXT, responsible INTEGER REFERENCES user(rid),
	numbers TEXT, more TEXT, created INTEGER NOT NULL, updated INTEGER NOT NULL, active INTEGER NOT NULL);
CREATE INDEX lead_active ON lead(active);
CREATE INDEX lead_responsible ON lead(responsible, active) WHERE open = 1;

CREATE TABLE deal(
	rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, title TEXT NOT NULL, stage TEXT NOT NULL, open INTEGER NOT NULL,
	cents INTEGER NOT NULL, currency TEXT NOT NULL, contact INTEGER REFERENCES contact(rid), company INTEGER REFERENCES company(rid),
	source TEXT NOT NULL, comment TEXT NOT NULL, responsible INTEGER REFERENCES user(rid),
	created INTEGER NOT NULL, updated INTEGER NOT NULL, active INTEGER NOT NULL);
CREATE INDEX deal_active ON deal(active);
CREATE INDEX deal_contact ON deal(contact) WHERE open = 1;
CREATE INDEX deal_company ON deal(company) WHERE open = 1;

CREATE TABLE phone(e164 INTEGER NOT NULL, key INTEGER NOT NULL, PRIMARY KEY(e164, key)) WITHOUT ROWID;
CREATE TABLE address(peer TEXT NOT NULL, key INTEGER NOT NULL, PRIMARY KEY(peer, key)) WITHOUT ROWID;

CREATE TABLE call(
	rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, incoming INTEGER NOT NULL, peer TEXT NOT NULL, party TEXT NOT NULL,
	account TEXT NOT NULL, line BLOB, line_name TEXT NOT NULL, queue TEXT NOT NULL,
	began INTEGER NOT NULL, answered INTEGER, ended INTEGER, outcome INTEGER NOT NULL, detail TEXT NOT NULL,
	note TEXT NOT NULL, noted INTEGER, result TEXT NOT NULL, agent INTEGER REFERENCES user(rid), agent_name TEXT NOT NULL,
	reason TEXT, waits INTEGER NOT NULL DEFAULT 0, closed_by INTEGER REFERENCES call(rid));
CREATE INDEX call_began ON call(began);
CREATE INDEX call_peer ON call(peer, began);
CREATE INDEX call_open ON call(rid) WHERE outcome = 0;
CREATE INDEX call_waits ON call(peer, began) WHERE waits = 1;
CREATE INDEX call_closed ON call(closed_by, began) WHERE closed_by IS NOT NULL;

-- what a call is saved on, in order; began is the call's, so that the last calls of a record are one range
CREATE TABLE call_link(
	key INTEGER NOT NULL, began INTEGER NOT NULL, call INTEGER NOT NULL REFERENCES call(rid), pos INTEGER NOT NULL,
	PRIMARY KEY(key, began, call)) WITHOUT ROWID;
CREATE INDEX call_link_call ON call_link(call, pos, key);

CREATE TABLE draft(call BLOB PRIMARY KEY, form TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;

-- sync-notes.md: commands on their way to the server, in order. state 0 waits, 1 is on its way, 2 was refused.
CREATE TABLE outbox(
	seq INTEGER PRIMARY KEY AUTOINCREMENT, uuid BLOB NOT NULL UNIQUE, cmd TEXT NOT NULL, version INTEGER NOT NULL,
	args TEXT NOT NULL, hlc INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0, error TEXT, subject BLOB);
CREATE INDEX outbox_subject ON outbox(subject) WHERE subject IS NOT NULL AND state = 0;
CREATE TABLE sync(one INTEGER PRIMARY KEY CHECK(one = 1), client_id BLOB NOT NULL);

CREATE VIRTUAL TABLE search USING fts5(text, content='', contentless_delete=1, detail=none,
	tokenize="unicode61 remove_diacritics 2", prefix='1 2 3');
`, `
ALTER TABLE call ADD COLUMN recordings TEXT; -- names of files, JSON
ALTER TABLE call ADD COLUMN quality TEXT; -- crm.SoundQuality, JSON
`}

// migrate brings the file to this version.
func (s *Store) migrate(ctx context.Context) error {
	if err := migrate(ctx, s.writer, len(migrations)); err != nil {
		return err
	}
	client, err := s.makeID()
	if err != nil {
		return err
	}
	_, err = s.writer.ExecContext(ctx, "INSERT OR IGNORE INTO sync(one, client_id) VALUES(1, ?)", client.Bytes())
	return explain(err)
}

// migrate brings a file to a version, each step in a transaction of its own.
func migrate(ctx context.Context, conn *sql.Conn, target int) error {
	var version int
	if err := conn.QueryRowContext(ctx, "PRAGMA main.user_version").Scan(&version); err != nil {
		return explain(err)
	}
	if version > len(migrations) {
		return fmt.Errorf("%w (its version is %d, this program knows up to %d); install that version, nothing was changed",
			ErrLaterVersion, version, len(migrations))
	}
	for ; version < target; version++ {
		tx, err := conn.BeginTx(ctx, nil)
		if err != nil {
			return explain(err)
		}
		_, err = tx.ExecContext(ctx, migrations[version])
		if err == nil {
			_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version+1))
		}
		if err != nil {
			_ = tx.Rollback()
			return fmt.Errorf("bring the file to version %d: %w", version+1, explain(err))
		}
		if err := tx.Commit(); err != nil {
			return fmt.Errorf("bring the file to version %d: %w", version+1, explain(err))
		}
	}
	return nil
}
