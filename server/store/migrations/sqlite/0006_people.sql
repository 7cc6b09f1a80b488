-- +goose Up
-- People are found by more than their name as it was typed: kana, birth date, 記号 with 番号. The values are keyed hashes of the
-- normalised texts; search says which form they have, and people of an older form are hashed anew when the database opens.
ALTER TABLE people ADD COLUMN search INTEGER NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN kana_mac BLOB NOT NULL DEFAULT x'';
ALTER TABLE people ADD COLUMN birth_mac BLOB NOT NULL DEFAULT x'';
ALTER TABLE people ADD COLUMN insured_mac BLOB NOT NULL DEFAULT x'';
CREATE INDEX people_kana ON people (kana_mac);
CREATE INDEX people_birth ON people (birth_mac);
CREATE INDEX people_insured ON people (insured_mac);
CREATE INDEX people_search ON people (search) WHERE search < 1;

CREATE INDEX papers_person ON papers (person_id);
CREATE INDEX papers_issued ON papers (insurer, issued_at);
CREATE INDEX receipts_person ON receipts (person_id);
CREATE INDEX audit_person ON audit (person, seq);

-- A file that waits for its clerk lies in parts, each sealed by itself: tens of megabytes are never joined in memory.
DELETE FROM previews;
ALTER TABLE previews DROP COLUMN body;
ALTER TABLE previews ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
CREATE TABLE preview_parts (
  id INTEGER PRIMARY KEY, preview_id INTEGER NOT NULL REFERENCES previews (id) ON DELETE CASCADE, part INTEGER NOT NULL, body BLOB NOT NULL,
  UNIQUE (preview_id, part));

-- What happened on a day, in numbers only.
CREATE TABLE daily_counts (
  id INTEGER PRIMARY KEY, insurer TEXT NOT NULL, day TEXT NOT NULL, kind TEXT NOT NULL, n INTEGER NOT NULL, UNIQUE (insurer, day, kind));
