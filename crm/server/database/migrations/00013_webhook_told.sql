-- When a webhook last took what it was told, and why it did not take the latest, so that an administrator sees how it fares.

-- +goose Up
ALTER TABLE webhook ADD COLUMN told BIGINT NOT NULL DEFAULT 0; -- Unix milliseconds; 0 is never, as far as that was kept
ALTER TABLE webhook ADD COLUMN reason TEXT NOT NULL DEFAULT '';
