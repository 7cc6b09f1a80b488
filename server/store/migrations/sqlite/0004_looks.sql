-- +goose Up
-- How an insurer's papers look: unit, address, hours, colour and the State's address as JSON, and the mark as PNG.
ALTER TABLE insurers ADD COLUMN look TEXT NOT NULL DEFAULT '{}';
ALTER TABLE insurers ADD COLUMN logo BLOB;
