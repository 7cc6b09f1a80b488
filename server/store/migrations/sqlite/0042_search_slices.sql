-- +goose Up
-- What new people of a file are found by lies in sorted slices, 4,000 people in 64 rows: four entries of indexes
-- for each person took a sixth of an import. Whoever comes alone, or is changed, is found by the indexes, as all
-- of before this step are. A program before this one finds the same people, by slower ways.
ALTER TABLE people ADD COLUMN in_slice INTEGER NOT NULL DEFAULT 0;
CREATE TABLE search_slices (
  id INTEGER PRIMARY KEY, import INTEGER NOT NULL, insurer TEXT NOT NULL, kind INTEGER NOT NULL,
  part INTEGER NOT NULL, first INTEGER NOT NULL, entries BLOB NOT NULL);
CREATE INDEX search_slices_part ON search_slices (insurer, kind, part);
CREATE INDEX search_slices_first ON search_slices (insurer, first);
CREATE INDEX search_slices_import ON search_slices (import);

DROP INDEX people_number;
DROP INDEX people_birth;
DROP INDEX people_name_head;
DROP INDEX people_kana_head;
CREATE INDEX people_number ON people ((id >> 16), number_mac) WHERE in_slice = 0;
CREATE INDEX people_birth ON people ((id >> 16), birth_mac) WHERE in_slice = 0;
CREATE INDEX people_name_head ON people ((id >> 16), name_head_mac) WHERE in_slice = 0;
CREATE INDEX people_kana_head ON people ((id >> 16), kana_head_mac) WHERE in_slice = 0;

-- A changed person is found by the indexes, whichever program makes the change.
-- +goose StatementBegin
CREATE TRIGGER person_leaves_slice AFTER UPDATE OF number_mac, birth_mac, name_head_mac, kana_head_mac ON people
WHEN new.in_slice = 1 AND (new.number_mac <> old.number_mac OR new.birth_mac <> old.birth_mac
  OR new.name_head_mac <> old.name_head_mac OR new.kana_head_mac <> old.kana_head_mac)
BEGIN
  UPDATE people SET in_slice = 0 WHERE id = new.id;
END;
-- +goose StatementEnd
