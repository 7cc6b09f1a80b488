package store

import (
	"context"
	"fmt"
	"slices"
)

// An import beside which others write stores new people at once, since nobody knows them yet, and changes
// those who are known at its end, when nobody else writes: whoever held one of their rows and waited for the
// import, while the import waited for them, would be a deadlock.

// mostLate is how many changed people an import holds in memory, about 1 KB each. With more of them it lets
// nobody else write from then on.
const mostLate = 20_000

// lateChanges are people whom an import will change at its end, in the order of the file.
type lateChanges struct {
	people []incomingPerson
	keys   map[string]bool // their keys' MACs: what the file says of them again comes behind
}

func (l *lateChanges) has(p incomingPerson) bool { return l.keys[string(p.keyMAC)] }

func (l *lateChanges) full() bool { return len(l.people) >= mostLate }

func (l *lateChanges) add(p incomingPerson) {
	if l.keys == nil {
		l.keys = map[string]bool{}
	}
	l.keys[string(p.keyMAC)] = true
	l.people = append(l.people, p)
}

// storeLate lets nobody else write until the import ends, and changes who was put off.
func (in *importer) storeLate(ctx context.Context) error {
	if !in.tx.late {
		return nil
	}
	if err := in.core.engine.lockWrites(ctx, in.tx.Tx); err != nil {
		return err
	}
	in.tx.late = false
	for part := range slices.Chunk(in.late.people, in.core.engine.together()) {
		if err := in.store(ctx, part); err != nil { // one of them may have been erased since
			return err
		}
		if err := in.copyRows(ctx); err != nil {
			return err
		}
	}
	in.late = lateChanges{}
	return nil
}

// finish stores what was put off.
func (in *importer) finish(ctx context.Context) error { return in.storeLate(ctx) }

// copyRows stores the new people of a batch where COPY does it. It stands behind each batch: the next one
// must find them.
func (in *importer) copyRows(ctx context.Context) error {
	if len(in.rows) == 0 {
		return nil
	}
	if err := in.tx.copyIn(ctx, "people", newColumns, in.rows); err != nil {
		return fmt.Errorf("storing people: %w", err)
	}
	in.rows = in.rows[:0]
	return nil
}
