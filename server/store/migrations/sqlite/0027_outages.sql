-- +goose Up
-- Whom a facility's counter noted while online confirmation was down, to look up afterwards. Who it is, and how the look-up ended, is
-- sealed in the body; the row goes when it ends.
CREATE TABLE outages (
	id INTEGER PRIMARY KEY,
	facility TEXT NOT NULL,
	ref TEXT NOT NULL,
	at INTEGER NOT NULL,
	ends_at INTEGER NOT NULL,
	open INTEGER NOT NULL,
	version INTEGER NOT NULL DEFAULT 1,
	body BLOB NOT NULL,
	UNIQUE (facility, ref)
);
CREATE INDEX outages_ends ON outages (ends_at);
