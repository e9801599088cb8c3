-- What hung on an erased person's records and told of them: programs purge what still names it, and after a restore it is blanked again
-- by its ids, which the backup may not have yet.

-- +goose Up
ALTER TABLE erasure ADD COLUMN hung TEXT NOT NULL DEFAULT '[]';
