-- How people are, as one of several servers was told, so that the others know (D3).

-- +goose Up
CREATE TABLE presence(ws TEXT NOT NULL, user_id TEXT NOT NULL, device TEXT NOT NULL, state TEXT NOT NULL, since BIGINT NOT NULL, heard BIGINT NOT NULL,
	PRIMARY KEY(ws, user_id, device));
