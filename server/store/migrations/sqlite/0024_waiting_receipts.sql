-- +goose Up
-- Receipts that are still to be left with an insurer, each stored with its record. What the patient showed is
-- sealed in the body. The row goes when the receipt was left, when the insurer refuses it, when the record is
-- taken back, or when it ends.
CREATE TABLE waiting_receipts (
	id INTEGER PRIMARY KEY,
	facility TEXT NOT NULL,
	ref TEXT NOT NULL,
	ends_at INTEGER NOT NULL,
	body BLOB NOT NULL,
	UNIQUE (facility, ref)
);
