package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/printing"
)

// runStore implements insurer.RunStore.
type runStore struct{ *core }

// itemsAtOnce is how many people of a run one transaction stores: others write between two of them.
const itemsAtOnce = 20_000

// abandoned is how long a run may take until all its people are stored; what is left of an older one is
// removed with the next.
const abandoned = time.Hour

// PutRun implements insurer.RunStore. A run of many people is stored in several transactions; only the last
// makes it one that others see.
func (s runStore) PutRun(
	ctx context.Context, r insurer.PrintRun, items iter.Seq2[printing.Item, error], e audit.Entry,
) error {
	options, err := json.Marshal(r.Options)
	if err != nil {
		return fmt.Errorf("writing a run's options: %w", err)
	}
	next, stop := iter.Pull2(items)
	defer stop()
	atOnce := itemsAtOnce
	if audit.ChangesNothing(ctx) {
		atOnce = r.Total // what is taken back is no foundation
	}
	var id int64
	for stored := 0; stored == 0 || stored < r.Total; {
		part, err := take(next, min(atOnce, r.Total-stored))
		if err != nil {
			return err
		}
		err = s.changeAlone(ctx, func(tx *sql.Tx) (err error) {
			if stored == 0 {
				if id, err = s.putRun(ctx, tx, r, string(options)); err != nil {
					return err
				}
			}
			if err := s.putItems(ctx, tx, id, stored, part); err != nil {
				return err
			}
			if stored+len(part) < r.Total {
				return nil
			}
			_, err = tx.ExecContext(ctx, `UPDATE runs SET state = $2 WHERE id = $1`, id, r.State)
			if err != nil {
				return fmt.Errorf("storing a run: %w", err)
			}
			return appendAudit(ctx, tx, e, nil)
		})
		if err != nil {
			return err
		}
		stored += len(part)
	}
	return nil
}

// take returns the next n items.
func take(next func() (printing.Item, error, bool), n int) ([]printing.Item, error) {
	out := make([]printing.Item, 0, n)
	for len(out) < n {
		item, err, more := next()
		if err != nil {
			return nil, err
		}
		if !more {
			return nil, fmt.Errorf("a run ends %d people early", n-len(out))
		}
		out = append(out, item)
	}
	return out, nil
}

// putRun stores a run without its people, and removes what others left half stored.
func (s runStore) putRun(
	ctx context.Context, tx *sql.Tx, r insurer.PrintRun, options string,
) (id int64, err error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM runs WHERE state = $1 AND created_at < $2`,
		insurer.RunPlanning, toMillis(r.CreatedAt.Add(-abandoned))); err != nil {
		return 0, fmt.Errorf("removing abandoned runs: %w", err)
	}
	err = tx.QueryRowContext(ctx,
		`INSERT INTO runs (ref, insurer, kind, state, clerk, created_at, ended_at, note, options, total)
		VALUES ($1, $2, $3, $4, $5, $6, 0, '', $7, $8) RETURNING id`,
		r.ID, r.Insurer, r.Kind, insurer.RunPlanning, string(r.By), toMillis(r.CreatedAt), options,
		r.Total).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("storing a run: %w", err)
	}
	return id, nil
}

// putItems stores people of a run, from place first on.
func (s runStore) putItems(
	ctx context.Context, tx *sql.Tx, run int64, first int, items []printing.Item,
) error {
	insert, err := tx.PrepareContext(ctx, `INSERT INTO run_items (run_id, place, person, parcel)
		VALUES ($1, $2, $3, $4)`)
	if err != nil {
		return fmt.Errorf("storing a run's people: %w", err)
	}
	defer insert.Close()
	for i, item := range items {
		parcel := 0
		if item.Group != "" {
			if parcel, err = strconv.Atoi(item.Group); err != nil {
				return fmt.Errorf("a parcel is a number: %w", err)
			}
		}
		if _, err := insert.ExecContext(ctx, run, first+i, item.Ref, parcel); err != nil {
			return fmt.Errorf("storing a run's people: %w", err)
		}
	}
	return nil
}

const runColumns = `ref, insurer, kind, state, clerk, created_at, ended_at, note, options, total,
	checked_at, checked_by,
	coalesce((SELECT max(last) FROM run_files WHERE run_files.run_id = runs.id), 0), (SELECT count(*)
	FROM run_files WHERE run_files.run_id = runs.id), owner, attempt, lease_until`

func scanRun(scan func(...any) error) (insurer.PrintRun, error) {
	var r insurer.PrintRun
	var created, ended, checked, lease int64
	var by, options, checker string
	if err := scan(&r.ID, &r.Insurer, &r.Kind, &r.State, &by, &created, &ended, &r.Note, &options, &r.Total,
		&checked, &checker, &r.Done, &r.Files, &r.Claim.Owner, &r.Claim.Attempt, &lease); err != nil {
		return r, err
	}
	if checked > 0 {
		r.CheckedAt, r.CheckedBy = fromMillis(checked), audit.ReadActor(checker)
	}
	r.By, r.CreatedAt = audit.ReadActor(by), fromMillis(created)
	r.Claim.Until = timeOrNone(lease)
	if ended > 0 {
		r.EndedAt = fromMillis(ended)
	}
	if err := json.Unmarshal([]byte(options), &r.Options); err != nil {
		return r, fmt.Errorf("reading a run's options: %w", err)
	}
	return r, nil
}

// Run implements insurer.RunStore.
func (s runStore) Run(ctx context.Context, run insurer.RunKey) (insurer.PrintRun, error) {
	r, err := scanRun(s.read.QueryRowContext(ctx,
		`SELECT `+runColumns+` FROM runs WHERE ref = $1 AND insurer = $2`, run.ID, run.Insurer).Scan)
	return r, storageError(err)
}

// Runs implements insurer.RunStore.
func (s runStore) Runs(
	ctx context.Context, number eligibility.InsurerNumber, limit int,
) ([]insurer.PrintRun, error) {
	return s.runsWhere(ctx, `state <> 'planning' AND insurer = $1`, string(number), limit)
}

// Going implements insurer.RunStore.
func (s runStore) Going(ctx context.Context, limit int) ([]insurer.PrintRun, error) {
	return s.runsWhere(ctx, `state = $1`, string(insurer.RunGoing), limit)
}

func (s runStore) runsWhere(
	ctx context.Context, where, value string, limit int,
) (all []insurer.PrintRun, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		r, err := scanRun(scan)
		all = append(all, r)
		return err
	}, `SELECT `+runColumns+` FROM runs WHERE `+where+` ORDER BY id DESC LIMIT $2`, value, limit)
	return all, storageError(err)
}

// RunItems implements insurer.RunStore.
func (s runStore) RunItems(
	ctx context.Context, run insurer.RunKey, first, last int,
) (all []printing.Item, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var item printing.Item
		var parcel int
		if err := scan(&item.Ref, &parcel); err != nil {
			return err
		}
		if parcel > 0 {
			item.Group = strconv.Itoa(parcel)
		}
		all = append(all, item)
		return nil
	}, `SELECT run_items.person, run_items.parcel FROM run_items JOIN runs ON runs.id = run_items.run_id
		WHERE runs.ref = $1 AND runs.insurer = $2 AND run_items.place >= $3 AND run_items.place < $4
		ORDER BY run_items.place`, run.ID, run.Insurer, first, last)
	return all, storageError(err)
}

// RunFiles implements insurer.RunStore.
func (s runStore) RunFiles(ctx context.Context, run insurer.RunKey) (all []printing.FileRecord, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var body string
		var f printing.FileRecord
		if err := scan(&body); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(body), &f); err != nil {
			return fmt.Errorf("reading a run's file: %w", err)
		}
		all = append(all, f)
		return nil
	}, `SELECT run_files.body FROM run_files JOIN runs ON runs.id = run_files.run_id
		WHERE runs.ref = $1 AND runs.insurer = $2 ORDER BY run_files.number`, run.ID, run.Insurer)
	return all, storageError(err)
}

// StepRun implements insurer.RunStore.
func (s runStore) StepRun(
	ctx context.Context, run insurer.RunKey, step insurer.RunStep, e audit.Entry,
) (bool, error) {
	moved := false
	err := s.change(ctx, func(tx *sql.Tx) error {
		var state insurer.RunState
		var stored insurer.RunClaim
		if err := tx.QueryRowContext(ctx, `SELECT state, owner, attempt FROM runs
			WHERE ref = $1 AND insurer = $2`, run.ID, run.Insurer).
			Scan(&state, &stored.Owner, &stored.Attempt); err != nil {
			return err
		}
		if by := step.Under; by != nil && (by.Owner != stored.Owner || by.Attempt != stored.Attempt) {
			return insurer.ErrRunTaken
		}
		if !slices.Contains(step.From, state) {
			return nil
		}
		moved = true
		ended := int64(0)
		if step.To == insurer.RunDone || step.To == insurer.RunCancelled {
			ended = toMillis(e.At)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE runs SET state = $2, note = $3, ended_at = $4
			WHERE ref = $1 AND insurer = $5`,
			run.ID, step.To, step.Note, ended, run.Insurer); err != nil {
			return fmt.Errorf("moving a run on: %w", err)
		}
		return appendAudit(ctx, tx, e, nil)
	})
	return moved, err
}

// CheckRun implements insurer.RunStore.
func (s runStore) CheckRun(ctx context.Context, run insurer.RunKey, e audit.Entry) (bool, error) {
	checked := false
	err := s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE runs SET checked_at = $3, checked_by = $4
			WHERE ref = $1 AND insurer = $2 AND state = $5 AND checked_at = 0`,
			run.ID, run.Insurer, toMillis(e.At), string(e.Actor), insurer.RunDone)
		if err != nil {
			return fmt.Errorf("noting that a run's names were looked at: %w", err)
		}
		n, err := done.RowsAffected()
		if checked = n > 0; err != nil || !checked {
			return err
		}
		return appendAudit(ctx, tx, e, nil)
	})
	return checked, err
}

// FinishFile implements insurer.RunStore.
func (s runStore) FinishFile(
	ctx context.Context, r insurer.PrintRun, f printing.FileRecord, printed []printing.PrintedRecord,
	e audit.Entry,
) error {
	body, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("writing a run's file: %w", err)
	}
	return s.changeAlone(ctx, func(tx *sql.Tx) error {
		noted, err := tx.ExecContext(ctx, `INSERT INTO run_files (run_id, number, last, at, body)
			SELECT id, $2, $3, $4, $5 FROM runs
			WHERE ref = $1 AND insurer = $6 AND owner = $7 AND attempt = $8`,
			r.ID, f.Number, f.Last, toMillis(e.At), string(body), r.Insurer, r.Claim.Owner, r.Claim.Attempt)
		if err != nil {
			return fmt.Errorf("noting a finished file: %w", err)
		}
		if n, err := noted.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, insurer.ErrRunTaken)
		}
		for some := range slices.Chunk(inOrderOfRecords(printed), printsTogether) {
			if err := notePrinted(ctx, tx, r, toMillis(e.At), some); err != nil {
				return fmt.Errorf("noting who was printed: %w", err)
			}
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// printsTogether is of how many people one statement notes that they were printed.
const printsTogether = 100

// inOrderOfRecords is inOrderOfRefs for what was printed.
func inOrderOfRecords(printed []printing.PrintedRecord) []printing.PrintedRecord {
	return slices.SortedFunc(slices.Values(printed), func(a, b printing.PrintedRecord) int {
		return strings.Compare(a.Ref, b.Ref)
	})
}

// notePrinted notes the versions that the pages show: an import may have come since they were made.
func notePrinted(
	ctx context.Context, tx *sql.Tx, r insurer.PrintRun, at int64, printed []printing.PrintedRecord,
) error {
	places, values := make([]string, len(printed)), []any{r.Kind, at, r.ID, r.Insurer}
	for i, p := range printed {
		values = append(values, p.Ref, p.Version)
		places[i] = fmt.Sprintf("($%d, CAST($%d AS bigint))", len(values)-1, len(values))
	}
	// || as in lastNotices
	_, err := tx.ExecContext(ctx, `WITH printed (ref, version) AS (VALUES `+strings.Join(places, ", ")+`)
		INSERT INTO prints (person_id, kind, at, version, run)
		SELECT people.id, $1, $2, printed.version, $3 FROM printed JOIN people ON people.ref = printed.ref
		WHERE people.insurer || '' = $4
		ON CONFLICT (person_id, kind) DO UPDATE SET at = excluded.at, version = excluded.version,
		run = excluded.run`, values...)
	return err
}
