package insurer

import (
	"hash/maphash"
	"sync"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// shownToday knows whose screens were shown today, by hashes that nobody can turn back and only in memory:
// who used a screen on which day is kept nowhere. After a restart, and at each of several servers, somebody
// counts anew.
type shownToday struct {
	mu   sync.Mutex
	day  eligibility.Date
	seen map[uint64]struct{}
}

var shownSeed = maphash.MakeSeed()

// first reports whether a person is shown for the first time on a day.
func (s *shownToday) first(day eligibility.Date, person audit.PersonID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.day != day || s.seen == nil {
		s.day, s.seen = day, map[uint64]struct{}{}
	}
	key := maphash.String(shownSeed, string(person))
	_, before := s.seen[key]
	s.seen[key] = struct{}{}
	return !before
}
