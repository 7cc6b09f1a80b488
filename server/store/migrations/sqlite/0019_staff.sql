-- +goose Up
-- Who works where, and signs in with what. Names, passkeys and PINs are sealed; each seal vouches for its whole row, so that a row
-- that was put here by hand lets nobody in. Of an invitation's code and of a challenge's ref only the SHA-256 is kept.
CREATE TABLE facilities (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, address TEXT NOT NULL, telephone TEXT NOT NULL,
  blanking INTEGER NOT NULL);

CREATE TABLE members (
  id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, number TEXT NOT NULL, role TEXT NOT NULL,
  state TEXT NOT NULL, failures INTEGER NOT NULL, created_at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX members_organisation ON members (kind, number);

CREATE TABLE passkeys (
  id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
  count INTEGER NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER NOT NULL, locked_at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX passkeys_member ON passkeys (member_id);

CREATE TABLE pins (
  id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL UNIQUE REFERENCES members (id) ON DELETE CASCADE, body BLOB NOT NULL);

CREATE TABLE invitations (
  id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, member TEXT NOT NULL, kind TEXT NOT NULL, number TEXT NOT NULL,
  invited_by TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, body BLOB NOT NULL);

CREATE TABLE challenges (
  id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, expires_at INTEGER NOT NULL, body BLOB NOT NULL);

CREATE INDEX sessions_subject ON sessions (subject_mac);
