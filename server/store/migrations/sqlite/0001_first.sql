-- +goose Up
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE data_keys (id INTEGER PRIMARY KEY, scope TEXT NOT NULL UNIQUE, wrapped BLOB NOT NULL);

CREATE TABLE insurers (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT NOT NULL, issuer TEXT NOT NULL, telephone TEXT NOT NULL);

CREATE TABLE people (
  id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, insurer TEXT NOT NULL,
  key_mac BLOB NOT NULL UNIQUE, number_mac BLOB NOT NULL, name_mac BLOB NOT NULL, body_mac BLOB NOT NULL,
  version INTEGER NOT NULL, registered_at INTEGER NOT NULL, body BLOB NOT NULL, pseudonym BLOB NOT NULL);
CREATE INDEX people_insurer ON people (insurer, registered_at);
CREATE INDEX people_number ON people (number_mac);
CREATE INDEX people_name ON people (name_mac);

CREATE TABLE person_versions (
  id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  version INTEGER NOT NULL, registered_at INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (person_id, version));

CREATE TABLE notices (
  id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  serial INTEGER NOT NULL, code_mac BLOB NOT NULL UNIQUE, void INTEGER NOT NULL, used_by BLOB, created_at INTEGER NOT NULL,
  UNIQUE (person_id, serial));

CREATE TABLE enrolments (
  id INTEGER PRIMARY KEY, subject_mac BLOB NOT NULL, person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL, UNIQUE (subject_mac, person_id));
CREATE INDEX enrolments_person ON enrolments (person_id);

CREATE TABLE phone_keys (
  id INTEGER PRIMARY KEY, subject_mac BLOB NOT NULL, key_id TEXT NOT NULL, public BLOB NOT NULL, created_at INTEGER NOT NULL,
  UNIQUE (subject_mac, key_id));

CREATE TABLE receipts (
  id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  key_id TEXT NOT NULL, at INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX receipts_key ON receipts (key_id, at);

CREATE TABLE papers (
  id INTEGER PRIMARY KEY, insurer TEXT NOT NULL, rid INTEGER NOT NULL,
  person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE, issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  UNIQUE (insurer, rid));

CREATE TABLE cases (
  id INTEGER PRIMARY KEY, facility TEXT NOT NULL, ref TEXT NOT NULL, at INTEGER NOT NULL, day TEXT NOT NULL,
  outcome TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (facility, ref));
CREATE INDEX cases_day ON cases (facility, day);

CREATE TABLE agents (
  id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, facility TEXT NOT NULL, name TEXT NOT NULL, public BLOB NOT NULL,
  paired_at INTEGER NOT NULL, paired_by TEXT NOT NULL);

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, subject_mac BLOB NOT NULL,
  created_at INTEGER NOT NULL, used_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, person BLOB, detail TEXT NOT NULL,
  previous BLOB NOT NULL, hash BLOB NOT NULL);

-- +goose StatementBegin
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;
-- +goose StatementEnd
