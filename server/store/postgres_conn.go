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
	return &postgresConn{conn, newWrites(p.told)}, nil
}

// postgresConn is one connection.
type postgresConn struct {
	*stdlib.Conn
	writes *pendingWrites
}

// ExecContext implements driver.ExecerContext.
func (c *postgresConn) ExecContext(
	ctx context.Context, text string, args []driver.NamedValue,
) (driver.Result, error) {
	if len(args) == 1 {
		if r, ok := args[0].Value.(copiedRows); ok {
			n, err := c.Conn.Conn().CopyFrom(ctx, pgx.Identifier{r.table}, r.columns, pgx.CopyFromRows(r.rows))
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
	rows, err := c.Conn.QueryContext(ctx, text, args)
	if err == nil {
		c.writes.ran(text, args)
	}
	return rows, err
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *postgresConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
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
	done, err := s.engineStmt.ExecContext(ctx, args)
	if err == nil {
		s.conn.writes.ran(s.text, args)
	}
	return done, err
}
