-- Who asked for an erasure, and on which device a program is, so that an administrator can be shown whose copies still have to follow.

-- +goose Up
ALTER TABLE erasure ADD COLUMN by_user TEXT NOT NULL DEFAULT '';
ALTER TABLE client ADD COLUMN device TEXT NOT NULL DEFAULT '';
