package store

import (
	"container/list"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Parsing and planning a query takes SQLite longer than running it by an index, and database/sql parses each
// text anew. So each connection keeps the statements that it has prepared, whoever asks; nobody above knows.
// SQLite prepares a statement anew by itself where the tables have changed since (sqlite3_prepare_v2).

// keptStatements is how many a connection keeps that are not in use, the last used ones.
const keptStatements = 96

// engineConn is what a driver's connection must be able to do.
type engineConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// engineStmt is what a driver's statement must be able to do.
type engineStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// preparing opens connections that keep their statements prepared and tell what their transactions changed.
type preparing struct {
	driver.Connector
	told func(writes) // nil: nobody asks
}

// openPrepared opens a pool of such connections to a database of an engine.
func openPrepared(engine driver.Connector, told func(writes)) *sql.DB {
	return sql.OpenDB(preparing{engine, told})
}

// Connect implements driver.Connector.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(engineConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("store: a connection is %T", opened), opened.Close())
	}
	return &preparedConn{
		engineConn: conn,
		idle:       map[string]*list.Element{},
		order:      list.New(),
		writes:     newWrites(p.told),
	}, nil
}

// preparedConn is one connection. Like every driver's it is used by one goroutine at a time.
type preparedConn struct {
	engineConn
	idle   map[string]*list.Element // by text: statements that nobody uses now
	order  *list.List               // of idleStmt, the last used first
	writes *pendingWrites
}

type idleStmt struct {
	text string
	stmt engineStmt
}

// kept reports whether a statement of this text is kept: queries and changes of rows are asked again, what
// changes tables or settings is not.
func kept(text string) bool {
	for _, verb := range []string{"SELECT ", "INSERT ", "UPDATE ", "DELETE "} {
		if strings.HasPrefix(text, verb) {
			return true
		}
	}
	return false
}

// take returns a statement that nobody else has until it is put back: within a transaction the same text may
// be read from and asked anew.
func (c *preparedConn) take(ctx context.Context, text string) (engineStmt, error) {
	if e, ok := c.idle[text]; ok {
		delete(c.idle, text)
		return c.order.Remove(e).(idleStmt).stmt, nil
	}
	prepared, err := c.engineConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	st, ok := prepared.(engineStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("store: a statement is %T", prepared), prepared.Close())
	}
	return st, nil
}

// put keeps a statement for the next who asks, or closes it: after a fault, beside one of the same text, and
// instead of the one that was used longest ago.
func (c *preparedConn) put(text string, st engineStmt, fault error) error {
	if _, twice := c.idle[text]; twice || fault != nil {
		return st.Close()
	}
	c.idle[text] = c.order.PushFront(idleStmt{text, st})
	if c.order.Len() <= keptStatements {
		return nil
	}
	last := c.order.Remove(c.order.Back()).(idleStmt)
	delete(c.idle, last.text)
	return last.stmt.Close()
}

// ExecContext implements driver.ExecerContext.
func (c *preparedConn) ExecContext(
	ctx context.Context, text string, args []driver.NamedValue,
) (driver.Result, error) {
	if !kept(text) {
		return c.engineConn.ExecContext(ctx, text, args)
	}
	st, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	done, err := st.ExecContext(ctx, args)
	if err := errors.Join(err, c.put(text, st, err)); err != nil {
		return nil, err
	}
	c.writes.ran(text, args)
	return done, nil
}

// QueryContext implements driver.QueryerContext.
func (c *preparedConn) QueryContext(
	ctx context.Context, text string, args []driver.NamedValue,
) (driver.Rows, error) {
	if !kept(text) {
		return c.engineConn.QueryContext(ctx, text, args)
	}
	st, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return &preparedRows{Rows: rows, conn: c, text: text, args: args, stmt: st}, nil
}

// PrepareContext implements driver.ConnPrepareContext: whoever prepares a statement closes it.
func (c *preparedConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	prepared, err := c.engineConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	st, ok := prepared.(engineStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("store: a statement is %T", prepared), prepared.Close())
	}
	return ownStmt{st, c, text}, nil
}

// BeginTx implements driver.ConnBeginTx.
func (c *preparedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := c.engineConn.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	c.writes.begin()
	return writingTx{tx, c.writes}, nil
}

// Close closes what is kept, and the connection.
func (c *preparedConn) Close() error {
	var err error
	for e := c.order.Front(); e != nil; e = e.Next() {
		err = errors.Join(err, e.Value.(idleStmt).stmt.Close())
	}
	c.order.Init()
	clear(c.idle)
	return errors.Join(err, c.engineConn.Close())
}

// preparedRows are rows of a kept statement, which is put back when they are closed.
type preparedRows struct {
	driver.Rows
	conn  *preparedConn
	text  string
	args  []driver.NamedValue
	stmt  engineStmt // nil once put back
	fault error
}

// Next implements driver.Rows.
func (r *preparedRows) Next(into []driver.Value) error {
	err := r.Rows.Next(into)
	if err != nil && err != io.EOF {
		r.fault = err
	}
	return err
}

// Close implements driver.Rows.
func (r *preparedRows) Close() error {
	if r.stmt == nil {
		return nil
	}
	st := r.stmt
	r.stmt = nil
	err := r.Rows.Close()
	fault := errors.Join(err, r.fault)
	if fault == nil {
		r.conn.writes.ran(r.text, r.args) // INSERT … RETURNING
	}
	return errors.Join(err, r.conn.put(r.text, st, fault))
}

// ownStmt is a statement that its user prepared.
type ownStmt struct {
	engineStmt
	conn *preparedConn
	text string
}

// ExecContext implements driver.StmtExecContext.
func (s ownStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	done, err := s.engineStmt.ExecContext(ctx, args)
	if err == nil {
		s.conn.writes.ran(s.text, args)
	}
	return done, err
}
