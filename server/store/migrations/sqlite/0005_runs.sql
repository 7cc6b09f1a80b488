-- +goose Up
-- Runs of printing: who is in one and in which order, which files are finished, and what was last printed for whom.
CREATE TABLE runs (
  id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, insurer TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, clerk TEXT NOT NULL,
  created_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, note TEXT NOT NULL, options TEXT NOT NULL, total INTEGER NOT NULL);
CREATE INDEX runs_insurer ON runs (insurer, id);

CREATE TABLE run_items (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, place INTEGER NOT NULL, person TEXT NOT NULL, parcel INTEGER NOT NULL,
  PRIMARY KEY (run_id, place));

CREATE TABLE run_files (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, number INTEGER NOT NULL, last INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (run_id, number));

CREATE TABLE prints (
  person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE, kind TEXT NOT NULL, at INTEGER NOT NULL, version INTEGER NOT NULL, run TEXT NOT NULL,
  PRIMARY KEY (person_id, kind));
