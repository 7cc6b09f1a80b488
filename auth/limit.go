package auth

import (
	"hash/maphash"
	"sync"
	"time"

	"madoguchi/eligibility"
)

// Limit is a set of token buckets against guessing and floods: Burst tries at once, then one every Every,
// for each key (an address, a login). One set is for one kind of key.
//
// A crowd of keys closes it to nobody. At most maxBuckets keys are known exactly. Full buckets are worth
// nothing and are forgotten first, then the one that is nearest to full; what that one still owed is noted
// in a table of fixed size, where keys share cells. So a key that comes back has no more tries than before,
// and a newcomer, who may share cells with strangers, always has one.
//
// To have an empty bucket forgotten, a crowd must empty maxBuckets others within Burst × Every, and wins one
// try by it. At r tries a second a set holds no more than r × Every buckets that are not full.
type Limit struct {
	Burst int
	Every time.Duration

	mu    sync.Mutex
	known map[string]*bucket
	full  bucket       // ring of the full ones
	slots []bucket     // rings of the others, by when they will be full: slot number modulo len(slots)
	slot  int64        // number of the first slot that has not passed
	owed  []int64      // of forgotten buckets: when they will be full
	seed  maphash.Seed // nobody can choose keys that share another's cells
}

const (
	maxBuckets = 1 << 16
	owedRows   = 4 // a key has one cell in each
	owedCells  = 1 << 14
)

// bucket is one key's tries, as the time at which it will be full again (the theoretical arrival time of the
// generic cell rate algorithm, ITU-T I.371). It stands in a ring, whose head is a bucket without a key.
type bucket struct {
	key        string
	full       int64 // nanoseconds of Unix time
	prev, next *bucket
}

// TooMany is ErrTooMany with the true wait.
func TooMany(wait time.Duration) *eligibility.Error {
	return &eligibility.Error{Code: eligibility.Limited, Key: "request.too_many", Wait: wait}
}

// ErrTooMany is what Take returns when the bucket is empty, there with the time until the next try.
var ErrTooMany = TooMany(time.Minute)

// Take uses one try of key at now, or returns ErrTooMany.
func (l *Limit) Take(key string, now time.Time) error {
	if wait := l.take(key, now.UnixNano()); wait > 0 {
		return TooMany(wait)
	}
	return nil
}

// take returns how long key has to wait; 0 when it had a try, which is used then.
func (l *Limit) take(key string, now int64) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	every := int64(l.Every)
	l.pass(now)
	b := l.known[key]
	if b == nil {
		l.makeRoom()
		b = &bucket{key: key, full: min(l.remembered(key), now+every*int64(l.Burst-1))}
		l.known[key] = b
	} else {
		b.leave()
		b.full = min(b.full, now+every*int64(l.Burst)) // emptier than empty: the clock was set back
	}
	if wait = time.Duration(b.full - now - every*int64(l.Burst-1)); wait <= 0 {
		wait, b.full = 0, max(b.full, now)+every
	}
	if b.full <= now {
		l.full.add(b)
	} else {
		l.at(max(b.full/every, l.slot)).add(b)
	}
	return wait
}

// at is the ring of a slot.
func (l *Limit) at(slot int64) *bucket {
	n := int64(len(l.slots))
	return &l.slots[(slot%n+n)%n]
}

// pass moves the buckets of slots that have passed to the full ones, ring by ring, and forgets two of those,
// so that a set shrinks once a crowd has gone.
func (l *Limit) pass(now int64) {
	last := now / int64(l.Every)
	if l.known == nil {
		l.known, l.seed, l.slot = map[string]*bucket{}, maphash.MakeSeed(), last
		l.slots = make([]bucket, l.Burst+2) // an empty bucket is full again Burst slots from now
		l.full.empty()
		for i := range l.slots {
			l.slots[i].empty()
		}
	}
	l.slot = max(l.slot, last-int64(len(l.slots)))
	for ; l.slot < last; l.slot++ {
		l.full.join(l.at(l.slot))
	}
	for range 2 {
		if !l.full.isEmpty() {
			l.forget(l.full.next)
		}
	}
}

// makeRoom forgets the bucket that is nearest to full where there are too many.
func (l *Limit) makeRoom() {
	if len(l.known) < maxBuckets {
		return
	}
	if !l.full.isEmpty() {
		l.forget(l.full.next)
		return
	}
	for i := range int64(len(l.slots)) {
		ring := l.at(l.slot + i)
		if ring.isEmpty() {
			continue
		}
		b := ring.next
		for _, cell := range l.cells(b.key) {
			l.owed[cell] = max(l.owed[cell], b.full)
		}
		l.forget(b)
		return
	}
}

func (l *Limit) forget(b *bucket) {
	b.leave()
	delete(l.known, b.key)
}

// remembered is when the bucket of a key that is not known exactly will be full, at the latest.
func (l *Limit) remembered(key string) int64 {
	if l.owed == nil {
		return 0
	}
	cells := l.cells(key)
	full := l.owed[cells[0]]
	for _, cell := range cells[1:] {
		full = min(full, l.owed[cell])
	}
	return full
}

// cells are a key's places in the table of what forgotten buckets owed.
func (l *Limit) cells(key string) (cells [owedRows]int) {
	if l.owed == nil {
		l.owed = make([]int64, owedRows*owedCells)
	}
	hash := maphash.String(l.seed, key)
	for row := range cells {
		cells[row] = row*owedCells + int(hash>>(16*row)%owedCells)
	}
	return cells
}

// Rings: a head, and the buckets behind it, oldest first.

func (b *bucket) empty()        { b.prev, b.next = b, b }
func (b *bucket) isEmpty() bool { return b.next == b }

func (b *bucket) add(other *bucket) {
	other.prev, other.next = b.prev, b
	b.prev.next, b.prev = other, other
}

func (b *bucket) leave() {
	b.prev.next, b.next.prev = b.next, b.prev
}

// join takes over all buckets of another ring.
func (b *bucket) join(other *bucket) {
	if other.isEmpty() {
		return
	}
	b.prev.next, other.next.prev = other.next, b.prev
	other.prev.next, b.prev = b, other.prev
	other.empty()
}
