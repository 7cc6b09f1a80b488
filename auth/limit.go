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
// A flood of different keys locks nobody out. At most maxBuckets keys are kept exactly. When there are more,
// full buckets, which carry no information, are evicted first, then the bucket that is nearest to full; what
// an evicted bucket still owed is kept in a table of fixed size in which keys share cells. So a key that
// comes back has no more tries than before, and a new key, which may share cells with others, always has at
// least one.
//
// To have an empty bucket evicted, an attacker must empty maxBuckets others within Burst × Every, and gains
// one try by it. At r tries a second a set holds no more than r × Every buckets that are not full.
type Limit struct {
	Burst int
	Every time.Duration

	mu       sync.Mutex
	buckets  map[string]*bucket
	fullOnes bucket       // ring of the full ones
	slots    []bucket     // rings of the others, by when they will be full: slot number modulo len(slots)
	slot     int64        // number of the first slot that has not passed
	owed     []int64      // of forgotten buckets: when they will be full
	seed     maphash.Seed // nobody can choose keys that share another's cells
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

// TooManyTries returns ErrTooMany with the actual wait.
func TooManyTries(wait time.Duration) *eligibility.Error {
	return &eligibility.Error{Code: eligibility.Limited, Key: "request.too_many", Wait: wait}
}

// ErrTooMany matches what Take returns when the bucket is empty; that error holds the time until the next
// try.
var ErrTooMany = TooManyTries(time.Minute)

// Allow uses one try of key at now, or returns ErrTooMany.
func (l *Limit) Allow(key string, now time.Time) error {
	if wait := l.consume(key, now.UnixNano()); wait > 0 {
		return TooManyTries(wait)
	}
	return nil
}

// consume returns how long key has to wait; 0 when it had a try, which is used then.
func (l *Limit) consume(key string, now int64) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	every := int64(l.Every)
	l.moveFull(now)
	b := l.buckets[key]
	if b == nil {
		l.makeRoom()
		b = &bucket{key: key, full: min(l.fullAtLatest(key), now+every*int64(l.Burst-1))}
		l.buckets[key] = b
	} else {
		b.unlink()
		b.full = min(b.full, now+every*int64(l.Burst)) // emptier than empty: the clock was set back
	}
	if wait = time.Duration(b.full - now - every*int64(l.Burst-1)); wait <= 0 {
		wait, b.full = 0, max(b.full, now)+every
	}
	l.place(b, now)
	return wait
}

// GiveBack returns a try that Allow used at now, for what turned out to be none: so only what is wrong
// counts, and is still counted before anybody learns that it is wrong.
func (l *Limit) GiveBack(key string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil { // evicted in between: it comes back by itself
		return
	}
	b.unlink()
	b.full -= int64(l.Every)
	l.place(b, now.UnixNano())
}

// place puts a bucket, which stands in no ring, where it belongs at now.
func (l *Limit) place(b *bucket, now int64) {
	if b.full <= now {
		l.fullOnes.add(b)
		return
	}
	l.ringAt(max(b.full/int64(l.Every), l.slot)).add(b)
}

// ringAt returns the ring of buckets for a slot.
func (l *Limit) ringAt(slot int64) *bucket {
	n := int64(len(l.slots))
	return &l.slots[(slot%n+n)%n]
}

// moveFull moves the buckets of slots that have passed to the ring of full ones, and evicts two of those on
// each call, so that the set shrinks again after a flood.
func (l *Limit) moveFull(now int64) {
	last := now / int64(l.Every)
	if l.buckets == nil {
		l.buckets, l.seed, l.slot = map[string]*bucket{}, maphash.MakeSeed(), last
		l.slots = make([]bucket, l.Burst+2) // an empty bucket is full again Burst slots from now
		l.fullOnes.empty()
		for i := range l.slots {
			l.slots[i].empty()
		}
	}
	l.slot = max(l.slot, last-int64(len(l.slots)))
	for ; l.slot < last; l.slot++ {
		l.fullOnes.takeOver(l.ringAt(l.slot))
	}
	for range 2 {
		if !l.fullOnes.isEmpty() {
			l.forget(l.fullOnes.next)
		}
	}
}

// makeRoom evicts the bucket that is nearest to full when there are too many.
func (l *Limit) makeRoom() {
	if len(l.buckets) < maxBuckets {
		return
	}
	if !l.fullOnes.isEmpty() {
		l.forget(l.fullOnes.next)
		return
	}
	for i := range int64(len(l.slots)) {
		ring := l.ringAt(l.slot + i)
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
	b.unlink()
	delete(l.buckets, b.key)
}

// fullAtLatest returns the latest time at which the bucket of an evicted key will be full.
func (l *Limit) fullAtLatest(key string) int64 {
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

// cells returns a key's cells in the table of what evicted buckets owed.
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

func (b *bucket) unlink() {
	b.prev.next, b.next.prev = b.next, b.prev
}

// takeOver takes over all buckets of another ring.
func (b *bucket) takeOver(other *bucket) {
	if other.isEmpty() {
		return
	}
	b.prev.next, other.next.prev = other.next, b.prev
	other.prev.next, b.prev = b, other.prev
	other.empty()
}
