package hub

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"sync"
	"time"
)

// MaxRequest bounds a request and an answer, in bytes. Longer ones than MaxPayload travel in parts.
const MaxRequest = 128 << 10

// clockSlack is how far the clocks of two instances may lie apart.
const clockSlack = 10 * time.Second

// takenWithin is how long an instance may take to say that it has a request: one that is gone does not, and
// its askers need not wait until the end.
const takenWithin = 3 * time.Second

// atOnce is how many requests an instance answers at once. Those beyond are dropped: their askers ask again.
const atOnce = 512

// Request is what one instance asks another.
type Request struct {
	To      string // the instance
	Topic   string
	Payload []byte
	Within  time.Duration // how long the asker waits for the answer
}

// Answerer answers a request; ctx ends when nobody waits for the answer any more.
type Answerer func(ctx context.Context, payload []byte) []byte

// Topics of requests and of answers.
func requestTopic(instance, topic string) string { return "ask." + instance + "." + topic }
func answerTopic(instance string) string         { return "answer." + instance }

// requests are those that this instance has asked, and those that it answers.
type requests struct {
	places chan struct{}
	over   chan struct{}
	once   sync.Once

	mu      sync.Mutex
	asked   map[[16]byte]asked
	parts   map[[16]byte]*parts   // of what came in part, by the request's id
	answers map[[16]byte]struct{} // requests that were begun lately: none is answered twice
}

// asked is a request that waits for its answer.
type asked struct {
	taken  chan struct{} // receives when it has come
	answer chan []byte
}

// parts are those of a request or an answer that have come.
type parts struct {
	got  [][]byte
	left int
}

func (r *requests) begin() {
	r.places, r.over = make(chan struct{}, atOnce), make(chan struct{})
	r.asked, r.parts = map[[16]byte]asked{}, map[[16]byte]*parts{}
	r.answers = map[[16]byte]struct{}{}
}

func (r *requests) end() { r.once.Do(func() { close(r.over) }) }

// listen takes the answers to this instance's requests.
func (h *Hub) listen() error {
	topic := answerTopic(h.instance)
	_, err := h.engine.Subscribe(topic, func(data []byte) {
		p, err := h.open(topic, data)
		if err != nil || p.kind != isAnswer && p.kind != isTaken {
			h.drop(topic, err)
			return
		}
		h.requests.mu.Lock()
		waits, waiting := h.requests.asked[p.id]
		h.requests.mu.Unlock()
		if !waiting {
			return // nobody waits for it any more
		}
		select {
		case waits.taken <- struct{}{}:
		default: // that is known
		}
		if p.kind == isTaken {
			return
		}
		if whole, ok := h.requests.join(p); ok {
			select {
			case waits.answer <- whole:
			default: // it is answered already
			}
		}
	})
	return err
}

// Request asks an instance and waits for its answer. It returns ErrNoAnswer when none came in time, or when
// the instance does not say soon that it has the request; ErrAway when it could not be sent, ErrTooLong, or
// ctx's error.
func (h *Hub) Request(ctx context.Context, r Request) ([]byte, error) {
	if len(r.Payload) > MaxRequest {
		return nil, ErrTooLong
	}
	var id [16]byte
	rand.Read(id[:])
	waits := asked{taken: make(chan struct{}, 1), answer: make(chan []byte, 1)}
	h.requests.mu.Lock()
	h.requests.asked[id] = waits
	h.requests.mu.Unlock()
	defer func() {
		h.requests.mu.Lock()
		defer h.requests.mu.Unlock()
		delete(h.requests.asked, id)
		delete(h.requests.parts, id)
	}()
	late, over := context.WithTimeout(ctx, r.Within)
	defer over()
	ask := packet{kind: isRequest, id: id, within: r.Within}
	err := h.sendParts(late, requestTopic(r.To, r.Topic), ask, r.Payload)
	if err != nil && late.Err() != nil && ctx.Err() == nil {
		return nil, ErrNoAnswer.Because(err) // the engine did not take all of it in time
	}
	if err != nil {
		return nil, err
	}
	gone := time.NewTimer(takenWithin) // a long one takes its time on the way
	defer gone.Stop()
	for {
		select {
		case whole := <-waits.answer:
			return whole, nil
		case <-waits.taken:
			gone.Stop()
		case <-gone.C:
			return nil, ErrNoAnswer
		case <-h.requests.over:
			return nil, ErrAway
		case <-late.Done():
			return nil, cmp.Or(ctx.Err(), error(ErrNoAnswer))
		}
	}
}

// Answer answers the requests of a topic that are sent to this instance, many at once, until stop is called.
func (h *Hub) Answer(topic string, answer Answerer) (stop func(), err error) {
	full := requestTopic(h.instance, topic)
	if len(full) > MaxTopic {
		return nil, ErrTooLong
	}
	return h.engine.Subscribe(full, func(data []byte) {
		p, err := h.open(full, data)
		if err != nil || p.kind != isRequest {
			h.drop(full, err)
			return
		}
		whole, ok := h.requests.join(p)
		if !ok || !h.requests.first(p) {
			return
		}
		if age := h.now().Sub(p.sent); age > p.within+clockSlack || age < -clockSlack {
			h.drop(full, errLate)
			return
		}
		select {
		case h.requests.places <- struct{}{}:
		default:
			h.drop(full, errBusy)
			return
		}
		go func() {
			defer func() { <-h.requests.places }()
			ctx, cancel := context.WithTimeout(context.Background(), p.within)
			defer cancel()
			if err := h.send(ctx, answerTopic(p.from), packet{kind: isTaken, id: p.id}); err != nil {
				h.drop(full, err)
			}
			said := answer(ctx, whole)
			back := packet{kind: isAnswer, id: p.id}
			if err := h.sendParts(ctx, answerTopic(p.from), back, said); err != nil {
				h.drop(full, err)
			}
		}()
	})
}

// sendParts sends what may be longer than one message.
func (h *Hub) sendParts(ctx context.Context, topic string, p packet, whole []byte) error {
	if len(whole) > MaxRequest {
		return ErrTooLong
	}
	p.sent = h.now()
	p.parts = uint16(max(1, (len(whole)+MaxPayload-1)/MaxPayload))
	for p.part = range p.parts {
		n := min(len(whole), MaxPayload)
		p.payload, whole = whole[:n], whole[n:]
		if err := h.send(ctx, topic, p); err != nil {
			return err
		}
	}
	return nil
}

// maxParts is how many parts the longest request has.
const maxParts = (MaxRequest + MaxPayload - 1) / MaxPayload

// maxHalf is how many requests may lie here in part: their other parts may never come.
const maxHalf = 1024

// join puts parts together; false while some are missing.
func (r *requests) join(p packet) ([]byte, bool) {
	if p.parts <= 1 {
		return p.payload, true
	}
	if p.parts > maxParts || p.part >= p.parts {
		return nil, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.parts[p.id]
	if all == nil {
		if len(r.parts) >= maxHalf {
			clear(r.parts) // their askers ask again
		}
		all = &parts{got: make([][]byte, p.parts), left: int(p.parts)}
		r.parts[p.id] = all
	}
	if int(p.part) >= len(all.got) || all.got[p.part] != nil {
		return nil, false
	}
	all.got[p.part] = p.payload
	if all.left--; all.left > 0 {
		return nil, false
	}
	delete(r.parts, p.id)
	return bytes.Join(all.got, nil), true
}

// first reports whether a request comes for the first time: a message that somebody sends again, as anybody
// can who reads the engine, has nothing done again.
func (r *requests) first(p packet) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.answers[p.id]; known {
		return false
	}
	r.answers[p.id] = struct{}{}
	time.AfterFunc(p.within+2*clockSlack, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.answers, p.id)
	})
	return true
}
