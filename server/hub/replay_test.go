package hub_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/internal/hubtest"
	"madoguchi/server/hub"
)

// tap is an engine that keeps what was published, as whoever reads the engine can.
type tap struct {
	hub.Engine
	mu  sync.Mutex
	all map[string][]byte // the last of each topic
}

func (e *tap) Publish(ctx context.Context, topic string, data []byte) error {
	e.mu.Lock()
	e.all[topic] = data
	e.mu.Unlock()
	return e.Engine.Publish(ctx, topic, data)
}

func (e *tap) last(prefix string) (topic string, data []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for topic, data := range e.all {
		if strings.HasPrefix(topic, prefix) {
			return topic, data
		}
	}
	return "", nil
}

// Whoever can write to the engine can send a request once more, or under another topic: it is done once. What
// it says cannot be read there.
func TestARequestThatIsSentAgainIsDoneOnce(t *testing.T) {
	var bus hub.Bus
	engine := &tap{Engine: bus.Engine(), all: map[string][]byte{}}
	a := hubtest.Instance(t, hubtest.Engines{New: func(*testing.T) hub.Engine { return engine }}, "a")
	b := hubtest.Instance(t, hubtest.Engines{New: func(*testing.T) hub.Engine { return bus.Engine() }}, "b")
	done := make(chan string, 10)
	for _, topic := range []string{"one", "two"} {
		if _, err := b.Answer(topic, func(_ context.Context, payload []byte) []byte {
			done <- topic + " " + string(payload)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(text string) {
		t.Helper()
		r := hub.Request{To: "b", Topic: "one", Payload: []byte(text), Within: time.Minute}
		if _, err := a.Request(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if got := <-done; got != "one "+text {
			t.Errorf("done: %s", got)
		}
	}
	ask("try the card")
	topic, data := engine.last("ask.b.")
	if topic != "ask.b.one" || strings.Contains(string(data), "card") {
		t.Errorf("on the engine: %s %q", topic, data)
	}
	for _, again := range []string{"ask.b.one", "ask.b.two"} {
		if err := engine.Engine.Publish(t.Context(), again, data); err != nil {
			t.Fatal(err)
		}
	}
	ask("another") // after the two: a publisher's order is kept
	if len(done) > 0 {
		t.Errorf("done again: %s", <-done)
	}
	if n := b.Dropped(); n != 1 { // the one on another topic
		t.Errorf("%d were dropped", n)
	}
}

// So with what all are told: a word of yesterday, that a file could not be stored or how far it was, is not
// believed once more. What a program of before says has neither time nor number, and is heard while both run.
func TestAWordThatIsSentAgainIsHeardOnce(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var bus hub.Bus
	engine := &tap{Engine: bus.Engine(), all: map[string][]byte{}}
	instance := func(name string, engine hub.Engine) *hub.Hub {
		h, err := hub.New(hub.Config{
			Engine:   engine,
			Instance: name,
			Key:      bytes.Repeat([]byte{7}, 32),
			Now:      func() time.Time { return now },
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		return h
	}
	a, b := instance("a", engine), instance("b", bus.Engine())
	heard := make(chan string, 100)
	for _, who := range []string{"one", "two"} {
		_, err := b.Subscribe("topic", func(m hub.Message) { heard <- who + " " + string(m.Payload) })
		if err != nil {
			t.Fatal(err)
		}
	}
	say := func(text string) (data []byte) {
		t.Helper()
		if err := a.Publish(t.Context(), "topic", []byte(text)); err != nil {
			t.Fatal(err)
		}
		_, data = engine.last("topic")
		got := []string{within(t, text, heard), within(t, text, heard)}
		slices.Sort(got)
		if want := []string{"one " + text, "two " + text}; !slices.Equal(got, want) {
			t.Errorf("heard %q, want %q", got, want)
		}
		return data
	}
	again := func(data []byte) {
		t.Helper()
		if err := engine.Engine.Publish(t.Context(), "topic", data); err != nil {
			t.Fatal(err)
		}
	}
	first := say("it failed")
	again(first)
	say("it goes on")
	for range 5 { // longer than anything is remembered
		now = now.Add(29 * time.Second)
		again(first)
		say("it still goes on")
	}
	now = now.Add(24 * time.Hour)
	again(first)
	say("another one")
	if n := len(heard); n > 0 {
		t.Errorf("heard again: %s", <-heard)
	}
}
