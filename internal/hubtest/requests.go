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

func answer(t *testing.T, h *hub.Hub, topic string, by hub.Answerer) {
	t.Helper()
	if _, err := h.Answer(topic, by); err != nil {
		t.Fatal(err)
	}
}

// echo answers with what was asked.
func echo(name string) hub.Answerer {
	return func(_ context.Context, payload []byte) []byte { return append([]byte(name+" "), payload...) }
}

func ask(t *testing.T, h *hub.Hub, to, text string) {
	t.Helper()
	said, err := h.Request(t.Context(), hub.Request{
		To:      to,
		Topic:   "echo",
		Payload: []byte(text),
		Within:  Patience,
	})
	if want := to + " " + text; err != nil || string(said) != want {
		t.Fatalf("asking %s: %d bytes, %v, want %d", to, len(said), err, len(want))
	}
}

func requests(t *testing.T, e Engines) {
	a, b, c := Instance(t, e, "a"), Instance(t, e, "b"), Instance(t, e, "c")
	for name, h := range map[string]*hub.Hub{"a": a, "b": b, "c": c} {
		answer(t, h, "echo", echo(name))
	}
	ask(t, a, "b", "one")
	ask(t, a, "c", "two")
	ask(t, c, "a", "three")
	ask(t, b, "b", "of itself")
}

func longRequests(t *testing.T, e Engines) {
	a, b := Instance(t, e, "a"), Instance(t, e, "b")
	answer(t, b, "echo", echo("b"))
	for _, size := range []int{0, hub.MaxPayload, hub.MaxPayload + 1, 46 << 10, hub.MaxRequest - 2} {
		ask(t, a, "b", string(bytes.Repeat([]byte{'y'}, size)))
	}
	_, err := a.Request(t.Context(), hub.Request{
		To:      "b",
		Topic:   "echo",
		Payload: make([]byte, hub.MaxRequest+1),
		Within:  Patience,
	})
	if !errors.Is(err, hub.ErrTooLong) {
		t.Errorf("one that is too long: %v", err)
	}
}

func noAnswer(t *testing.T, e Engines) {
	a, b := Instance(t, e, "a"), Instance(t, e, "b")
	ended := make(chan error, 1)
	answer(t, b, "slow", func(ctx context.Context, _ []byte) []byte {
		<-ctx.Done()
		ended <- ctx.Err()
		return []byte("too late")
	})
	for _, c := range []struct{ name, to, topic string }{
		{"an instance that is not there", "nobody", "slow"},
		{"a topic that nobody answers", "b", "unknown"},
		{"an answer that takes too long", "b", "slow"},
	} {
		r := hub.Request{To: c.to, Topic: c.topic, Within: 50 * time.Millisecond}
		if said, err := a.Request(t.Context(), r); !errors.Is(err, hub.ErrNoAnswer) {
			t.Errorf("%s: %q %v", c.name, said, err)
		}
	}
	select {
	case err := <-ended: // who answers is told that nobody waits any more
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	case <-time.After(Patience):
		t.Error("who answers works on")
	}
	// an instance that is not there is given up long before an answer would be too late
	lost := hub.Request{To: "nobody", Topic: "slow", Within: time.Hour}
	if _, err := a.Request(t.Context(), lost); !errors.Is(err, hub.ErrNoAnswer) {
		t.Errorf("an instance that is gone: %v", err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	r := hub.Request{To: "nobody", Topic: "slow", Within: Patience}
	if _, err := a.Request(gone, r); !errors.Is(err, context.Canceled) && !errors.Is(err, hub.ErrAway) {
		t.Errorf("an asker that leaves: %v", err)
	}
}

func manyRequests(t *testing.T, e Engines) {
	a, b := Instance(t, e, "a"), Instance(t, e, "b")
	answer(t, b, "echo", echo("b"))
	answer(t, a, "echo", echo("a"))
	var asking sync.WaitGroup
	for i := range 100 {
		asking.Go(func() {
			from, to := a, "b"
			if i%2 == 1 {
				from, to = b, "a"
			}
			text := fmt.Sprint(i, " ", string(bytes.Repeat([]byte{'z'}, i*100)))
			said, err := from.Request(context.Background(), hub.Request{
				To:      to,
				Topic:   "echo",
				Payload: []byte(text),
				Within:  Patience,
			})
			if err != nil || string(said) != to+" "+text {
				t.Errorf("request %d: %v", i, err)
			}
		})
	}
	asking.Wait()
}

// Two installations share an engine, as two associations may share NATS: what one says under the other's
// very topics is no message there, and no request is answered.
func otherInstallations(t *testing.T, e Engines) {
	a, b := Instance(t, e, "a"), Instance(t, e, "b")
	stranger := instance(t, e, "stranger", bytes.Repeat([]byte{8}, 32))
	got, _ := subscribe(t, b, "topic")
	answer(t, b, "echo", func(context.Context, []byte) []byte {
		t.Error("a stranger's request was answered")
		return nil
	})
	if err := stranger.Publish(t.Context(), "topic", []byte("forged")); err != nil {
		t.Fatal(err)
	}
	r := hub.Request{To: "b", Topic: "echo", Within: 50 * time.Millisecond}
	if _, err := stranger.Request(t.Context(), r); !errors.Is(err, hub.ErrNoAnswer) {
		t.Errorf("a stranger's request: %v", err)
	}
	publish(t, a, "topic", "real")
	all := got.until(t, "the real one", func(all []string, _ int) bool { return len(all) > 0 })
	if !slices.Equal(all, []string{"a real"}) {
		t.Errorf("heard %q", all)
	}
}

func closed(t *testing.T, e Engines) {
	a, b := Instance(t, e, "a"), Instance(t, e, "b")
	first, _ := subscribe(t, a, "topic")
	second, _ := subscribe(t, b, "topic")
	waits := make(chan error, 1)
	asked := make(chan struct{})
	free := make(chan struct{})
	defer close(free)
	answer(t, b, "slow", func(context.Context, []byte) []byte {
		close(asked)
		<-free
		return nil
	})
	go func() {
		_, err := a.Request(context.Background(), hub.Request{To: "b", Topic: "slow", Within: Patience})
		waits <- err
	}()
	<-asked
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Errorf("again: %v", err)
	}
	if err := <-waits; !errors.Is(err, hub.ErrAway) {
		t.Errorf("a request that waited: %v", err)
	}
	if err := a.Publish(t.Context(), "topic", nil); !errors.Is(err, hub.ErrAway) {
		t.Errorf("publishing: %v", err)
	}
	if _, err := a.Subscribe("topic", func(hub.Message) {}); !errors.Is(err, hub.ErrAway) {
		t.Errorf("subscribing: %v", err)
	}
	publish(t, b, "topic", "on")
	second.message(t, "b on")
	if all := first.until(t, "", func([]string, int) bool { return true }); len(all) != 0 {
		t.Errorf("the closed one heard %q", all)
	}
}

// The engine is stopped and started: in between the state says so and publishing fails clearly; afterwards
// everybody hears again, and was told of the gap.
func stopsAndStarts(t *testing.T, e Engines) {
	if e.Stop == nil {
		return // the memory of a process ends with it
	}
	a, b := Instance(t, e, "a"), Instance(t, e, "b")
	got, _ := subscribe(t, b, "topic")
	answer(t, b, "echo", echo("b"))
	publish(t, a, "topic", "before")
	got.message(t, "a before")
	e.Stop(t)
	await(t, "the state says that it is away", func() bool { return a.State() != nil && b.State() != nil })
	if err := a.Publish(t.Context(), "topic", []byte("meanwhile")); !errors.Is(err, hub.ErrAway) {
		t.Errorf("publishing meanwhile: %v", err)
	}
	r := hub.Request{To: "b", Topic: "echo", Within: time.Second}
	if _, err := a.Request(t.Context(), r); !errors.Is(err, hub.ErrAway) {
		t.Errorf("asking meanwhile: %v", err)
	}
	e.Start(t)
	await(t, "the state says that it is back", func() bool { return a.State() == nil && b.State() == nil })
	got.until(t, "told of the gap", func(_ []string, gaps int) bool { return gaps > 0 })
	publish(t, a, "topic", "after")
	got.message(t, "a after")
	ask(t, a, "b", "after")
	all := got.until(t, "", func([]string, int) bool { return true })
	if slices.Contains(all, "a meanwhile") {
		t.Error("what was refused came all the same")
	}
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	late := time.After(Patience)
	for !done() {
		select {
		case <-late:
			t.Fatal(what)
		case <-time.After(time.Millisecond):
		}
	}
}
