-- What has changed of users and roles, which servers keep in memory, is looked for by each commit.

-- +goose Up
CREATE INDEX document_people ON document(ws, rev) WHERE entity IN ('user', 'role');
