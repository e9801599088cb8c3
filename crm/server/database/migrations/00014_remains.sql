-- Whether what is left of an erased person beside the rows of the database is still to be removed (I4): a server that was killed before it
-- had done so takes it up when it starts.

-- +goose Up
ALTER TABLE erasure ADD COLUMN remains BIGINT NOT NULL DEFAULT 0; -- 1: it is; 0: it is not, as far as that was kept
