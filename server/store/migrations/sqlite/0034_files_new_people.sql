-- +goose Up
-- With which file a person came (previews.ref), for papers of a file's new people alone; empty for who came by the
-- command, and before this version.
ALTER TABLE people ADD COLUMN came_with TEXT NOT NULL DEFAULT '';
CREATE INDEX people_came_with ON people (came_with) WHERE came_with <> '';

-- Lists of numbers that clerks have typed for a print run that is not begun yet, sealed.
CREATE TABLE run_lists (
  id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, insurer TEXT NOT NULL, clerk TEXT NOT NULL,
  expires_at INTEGER NOT NULL, body BLOB NOT NULL);

-- When and by whom the names of a run that are to be looked at by hand were looked at; 0 and empty before.
ALTER TABLE runs ADD COLUMN checked_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN checked_by TEXT NOT NULL DEFAULT '';

-- The phones of a person that a clerk has asked the person about: only another one is a task again.
CREATE TABLE asked_phones (
  person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE, phone TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (person_id, phone));
