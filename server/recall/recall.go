// Package recall remembers for a moment what was read from the database, so that the requests of one visit
// do not read it again and again.
//
// Three things bound what is remembered: how many values, for how long, and that whoever changes one says
// so (Forget). What is being read while something is forgotten is not remembered: it may be older than the
// change. So in the process that changes a value the next caller gets the new one; other processes are told
// by Changes, and where that fails, they read it anew after Life.
package recall

import (
	"sync"
	"time"
)

// Changes carries word of changes to other instances of the program: of one key of a topic, or of all its
// keys where key is empty. Word may be lost: what is remembered ends by itself.
type Changes interface {
	Changed(topic, key string)
}

// Config says how much is remembered, and for how long.
type Config struct {
	Most int           // values
	Life time.Duration // 0: nothing is remembered
	Now  func() time.Time
}

// Cache remembers values by their keys. Several goroutines may use it; values are shared, so nobody changes
// one.
type Cache[K comparable, V any] struct {
	config Config

	mu        sync.Mutex
	now, last map[K]remembered[V] // last is what was now until that was half full
	forgotten uint64              // how often something was
}

type remembered[V any] struct {
	value V
	until time.Time
}

// New returns an empty cache.
func New[K comparable, V any](c Config) *Cache[K, V] {
	return &Cache[K, V]{config: c, now: map[K]remembered[V]{}}
}

// Get returns what is remembered, else what read returns; an error is not remembered.
func (c *Cache[K, V]) Get(key K, read func() (V, error)) (V, error) {
	if c.config.Life <= 0 {
		return read()
	}
	c.mu.Lock()
	found, ok := c.now[key]
	if !ok {
		found, ok = c.last[key]
	}
	forgotten := c.forgotten
	c.mu.Unlock()
	at := c.config.Now()
	// the clock may have been set back
	if ok && at.Before(found.until) && !found.until.After(at.Add(c.config.Life)) {
		return found.value, nil
	}
	value, err := read()
	if err != nil {
		return value, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.forgotten == forgotten {
		c.put(key, remembered[V]{value, at.Add(c.config.Life)})
	}
	return value, nil
}

// put makes room by dropping the older half.
func (c *Cache[K, V]) put(key K, r remembered[V]) {
	if len(c.now) >= max(1, c.config.Most/2) {
		c.last, c.now = c.now, make(map[K]remembered[V])
	}
	c.now[key] = r
}

// Forget drops one key's value, and what is being read at the moment.
func (c *Cache[K, V]) Forget(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgotten++
	delete(c.now, key)
	delete(c.last, key)
}

// ForgetAll drops everything, and what is being read at the moment.
func (c *Cache[K, V]) ForgetAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgotten++
	clear(c.now)
	c.last = nil
}

// Len is how many values are held, among them those that are over.
func (c *Cache[K, V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.now) + len(c.last)
}
