package insurer

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"madoguchi/server/hub"
)

// watchers are those of this process who wait until something about a key changes, here or at another
// instance. The zero value has none, and hears of this process alone.
type watchers[K comparable] struct {
	mu    sync.Mutex
	all   map[K]map[chan struct{}]bool
	hub   *hub.Hub
	topic string
}

// tellTime is how long telling other instances may take.
const tellTime = 5 * time.Second

// share makes them hear of other instances, and tell those. heard, which may be nil, is called for each key
// of which another instance tells, and with nil where that may be any.
func (w *watchers[K]) share(h *hub.Hub, topic string, heard func(*K)) error {
	if heard == nil {
		heard = func(*K) {}
	}
	_, err := h.Subscribe(topic, func(m hub.Message) {
		var key K
		switch {
		case m.Gap:
			w.signalAll()
			heard(nil)
		case m.From != h.Instance() && json.Unmarshal(m.Payload, &key) == nil:
			w.signal(key)
			heard(&key)
		}
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hub, w.topic = h, topic
	return err
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

// signal wakes whoever watches a key in this process.
func (w *watchers[K]) signal(key K) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wake(key)
}

func (w *watchers[K]) wake(key K) {
	for signal := range w.all[key] {
		select {
		case signal <- struct{}{}:
		default: // it is awake already
		}
	}
}

func (w *watchers[K]) signalAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key := range w.all {
		w.wake(key)
	}
}

// tell wakes whoever watches a key in any instance. It does not wait for the others.
func (w *watchers[K]) tell(key K) {
	w.mu.Lock()
	w.wake(key)
	h, topic := w.hub, w.topic
	w.mu.Unlock()
	if h == nil {
		return
	}
	payload, err := json.Marshal(key)
	if err != nil {
		slog.Error("telling other instances", "error", err)
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), tellTime)
		defer cancel()
		if err := h.Publish(ctx, topic, payload); err != nil {
			slog.Warn("telling other instances", "error", err)
		}
	}()
}
