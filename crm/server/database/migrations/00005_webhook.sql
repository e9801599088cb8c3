-- Whom the server tells of changes; cursor is up to which revision it has.

-- +goose Up
CREATE TABLE webhook(ws TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL, url TEXT NOT NULL, secret BYTEA NOT NULL, kinds TEXT NOT NULL,
	cursor BIGINT NOT NULL, failures BIGINT NOT NULL, next BIGINT NOT NULL, PRIMARY KEY(ws, id));
