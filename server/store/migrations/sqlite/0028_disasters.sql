-- +goose Up
-- Notices of disasters that a facility has switched on, with their first and last day of care. Title and area are sealed in the body.
CREATE TABLE disaster_notices (
	id INTEGER PRIMARY KEY,
	facility TEXT NOT NULL,
	ref TEXT NOT NULL,
	from_day TEXT NOT NULL,
	until_day TEXT NOT NULL,
	ended INTEGER NOT NULL DEFAULT 0,
	body BLOB NOT NULL,
	UNIQUE (facility, ref)
);
