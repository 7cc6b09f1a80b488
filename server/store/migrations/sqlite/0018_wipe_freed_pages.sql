-- +goose NO TRANSACTION
-- +goose Up
-- Deleted rows leave their bytes in freed pages: written anew, the file has none of them.
VACUUM;
PRAGMA wal_checkpoint(TRUNCATE);
