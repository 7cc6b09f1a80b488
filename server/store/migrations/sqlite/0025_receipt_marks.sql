-- +goose Up
-- By which receipts that a counter left in one call are known again when it leaves them once more, since the
-- answer was lost: a keyed hash of what the counter calls them. NULL where it does not say.
ALTER TABLE receipts ADD COLUMN mark BLOB;
CREATE UNIQUE INDEX receipts_mark ON receipts (mark, key_id);
