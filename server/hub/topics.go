package hub

import "sync"

// topics are the subscriptions of one process, by topic.
type topics struct {
	mu  sync.RWMutex
	all map[string]map[*subscription]bool
}

type subscription struct{ take func([]byte) }

func (t *topics) add(topic string, take func([]byte)) (stop func()) {
	s := &subscription{take}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all = map[string]map[*subscription]bool{}
	}
	if t.all[topic] == nil {
		t.all[topic] = map[*subscription]bool{}
	}
	t.all[topic][s] = true
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.all[topic], s)
		if len(t.all[topic]) == 0 {
			delete(t.all, topic)
		}
	}
}

// tell hands data to all subscriptions of a topic.
func (t *topics) tell(topic string, data []byte) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for s := range t.all[topic] {
		s.take(data)
	}
}
