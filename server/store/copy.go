package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// A copy takes a database over to another engine, or to another place, row by row: sealed values stay sealed,
// so it needs no key. Each slice of a table and the mark of how far the copy has come are stored together: a
// copy that was killed goes on where it stopped. Until the two were compared and the chain of the copy was
// verified, the copy has no stamp and opens for nothing (errCopying).

// CopyTold says how far a copy has come.
type CopyTold struct {
	Table       string
	Rows, Total int64 // of that table
	Compared    bool  // the table is read back now
}

// Copied is what a copy stored.
type Copied struct {
	Tables  int
	Rows    int64
	Entries int // of the audit chain, which was verified
}

var (
	errCopying    = &eligibility.Error{Code: eligibility.Conflict, Key: "copy.unfinished"}
	errCopyNone   = &eligibility.Error{Code: eligibility.NotFound, Key: "copy.no_source", Field: "--from"}
	errCopyOlder  = &eligibility.Error{Code: eligibility.Conflict, Key: "copy.older_source", Field: "--from"}
	errCopyTarget = &eligibility.Error{Code: eligibility.Conflict, Key: "copy.target", Field: "--to"}
	errCopyOther  = &eligibility.Error{Code: eligibility.Conflict, Key: "copy.another", Field: "--to"}
	errCopyDiffer = &eligibility.Error{Code: eligibility.Conflict, Key: "copy.differs"}
)

// copySlice is how many rows a copy stores at once.
const copySlice = 2000

// copyMark stands in meta of a database into which something is being copied.
const copyMark = "copying"

// copyState is what stands there.
type copyState struct {
	Source [32]byte `json:"source"` // whose copy it is (copier.identity)
	Table  string   `json:"table"`  // that was filled last
	Key    []any    `json:"key"`    // of its last row
}

// Copy copies the database from into to, which must be new or an unfinished copy of the same. Nobody may
// write to either meanwhile. told hears of each slice. Where ctx ends it, the error is that of a database
// into which a copy has not ended.
func Copy(ctx context.Context, from, to string, told func(CopyTold)) (Copied, error) {
	source, err := placeOf(from, errCopySource)
	if err != nil {
		return Copied{}, err
	}
	target, err := placeOf(to, errCopyPlace)
	if err != nil {
		return Copied{}, err
	}
	c := &copier{told: told, source: source, target: target}
	if err := c.open(ctx); err != nil {
		return Copied{}, errors.Join(stopped(ctx, storageError(err)), c.close())
	}
	done, err := c.copy(ctx)
	err = stopped(ctx, storageError(err))
	return done, errors.Join(err, c.close())
}

// stopped says of a copy that somebody broke off that it can go on.
func stopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errCopying
	}
	return err
}

// copier copies one database into another.
type copier struct {
	told           func(CopyTold)
	source, target engine
	from           *sql.DB
	leave          func()  // lets go of the source; nil: there is no lock
	tx             *sql.Tx // of from: all is read as it stands at one moment
	read, write    *sql.DB // of the target
	state          copyState
	columns        map[string][]string
	sums           map[string]tableSum // of what the source holds
}

func (c *copier) open(ctx context.Context) error {
	if err := c.openSource(ctx); err != nil {
		return placed(err, errCopySource)
	}
	var err error
	if c.read, c.write, err = c.target.open(ctx, Options{}, nil); err == nil {
		err = c.target.alone(ctx, c.write, func() error { return c.begin(ctx) })
	}
	return placed(err, errCopyPlace)
}

func (c *copier) openSource(ctx context.Context) (err error) {
	if c.from, err = c.source.inspect(ctx); err != nil {
		return err
	}
	if c.from == nil {
		return errCopyNone
	}
	if err := c.attendSource(ctx); err != nil {
		return err
	}
	has, newest, err := schemas(ctx, c.source, c.from)
	if err != nil {
		return err
	}
	if has != newest {
		return errCopyOlder.Because(fmt.Errorf("its schema is %d, this program's %d", has, newest))
	}
	if c.tx, err = c.from.BeginTx(ctx, snapshotOf(c.source)); err != nil {
		return fmt.Errorf("reading the database: %w", err)
	}
	return c.identify(ctx)
}

func (c *copier) close() error {
	var err error
	if c.tx != nil {
		if err = c.tx.Rollback(); errors.Is(err, sql.ErrTxDone) { // its context has ended it
			err = nil
		}
	}
	if c.leave != nil {
		c.leave()
	}
	for _, db := range []*sql.DB{c.from, c.read, c.write} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}

// identify takes the source's data keys, which are random, and its stamp as what tells it from others.
func (c *copier) identify(ctx context.Context) error {
	var stamp string
	if err := c.tx.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'stamp'`).
		Scan(&stamp); errors.Is(err, sql.ErrNoRows) {
		return errCopyNone
	} else if err != nil {
		return fmt.Errorf("reading the stamp: %w", err)
	}
	rows, err := c.tx.QueryContext(ctx, `SELECT wrapped FROM data_keys ORDER BY id`)
	if err != nil {
		return fmt.Errorf("reading the data keys: %w", err)
	}
	defer rows.Close()
	who := appendValues(nil, stamp)
	for rows.Next() {
		var wrapped []byte
		if err := rows.Scan(&wrapped); err != nil {
			return fmt.Errorf("reading the data keys: %w", err)
		}
		who = appendValues(who, wrapped)
	}
	c.state.Source = sha256.Sum256(who)
	return rows.Err()
}

// begin makes the target's tables and its mark, or takes up a copy that was broken off.
func (c *copier) begin(ctx context.Context) error {
	if err := migrate(ctx, c.target, c.write); err != nil {
		return err
	}
	if err := c.target.prepare(ctx, c.write); err != nil {
		return err
	}
	var mark string
	err := c.write.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = $1`, copyMark).Scan(&mark)
	switch {
	case err == nil:
		return c.resume(mark)
	case !errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("reading how far a copy has come: %w", err)
	}
	for _, t := range copied {
		var full bool
		held := t.name
		if t.name == "meta" { // the tables' own word stands there from the beginning
			held += ` WHERE name <> 'reads_from'`
		}
		if err := c.write.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+held+`)`).
			Scan(&full); err != nil {
			return fmt.Errorf("looking whether %s is empty: %w", t.name, err)
		}
		if full {
			return errCopyTarget
		}
	}
	if err := makeRoom(ctx, c.target, c.write, c.tx); err != nil {
		return err
	}
	return c.inTarget(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM meta`); err != nil { // the source's comes
			return fmt.Errorf("making room for the source's word: %w", err)
		}
		return c.note(ctx, tx)
	})
}

func (c *copier) resume(mark string) error {
	var state copyState
	if err := json.Unmarshal([]byte(mark), &state); err != nil {
		return fmt.Errorf("reading how far a copy has come: %w", err)
	}
	if state.Source != c.state.Source {
		return errCopyOther
	}
	for i, part := range state.Key { // JSON has one kind of number
		if number, ok := part.(float64); ok {
			state.Key[i] = int64(number)
		}
	}
	c.state = state
	return nil
}

// note stores how far the copy has come, in the transaction of what it stored.
func (c *copier) note(ctx context.Context, tx *sql.Tx) error {
	mark, err := json.Marshal(c.state)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, copyMark, string(mark))
	return err
}

func (c *copier) inTarget(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := c.target.lockWrites(ctx, tx); err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func (c *copier) copy(ctx context.Context) (Copied, error) {
	var done Copied
	c.columns, c.sums = map[string][]string{}, map[string]tableSum{}
	at := slices.IndexFunc(copied, func(t copiedTable) bool { return t.name == c.state.Table })
	for i, t := range copied {
		if err := c.readColumns(ctx, t); err != nil {
			return done, err
		}
		if t.name == "meta" || i < at {
			continue
		}
		if i > at {
			c.state.Table, c.state.Key = t.name, nil
		}
		if err := c.fill(ctx, t); err != nil {
			return done, fmt.Errorf("copying %s: %w", t.name, err)
		}
	}
	for _, t := range copied {
		if t.name == "meta" {
			continue
		}
		rows, err := c.compare(ctx, t)
		if err != nil {
			return done, fmt.Errorf("comparing %s: %w", t.name, err)
		}
		done.Tables, done.Rows = done.Tables+1, done.Rows+rows
	}
	target := &Store{&core{engine: c.target, read: c.read}}
	var err error
	if done.Entries, err = target.VerifyAudit(ctx); err != nil {
		return done, fmt.Errorf("verifying the copy's audit chain: %w", err)
	}
	return done, c.finish(ctx)
}

// fill copies what of a table is not copied yet.
func (c *copier) fill(ctx context.Context, t copiedTable) error {
	var total, rows int64
	if err := c.tx.QueryRowContext(ctx, `SELECT count(*) FROM `+t.name).Scan(&total); err != nil {
		return err
	}
	if c.state.Key != nil { // of before it was broken off
		if err := c.read.QueryRowContext(ctx, `SELECT count(*) FROM `+t.name).Scan(&rows); err != nil {
			return err
		}
	}
	for {
		slice, err := c.slice(ctx, c.tx, t, c.state.Key)
		if err != nil || len(slice) == 0 {
			return err
		}
		last := slice[len(slice)-1]
		c.state.Key = last.key
		err = c.inTarget(ctx, func(tx *sql.Tx) error {
			if err := c.store(ctx, tx, t, slice); err != nil {
				return err
			}
			return c.note(ctx, tx)
		})
		if err != nil {
			return err
		}
		rows += int64(len(slice))
		c.told(CopyTold{Table: t.name, Rows: rows, Total: total})
	}
}

func (c *copier) store(ctx context.Context, tx *sql.Tx, t copiedTable, slice []copiedRow) error {
	if _, ok := c.target.(postgres); ok {
		return copyInto(ctx, tx, copiedRows{t.name, c.columns[t.name], len(slice),
			func(i int) []any { return slice[i].values }})
	}
	insert, err := tx.PrepareContext(ctx, t.insert(c.columns[t.name]))
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, row := range slice {
		if _, err := insert.ExecContext(ctx, row.values...); err != nil {
			return err
		}
	}
	return nil
}

// compare reads a table of both and returns its rows; errCopyDiffer names one that is not the same.
func (c *copier) compare(ctx context.Context, t copiedTable) (int64, error) {
	want, err := c.sum(ctx, c.tx, t)
	if err != nil {
		return 0, err
	}
	got, err := c.sum(ctx, c.read, t)
	if err != nil {
		return 0, err
	}
	if want != got {
		return 0, errCopyDiffer.With(message.Args{"table": message.Text(t.name)}).Because(
			fmt.Errorf("%d rows, %x against %d, %x", want.rows, want.hash, got.rows, got.hash))
	}
	c.told(CopyTold{Table: t.name, Rows: want.rows, Total: want.rows, Compared: true})
	return want.rows, nil
}

// finish copies the stamp, by which the copy opens, and sets the numbers of new rows.
func (c *copier) finish(ctx context.Context) error {
	meta := copied[len(copied)-1]
	slice, err := c.slice(ctx, c.tx, meta, nil)
	if err != nil {
		return err
	}
	if err := c.renumber(ctx); err != nil {
		return fmt.Errorf("setting the numbers of new rows: %w", err)
	}
	return c.inTarget(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM meta`); err != nil {
			return err
		}
		return c.store(ctx, tx, meta, slice)
	})
}
