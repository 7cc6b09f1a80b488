package insurer

import "sync"

// memo remembers one value a key as long as it counts. There is room for every key: keys are insurers, and
// the few keys that an insurer signs with. The zero value is empty.
type memo[K comparable, V any] struct {
	mu   sync.Mutex
	made map[K]V
}

// get returns what is remembered if it still counts, else what was made anew. One is made at a time: a second
// caller waits for the first one's.
func (m *memo[K, V]) get(key K, counts func(V) bool, makeNew func() (V, error)) (V, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.made[key]; ok && counts(v) {
		return v, nil
	}
	v, err := makeNew()
	if err != nil {
		return v, err
	}
	if m.made == nil {
		m.made = map[K]V{}
	}
	m.made[key] = v
	return v, nil
}
