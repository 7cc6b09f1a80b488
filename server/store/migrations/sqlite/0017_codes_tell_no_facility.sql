-- +goose Up
-- An online code kept in the clear which counter server had asked, also after it was used. Who asks is sealed now, and only while
-- the patient is asked; the second MAC is of the code's printed form. Codes live for 90 seconds: those of before are void.
-- (Entries of the audit chain that name a facility stay: the chain cannot be changed.)
DELETE FROM codes;
ALTER TABLE codes DROP COLUMN counter;
ALTER TABLE codes DROP COLUMN counter_name;
ALTER TABLE codes ADD COLUMN hidden_mac BLOB NOT NULL DEFAULT x'';
ALTER TABLE codes ADD COLUMN asker BLOB NOT NULL DEFAULT x'';
