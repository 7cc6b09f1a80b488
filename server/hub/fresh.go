package hub

import (
	"errors"
	"sync"
	"time"
)

// signalLife is how long a message for all counts: what may lie between two instances' clocks, and the way of
// a busy engine. Later it says how things were.
const signalLife = clockSlack + 20*time.Second

var errAgain = errors.New("it was sent again")

// fresh knows which messages for all a subscriber has had: whoever reads the engine can send one again.
type fresh struct {
	mu        sync.Mutex
	now, last map[[16]byte]struct{} // last is what was now until since
	since     time.Time
}

// take returns an error for a message that comes again, or too late to know.
func (f *fresh) take(p packet, at time.Time) error {
	if p.id == [16]byte{} {
		return nil // of a program before this one, which runs beside it during an update
	}
	if at.Sub(p.sent).Abs() > signalLife {
		return errLate
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now == nil || at.Sub(f.since).Abs() > 2*signalLife { // the longest that one counts by our clock
		f.last, f.now, f.since = f.now, map[[16]byte]struct{}{}, at
	}
	_, known := f.now[p.id]
	if _, before := f.last[p.id]; before || known {
		return errAgain
	}
	f.now[p.id] = struct{}{}
	return nil
}
