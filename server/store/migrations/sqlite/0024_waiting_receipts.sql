-- +goose Up
-- Receipts that could not be left with an insurer when their case was recorded. What the patient showed is sealed in the body, and the
-- row goes when the receipt was left, or when it ends.
CREATE TABLE waiting_receipts (
	id INTEGER PRIMARY KEY,
	facility TEXT NOT NULL,
	ref TEXT NOT NULL,
	ends_at INTEGER NOT NULL,
	body BLOB NOT NULL,
	UNIQUE (facility, ref)
);
