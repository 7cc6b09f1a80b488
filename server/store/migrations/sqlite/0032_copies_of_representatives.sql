-- +goose Up
-- The representative's login by which a copy was made, 0 for the person's own: when the representation ends early, its copies do.
ALTER TABLE papers ADD COLUMN login INTEGER NOT NULL DEFAULT 0;
