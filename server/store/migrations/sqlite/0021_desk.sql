-- +goose Up
-- Enrolment at the insurer's desk: a code that lives ten minutes, one a person, of which only a keyed hash is kept; and which
-- logins were bound by one, with who made it and what that clerk saw. A login without such a row came by a notice. Each row is
-- vouched for by its proof.
CREATE TABLE desk_codes (
  id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL UNIQUE REFERENCES people (id) ON DELETE CASCADE, ref TEXT NOT NULL UNIQUE,
  code_mac BLOB NOT NULL UNIQUE, staff TEXT NOT NULL, seen TEXT NOT NULL, state TEXT NOT NULL, misfits INTEGER NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, proof BLOB NOT NULL);
CREATE INDEX desk_codes_expiry ON desk_codes (expires_at);

CREATE TABLE desk_enrolments (
  id INTEGER PRIMARY KEY, enrolment_id INTEGER NOT NULL UNIQUE REFERENCES enrolments (id) ON DELETE CASCADE,
  staff TEXT NOT NULL, seen TEXT NOT NULL, at INTEGER NOT NULL, proof BLOB NOT NULL);
