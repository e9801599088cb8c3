-- Persons whose data is gone (I4), and the programs that still have to say that they have purged it.

-- +goose Up
CREATE TABLE erasure(ws TEXT NOT NULL, id TEXT NOT NULL, at BIGINT NOT NULL, rev BIGINT NOT NULL, refs TEXT NOT NULL, PRIMARY KEY(ws, id));
CREATE TABLE erasure_owed(ws TEXT NOT NULL, erasure TEXT NOT NULL, client TEXT NOT NULL,
	done BIGINT NOT NULL, -- Unix milliseconds; 0 is still owed
	PRIMARY KEY(ws, client, erasure));
