package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// Group commit: changes that wait for the writing connection share one transaction and so one flush to the
// disk. Whoever comes first leads: it begins the transaction, does its own change, gives each that waits its
// turn within a savepoint, and commits for all. What fails takes back itself alone; a commit that fails is
// everybody's failure. Nobody is told anything before the commit: a refusal too may rest on what another
// change has just done, which nobody else sees until then and which may yet be lost. A change that meets
// nobody is an ordinary transaction, without savepoints and without another goroutine.

// mostTogether bounds the changes of a transaction, so that the first of them does not wait long for it.
const mostTogether = 128

var (
	errLost = errors.New("store: the transaction that this change shared is lost")
	// errLeft stands for a change that ended neither well nor by an error: it panicked.
	errLeft = errors.New("store: a change was left before its end")
)

// group is the queue before the writing connection.
type group struct {
	db     *sql.DB
	engine engine

	mu      sync.Mutex
	led     bool // somebody leads, or was just called to
	waiting []*changing
}

// changing is a change on its way: its goroutine waits for turn, then runs it.
type changing struct {
	do    func(*sql.Tx) error
	ctx   context.Context
	keep  bool // else everything is taken back at the end
	alone bool // shares its transaction with nobody: it is long
	// entry is do of a change that is nothing but an entry of the audit chain (groupentries.go); else nil
	entry func(*sql.Tx) (chainedEntry, error)

	turn chan turn
	ran  chan error // what do returned, in its goroutine
	own  error      // what do returned, for its leader
	told chan error // how it ended, after the commit
}

// turn calls a change that waits: into a transaction, or to lead one where tx is nil.
type turn struct {
	tx  *sql.Tx
	err error // it cannot be made
}

// run makes a change and returns when it is durable, or taken back.
func (g *group) run(c *changing) error {
	g.mu.Lock()
	if !g.led {
		g.led = true
		g.mu.Unlock()
		return g.lead(c)
	}
	c.turn, c.told = make(chan turn), make(chan error, 1)
	if c.entry == nil {
		c.ran = make(chan error, 1)
	}
	g.waiting = append(g.waiting, c)
	g.mu.Unlock()
	var called turn
	select {
	case called = <-c.turn:
	case err := <-c.told: // its leader did it
		return err
	case <-c.ctx.Done():
		if g.leave(c) {
			return c.ctx.Err()
		}
		select {
		case called = <-c.turn:
		case err := <-c.told:
			return err
		}
	}
	switch {
	case called.err != nil:
		return called.err
	case called.tx == nil:
		return g.lead(c)
	}
	c.follow(called.tx)
	return <-c.told
}

// leave takes a change out of the queue; false: its turn has come.
func (g *group) leave(c *changing) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := slices.Index(g.waiting, c)
	if at < 0 {
		return false
	}
	g.waiting = slices.Delete(g.waiting, at, at+1)
	return true
}

// follow runs a change in another's transaction, in its own goroutine, and says how it went even if it
// panics.
func (c *changing) follow(tx *sql.Tx) {
	err := errLeft
	defer func() { c.ran <- err }()
	err = c.run(tx)
}

// end tells a change that waits how it ended.
func (c *changing) end(commit error) {
	if commit == nil {
		commit = c.own
	}
	c.told <- commit
}

// run is the change itself; one whose caller has gone is an error.
func (c *changing) run(tx *sql.Tx) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if err := c.do(tx); err != nil {
		return err
	}
	return c.ctx.Err()
}

// next takes who comes next and may share a transaction: entries as far as they stand one behind the other
// (groupentries.go), at most so many, or one other change.
func (g *group) next(most int) (entries []*changing, other *changing) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(entries) < most && len(g.waiting) > 0 && g.waiting[0].entry != nil {
		entries = append(entries, g.pop())
	}
	if len(entries) > 0 || len(g.waiting) == 0 || g.waiting[0].alone {
		return entries, nil
	}
	return nil, g.pop()
}

// pop takes the first of the queue.
func (g *group) pop() *changing {
	c := g.waiting[0]
	g.waiting[0] = nil
	g.waiting = g.waiting[1:]
	return c
}

// pass lets the first who waits lead.
func (g *group) pass() {
	g.mu.Lock()
	var c *changing
	if len(g.waiting) > 0 {
		c = g.pop()
	} else {
		g.led, g.waiting = false, nil
	}
	g.mu.Unlock()
	if c != nil {
		c.turn <- turn{}
	}
}

// lead makes a change with those that wait for theirs.
func (g *group) lead(c *changing) error {
	defer g.pass()
	// The transaction outlives its leader's context: others are in it.
	tx, err := g.db.BeginTx(context.WithoutCancel(c.ctx), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := g.engine.lockWrites(context.WithoutCancel(c.ctx), tx); err != nil {
		return err
	}
	if err := c.run(tx); err != nil {
		return err
	}
	if !c.keep {
		return tx.Rollback()
	}
	if c.alone {
		return tx.Commit()
	}
	runtime.Gosched() // who was told a moment ago may be back with the next one
	all, err := g.gather(tx)
	if err == nil {
		err = tx.Commit()
	}
	for _, other := range all {
		other.end(err)
	}
	return err
}

// gather gives each that waits its turn, and returns those that had it.
func (g *group) gather(tx *sql.Tx) (all []*changing, err error) {
	for len(all) < mostTogether {
		entries, c := g.next(mostTogether - len(all))
		if len(entries) > 0 {
			all = append(all, entries...)
			if err := appendTogether(tx, entries); err != nil {
				return all, fmt.Errorf("%w: %w", errLost, err)
			}
			continue
		}
		if c == nil {
			break
		}
		called, err := c.within(tx)
		if called {
			all = append(all, c)
		}
		if err != nil {
			return all, fmt.Errorf("%w: %w", errLost, err)
		}
	}
	return all, nil
}

// within runs a change of the queue in a savepoint of tx; called then waits for its end. An error is of the
// transaction, not of the change.
func (c *changing) within(tx *sql.Tx) (called bool, err error) {
	step := func(text string) error {
		_, err := tx.ExecContext(context.Background(), text)
		return err
	}
	if err := step("SAVEPOINT one"); err != nil {
		c.turn <- turn{err: err}
		return false, err
	}
	c.turn <- turn{tx: tx}
	c.own = <-c.ran
	if c.own == nil && c.keep {
		return true, step("RELEASE one") // fails where the engine gave the whole transaction up
	}
	if err := step("ROLLBACK TO one"); err != nil {
		return true, errors.Join(err, c.own)
	}
	return true, step("RELEASE one")
}
