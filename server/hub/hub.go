// Package hub carries messages between the instances of one installation: wake-ups ("look again"), and
// requests to one instance that answers within a time.
//
// Messages are delivered at most once. A subscriber that may have missed some is told so (Message.Gap) and
// looks at the store; who asked and got no answer in time asks again where that is harmless. So nothing may
// rest on a message alone: what counts stands in the store.
//
// Three engines carry them: the memory of this process (one instance), PostgreSQL's NOTIFY, and NATS. What
// one carries, all carry: internal/hubtest holds all three to the same promises. Whoever can write to an
// engine cannot speak here: every message is sealed with a key that only the installation's key folder
// yields, and what an installation says does not reach another one on the same engine (Namespace).
package hub

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"madoguchi/eligibility"
)

// MaxPayload bounds a wake-up, in bytes, on every engine: a NOTIFY of PostgreSQL is shorter than 8,000 bytes
// (its manual, NOTIFY), which this is once it is sealed and written as text.
const MaxPayload = 5 << 10

// MaxTopic bounds a topic, in bytes.
const MaxTopic = 200

var (
	// ErrTooLong is returned for a message that no engine would have to carry; nothing of it is sent.
	ErrTooLong = &eligibility.Error{Code: eligibility.Internal, Key: "hub.too_long"}
	// ErrAway is returned while the engine cannot be reached, and by a hub that was closed.
	ErrAway = &eligibility.Error{Code: eligibility.Unavailable, Key: "hub.away", Field: "MADOGUCHI_HUB"}
	// ErrNoAnswer is returned when no answer came in time: what was asked may have been done or not.
	ErrNoAnswer = &eligibility.Error{Code: eligibility.Unavailable, Key: "hub.no_answer"}
)

// Engine carries what the hub has sealed.
type Engine interface {
	// Publish sends data to all who subscribe to a topic, also in this process. It returns an error when it
	// is known not to be sent.
	Publish(ctx context.Context, topic string, data []byte) error
	// Subscribe calls take for what is published from now on, in each publisher's order, until stop is
	// called. take does not block.
	Subscribe(topic string, take func(data []byte)) (stop func(), err error)
	// OnGap has told called when messages may have been missed, once the engine is reached again. It is
	// called before any Subscribe.
	OnGap(told func())
	// State returns why nothing can be sent now; nil when something can.
	State() error
	// Close ends the engine; nothing is taken afterwards.
	Close() error
}

// Message is what a subscriber is told.
type Message struct {
	From    string // the instance that published it
	Payload []byte
	Gap     bool // no message: some may have been missed before this one
}

// Config makes a Hub.
type Config struct {
	Engine   Engine
	Instance string // this instance's name, no other one's: letters and digits
	Key      []byte // 32 bytes that all instances of an installation have (Key)
	Now      func() time.Time
}

// Hub is one instance's part of the hub.
type Hub struct {
	engine   Engine
	instance string
	seal     cipher.AEAD
	now      func() time.Time
	dropped  atomic.Uint64
	drops    drops
	requests requests

	mu     sync.Mutex
	queues map[*queue]bool
	closed bool
}

// New begins to use an engine.
func New(c Config) (*Hub, error) {
	seal, err := newSeal(c.Key)
	if err != nil {
		return nil, err
	}
	h := &Hub{
		engine:   c.Engine,
		instance: c.Instance,
		seal:     seal,
		now:      c.Now,
		queues:   map[*queue]bool{},
	}
	h.requests.begin()
	c.Engine.OnGap(h.gap)
	if err := h.listen(); err != nil {
		return nil, err
	}
	return h, nil
}

// Instance is this instance's name.
func (h *Hub) Instance() string { return h.instance }

// State returns why nothing can be sent now; nil when something can.
func (h *Hub) State() error { return h.engine.State() }

// Dropped is how many messages were dropped since the start because their subscriber was too slow, or
// because they were not this installation's.
func (h *Hub) Dropped() uint64 { return h.dropped.Load() }

// Publish tells all who subscribe to a topic, in every instance, this one too. It returns ErrTooLong, or
// ErrAway where it is known not to be sent.
func (h *Hub) Publish(ctx context.Context, topic string, payload []byte) error {
	p := packet{kind: isSignal, sent: h.now(), payload: payload}
	rand.Read(p.id[:])
	return h.send(ctx, topic, p)
}

// Subscribe calls take for each message of a topic, one at a time and in each publisher's order, until stop
// is called. A take that is slow keeps nobody else waiting: beyond a bound its messages are dropped, and it
// is told of the gap. stop does not wait for a call that is under way.
func (h *Hub) Subscribe(topic string, take func(Message)) (stop func(), err error) {
	if len(topic) > MaxTopic {
		return nil, ErrTooLong
	}
	q := newQueue(take, &h.dropped)
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, ErrAway
	}
	h.queues[q] = true
	h.mu.Unlock()
	var had fresh
	unsubscribe, err := h.engine.Subscribe(topic, func(data []byte) {
		p, err := h.open(topic, data)
		if err == nil {
			err = had.take(p, h.now())
		}
		if err != nil || p.kind != isSignal {
			h.drop(topic, err)
			return
		}
		q.put(Message{From: p.from, Payload: p.payload})
	})
	if err != nil {
		h.forget(q)
		return nil, err
	}
	return func() {
		unsubscribe()
		h.forget(q)
	}, nil
}

func (h *Hub) forget(q *queue) {
	q.end()
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.queues, q)
}

// gap tells every subscriber that messages may have been missed.
func (h *Hub) gap() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for q := range h.queues {
		q.missed()
	}
}

// send seals a packet and publishes it.
func (h *Hub) send(ctx context.Context, topic string, p packet) error {
	if len(p.payload) > MaxPayload || len(topic) > MaxTopic {
		return ErrTooLong.Because(fmt.Errorf("%d bytes on %q", len(p.payload), topic))
	}
	h.mu.Lock()
	closed := h.closed
	h.mu.Unlock()
	if closed {
		return ErrAway
	}
	if err := ctx.Err(); err != nil { // nobody waits for it any more
		return ErrAway.Because(err)
	}
	p.from = h.instance
	if err := h.engine.Publish(ctx, topic, h.sealed(topic, p)); err != nil {
		return ErrAway.Because(err)
	}
	return nil
}

// Close ends the hub and its engine. Subscribers are told nothing more, who waits for an answer gets
// ErrAway.
func (h *Hub) Close() error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil
	}
	h.closed = true
	queues := h.queues
	h.queues = map[*queue]bool{}
	h.mu.Unlock()
	err := h.engine.Close()
	for q := range queues {
		q.end()
	}
	h.requests.end()
	return err
}

// Namespace is what keeps installations apart that share an engine: 12 letters and digits, of the key.
func Namespace(key []byte) (string, error) {
	name, err := derive(key, "namespace", 6)
	return hex.EncodeToString(name), err
}
