-- +goose Up
-- A login that shows a person as a representative (代理人): until when, and, sealed, who that is and on what ground. A row in which
-- both are empty is the person's own login and has the proof that it had before; in any other the proof vouches for them too
-- (enrolmentRow). So it is with an online code that a representative's phone made (codeRow).
ALTER TABLE enrolments ADD COLUMN until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrolments ADD COLUMN body BLOB NOT NULL DEFAULT x'';
ALTER TABLE codes ADD COLUMN until INTEGER NOT NULL DEFAULT 0;

-- The code by which a representative's login is bound, one a person, for some minutes. It is made of the nonce by a key that is not
-- here; found by its MAC; gone with its first use.
CREATE TABLE represent_codes (
  id INTEGER PRIMARY KEY, code_mac BLOB NOT NULL UNIQUE, person_id INTEGER NOT NULL UNIQUE REFERENCES people (id) ON DELETE CASCADE,
  nonce BLOB NOT NULL, expires_at INTEGER NOT NULL, body BLOB NOT NULL);
