-- Recordings of calls that programs bring, or have brought; their sound is in sealed files. The name of a recording,
-- in which a caller's number stands, is with its call alone.

-- +goose Up
CREATE TABLE recording(
	ws TEXT NOT NULL, id TEXT NOT NULL, call_id TEXT NOT NULL, user_id TEXT NOT NULL, -- who brings it
	size BIGINT NOT NULL, hash BYTEA NOT NULL, -- of the sound
	began BIGINT NOT NULL, -- the call, Unix milliseconds
	made BIGINT NOT NULL, done BIGINT NOT NULL, -- when it was begun to be brought, and when it was here; 0 is not yet
	gone BIGINT NOT NULL, -- since when no call names it any more: the file is to be removed; 0 is not
	PRIMARY KEY(ws, id));
CREATE INDEX recording_call ON recording(ws, call_id);
CREATE INDEX recording_began ON recording(ws, began) WHERE gone = 0;
CREATE INDEX recording_gone ON recording(ws) WHERE gone > 0;

-- ids of recordings that an erasure took, so that a copy of their files brings nobody back
ALTER TABLE erasure ADD COLUMN recordings TEXT NOT NULL DEFAULT '[]';
