package instances

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"madoguchi/eligibility"
)

// brokenStore is a Store that does not answer for a while.
type brokenStore struct {
	Store
	server time.Time // the clock of the database's server

	mu    sync.Mutex
	away  bool
	now   time.Time
	until time.Time // the last word that it took
	asked int
}

func (s *brokenStore) PutInstance(_ context.Context, _ string, until time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.away {
		return errors.New("connection refused")
	}
	s.until = until
	return nil
}

func (s *brokenStore) Clock(context.Context) (time.Time, error) { return s.server, nil }

func (s *brokenStore) set(away bool, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away, s.now = away, now
}

func (s *brokenStore) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *brokenStore) state() (until time.Time, asked int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.until, s.asked
}

// A database that was away for longer than a lease knows of an instance a second after it is back: until then
// its agents are nowhere, and those that come to it are turned away. A good one is asked as rarely as before.
func TestAnInstanceLivesAsSoonAsTheDatabaseIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		noon := time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)
		store := &brokenStore{now: noon}
		i := Instance{Name: "a", Store: store, Now: store.clock}
		ctx, end := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { i.Keep(ctx); close(ended) }()
		time.Sleep(10 * Beat)
		synctest.Wait()
		if _, asked := store.state(); asked != 10 {
			t.Errorf("it said so %d times in ten beats", asked)
		}
		store.set(true, noon)
		time.Sleep(2*Lease + Beat/2)
		store.set(false, noon.Add(time.Hour))
		time.Sleep(again)
		synctest.Wait()
		if until, _ := store.state(); !until.Equal(noon.Add(time.Hour + Lease)) {
			t.Errorf("a second after the database is back it lives until %s", until)
		}
		end()
		<-ended
	})
}
