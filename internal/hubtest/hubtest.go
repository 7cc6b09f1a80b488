// Package hubtest is the suite that every engine of the hub must pass.
package hubtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"madoguchi/server/hub"
)

// Engines is what the suite is run on.
type Engines struct {
	// New connects one more instance to the engine.
	New func(t *testing.T) hub.Engine
	// Stop and Start end what stands behind the engine, and begin it again; nil where nothing can end.
	Stop, Start func(t *testing.T)
}

// Patience is how long a test waits for what must come. It is no measurement.
const Patience = 30 * time.Second

// noon is the time on every instance's clock.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// key is an installation's.
var key = bytes.Repeat([]byte{7}, 32)

// Run runs the suite.
func Run(t *testing.T, e Engines) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Engines)
	}{
		{"every subscriber hears, the publisher's own too", everySubscriberHears},
		{"each publisher's order is kept", orderIsKept},
		{"a slow subscriber keeps nobody waiting", slowSubscriber},
		{"what is too long is refused", tooLong},
		{"a subscriber that stopped hears nothing", stopped},
		{"a request is answered", requests},
		{"a long request and a long answer", longRequests},
		{"a request without an answer ends in time", noAnswer},
		{"many requests at once", manyRequests},
		{"another installation's messages are not heard", otherInstallations},
		{"a closed hub", closed},
		{"the engine stops and starts", stopsAndStarts},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, e) })
	}
}

// Instance is a hub for a test.
func Instance(t *testing.T, e Engines, name string) *hub.Hub { return instance(t, e, name, key) }

func instance(t *testing.T, e Engines, name string, key []byte) *hub.Hub {
	t.Helper()
	h, err := hub.New(hub.Config{
		Engine:   e.New(t),
		Instance: name,
		Key:      key,
		Now:      func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// heard collects what a subscriber is told.
type heard struct {
	mu   sync.Mutex
	all  []string
	gaps int
	more chan struct{}
}

func subscribe(t *testing.T, h *hub.Hub, topic string) (*heard, func()) {
	t.Helper()
	got := &heard{more: make(chan struct{}, 1)}
	stop, err := h.Subscribe(topic, func(m hub.Message) {
		got.mu.Lock()
		defer got.mu.Unlock()
		if m.Gap {
			got.gaps++
		} else {
			got.all = append(got.all, m.From+" "+string(m.Payload))
		}
		select {
		case got.more <- struct{}{}:
		default:
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, stop
}

// until waits until what was heard is enough.
func (g *heard) until(t *testing.T, what string, enough func(all []string, gaps int) bool) []string {
	t.Helper()
	late := time.After(Patience)
	for {
		g.mu.Lock()
		all, gaps := slices.Clone(g.all), g.gaps
		g.mu.Unlock()
		if enough(all, gaps) {
			return all
		}
		select {
		case <-g.more:
		case <-late:
			t.Fatalf("%s: heard %d messages and %d gaps", what, len(all), gaps)
		}
	}
}

func (g *heard) message(t *testing.T, want string) {
	t.Helper()
	g.until(t, want, func(all []string, _ int) bool { return slices.Contains(all, want) })
}

func publish(t *testing.T, h *hub.Hub, topic, text string) {
	t.Helper()
	if err := h.Publish(t.Context(), topic, []byte(text)); err != nil {
		t.Fatalf("publishing %q: %v", text, err)
	}
}

func everySubscriberHears(t *testing.T, e Engines) {
	a, b, c := Instance(t, e, "a"), Instance(t, e, "b"), Instance(t, e, "c")
	var all []*heard
	for _, h := range []*hub.Hub{a, b, c} {
		for range 5 {
			got, _ := subscribe(t, h, "topic")
			all = append(all, got)
		}
	}
	other, _ := subscribe(t, b, "another")
	publish(t, a, "topic", "one")
	publish(t, b, "topic", "two")
	publish(t, c, "another", "three")
	for _, got := range all {
		got.message(t, "a one")
		got.message(t, "b two")
	}
	if heard := other.until(t, "another topic",
		func(all []string, _ int) bool { return len(all) > 0 }); !slices.Equal(heard, []string{"c three"}) {
		t.Errorf("another topic heard %q", heard)
	}
}

func orderIsKept(t *testing.T, e Engines) {
	const each = 100
	a, b, c := Instance(t, e, "a"), Instance(t, e, "b"), Instance(t, e, "c")
	got, _ := subscribe(t, c, "topic")
	var sending sync.WaitGroup
	for _, h := range []*hub.Hub{a, b} {
		sending.Go(func() {
			for i := range each {
				if err := h.Publish(context.Background(), "topic", fmt.Append(nil, i)); err != nil {
					t.Errorf("publishing: %v", err)
				}
			}
		})
	}
	sending.Wait()
	all := got.until(t, "all", func(all []string, _ int) bool { return len(all) == 2*each })
	next := map[string]int{}
	for _, text := range all {
		var from string
		var n int
		if _, err := fmt.Sscan(text, &from, &n); err != nil || n != next[from] {
			t.Fatalf("%q, want %d of %s", text, next[from], from)
		}
		next[from]++
	}
}

func slowSubscriber(t *testing.T, e Engines) {
	a, b := Instance(t, e, "a"), Instance(t, e, "b")
	free, stuck := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var mu sync.Mutex
	gaps, taken := 0, 0
	_, err := b.Subscribe("topic", func(m hub.Message) {
		once.Do(func() { close(stuck) })
		<-free
		mu.Lock()
		defer mu.Unlock()
		if m.Gap {
			gaps++
		} else {
			taken++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	quick, _ := subscribe(t, b, "topic")
	publish(t, a, "topic", "first")
	<-stuck
	const more = 2000
	for i := range more { // each waits until the quick one has it: a fast burst is another matter
		publish(t, a, "topic", fmt.Sprint(i))
		if i%100 == 99 {
			quick.until(t, "the quick one", func(all []string, _ int) bool { return len(all) == i+2 })
		}
	}
	dropped := b.Dropped()
	if dropped == 0 || dropped > more {
		t.Errorf("%d were dropped", dropped)
	}
	close(free)
	publish(t, a, "topic", "last")
	quick.message(t, "a last")
	late := time.After(Patience)
	for {
		mu.Lock()
		g, n := gaps, taken
		mu.Unlock()
		if g > 0 && uint64(n)+b.Dropped() == more+2 {
			return // told of the gap, and nothing is unaccounted for
		}
		select {
		case <-late:
			t.Fatalf("%d gaps, %d taken, %d dropped of %d", g, n, b.Dropped(), more+2)
		case <-time.After(time.Millisecond):
		}
	}
}

func tooLong(t *testing.T, e Engines) {
	a, b := Instance(t, e, "a"), Instance(t, e, "b")
	got, _ := subscribe(t, b, "topic")
	whole := bytes.Repeat([]byte{'x'}, hub.MaxPayload)
	publish(t, a, "topic", string(whole))
	if err := a.Publish(t.Context(), "topic", append(whole, 'x')); !errors.Is(err, hub.ErrTooLong) {
		t.Errorf("a longer one: %v", err)
	}
	publish(t, a, "topic", "")
	all := got.until(t, "both", func(all []string, _ int) bool { return len(all) == 2 })
	if want := []string{"a " + string(whole), "a "}; !slices.Equal(all, want) {
		t.Errorf("heard %d and %d bytes", len(all[0]), len(all[1]))
	}
	long := string(bytes.Repeat([]byte{'t'}, hub.MaxTopic+1))
	if err := a.Publish(t.Context(), long, nil); !errors.Is(err, hub.ErrTooLong) {
		t.Errorf("a long topic: %v", err)
	}
}

func stopped(t *testing.T, e Engines) {
	a, b := Instance(t, e, "a"), Instance(t, e, "b")
	first, stop := subscribe(t, b, "topic")
	second, _ := subscribe(t, b, "topic")
	publish(t, a, "topic", "one")
	first.message(t, "a one")
	stop()
	publish(t, a, "topic", "two")
	second.message(t, "a two")
	if all := first.until(t, "", func([]string, int) bool { return true }); len(all) != 1 {
		t.Errorf("heard %q", all)
	}
}
