package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// core is what all stores of a database stand on.
type core struct {
	engine engine
	read   *sql.DB // a pool
	write  writer  // on SQLite one connection
	sealer *sealer
	index  *keyedHash // by which rows are found
	proofs rowProofs

	recalled *recalled

	attended attended

	importing chan struct{} // holds one while a file of this program comes in, or waits for its turn
}

func (s *core) people() personReader      { return personReader{s} }
func (s *core) notices() noticeRows       { return noticeRows{s} }
func (s *core) enrolments() enrolmentRows { return enrolmentRows{s} }
func (s *core) endings() endings          { return endings{s} }

// change runs f in one writing transaction: all of it happens or nothing, and nobody else writes meanwhile
// (engine.lockWrites). Under audit.WithoutChange it is nothing.
func (s *core) change(ctx context.Context, f func(tx *sql.Tx) error) error {
	return s.transact(ctx, !audit.ChangesNothing(ctx), f)
}

// changeAlone is change for what takes long, such as an import: it shares its transaction with nobody, so
// that nobody waits for its end who came before it.
func (s *core) changeAlone(ctx context.Context, f func(tx *sql.Tx) error) error {
	return storageError(s.write.run(&changing{
		do:    f,
		ctx:   ctx,
		keep:  !audit.ChangesNothing(ctx),
		alone: true,
	}))
}

func (s *core) transact(ctx context.Context, keep bool, f func(tx *sql.Tx) error) error {
	return storageError(s.write.run(&changing{do: f, ctx: ctx, keep: keep}))
}

// each runs a query and hands every row to take.
func (s *core) each(
	ctx context.Context, take func(scan func(...any) error) error, query string, args ...any,
) error {
	return eachOf(ctx, s.read, take, query, args...)
}

// eachOf is core.each within a transaction.
func eachOf(
	ctx context.Context, q rowsQueryer, take func(scan func(...any) error) error, query string, args ...any,
) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// writer is what writes. What is done under audit.WithoutChange it takes back at the end.
type writer struct {
	*sql.DB
	group *group
	full  *atomic.Bool // a change found no room, and nobody has looked since (CanWrite)
}

func newWriter(db *sql.DB, e engine) writer {
	return writer{db, &group{db: db, engine: e}, new(atomic.Bool)}
}

// run makes a change.
func (w writer) run(c *changing) error {
	err := w.group.run(c)
	if isFull(err) {
		w.full.Store(true)
	}
	return err
}

// ExecContext is one statement, a change of its own.
func (w writer) ExecContext(ctx context.Context, query string, args ...any) (done sql.Result, err error) {
	err = w.run(&changing{ctx: ctx, keep: !audit.ChangesNothing(ctx), do: func(tx *sql.Tx) (err error) {
		done, err = tx.ExecContext(ctx, query, args...)
		return err
	}})
	return done, err
}

// storageError gives a database's fault its sentence; errors that already have one pass.
func storageError(err error) error {
	var e *eligibility.Error
	switch {
	case err == nil || errors.As(err, &e) || errors.Is(err, context.Canceled):
		return err
	case err == sql.ErrNoRows: // of the look-up itself: within another fault it is of what must be there
		return errMissing.Because(err)
	}
	if isFull(err) {
		return errFull.Because(err)
	}
	return errStorage.Because(err)
}

func toMillis(t time.Time) int64   { return t.UnixMilli() }
func fromMillis(n int64) time.Time { return time.UnixMilli(n).In(eligibility.Japan) }

// millisOrZero is toMillis of a time that may not have come: 0.
func millisOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return toMillis(t)
}

// timeOrNone reads what millisOrZero wrote.
func timeOrNone(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return fromMillis(n)
}

// queryer is a transaction or a pool.
type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// rowsQueryer is a transaction or a pool.
type rowsQueryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// requireChange returns sql.ErrNoRows when a statement changed nothing.
func requireChange(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return err
}

// removed returns how many rows a statement removed.
func removed(done sql.Result, err error) (int, error) {
	if err != nil {
		return 0, storageError(err)
	}
	n, err := done.RowsAffected()
	return int(n), storageError(err)
}

// statement is SQL with its arguments.
type statement struct {
	text string
	args []any
}

func inOrder(ctx context.Context, tx *sql.Tx, steps []statement) error {
	for _, step := range steps {
		if _, err := tx.ExecContext(ctx, step.text, step.args...); err != nil {
			return fmt.Errorf("ending a registration: %w", err)
		}
	}
	return nil
}
