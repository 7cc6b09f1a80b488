package insurer

import (
	"context"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/guarded"
	"madoguchi/server/hub"
	"madoguchi/server/staff"
)

// A large file is stored in the background: its clerk's page tells how far it is, and may be closed
// meanwhile. It is one transaction all the same; one that is stopped, or that the server's end interrupts,
// stores nothing.

// Large reports whether reading and storing the file takes so long that a page tells how far it is.
func (p KeptFile) Large() bool { return p.File.Parts() > 1 }

// storing is a file that is being stored, or one that could not be.
type storing struct {
	progress ImportProgress
	stop     context.CancelFunc
	err      error // once it is over
}

// storingKey names a clerk's own file.
type storingKey struct {
	Insurer   eligibility.InsurerNumber
	Clerk, ID string
}

func keyOf(clerk staff.Clerk, id string) storingKey {
	return storingKey{clerk.Insurer, clerk.Staff, id}
}

// storingFiles are those of this process, and how far other instances are with theirs. A file that is stored
// leaves it.
type storingFiles struct {
	mu        sync.Mutex
	all       map[storingKey]*storing
	elsewhere elsewhere[storingKey, ImportProgress]
	watchers  watchers[storingKey]
	done      sync.WaitGroup
	// stops tells the instance that stores a file to stop.
	stops watchers[storingKey]
}

// share joins them to those of other instances.
func (s *storingFiles) share(h *hub.Hub, now func() time.Time) error {
	if err := s.elsewhere.share(h, "insurer.storing", now, s.watchers.signal); err != nil {
		return err
	}
	return s.stops.share(h, "insurer.storing.stop", func(key *storingKey) {
		if key == nil {
			return // whoever asked for it asks again
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if f := s.going(*key); f != nil {
			f.stop()
		}
	})
}

// progress returns how far the storing of a file is, here or at another instance; false when it is not being
// stored.
func (s *storingFiles) progress(key storingKey) (ImportProgress, bool) {
	s.mu.Lock()
	f := s.going(key)
	if f != nil {
		defer s.mu.Unlock()
		return f.progress, true
	}
	s.mu.Unlock()
	return s.elsewhere.progress(key)
}

// begin notes a file; false when it is being stored already. What failed before is forgotten.
func (s *storingFiles) begin(key storingKey, stop context.CancelFunc, total int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := s.all[key]; last != nil && last.err == nil {
		return false
	}
	if s.all == nil {
		s.all = map[storingKey]*storing{}
	}
	s.all[key] = &storing{stop: stop, progress: ImportProgress{Total: total}}
	return true
}

func (s *storingFiles) tell(key storingKey, p ImportProgress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[key].progress = p
	s.watchers.signal(key)
}

func (s *storingFiles) end(key storingKey, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all[key].err = err; err == nil {
		delete(s.all, key)
	}
	s.watchers.signal(key)
}

// going returns a file that is being stored, under the lock; nil when it is not.
func (s *storingFiles) going(key storingKey) *storing {
	if f := s.all[key]; f != nil && f.err == nil {
		return f
	}
	return nil
}

// BeginStore stores a clerk's kept file in the background, as StorePreview does. ctx is the server's: what
// cannot be stored at all is told at once, what fails later by StoreFailure.
func (m *Importer) BeginStore(
	ctx context.Context, clerk staff.Clerk, id string, seen ImportCount,
) error {
	if preview, err := m.storable(ctx, clerk, id); err != nil || preview.Stored != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	key, total := keyOf(clerk, id), seen.New+seen.Changed+seen.Unchanged
	_, elsewhere := m.storing.elsewhere.progress(key)
	if elsewhere || !m.storing.begin(key, stop, total) {
		stop()
		return nil
	}
	m.storing.elsewhere.failure(key) // of a time before
	pace := importPace{m.now(), m.now}
	over := m.storing.elsewhere.telling(key, func() ImportProgress {
		p, _ := m.storing.progress(key)
		return p
	})
	m.storing.done.Go(func() {
		defer stop()
		err := guarded.Do("storing a file", func() error {
			return m.storeFile(ctx, clerk, id, seen, func(done int) {
				m.storing.tell(key, pace.progress(done, total, done))
			})
		})
		if err != nil && ctx.Err() != nil {
			err = ErrStoreStopped
		}
		m.storing.end(key, err)
		over(err)
	})
	return nil
}

// ErrStoreStopped is why a file was not stored that a clerk or the server's end stopped.
var ErrStoreStopped = &eligibility.Error{Code: eligibility.Conflict, Key: "import.store_stopped"}

// Storing returns how far the storing of a clerk's file is, in any instance; false when it is not being
// stored.
func (m *Importer) Storing(clerk staff.Clerk, id string) (ImportProgress, bool) {
	return m.storing.progress(keyOf(clerk, id))
}

// WatchStoring returns a channel that receives whenever the storing of a clerk's file gets on or ends, until
// stop is called.
func (m *Importer) WatchStoring(clerk staff.Clerk, id string) (changed <-chan struct{}, stop func()) {
	return m.storing.watchers.watch(keyOf(clerk, id))
}

// StoreFailure returns why a clerk's file was not stored, once; nil for one that was, or was never begun.
func (m *Importer) StoreFailure(clerk staff.Clerk, id string) error {
	key := keyOf(clerk, id)
	if elsewhere := m.storing.elsewhere.failure(key); elsewhere != nil {
		return elsewhere
	}
	m.storing.mu.Lock()
	defer m.storing.mu.Unlock()
	f := m.storing.all[key]
	if f == nil || f.err == nil {
		return nil
	}
	delete(m.storing.all, key)
	return f.err
}

// StopStore ends the storing of a clerk's file, of which nothing is stored then, and waits for its end. It
// may be too late.
func (m *Importer) StopStore(ctx context.Context, clerk staff.Clerk, id string) error {
	key := keyOf(clerk, id)
	changed, unwatch := m.WatchStoring(clerk, id)
	defer unwatch()
	for {
		m.storing.mu.Lock()
		f := m.storing.going(key)
		m.storing.mu.Unlock()
		_, elsewhere := m.storing.elsewhere.progress(key)
		switch {
		case f != nil:
			f.stop()
		case elsewhere:
			m.storing.stops.tell(key)
		default:
			return nil
		}
		select {
		case <-changed:
		case <-time.After(wordEvery): // an instance that dies tells nobody
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Wait returns when no file is being stored any more, at the end of a server.
func (m *Importer) Wait() { m.storing.done.Wait() }
