-- +goose Up
-- Screens that work offline, codes for one look-up, and copies that can be revoked.
ALTER TABLE insurers ADD COLUMN revocations INTEGER NOT NULL DEFAULT 0;

CREATE TABLE revocations (
  id INTEGER PRIMARY KEY, insurer TEXT NOT NULL, rid INTEGER NOT NULL, at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  UNIQUE (insurer, rid));

CREATE TABLE holder_keys (
  id INTEGER PRIMARY KEY, subject_mac BLOB NOT NULL, phone TEXT NOT NULL, key_id TEXT NOT NULL, public BLOB NOT NULL, created_at INTEGER NOT NULL,
  UNIQUE (subject_mac, phone));

CREATE TABLE codes (
  id INTEGER PRIMARY KEY, code_mac BLOB NOT NULL UNIQUE, person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  subject_mac BLOB NOT NULL, state TEXT NOT NULL, counter TEXT NOT NULL, counter_name TEXT NOT NULL, expires_at INTEGER NOT NULL);
CREATE INDEX codes_subject ON codes (subject_mac, person_id);
CREATE INDEX codes_expires ON codes (expires_at);
