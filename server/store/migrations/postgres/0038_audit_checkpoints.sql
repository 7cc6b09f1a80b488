-- +goose Up
-- migrations/sqlite has the same, with its reasons.
CREATE TABLE audit_checkpoints (
	place text PRIMARY KEY,
	seq bigint NOT NULL,
	at bigint NOT NULL
);
CREATE TABLE audit_archives (
	first bigint PRIMARY KEY,
	last bigint NOT NULL UNIQUE,
	manifest text NOT NULL
);

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		IF OLD.seq <= coalesce((SELECT max(last) FROM audit_archives), 0) THEN
			RETURN OLD;
		END IF;
	END IF;
	RAISE EXCEPTION 'the audit chain is append-only';
END $$;
-- +goose StatementEnd
