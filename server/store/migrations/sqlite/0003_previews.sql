-- +goose Up
-- The headings that an insurer mapped once, and files that wait for their clerk's yes. Both are sealed: a file without
-- headings has people's names in its first row.
CREATE TABLE headings (id INTEGER PRIMARY KEY, insurer TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, body BLOB NOT NULL);

CREATE TABLE previews (
  id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, insurer TEXT NOT NULL, clerk TEXT NOT NULL, expires_at INTEGER NOT NULL,
  stored INTEGER NOT NULL, count_new INTEGER NOT NULL, count_changed INTEGER NOT NULL, count_unchanged INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX previews_expires ON previews (expires_at);
