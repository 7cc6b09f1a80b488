package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/printing"
)

// runStore implements insurer.RunStore.
type runStore struct{ *core }

// PutRun implements insurer.RunStore.
func (s runStore) PutRun(
	ctx context.Context, r insurer.PrintRun, items []printing.Item, e audit.Entry,
) error {
	options, err := json.Marshal(r.Options)
	if err != nil {
		return fmt.Errorf("writing a run's options: %w", err)
	}
	return s.changeAlone(ctx, func(tx *sql.Tx) error {
		var id int64
		err := tx.QueryRowContext(ctx,
			`INSERT INTO runs (ref, insurer, kind, state, clerk, created_at, ended_at, note, options, total)
			VALUES ($1, $2, $3, $4, $5, $6, 0, '', $7, $8) RETURNING id`,
			r.ID, r.Insurer, r.Kind, r.State, string(r.By), toMillis(r.CreatedAt), string(options),
			len(items)).Scan(&id)
		if err != nil {
			return fmt.Errorf("storing a run: %w", err)
		}
		insert, err := tx.PrepareContext(ctx, `INSERT INTO run_items (run_id, place, person, parcel)
			VALUES ($1, $2, $3, $4)`)
		if err != nil {
			return fmt.Errorf("storing a run's people: %w", err)
		}
		defer insert.Close()
		for place, item := range items {
			parcel := 0
			if item.Group != "" {
				if parcel, err = strconv.Atoi(item.Group); err != nil {
					return fmt.Errorf("a parcel is a number: %w", err)
				}
			}
			if _, err := insert.ExecContext(ctx, id, place, item.Ref, parcel); err != nil {
				return fmt.Errorf("storing a run's people: %w", err)
			}
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

const runColumns = `ref, insurer, kind, state, clerk, created_at, ended_at, note, options, total,
	coalesce((SELECT max(last) FROM run_files WHERE run_files.run_id = runs.id), 0), (SELECT count(*)
	FROM run_files WHERE run_files.run_id = runs.id), owner, attempt, lease_until`

func scanRun(scan func(...any) error) (insurer.PrintRun, error) {
	var r insurer.PrintRun
	var created, ended, lease int64
	var by, options string
	if err := scan(&r.ID, &r.Insurer, &r.Kind, &r.State, &by, &created, &ended, &r.Note, &options, &r.Total,
		&r.Done, &r.Files, &r.Claim.Owner, &r.Claim.Attempt, &lease); err != nil {
		return r, err
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
	return s.runsWhere(ctx, `insurer = $1`, string(number), limit)
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
func (s runStore) RunItems(ctx context.Context, run insurer.RunKey) (all []printing.Item, err error) {
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
		WHERE runs.ref = $1 AND runs.insurer = $2 ORDER BY run_items.place`, run.ID, run.Insurer)
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
		if err := tx.QueryRowContext(ctx, `SELECT state FROM runs WHERE ref = $1 AND insurer = $2`,
			run.ID, run.Insurer).Scan(&state); err != nil {
			return err
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

// FinishFile implements insurer.RunStore.
func (s runStore) FinishFile(
	ctx context.Context, r insurer.PrintRun, f printing.FileRecord, printed []audit.PersonID, e audit.Entry,
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
		note, err := tx.PrepareContext(ctx, `INSERT INTO prints (person_id, kind, at, version, run)
			SELECT id, $2, $3, version, $4 FROM people WHERE ref = $1 AND insurer = $5
			ON CONFLICT (person_id, kind) DO UPDATE SET at = excluded.at, version = excluded.version,
			run = excluded.run`)
		if err != nil {
			return fmt.Errorf("noting who was printed: %w", err)
		}
		defer note.Close()
		for _, id := range printed {
			if _, err := note.ExecContext(ctx, id, r.Kind, toMillis(e.At), r.ID, r.Insurer); err != nil {
				return fmt.Errorf("noting who was printed: %w", err)
			}
		}
		return appendAudit(ctx, tx, e, nil)
	})
}
