-- +goose Up
-- A phone's key may show people: one row for each person, phone and login. The subject is sealed, since a phone comes back
-- without a login and its people are found by it.
DROP TABLE holder_keys;

CREATE TABLE device_grants (
  id INTEGER PRIMARY KEY, subject_mac BLOB NOT NULL, subject BLOB NOT NULL, phone TEXT NOT NULL, key_id TEXT NOT NULL, public BLOB NOT NULL,
  person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE, login_at INTEGER NOT NULL, created_at INTEGER NOT NULL,
  UNIQUE (subject_mac, phone, person_id));
CREATE INDEX device_grants_phone ON device_grants (phone, key_id);
CREATE INDEX device_grants_person ON device_grants (person_id);

-- Nonces that a phone has answered, until they would be too old anyhow.
CREATE TABLE used_nonces (id INTEGER PRIMARY KEY, nonce BLOB NOT NULL UNIQUE, expires_at INTEGER NOT NULL);
CREATE INDEX used_nonces_expires ON used_nonces (expires_at);
