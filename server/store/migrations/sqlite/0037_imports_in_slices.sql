-- +goose Up
-- A large file is stored in slices, between which others write. Its new people carry the number of their
-- import, and nobody sees them while that is open; what it changes of others waits beside them. All of it
-- becomes visible at once.
ALTER TABLE people ADD COLUMN import INTEGER NOT NULL DEFAULT 0;

-- last is the highest number of a person when the import began. A number is never given twice: people keep
-- theirs.
CREATE TABLE open_imports (id INTEGER PRIMARY KEY AUTOINCREMENT, last INTEGER NOT NULL);

-- The next versions of people, sealed.
CREATE TABLE import_changes (
  id INTEGER PRIMARY KEY, import INTEGER NOT NULL REFERENCES open_imports (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  body_mac BLOB NOT NULL, body BLOB NOT NULL, UNIQUE (import, person_id));
CREATE INDEX import_changes_person ON import_changes (person_id);

-- Who is found by other ways than a reference is found here.
CREATE VIEW registered AS SELECT * FROM people
  WHERE import = 0 OR NOT EXISTS (SELECT 1 FROM open_imports WHERE open_imports.id = people.import);

-- With the import, so that people are counted by the index alone.
DROP INDEX people_insurer;
CREATE INDEX people_insurer ON people (insurer, registered_at, import);
