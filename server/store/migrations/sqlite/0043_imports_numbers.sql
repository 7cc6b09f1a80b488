-- +goose Up
-- The number of an import is never given again. A copy that a program before this one made began at one: it goes on
-- behind the numbers that its people came with.
INSERT INTO sqlite_sequence (name, seq) SELECT 'open_imports', 0
WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'open_imports');
UPDATE sqlite_sequence SET seq = max(seq, (SELECT coalesce(max(import), 0) FROM people)) WHERE name = 'open_imports';

-- A program before search_slices clears away an import that was given up without its slices.
-- +goose StatementBegin
CREATE TRIGGER import_leaves_slices AFTER DELETE ON open_imports
WHEN NOT EXISTS (SELECT 1 FROM people WHERE id > old.last AND import = old.id)
BEGIN
  DELETE FROM search_slices WHERE import = old.id AND first > old.last;
END;
-- +goose StatementEnd
