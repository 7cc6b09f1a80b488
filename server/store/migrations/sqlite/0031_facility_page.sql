-- +goose Up
-- How many cases a facility recorded on a day, by how they ended, by which way, why the reader did not answer and within how many
-- seconds: numbers alone, nothing of a case. They change with the record, in its transaction.
CREATE TABLE facility_day_counts (
  id INTEGER PRIMARY KEY, facility TEXT NOT NULL, day TEXT NOT NULL, outcome TEXT NOT NULL, method TEXT NOT NULL,
  trouble TEXT NOT NULL, within INTEGER NOT NULL, n INTEGER NOT NULL,
  UNIQUE (facility, day, outcome, method, trouble, within));

-- Why an agent's reader did not answer when it last did not; the row's proof vouches for it where there is any.
ALTER TABLE agents ADD COLUMN trouble TEXT NOT NULL DEFAULT '';
ALTER TABLE agents ADD COLUMN trouble_at INTEGER NOT NULL DEFAULT 0;

-- Whether a facility's counters copy birth dates by the western year, not by era.
ALTER TABLE facilities ADD COLUMN copy_by_year INTEGER NOT NULL DEFAULT 0;
