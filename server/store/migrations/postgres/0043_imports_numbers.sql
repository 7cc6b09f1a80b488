-- +goose Up
-- migrations/sqlite has the same, with its reasons.
SELECT setval(pg_get_serial_sequence('open_imports', 'id'), greatest(
	nextval(pg_get_serial_sequence('open_imports', 'id')), (SELECT coalesce(max(import), 0) FROM people)));

-- +goose StatementBegin
CREATE FUNCTION import_leaves_slices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT 1 FROM people WHERE id > OLD.last AND import = OLD.id) THEN
		DELETE FROM search_slices WHERE import = OLD.id AND first > OLD.last;
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER import_leaves_slices AFTER DELETE ON open_imports FOR EACH ROW
	EXECUTE FUNCTION import_leaves_slices();
-- +goose StatementEnd
