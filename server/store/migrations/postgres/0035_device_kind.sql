-- +goose Up
-- A device's owner knows it again by its kind: android, iphone, tablet, computer, or nothing.
ALTER TABLE device_grants ADD COLUMN kind text NOT NULL DEFAULT '';
