-- The version of the database that a server must know to work on it. One that is started on a database of a newer version than its own
-- goes on, as servers on one database are upgraded one after the other. A migration after which older servers would do harm names itself here,
-- and they refuse: UPDATE least SET version = its number.

-- +goose Up
CREATE TABLE least(version BIGINT NOT NULL);
INSERT INTO least(version) VALUES(0);
