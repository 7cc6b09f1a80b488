package hub

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"
)

// changesTopic carries word of what was changed in the store.
const changesTopic = "changes"

// changeTime is how long telling of a change may take.
const changeTime = 5 * time.Second

// Changes carries word of changes to other instances: of one key of a topic, or of all its keys where key is
// empty. What is remembered of the store is forgotten by it. Before Join it carries nothing.
type Changes struct {
	mu      sync.Mutex
	hub     *Hub
	next    []change // to be told, in order
	telling bool
}

type change struct {
	Topic string `json:"topic"`
	Key   string `json:"key,omitempty"`
}

// maxChanges is how many changes are told in one message; where more wait than maxWaiting, all that is
// remembered is forgotten.
const (
	maxChanges = 20
	maxWaiting = 1000
)

// Changed tells other instances of a change. It does not wait.
func (c *Changes) Changed(topic, key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hub == nil {
		return
	}
	if len(c.next) >= maxWaiting {
		c.next = nil // an empty one is of everything
		topic, key = "", ""
	}
	c.next = append(c.next, change{topic, key})
	if !c.telling {
		c.telling = true
		go c.tell(c.hub)
	}
}

// take takes the next changes out, or ends the telling.
func (c *Changes) take() []change {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.next), maxChanges)
	part := c.next[:n]
	c.next = c.next[n:]
	c.telling = n > 0
	return part
}

// tell tells what waits until nothing does.
func (c *Changes) tell(h *Hub) {
	for part := c.take(); len(part) > 0; part = c.take() {
		payload, err := json.Marshal(part)
		if err == nil {
			ctx, cancel := context.WithTimeout(context.Background(), changeTime)
			err = h.Publish(ctx, changesTopic, payload)
			cancel()
		}
		if err != nil {
			slog.Warn("telling other instances of a change", "error", err)
		}
	}
}

// Join begins to tell over a hub, and has forget told of what other instances have changed: empty topic and
// key where that may be anything.
func (c *Changes) Join(h *Hub, forget func(topic, key string)) error {
	_, err := h.Subscribe(changesTopic, func(m Message) {
		if m.From == h.Instance() && !m.Gap {
			return
		}
		var changed []change
		if m.Gap || json.Unmarshal(m.Payload, &changed) != nil {
			forget("", "")
		}
		for _, one := range changed {
			forget(one.Topic, one.Key)
		}
	})
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hub = h
	return nil
}
