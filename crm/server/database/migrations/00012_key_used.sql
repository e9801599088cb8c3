-- Who made a key, and when it was last used, so that an administrator can tell those that nobody needs any more.

-- +goose Up
ALTER TABLE api_key ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
ALTER TABLE api_key ADD COLUMN used BIGINT NOT NULL DEFAULT 0; -- Unix milliseconds; 0 is never, as far as that was kept
