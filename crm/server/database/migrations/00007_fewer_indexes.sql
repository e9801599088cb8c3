-- Of the answers to a program's commands only the refusals are looked for by the program.

-- +goose Up
CREATE INDEX cmd_seen_refused ON cmd_seen(ws, client, seq) WHERE code <> '';
DROP INDEX cmd_seen_client;
