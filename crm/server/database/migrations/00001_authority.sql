-- One text for SQLite and PostgreSQL: TEXT, BIGINT and BYTEA mean the same to both. What was
-- released is never changed, only followed by another file. Every key begins with the workspace.

-- +goose Up
CREATE TABLE ws(
	id TEXT PRIMARY KEY, name TEXT NOT NULL, region TEXT NOT NULL, secret BYTEA NOT NULL,
	epoch BIGINT NOT NULL, rev BIGINT NOT NULL,
	purged BIGINT NOT NULL, -- the revision up to which tombstones were taken away
	durable BIGINT NOT NULL -- the revision that a backup has
);

-- a tree: a server that was restored begins a branch
CREATE TABLE epoch(ws TEXT NOT NULL, n BIGINT NOT NULL, parent BIGINT NOT NULL, fork_rev BIGINT NOT NULL, PRIMARY KEY(ws, n));

-- data and stamps are JSON in TEXT: jsonb would refuse \u0000 and forget how a number was written
CREATE TABLE document(
	ws TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, rev BIGINT NOT NULL,
	deleted BIGINT NOT NULL, -- Unix milliseconds; 0 lives
	data TEXT NOT NULL, stamps TEXT NOT NULL, former TEXT NOT NULL,
	PRIMARY KEY(ws, entity, id));
CREATE INDEX document_rev ON document(ws, rev);
CREATE INDEX document_deleted ON document(ws, deleted) WHERE deleted > 0;

-- the way from a number to records; the index is the wall behind the rule of one open lead (B4)
CREATE TABLE peer(ws TEXT NOT NULL, peer TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, open BIGINT NOT NULL,
	PRIMARY KEY(ws, peer, entity, id));
CREATE UNIQUE INDEX peer_open_lead ON peer(ws, peer) WHERE open = 1;

-- what points to a record
CREATE TABLE child(ws TEXT NOT NULL, of_entity TEXT NOT NULL, of_id TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL,
	PRIMARY KEY(ws, of_entity, of_id, entity, id));

CREATE TABLE client(ws TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL, last_seq BIGINT NOT NULL, last_uuid TEXT NOT NULL,
	acked BIGINT NOT NULL, -- the last command that it has said it knows to be decided
	seen BIGINT NOT NULL, PRIMARY KEY(ws, id));

-- the answer to each command; kept as long as the longest journal
CREATE TABLE cmd_seen(ws TEXT NOT NULL, uuid TEXT NOT NULL, client TEXT NOT NULL, seq BIGINT NOT NULL, rev BIGINT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL,
	at BIGINT NOT NULL, PRIMARY KEY(ws, uuid));
CREATE INDEX cmd_seen_client ON cmd_seen(ws, client, seq);

-- append only; each hash is over the one before. args are hashed with a salt, so that both can
-- be blanked when a person is erased and the chain still holds
CREATE TABLE audit(ws TEXT NOT NULL, n BIGINT NOT NULL, at BIGINT NOT NULL, user_id TEXT NOT NULL, client TEXT NOT NULL,
	uuid TEXT NOT NULL, command TEXT NOT NULL, rev BIGINT NOT NULL, code TEXT NOT NULL, args TEXT NOT NULL, salt BYTEA NOT NULL,
	args_hash BYTEA NOT NULL, hash BYTEA NOT NULL, PRIMARY KEY(ws, n));
