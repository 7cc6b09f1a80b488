package store

import (
	"context"
	"database/sql/driver"
)

// steady wraps a driver so that a statement which began also ends: a context that is over stops the next
// statement, not this one. SQLite takes a whole transaction back when one of its writing statements is
// interrupted (sqlite3_interrupt), and with it the changes of others that share it (group.go).
type steady struct{ driver.Connector }

// Connect implements driver.Connector.
func (s steady) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := s.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return steadyConn{c.(engineConn)}, nil
}

type steadyConn struct{ engineConn }

// ExecContext implements driver.ExecerContext.
func (c steadyConn) ExecContext(
	ctx context.Context, query string, args []driver.NamedValue,
) (driver.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.engineConn.ExecContext(context.WithoutCancel(ctx), query, args)
}

// QueryContext implements driver.QueryerContext.
func (c steadyConn) QueryContext(
	ctx context.Context, query string, args []driver.NamedValue,
) (driver.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.engineConn.QueryContext(context.WithoutCancel(ctx), query, args)
}

// PrepareContext implements driver.ConnPrepareContext.
func (c steadyConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, err := c.engineConn.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	return steadyStmt{s.(engineStmt)}, nil
}

type steadyStmt struct{ engineStmt }

// ExecContext implements driver.StmtExecContext.
func (s steadyStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.engineStmt.ExecContext(context.WithoutCancel(ctx), args)
}

// QueryContext implements driver.StmtQueryContext.
func (s steadyStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.engineStmt.QueryContext(context.WithoutCancel(ctx), args)
}
