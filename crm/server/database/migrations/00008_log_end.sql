-- The end of a workspace's audit log stands with the workspace, which every commit has read and locked anyway. To find it
-- in the log, PostgreSQL sorted all of it where its plan was of when the table was new.

-- +goose Up
ALTER TABLE ws ADD COLUMN log_n BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ws ADD COLUMN log_hash BYTEA NOT NULL DEFAULT '';
UPDATE ws SET log_n = last.n, log_hash = last.hash FROM (
	SELECT a.ws, a.n, a.hash FROM audit a JOIN (SELECT ws AS of, max(n) AS n FROM audit GROUP BY ws) newest ON newest.of = a.ws AND newest.n = a.n
) AS last WHERE last.ws = ws.id;
