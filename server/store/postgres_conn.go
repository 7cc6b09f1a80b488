package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresConnector opens connections that tell what their transactions changed (writes.go) and store rows by
// COPY. Statements are kept prepared by pgx itself.
type postgresConnector struct {
	driver.Connector
	told func(writes) // nil: nobody asks
	// steady lets a statement that began also end (steady.go): pgx closes the connection of one whose context
	// is over, and with it ends the transaction that others share.
	steady bool
}

// Connect implements driver.Connector.
func (p postgresConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(*stdlib.Conn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("store: a connection is %T", opened), opened.Close())
	}
	return &postgresConn{conn, newWrites(p.told), p.steady}, nil
}

// postgresConn is one connection.
type postgresConn struct {
	*stdlib.Conn
	writes *pendingWrites
	steady bool
}

// within is the context of a statement; an error where it is over before the statement begins.
func (c *postgresConn) within(ctx context.Context) (context.Context, error) {
	if !c.steady {
		return ctx, nil
	}
	return context.WithoutCancel(ctx), ctx.Err()
}

// ExecContext implements driver.ExecerContext.
func (c *postgresConn) ExecContext(
	ctx context.Context, text string, args []driver.NamedValue,
) (driver.Result, error) {
	ctx, err := c.within(ctx)
	if err != nil {
		return nil, err
	}
	if len(args) == 1 {
		if r, ok := args[0].Value.(copiedRows); ok {
			n, err := c.Conn.Conn().CopyFrom(ctx, pgx.Identifier{r.table}, r.columns,
				pgx.CopyFromSlice(r.n, func(i int) ([]any, error) { return r.row(i), nil }))
			return driver.RowsAffected(n), err
		}
	}
	done, err := c.Conn.ExecContext(ctx, text, args)
	if err == nil {
		c.writes.ran(text, args)
	}
	return done, err
}

// QueryContext implements driver.QueryerContext, of INSERT … RETURNING too.
func (c *postgresConn) QueryContext(
	ctx context.Context, text string, args []driver.NamedValue,
) (driver.Rows, error) {
	ctx, err := c.within(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := c.Conn.QueryContext(ctx, text, args)
	if err == nil {
		c.writes.ran(text, args)
	}
	return rows, err
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *postgresConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	ctx, err := c.within(ctx)
	if err != nil {
		return nil, err
	}
	prepared, err := c.Conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	st, ok := prepared.(engineStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("store: a statement is %T", prepared), prepared.Close())
	}
	return postgresStmt{st, c, text}, nil
}

// BeginTx implements driver.ConnBeginTx.
func (c *postgresConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := c.Conn.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	c.writes.begin()
	return writingTx{tx, c.writes}, nil
}

// postgresStmt is a statement that its user prepared.
type postgresStmt struct {
	engineStmt
	conn *postgresConn
	text string
}

// ExecContext implements driver.StmtExecContext.
func (s postgresStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	ctx, err := s.conn.within(ctx)
	if err != nil {
		return nil, err
	}
	done, err := s.engineStmt.ExecContext(ctx, args)
	if err == nil {
		s.conn.writes.ran(s.text, args)
	}
	return done, err
}

// QueryContext implements driver.StmtQueryContext.
func (s postgresStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	ctx, err := s.conn.within(ctx)
	if err != nil {
		return nil, err
	}
	return s.engineStmt.QueryContext(ctx, args)
}
