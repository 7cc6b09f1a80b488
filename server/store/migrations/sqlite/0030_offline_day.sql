-- +goose Up
-- The keys by which consoles sign what they record without network, and what came of them. A key's proof vouches for whose it is and
-- until when; a record's body is sealed and bound to the rest of its row.
CREATE TABLE offline_keys (
	id INTEGER PRIMARY KEY,
	facility TEXT NOT NULL,
	ref TEXT NOT NULL UNIQUE,
	public BLOB NOT NULL,
	registered_at INTEGER NOT NULL,
	ends_at INTEGER NOT NULL,
	registered_by TEXT NOT NULL,
	proof BLOB NOT NULL
);
CREATE INDEX offline_keys_facility ON offline_keys (facility, registered_at);
CREATE TABLE offline_records (
	id INTEGER PRIMARY KEY,
	facility TEXT NOT NULL,
	key_ref TEXT NOT NULL REFERENCES offline_keys (ref) ON DELETE CASCADE,
	seq INTEGER NOT NULL,
	hash BLOB NOT NULL,
	received_at INTEGER NOT NULL,
	body BLOB NOT NULL,
	UNIQUE (key_ref, hash)
);
