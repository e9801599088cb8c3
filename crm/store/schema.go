package store

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"slices"
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
`, `
ALTER TABLE user ADD COLUMN roles TEXT;
ALTER TABLE user ADD COLUMN department TEXT NOT NULL DEFAULT '';

-- who made and who last changed a record, and by which call and rule it came to be
ALTER TABLE contact ADD COLUMN made_by INTEGER REFERENCES user(rid);
ALTER TABLE contact ADD COLUMN changed_by INTEGER REFERENCES user(rid);
ALTER TABLE contact ADD COLUMN made_call BLOB;
ALTER TABLE contact ADD COLUMN reason TEXT;
ALTER TABLE company ADD COLUMN made_by INTEGER REFERENCES user(rid);
ALTER TABLE company ADD COLUMN changed_by INTEGER REFERENCES user(rid);
ALTER TABLE company ADD COLUMN made_call BLOB;
ALTER TABLE company ADD COLUMN reason TEXT;
ALTER TABLE lead ADD COLUMN made_by INTEGER REFERENCES user(rid);
ALTER TABLE lead ADD COLUMN changed_by INTEGER REFERENCES user(rid);
ALTER TABLE lead ADD COLUMN made_call BLOB;
ALTER TABLE lead ADD COLUMN became TEXT;
ALTER TABLE deal ADD COLUMN made_by INTEGER REFERENCES user(rid);
ALTER TABLE deal ADD COLUMN changed_by INTEGER REFERENCES user(rid);
ALTER TABLE deal ADD COLUMN made_call BLOB;
ALTER TABLE deal ADD COLUMN reason TEXT;
ALTER TABLE deal ADD COLUMN pipeline BLOB;
ALTER TABLE deal ADD COLUMN lead BLOB;
ALTER TABLE deal ADD COLUMN more TEXT;
ALTER TABLE call ADD COLUMN passed_to INTEGER REFERENCES user(rid);

-- an address was one text
UPDATE contact SET more = json_set(json_remove(more, '$.address'), '$.addresses', json_array(json_object('street', more ->> '$.address')))
	WHERE more ->> '$.address' IS NOT NULL;
UPDATE company SET more = json_set(json_remove(more, '$.address'), '$.addresses', json_array(json_object('street', more ->> '$.address')))
	WHERE more ->> '$.address' IS NOT NULL;

-- what an administrator sets up: the workspace, queue groups, pipelines, roles, custom fields
CREATE TABLE setup(kind TEXT NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY(kind, id)) WITHOUT ROWID;

-- a line had its queue within it: the queue gets the line's id
INSERT INTO setup(kind, id, name, data) SELECT 'queue', id, data ->> '$.queue', json_object(
		'id', data ->> '$.id', 'name', data ->> '$.queue', 'members', json(coalesce(data -> '$.members', '[]')))
	FROM line WHERE data ->> '$.queue' IS NOT NULL;
ALTER TABLE line ADD COLUMN queue BLOB;
UPDATE line SET queue = id, data = json_remove(json_set(data, '$.queue', data ->> '$.id'), '$.members') WHERE data ->> '$.queue' IS NOT NULL;

INSERT INTO setup(kind, id, name, data) SELECT 'workspace', x'00', '', json_object(
		'repeat_leads', json(iif(EXISTS(SELECT 1 FROM setting WHERE name = 'repeat_leads' AND value = 'yes'), 'true', 'false')),
		'own_sources', json(coalesce((SELECT nullif(value, '') FROM setting WHERE name = 'sources'), '[]')))
	WHERE EXISTS(SELECT 1 FROM setting WHERE name IN ('repeat_leads', 'sources'));
DELETE FROM setting WHERE name IN ('repeat_leads', 'sources');

-- exceptions and blacklist
CREATE TABLE entry(id BLOB PRIMARY KEY, list TEXT NOT NULL, key TEXT NOT NULL, prefix INTEGER NOT NULL, data TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX entry_key ON entry(list, prefix, key);

-- how many leads a number has had, so that programs derive the same id for the next
CREATE TABLE generation(peer TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;

-- what was merged into what
CREATE TABLE alias(kind TEXT NOT NULL, old BLOB NOT NULL, new BLOB NOT NULL, PRIMARY KEY(kind, old)) WITHOUT ROWID;

CREATE TABLE note(rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, key INTEGER NOT NULL, at INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX note_key ON note(key, at);

CREATE TABLE followup(rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, key INTEGER NOT NULL, due INTEGER NOT NULL,
	responsible INTEGER REFERENCES user(rid), done INTEGER, data TEXT NOT NULL);
CREATE INDEX followup_key ON followup(key, due);
CREATE INDEX followup_due ON followup(responsible, due) WHERE done IS NULL;

-- the commands that take a conversion or a merge back, for a while
CREATE TABLE undo(rid INTEGER PRIMARY KEY, at INTEGER NOT NULL, data TEXT NOT NULL);

ALTER TABLE sync ADD COLUMN workspace_key BLOB;
`, `
-- what a call made
CREATE INDEX contact_made ON contact(made_call) WHERE made_call IS NOT NULL;
CREATE INDEX company_made ON company(made_call) WHERE made_call IS NOT NULL;
CREATE INDEX lead_made ON lead(made_call) WHERE made_call IS NOT NULL;
CREATE INDEX deal_made ON deal(made_call) WHERE made_call IS NOT NULL;
-- F6: how many leads are open
CREATE INDEX lead_open ON lead(rid) WHERE open = 1;
`, `
-- parts of numbers, as digitWindows cuts them; rowid is the record's key
CREATE VIRTUAL TABLE digits USING fts5(text, content='', contentless_delete=1, detail=none, tokenize='ascii');

-- notes: rowid is noteRow
CREATE VIRTUAL TABLE note_search USING fts5(text, content='', contentless_delete=1, detail=none,
	tokenize="unicode61 remove_diacritics 2", prefix='2 3');

-- the words that there are
CREATE VIRTUAL TABLE search_words USING fts5vocab(search, instance);
CREATE VIRTUAL TABLE note_search_words USING fts5vocab(note_search, instance);

INSERT OR REPLACE INTO setting(name, value) VALUES('derive', 'again');
`, `
-- all deals of a customer: those of before count for the next one's id, and go along in a merge
CREATE INDEX deal_of_contact ON deal(contact) WHERE contact IS NOT NULL;
CREATE INDEX deal_of_company ON deal(company) WHERE company IS NOT NULL;
`, `
-- rows of tables that the search index does not have yet, see indexer
CREATE TABLE unindexed(kind TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY(kind, first)) WITHOUT ROWID;
`, `
-- sync-notes.md: where this file stands with the server. server is "" while it works alone
ALTER TABLE sync ADD COLUMN server TEXT NOT NULL DEFAULT '';
ALTER TABLE sync ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sync ADD COLUMN cursor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sync ADD COLUMN base_rev INTEGER NOT NULL DEFAULT 0; -- of the snapshot that the file began with
ALTER TABLE sync ADD COLUMN safe_rev INTEGER NOT NULL DEFAULT 0; -- of the last pull that reached the head
ALTER TABLE sync ADD COLUMN last_ack_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sync ADD COLUMN last_ack_uuid BLOB;
ALTER TABLE sync ADD COLUMN view_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE sync ADD COLUMN durable_rev INTEGER NOT NULL DEFAULT 0; -- the server's backup has what is up to it
ALTER TABLE sync ADD COLUMN hlc INTEGER NOT NULL DEFAULT 0; -- the highest seen
ALTER TABLE sync ADD COLUMN clock_offset INTEGER NOT NULL DEFAULT 0; -- milliseconds to add to ours for the server's

-- what the server has of rows with pending commands; data is NULL when it has none
CREATE TABLE shadow(entity TEXT NOT NULL, id TEXT NOT NULL, data TEXT, PRIMARY KEY(entity, id)) WITHOUT ROWID;
-- which rows a pending command touches
CREATE TABLE pending(entity TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(entity, id, seq)) WITHOUT ROWID;
CREATE INDEX pending_seq ON pending(seq);

-- acknowledged commands, until the server's backup has them for sure
CREATE TABLE journal(uuid BLOB PRIMARY KEY, cmd TEXT NOT NULL, version INTEGER NOT NULL, args TEXT NOT NULL, hlc INTEGER NOT NULL,
	epoch INTEGER NOT NULL, rev INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX journal_rev ON journal(rev);
CREATE INDEX alias_old ON alias(old);

-- fields and entities that this version does not know, and references to rows that are not here
CREATE TABLE row_unknown(entity TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY(entity, id)) WITHOUT ROWID;
CREATE TABLE dangling(target TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY(target, entity, id)) WITHOUT ROWID;
CREATE INDEX dangling_row ON dangling(entity, id);

-- rows by revision, as far as a server restored from its backup may not have them
CREATE TABLE row_rev(entity TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, PRIMARY KEY(entity, id)) WITHOUT ROWID;
CREATE INDEX row_rev_rev ON row_rev(rev);
-- rows that a snapshot has, while it is taken over
CREATE TABLE row_seen(entity TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY(entity, id)) WITHOUT ROWID;
-- rows to be fetched by id
CREATE TABLE row_wanted(entity TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY(entity, id)) WITHOUT ROWID;
`, `
-- what waits and what was refused, among all that was ever done alone
CREATE INDEX outbox_state ON outbox(state, seq);
`, `
-- files that a call named as its recordings and may not any more. A call that this program may not see any more
-- is not among them: the file is the only one there is.
CREATE TABLE recording_gone(name TEXT PRIMARY KEY, call BLOB NOT NULL) WITHOUT ROWID;
CREATE TRIGGER call_recordings AFTER UPDATE OF recordings ON call
	WHEN old.recordings IS NOT NULL AND old.recordings IS NOT new.recordings BEGIN
	INSERT OR IGNORE INTO recording_gone(name, call) SELECT value, old.id FROM json_each(old.recordings);
END;
`, `
ALTER TABLE call ADD COLUMN diverted TEXT; -- crm.Diversion, JSON
`, `
-- The board: how many deals each stage has and their sums, and the latest of each. A deal without a pipeline is in the
-- standard one (crm.StandardPipelineID), one without a responsible has 0.
CREATE TABLE deal_count(pipeline BLOB NOT NULL, stage TEXT NOT NULL, currency TEXT NOT NULL, responsible INTEGER NOT NULL,
	deals INTEGER NOT NULL, cents INTEGER NOT NULL, PRIMARY KEY(pipeline, stage, currency, responsible)) WITHOUT ROWID;
INSERT INTO deal_count SELECT ifnull(pipeline, x'6b1d2f0a0f6b8e0e9d5c5f1a00000001'), stage, currency, ifnull(responsible, 0), count(*), sum(cents)
	FROM deal GROUP BY 1, 2, 3, 4;
CREATE TRIGGER deal_counted AFTER INSERT ON deal BEGIN
	INSERT INTO deal_count VALUES(ifnull(new.pipeline, x'6b1d2f0a0f6b8e0e9d5c5f1a00000001'), new.stage, new.currency, ifnull(new.responsible, 0), 1, new.cents)
		ON CONFLICT DO UPDATE SET deals = deals + 1, cents = cents + excluded.cents;
END;
CREATE TRIGGER deal_uncounted AFTER DELETE ON deal BEGIN
	UPDATE deal_count SET deals = deals - 1, cents = cents - old.cents
		WHERE pipeline = ifnull(old.pipeline, x'6b1d2f0a0f6b8e0e9d5c5f1a00000001') AND stage = old.stage AND currency = old.currency
			AND responsible = ifnull(old.responsible, 0);
END;
CREATE TRIGGER deal_recounted AFTER UPDATE OF pipeline, stage, currency, responsible, cents ON deal
	WHEN old.pipeline IS NOT new.pipeline OR old.stage <> new.stage OR old.currency <> new.currency
		OR old.responsible IS NOT new.responsible OR old.cents <> new.cents BEGIN
	UPDATE deal_count SET deals = deals - 1, cents = cents - old.cents
		WHERE pipeline = ifnull(old.pipeline, x'6b1d2f0a0f6b8e0e9d5c5f1a00000001') AND stage = old.stage AND currency = old.currency
			AND responsible = ifnull(old.responsible, 0);
	INSERT INTO deal_count VALUES(ifnull(new.pipeline, x'6b1d2f0a0f6b8e0e9d5c5f1a00000001'), new.stage, new.currency, ifnull(new.responsible, 0), 1, new.cents)
		ON CONFLICT DO UPDATE SET deals = deals + 1, cents = cents + excluded.cents;
END;
CREATE INDEX deal_board ON deal(ifnull(pipeline, x'6b1d2f0a0f6b8e0e9d5c5f1a00000001'), stage, active, responsible);
`, `
-- all that the statistics count is in it, so that they need not read each call; it takes the place of call_began
CREATE INDEX call_statistics ON call(began, incoming, outcome, answered, ended, agent, line, result, closed_by);
DROP INDEX call_began;
CREATE INDEX lead_created ON lead(created);
`, `
ALTER TABLE call ADD COLUMN uploaded TEXT; -- ids of recordings that the server has, JSON
CREATE INDEX call_recorded ON call(began) WHERE recordings IS NOT NULL;
`, `
DROP INDEX call_recorded;
-- calls with recordings that the server does not have; the question has to be written like this
CREATE INDEX call_unsent ON call(began) WHERE recordings IS NOT NULL AND json_array_length(recordings) > coalesce(json_array_length(uploaded), 0);
`, `
-- the keys of addresses had a scheme in them, or the * before a domain, so that nothing was like them (crm.Entry)
UPDATE entry SET key = substr(key, instr(key, ':') + 1) WHERE key LIKE 'sip:%@%' OR key LIKE 'sips:%@%' OR key LIKE 'mailto:%@%';
UPDATE entry SET key = substr(key, 2) WHERE key LIKE '*@%';
`, `
-- addresses and SIP addresses are searched for, too; a file that has none need not be indexed anew
INSERT OR REPLACE INTO setting(name, value) SELECT 'derive', 'again' WHERE
	EXISTS(SELECT 1 FROM contact WHERE more LIKE '%"addresses":%' OR more LIKE '%"sip":%') OR
	EXISTS(SELECT 1 FROM company WHERE more LIKE '%"addresses":%' OR more LIKE '%"sip":%') OR
	EXISTS(SELECT 1 FROM lead WHERE more LIKE '%"addresses":%' OR more LIKE '%"sip":%');
`, `
-- The statistics walk over it: what they count of a call is one number (see callNumber), which is worked out when the call
-- is written and not each time.
DROP INDEX call_statistics;
CREATE INDEX call_statistics ON call(began, (incoming <> 0) | ((answered IS NOT NULL) << 1) | (ifnull(incoming AND answered - began <= 20000, 0) << 2)
	| ((incoming AND outcome = 2) << 3) | ((closed_by IS NOT NULL) << 4) | (min(max(ifnull(ended - answered, 0), 0), 134217727) << 17)
	| ((ifnull(agent, 0) & 524287) << 44) | ((outcome IN (0, 3)) << 63), line, result, peer);
`, `
-- for who has few deals among the many of a stage; without their times, so that a call need not write it
CREATE INDEX deal_of_responsible ON deal(responsible, stage) WHERE responsible IS NOT NULL;
`, `
-- for lists of what few of very many calls have (see callIndex); of calls that are over, so that the beginning of one, which an
-- agent waits for, writes no more than before. What the columns are called stands beside, for the orders by them.
CREATE INDEX call_agent ON call(agent, agent_name, began) WHERE outcome <> 0;
CREATE INDEX call_line ON call(line, line_name, began) WHERE outcome <> 0;
CREATE INDEX call_outcome ON call(outcome, incoming, began) WHERE outcome <> 0;
CREATE INDEX call_result ON call(result, began) WHERE result <> '';
`, `
-- the log in the order of how long calls took (see callLength); of those that are over, too
CREATE INDEX call_length ON call(ended - coalesce(answered, began), began) WHERE outcome <> 0;
`, `
-- when there was last a conversation with a record (C3), however often it was not answered since; a call that rings is not in it
ALTER TABLE call_link ADD COLUMN spoken INTEGER NOT NULL DEFAULT 0;
UPDATE call_link SET spoken = 1 WHERE call IN (SELECT rid FROM call WHERE answered IS NOT NULL);
CREATE INDEX call_link_spoken ON call_link(key, began) WHERE spoken = 1;
`, `
-- the largest open deals of a customer, in order; they take the place of those that had to be sorted
CREATE INDEX deal_largest_of_contact ON deal(contact, cents DESC) WHERE open = 1;
CREATE INDEX deal_largest_of_company ON deal(company, cents DESC) WHERE open = 1;
CREATE INDEX deal_largest_of_company_alone ON deal(company, cents DESC) WHERE open = 1 AND contact IS NULL;
DROP INDEX deal_contact;
DROP INDEX deal_company;
`, `
-- an open lead is found under the negative number, too (see fromOpenLeads)
INSERT OR IGNORE INTO phone SELECT -(value ->> '$.e164'), rid << 2 | 2
	FROM lead JOIN json_each(iif(json_valid(numbers), numbers, '[]')) WHERE open = 1 AND value ->> '$.e164' > 0;
`}

// settingDerive is set by a migration that changes what the search index has: it
// is made anew in the background once the file has its version.
const settingDerive = "derive"

// migrate brings the file to this version.
func (s *Store) migrate(ctx context.Context) error {
	if err := migrate(ctx, s.writer, len(migrations)); err != nil {
		return err
	}
	client, err := s.makeID()
	if err != nil {
		return err
	}
	if _, err := s.writer.ExecContext(ctx, "INSERT OR IGNORE INTO sync(one, client_id) VALUES(1, ?)", client.Bytes()); err != nil {
		return explain(err)
	}
	if err := s.makeWorkspaceKey(ctx); err != nil {
		return err
	}
	if again, err := setting(&tx{s: s}, settingDerive); err != nil || again == "" {
		return err
	}
	s.log.Info("the search index is made anew", "file", s.damage.path)
	return s.write(ctx, func(t *tx) error {
		if err := t.deriveSearch(); err != nil {
			return err
		}
		return t.setSetting(settingDerive, "")
	})
}

// migrate brings a file to a version, each step in a transaction of its own, unless the file is new.
func migrate(ctx context.Context, conn *sql.Conn, target int) error {
	var version int
	if err := conn.QueryRowContext(ctx, "PRAGMA main.user_version").Scan(&version); err != nil {
		return explain(err)
	}
	if version > len(migrations) {
		return fmt.Errorf("%w (its version is %d, this program knows up to %d); install that version, nothing was changed",
			ErrLaterVersion, version, len(migrations))
	}
	for version < target {
		to := version + 1
		if version == 0 { // one wait for the disk, instead of one for each
			to = target
			var theirs int
			if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM main.sqlite_schema").Scan(&theirs); err != nil {
				return explain(err)
			}
			if theirs > 0 {
				return ErrForeign
			}
		}
		if err := migrateTo(ctx, conn, version, to); err != nil {
			return fmt.Errorf("bring the file to version %d: %w", to, explain(err))
		}
		version = to
	}
	return nil
}

// migrateTo does the steps between two versions in one transaction.
func migrateTo(ctx context.Context, conn *sql.Conn, from, to int) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, step := range append(slices.Clone(migrations[from:to]), fmt.Sprintf("PRAGMA user_version = %d", to)) {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			_ = tx.Rollback()
			return err
		}
	}
	return tx.Commit()
}

// makeWorkspaceKey gives a file its secret, from which the ids of leads follow (crm.LeadID). A
// file that comes to a server takes over the server's.
func (s *Store) makeWorkspaceKey(ctx context.Context) error {
	key := make([]byte, 32)
	if _, err := io.ReadFull(s.random, key); err != nil {
		return fmt.Errorf("read randomness for the workspace's key: %w", err)
	}
	_, err := s.writer.ExecContext(ctx, "UPDATE sync SET workspace_key = ? WHERE workspace_key IS NULL", key)
	return explain(err)
}
