-- +goose Up
-- What a case's record is found by: the day of its last record, from which retention counts; who worked on it, each between bars; and
-- the keyed hash of the clinic's own patient number (診察券番号). The body's seal vouches for them. A case of before has the seal that
-- it had, until the database is opened and it gets them (caseindex.go).
ALTER TABLE cases ADD COLUMN ended TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN staff TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN number_mac BLOB;
CREATE INDEX cases_number ON cases (facility, number_mac, day);
CREATE INDEX cases_outcome ON cases (facility, outcome, day);
CREATE INDEX cases_ended ON cases (facility, ended);

-- For how many years a facility keeps its records.
ALTER TABLE facilities ADD COLUMN retention INTEGER NOT NULL DEFAULT 3;
