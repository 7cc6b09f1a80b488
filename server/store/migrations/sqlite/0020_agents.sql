-- +goose Up
-- When a bridge agent was there, and whether an administrator ended it. A row in which all of this is zero has the proof that it had
-- before; in any other the proof vouches for it too (agentRow).
ALTER TABLE agents ADD COLUMN first_seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN last_seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN ended_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN ended_by TEXT NOT NULL DEFAULT '';
CREATE INDEX agents_facility ON agents (facility);
