-- Who comes in. Tables with workspace instead of ws are read before it is known whose they are:
-- from a token, an e-mail address or a key.

-- +goose Up
CREATE TABLE credential(
	email TEXT PRIMARY KEY, -- folded
	workspace TEXT NOT NULL, user_id TEXT NOT NULL, hash TEXT NOT NULL, -- "" has no password yet
	disabled BIGINT NOT NULL, changed BIGINT NOT NULL);
CREATE UNIQUE INDEX credential_user ON credential(workspace, user_id);

CREATE TABLE device(
	n TEXT PRIMARY KEY, -- ours; id is the device's own word, so it is not to be trusted beyond its user
	id TEXT NOT NULL, workspace TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL, platform TEXT NOT NULL,
	made BIGINT NOT NULL, seen BIGINT NOT NULL,
	access_hash BYTEA NOT NULL, access_ends BIGINT NOT NULL, access_used BIGINT NOT NULL,
	refresh_hash BYTEA NOT NULL, refresh_ends BIGINT NOT NULL,
	revoked BIGINT NOT NULL, -- Unix milliseconds; 0 is not
	erase BIGINT NOT NULL, -- 1: the device is to erase its copy
	erased BIGINT NOT NULL); -- when it said that it has
CREATE UNIQUE INDEX device_access ON device(access_hash);
CREATE UNIQUE INDEX device_refresh ON device(refresh_hash);
CREATE UNIQUE INDEX device_user ON device(workspace, user_id, id);

-- refresh tokens that were used up, so that their theft shows
CREATE TABLE spent_refresh(hash BYTEA PRIMARY KEY, device TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX spent_refresh_device ON spent_refresh(device, at);

-- keys of other software and of PBXs; scopes are words with spaces between
CREATE TABLE api_key(
	id TEXT PRIMARY KEY, workspace TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL, hash BYTEA NOT NULL, scopes TEXT NOT NULL,
	made BIGINT NOT NULL, revoked BIGINT NOT NULL);
CREATE UNIQUE INDEX api_key_hash ON api_key(hash);

-- one-time links: "first" makes the first administrator
CREATE TABLE one_time(purpose TEXT PRIMARY KEY, hash BYTEA NOT NULL, ends BIGINT NOT NULL);

-- telephone accounts; the password is sealed by the server's key
CREATE TABLE telephone(
	ws TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, auth_user TEXT NOT NULL, password BYTEA NOT NULL,
	transport TEXT NOT NULL, line TEXT NOT NULL, PRIMARY KEY(ws, user_id, name));

-- certificates of ACME, sealed
CREATE TABLE certificate(name TEXT PRIMARY KEY, data BYTEA NOT NULL);
