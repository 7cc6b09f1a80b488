package hub

import (
	"sync"
	"sync/atomic"
)

// waiting is how many messages a subscriber may leave lying before some are dropped.
const waiting = 256

// queue stands between an engine, which must not wait, and a subscriber, who may be slow.
type queue struct {
	take     func(Message)
	messages chan Message
	gap      atomic.Bool // the next message comes after some that were missed
	over     chan struct{}
	once     sync.Once
	dropped  *atomic.Uint64
}

func newQueue(take func(Message), dropped *atomic.Uint64) *queue {
	q := &queue{
		take:     take,
		messages: make(chan Message, waiting),
		over:     make(chan struct{}),
		dropped:  dropped,
	}
	go q.run()
	return q
}

func (q *queue) run() {
	for {
		select {
		case <-q.over:
			return
		case m := <-q.messages:
			select {
			case <-q.over: // both were ready
				return
			default:
			}
			if q.gap.Swap(false) {
				q.take(Message{Gap: true})
			}
			if !m.Gap {
				q.take(m)
			}
		}
	}
}

// put hands a message on, or drops it.
func (q *queue) put(m Message) {
	select {
	case q.messages <- m:
	default:
		q.dropped.Add(1)
		q.missed() // the subscriber may have emptied its queue meanwhile, and nothing may come after this one
	}
}

// missed tells the subscriber of a gap; where its queue is full, the next message does.
func (q *queue) missed() {
	q.gap.Store(true)
	select {
	case q.messages <- Message{Gap: true}:
	default:
	}
}

func (q *queue) end() { q.once.Do(func() { close(q.over) }) }
