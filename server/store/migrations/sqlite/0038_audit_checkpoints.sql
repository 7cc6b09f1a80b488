-- +goose Up
-- What the database knows of the chain's checkpoints in their second place, and the signed manifests of the
-- months that left it. Rows of a signed archive may go, no other.
CREATE TABLE audit_checkpoints (
	place TEXT PRIMARY KEY,
	seq INTEGER NOT NULL,
	at INTEGER NOT NULL
);
CREATE TABLE audit_archives (
	first INTEGER PRIMARY KEY,
	last INTEGER NOT NULL UNIQUE,
	manifest TEXT NOT NULL
);
DROP TRIGGER audit_is_never_shortened;
-- +goose StatementBegin
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
WHEN OLD.seq > coalesce((SELECT max(last) FROM audit_archives), 0)
BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;
-- +goose StatementEnd
