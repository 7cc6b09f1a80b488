-- +goose Up
-- The person of a case that staff typed, as a keyed hash of facility, insurer number and number: what was typed before is found by it and
-- offered. Cases of before have none.
ALTER TABLE cases ADD COLUMN person BLOB;
CREATE INDEX cases_person ON cases (facility, person, id) WHERE person IS NOT NULL;
