package store

import (
	"bytes"
	"context"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/durable"
	"madoguchi/server/insurer"
)

// A file is stored in slices, each a transaction of its own, so that others write in between. Its new people
// lie in their table with the number of the import, unseen while that stands in open_imports (the view
// registered); what changes waits in import_changes. The last transaction is the one that counts: it puts the
// changes in their places, appends the entry, and takes the number out of open_imports. A file that is given
// up, or whose program was killed, leaves what the next one clears away.

// importSlice is how many people one transaction stores: about a tenth of a second's.
const importSlice = 4000

// importedFile is whose people come in.
type importedFile struct {
	number eligibility.InsurerNumber
	entry  audit.Entry
	// preview is the kept file with which its people come (people.came_with); empty: with none
	preview string
	tell    func(done int) // told how many are stored; nil: nobody is
	// mark and isNew are insurer.StoredPreview's Mark and New
	mark  func(eligibility.Person) byte
	isNew func(mark byte)
	// finish is done with the rest, in the last transaction; nil: nothing is
	finish func(tx *sql.Tx, count insurer.ImportCount) error
}

// openImport is a file that comes in.
type openImport struct {
	*core
	importedFile
	id    int64 // in open_imports
	key   int64 // the data key that seals the people
	aead  cipher.AEAD
	refs  refs
	count insurer.ImportCount

	// alike are the values that all new people share, as the engines get them: made for each person, they
	// would be so many pieces of memory
	alike struct{ insurer, registeredAt, id, preview any }
	room  []any // newRows

	pending []incomingPerson // of the next slice
	search  searchSlice      // of those of it who were stored as new before anybody was looked for
	allNew  bool             // nobody of the last batch was known
}

// storeFile stores a file's people, all or none.
func (s importerStore) storeFile(
	ctx context.Context, file importedFile, people iter.Seq2[string, eligibility.Person],
) (insurer.ImportCount, error) {
	release, err := s.holdImports(ctx)
	if err != nil {
		return insurer.ImportCount{}, storageError(err)
	}
	defer release()
	if err := s.clearImports(ctx); err != nil {
		return insurer.ImportCount{}, err
	}
	im := &openImport{core: s.core, importedFile: file, refs: refs{at: toMillis(file.entry.At)}}
	if err := s.change(ctx, func(tx *sql.Tx) error { return im.begin(ctx, tx) }); err != nil {
		return insurer.ImportCount{}, err
	}
	err = s.inBatches(im, people, func(batch []incomingPerson) error {
		im.pending = append(im.pending, batch...)
		if len(im.pending) < importSlice {
			return nil
		}
		return im.storeSlice(ctx)
	})
	if err == nil {
		err = s.changeAlone(ctx, func(tx *sql.Tx) error { return im.end(ctx, tx) })
	}
	if err != nil {
		return insurer.ImportCount{}, errors.Join(err, clearImport(context.WithoutCancel(ctx), s.core, im.id))
	}
	return im.count, nil
}

// holdImports waits for this file's turn: among those of this program first, since whoever waits for another
// program's holds a connection, and the file that is being stored needs one more.
func (s importerStore) holdImports(ctx context.Context) (release func(), err error) {
	select {
	case s.importing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	let, err := s.engine.holdImports(ctx, s.write.DB, true)
	if err != nil {
		<-s.importing
		return nil, err
	}
	return func() {
		let()
		<-s.importing
	}, nil
}

func (im *openImport) begin(ctx context.Context, tx *sql.Tx) (err error) {
	scope := fmt.Sprintf("people/%s/%d", im.number, im.entry.At.In(eligibility.Japan).Year())
	if im.key, im.aead, err = im.sealer.keyFor(ctx, tx, scope); err != nil {
		return err
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO open_imports (last)
		VALUES ((SELECT coalesce(max(id), 0) FROM people)) RETURNING id`).Scan(&im.id)
	if err != nil {
		return fmt.Errorf("beginning an import: %w", err)
	}
	im.alike.insurer, im.alike.registeredAt = string(im.number), toMillis(im.entry.At)
	im.alike.id, im.alike.preview = im.id, im.preview
	return nil
}

// storeSlice stores what is pending.
func (im *openImport) storeSlice(ctx context.Context) error {
	err := im.changeAlone(ctx, func(tx *sql.Tx) error { return im.putPending(ctx, tx) })
	im.pending = im.pending[:0]
	if err == nil && im.tell != nil {
		im.tell(im.count.New + im.count.Changed + im.count.Unchanged)
	}
	return err
}

// errCleared is of an import that somebody else took for one that was given up: its lock was lost, as when a
// server ends an idle connection. What it stored after that would be seen at once.
var errCleared = errors.New("store: the import was cleared away meanwhile")

// stands wants the import to be open still. SQLite gives the highest numbers again once those people are
// erased, also one that was given when the import began: nobody of this slice may lie among those before.
func (im *openImport) stands(ctx context.Context, tx *sql.Tx) error {
	done, err := tx.ExecContext(ctx, `UPDATE open_imports SET last =
		(SELECT coalesce(max(id), 0) FROM people WHERE id <= open_imports.last) WHERE id = $1`, im.id)
	if err = requireChange(done, err); errors.Is(err, sql.ErrNoRows) {
		return errCleared
	}
	return err
}

func (im *openImport) putPending(ctx context.Context, tx *sql.Tx) error {
	if err := im.stands(ctx, tx); err != nil {
		return err
	}
	im.search.clear()
	for batch := range slices.Chunk(im.pending, im.importBatch()) {
		if err := im.put(ctx, tx, batch); err != nil {
			return err
		}
	}
	return im.putSearchSlice(ctx, tx)
}

// put stores a batch: each person is new, a next version, or unchanged. Behind a batch of new people only,
// the next is stored as that before anybody is looked for.
func (im *openImport) put(ctx context.Context, tx *sql.Tx, batch []incomingPerson) (err error) {
	if im.allNew {
		if batch, err = im.putNew(ctx, tx, batch); err != nil {
			return err
		}
	}
	if len(batch) == 0 {
		return nil
	}
	found, err := findKnown(ctx, tx, batch, im.id)
	if err != nil {
		return err
	}
	im.allNew = len(found) == 0
	fresh, next := newPeople{im: im}, nextVersions{im: im}
	for _, p := range batch {
		k, ok := found[string(p.keyMAC)]
		switch {
		case ok && k.ref == p.ref: // putNew stored it
			if err := im.search.add(k.id, p.search); err != nil {
				return err
			}
			im.areNew(p)
			continue
		case !ok:
			if err := fresh.add(ctx, tx, p); err != nil {
				return err
			}
			im.areNew(p)
		case bytes.Equal(k.bodyMAC, p.bodyMAC): // a row that is repeated in the file too
			im.count.Unchanged++
			continue
		default:
			if k.id == 0 { // an earlier row of this batch
				if k.id, err = fresh.stored(ctx, tx, p.keyMAC); err != nil {
					return err
				}
			}
			next.add(k.id, p)
			im.count.Changed++
		}
		found[string(p.keyMAC)] = knownPerson{id: k.id, bodyMAC: p.bodyMAC}
	}
	if err := fresh.flush(ctx, tx); err != nil {
		return err
	}
	return next.flush(ctx, tx)
}

// end makes the file visible.
func (im *openImport) end(ctx context.Context, tx *sql.Tx) error {
	if err := im.putPending(ctx, tx); err != nil {
		return err
	}
	if err := im.applyChanges(ctx, tx); err != nil {
		return err
	}
	if im.finish != nil {
		if err := im.finish(tx, im.count); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM open_imports WHERE id = $1`, im.id); err != nil {
		return fmt.Errorf("ending an import: %w", err)
	}
	e := im.entry
	e.Detail += fmt.Sprintf(" new=%d changed=%d unchanged=%d", im.count.New, im.count.Changed,
		im.count.Unchanged)
	return appendAudit(ctx, tx, e, nil)
}

// clearImports removes what files left that were given up, in slices too. Whoever calls it holds the lock of
// imports.
func (s *core) clearImports(ctx context.Context) error {
	var all []int64
	err := s.each(ctx, func(scan func(...any) error) error {
		var one int64
		err := scan(&one)
		all = append(all, one)
		return err
	}, `SELECT id FROM open_imports ORDER BY id`)
	for _, one := range all {
		if err == nil {
			err = clearImport(ctx, s, one)
		}
	}
	return storageError(err)
}

// clearImport removes what one file left.
func clearImport(ctx context.Context, s *core, id int64) (err error) {
	for more := true; more && err == nil; {
		err = s.change(ctx, func(tx *sql.Tx) error {
			// A slice of it that is being stored elsewhere ends first, and is seen then (stands).
			if _, err := tx.ExecContext(ctx, `UPDATE open_imports SET last = last WHERE id = $1`,
				id); err != nil {
				return fmt.Errorf("holding an import: %w", err)
			}
			people, err := removed(tx.ExecContext(ctx, `DELETE FROM people WHERE id IN
				(SELECT id FROM people WHERE import = $1
				AND id > (SELECT last FROM open_imports WHERE id = $1) ORDER BY id LIMIT $2)`,
				id, importSlice))
			if err != nil {
				return err
			}
			rows, err := removed(tx.ExecContext(ctx, `DELETE FROM search_slices WHERE id IN
				(SELECT id FROM search_slices WHERE import = $1
				AND first > (SELECT last FROM open_imports WHERE id = $1) ORDER BY id LIMIT $2)`,
				id, importSlice/4))
			if more = people+rows > 0; more || err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `DELETE FROM open_imports WHERE id = $1`, id)
			return err
		})
	}
	return err
}

// clearLeftImports is clearImports at a start, unless a file comes in just now.
func (s *core) clearLeftImports(ctx context.Context) error {
	release, err := s.engine.holdImports(ctx, s.write.DB, false)
	if errors.Is(err, durable.ErrHeld) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking whether a file comes in: %w", err)
	}
	defer release()
	return s.clearImports(ctx)
}
