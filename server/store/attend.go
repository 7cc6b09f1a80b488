package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/durable"
)

// Whoever serves a database holds a lock of it meanwhile: alone, or shared by those who hear of each other.
// Others who do not would take its runs for their own, under one name, again and again, remember what it
// changed, and know nothing of its readers; and what it stores behind a copy's back would be lost.

var (
	errServed = &eligibility.Error{
		Code:  eligibility.Conflict,
		Key:   "store.served",
		Field: "MADOGUCHI_HUB",
	}
	errServedFile = &eligibility.Error{
		Code:  eligibility.Conflict,
		Key:   "store.served_file",
		Field: "MADOGUCHI_DATA",
	}
	errCopyServed = &eligibility.Error{Code: eligibility.Conflict, Key: "copy.served", Field: "--from"}
)

// attendTries is how often the lock is asked for, lockPause apart: a process that was killed leaves it a
// moment after its end, and its successor is on its way.
const attendTries = 60

// Attend implements instances.Store.
func (s instanceStore) Attend(ctx context.Context, alone bool) (leave func(), err error) {
	leave, err = attend(ctx, s.engine, s.write.DB, alone)
	if errors.Is(err, durable.ErrHeld) {
		if _, file := s.engine.(sqlite); file {
			return nil, errServedFile.Because(err)
		}
		return nil, errServed.Because(err)
	}
	if err != nil {
		return nil, storageError(err)
	}
	leave = sync.OnceFunc(leave)
	s.attended.add(leave)
	return leave, nil
}

// attended are the locks that a store's server holds: at the latest they end with the store.
type attended struct {
	mu     sync.Mutex
	leaves []func()
}

func (a *attended) add(leave func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.leaves = append(a.leaves, leave)
}

func (a *attended) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, leave := range a.leaves {
		leave()
	}
}

// attend takes the lock of who serves a database; with db where that is a server's. It returns
// durable.ErrHeld where another holds it.
func attend(ctx context.Context, e engine, db *sql.DB, alone bool) (leave func(), err error) {
	for tries := 1; ; tries++ {
		if file, ok := e.(sqlite); ok { // there are not several
			leave, err = durable.TryLock(file.path + "-serve")
		} else {
			leave, err = holdLock(ctx, db, lockServer, holding{shared: !alone})
		}
		if !errors.Is(err, durable.ErrHeld) || tries == attendTries {
			return leave, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockPause):
		}
	}
}

// attendSource holds a copy's source while it is read: who serves it must have ended.
func (c *copier) attendSource(ctx context.Context) (err error) {
	c.from.SetMaxOpenConns(2) // one holds the lock
	c.leave, err = attend(ctx, c.source, c.from, true)
	if errors.Is(err, durable.ErrHeld) {
		return errCopyServed.Because(err)
	}
	if _, file := c.source.(sqlite); file && err != nil && ctx.Err() == nil {
		c.leave, err = nil, nil // nobody serves from a folder in which no lock can be made
	}
	return err
}
