package hub

import (
	"context"
	"sync"
)

// Bus is the memory that the hubs of one process share. The zero value has none.
type Bus struct {
	mu      sync.RWMutex
	engines map[*memory]bool
}

// Engine returns a new engine on the bus.
func (b *Bus) Engine() Engine {
	m := &memory{bus: b}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.engines == nil {
		b.engines = map[*memory]bool{}
	}
	b.engines[m] = true
	return m
}

// memory implements Engine.
type memory struct {
	bus    *Bus
	topics topics
	order  sync.Mutex // one publishes at a time: all subscribers see its order
}

// Publish implements Engine.
func (m *memory) Publish(_ context.Context, topic string, data []byte) error {
	m.order.Lock()
	defer m.order.Unlock()
	m.bus.mu.RLock()
	defer m.bus.mu.RUnlock()
	for other := range m.bus.engines {
		other.topics.tell(topic, data)
	}
	return nil
}

// Subscribe implements Engine.
func (m *memory) Subscribe(topic string, take func([]byte)) (stop func(), err error) {
	return m.topics.add(topic, take), nil
}

// OnGap implements Engine: memory has none.
func (*memory) OnGap(func()) {}

// State implements Engine.
func (*memory) State() error { return nil }

// Close implements Engine.
func (m *memory) Close() error {
	m.bus.mu.Lock()
	defer m.bus.mu.Unlock()
	delete(m.bus.engines, m)
	return nil
}
