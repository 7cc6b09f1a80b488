-- +goose Up
-- Several instances on one database: which live, where each agent's connection is, and who does what in turn.
-- This step only adds (CONTRIBUTING.md, "A change of the tables"): the program before it runs beside it.
CREATE TABLE instances (name TEXT NOT NULL PRIMARY KEY, until INTEGER NOT NULL);

CREATE TABLE agent_places (
  agent TEXT NOT NULL PRIMARY KEY, facility TEXT NOT NULL, instance TEXT NOT NULL, conn TEXT NOT NULL,
  at INTEGER NOT NULL, is_virtual INTEGER NOT NULL, oqs INTEGER NOT NULL, version INTEGER NOT NULL,
  program TEXT NOT NULL, pushed_at INTEGER NOT NULL);
CREATE INDEX agent_places_facility ON agent_places (facility);
CREATE INDEX agent_places_instance ON agent_places (instance);

-- What every instance could do and one does at a time: until then it is its owner's, or not due.
CREATE TABLE chores (name TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL);

-- Who prints a run, until when without another word, and which try it is.
ALTER TABLE runs ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN lease_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;

-- The oldest schema whose program works on these tables.
INSERT INTO meta (name, value) VALUES ('reads_from', '39');
