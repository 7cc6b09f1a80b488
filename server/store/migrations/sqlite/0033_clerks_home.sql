-- +goose Up
-- People are found by the beginning of a name or a reading too: keyed hashes of the first two letters of the
-- normalised texts.
ALTER TABLE people ADD COLUMN name_head_mac BLOB NOT NULL DEFAULT x'';
ALTER TABLE people ADD COLUMN kana_head_mac BLOB NOT NULL DEFAULT x'';
CREATE INDEX people_name_head ON people (name_head_mac);
CREATE INDEX people_kana_head ON people (kana_head_mac);

-- How many rows of an insurer's last stored file were refused: a number alone, nothing of a row. They wait until
-- a file without a refused row is stored.
CREATE TABLE refused_rows (
  insurer TEXT PRIMARY KEY, at INTEGER NOT NULL, n INTEGER NOT NULL, preview TEXT NOT NULL);
