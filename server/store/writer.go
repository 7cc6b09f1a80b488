package store

import (
	"context"
	"database/sql"
	"errors"

	"madoguchi/server/audit"
)

// writer is the connection that writes. What is done under desk.WithoutChange it takes back at the end.
type writer struct{ *sql.DB }

// ExecContext is one statement in a transaction of its own.
func (w writer) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if !audit.ChangesNothing(ctx) {
		return w.DB.ExecContext(ctx, query, args...)
	}
	tx, err := w.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	done, err := tx.ExecContext(ctx, query, args...)
	return done, errors.Join(err, tx.Rollback())
}
