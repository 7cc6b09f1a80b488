-- +goose Up
-- How often a case was stored: a change names the version that it was made from, so that of two at once one is made again.
ALTER TABLE cases ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
