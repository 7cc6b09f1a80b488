package auth

import (
	"sync"
	"time"

	"madoguchi/eligibility"
)

// Limit is a set of token buckets against guessing: Burst tries at once, then one every Every, for each key (an address, an
// account). It keeps at most maxBuckets keys and forgets full buckets first; when none is full, strangers wait, and those whom it
// knows go on.
type Limit struct {
	Burst int
	Every time.Duration

	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

const maxBuckets = 10_000

// ErrTooMany is returned by Take when the bucket is empty.
var ErrTooMany = &eligibility.Error{Code: eligibility.Limited, Key: "request.too_many",
	Ja: "短い間に操作が続きました。1分ほど待ってから、もう一度お試しください。",
	En: "Too many tries in a short time. Wait a minute and try again."}

// Take uses one try of key at now, or returns ErrTooMany.
func (l *Limit) Take(key string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buckets == nil {
		l.buckets = map[string]bucket{}
	}
	b, known := l.buckets[key]
	if !known && len(l.buckets) >= maxBuckets {
		for k, b := range l.buckets {
			if l.filled(b, now) >= float64(l.Burst) {
				delete(l.buckets, k)
			}
		}
		if len(l.buckets) >= maxBuckets {
			return ErrTooMany
		}
	}
	if !known {
		b = bucket{float64(l.Burst), now}
	}
	tokens := l.filled(b, now)
	if tokens < 1 {
		return ErrTooMany
	}
	l.buckets[key] = bucket{tokens - 1, now}
	return nil
}

func (l *Limit) filled(b bucket, now time.Time) float64 {
	return min(float64(l.Burst), b.tokens+float64(now.Sub(b.at))/float64(l.Every))
}
