-- +goose Up
-- Which release a bridge agent said to be. A row without it has the proof that it had before; in any other the proof vouches for it too
-- (agentRow).
ALTER TABLE agents ADD COLUMN program TEXT NOT NULL DEFAULT '';
