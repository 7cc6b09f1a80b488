package insurer

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/hub"
)

// What goes on for minutes goes on in one instance, and its page may be served by another. So whoever does it
// tells the others, once a second, how far it is; they remember that for a moment. Nothing is stored, and
// nothing rests on it: of what is over, the store says what came of it.

// elsewhere is how far other instances are, by what they do. The zero value hears of nobody.
type elsewhere[K comparable, P any] struct {
	mu    sync.Mutex
	all   map[K]heardOf[P]
	now   func() time.Time
	hub   *hub.Hub
	topic string
}

// heardOf is what another instance said last of one thing that it does.
type heardOf[P any] struct {
	word[P]
	at time.Time
}

// word is what an instance tells.
type word[P any] struct {
	Progress P                  `json:"progress"`
	Over     bool               `json:"over,omitempty"`
	Failure  *eligibility.Error `json:"failure,omitempty"` // why it is over, where it came to nothing
}

const (
	// wordEvery is how often an instance tells.
	wordEvery = time.Second
	// wordLife is how long its word counts: an instance that dies says no more.
	wordLife = 5 * time.Second
	// failureLife is how long a failure waits for its page.
	failureLife = 10 * time.Minute
	// maxHeard bounds what is remembered of other instances.
	maxHeard = 1000
)

// share makes them hear of other instances, and tell those; heard is called for each key of which another
// instance tells.
func (e *elsewhere[K, P]) share(h *hub.Hub, topic string, now func() time.Time, heard func(K)) error {
	e.mu.Lock()
	e.hub, e.topic, e.now, e.all = h, topic, now, map[K]heardOf[P]{}
	e.mu.Unlock()
	_, err := h.Subscribe(topic, func(m hub.Message) {
		var said struct {
			Key K `json:"key"`
			word[P]
		}
		if m.Gap || m.From == h.Instance() || json.Unmarshal(m.Payload, &said) != nil {
			return
		}
		e.put(said.Key, said.word)
		heard(said.Key)
	})
	return err
}

func (e *elsewhere[K, P]) put(key K, w word[P]) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w.Over && w.Failure == nil {
		delete(e.all, key)
		return
	}
	if len(e.all) >= maxHeard {
		for other, last := range e.all {
			if !e.counts(last) {
				delete(e.all, other)
			}
		}
	}
	if _, known := e.all[key]; known || len(e.all) < maxHeard {
		e.all[key] = heardOf[P]{w, e.now()}
	}
}

// counts reports whether an instance's word still does.
func (e *elsewhere[K, P]) counts(h heardOf[P]) bool {
	life := wordLife
	if h.Over {
		life = failureLife
	}
	return e.now().Sub(h.at) < life
}

// progress returns how far another instance is; false where none does it.
func (e *elsewhere[K, P]) progress(key K) (progress P, going bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	last, there := e.all[key]
	if !there || last.Over || !e.counts(last) {
		return progress, false
	}
	return last.Progress, true
}

// failure returns why what another instance did came to nothing, once.
func (e *elsewhere[K, P]) failure(key K) *eligibility.Error {
	e.mu.Lock()
	defer e.mu.Unlock()
	last, there := e.all[key]
	if !there || !last.Over {
		return nil
	}
	delete(e.all, key)
	if !e.counts(last) {
		return nil
	}
	return last.Failure
}

// telling tells other instances how far this one is with something, at once and then once a second, until end
// is called with what came of it. It may be the only instance.
func (e *elsewhere[K, P]) telling(key K, progress func() P) (end func(error)) {
	e.mu.Lock()
	alone := e.hub == nil
	e.mu.Unlock()
	if alone {
		return func(error) {}
	}
	e.tell(key, word[P]{Progress: progress()}) // before any page is asked for, at whichever instance
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(wordEvery)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
				e.tell(key, word[P]{Progress: progress()})
			}
		}
	}()
	return func(err error) {
		close(over)
		<-ended
		e.tell(key, word[P]{Over: true, Failure: withoutCause(err)})
	}
}

// errElsewhere is of something that no sentence is known for; the log of the other instance has it.
var errElsewhere = &eligibility.Error{Code: eligibility.Internal, Key: "import.store_failed"}

// withoutCause is an error as other instances may tell people of it; nil for none.
func withoutCause(err error) *eligibility.Error {
	if err == nil {
		return nil
	}
	said := errElsewhere
	var known *eligibility.Error
	if errors.As(err, &known) {
		said = known.Because(nil)
	}
	return said
}

func (e *elsewhere[K, P]) tell(key K, w word[P]) {
	payload, err := json.Marshal(struct {
		Key K `json:"key"`
		word[P]
	}{key, w})
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), tellTime)
		defer cancel()
		err = e.hub.Publish(ctx, e.topic, payload)
	}
	if err != nil {
		slog.Warn("telling other instances how far it is", "error", err)
	}
}
