package insurer

import "sync"

// watchers are those of this process who wait until something about a key changes. The zero value has none.
type watchers[K comparable] struct {
	mu  sync.Mutex
	all map[K]map[chan struct{}]bool
}

// watch returns a channel that receives whenever signal is called for the key, one signal for all since the
// last, until stop is called.
func (w *watchers[K]) watch(key K) (changed <-chan struct{}, stop func()) {
	signal := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil {
		w.all = map[K]map[chan struct{}]bool{}
	}
	if w.all[key] == nil {
		w.all[key] = map[chan struct{}]bool{}
	}
	w.all[key][signal] = true
	return signal, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.all[key], signal)
		if len(w.all[key]) == 0 {
			delete(w.all, key)
		}
	}
}

// signal wakes whoever watches a key.
func (w *watchers[K]) signal(key K) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for signal := range w.all[key] {
		select {
		case signal <- struct{}{}:
		default: // it is awake already
		}
	}
}
