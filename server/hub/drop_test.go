package hub_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"madoguchi/internal/hubtest"
	"madoguchi/internal/postgrestest"
	"madoguchi/server/hub"
)

// logged is what the log says until the test ends.
func logged(t *testing.T) *bytes.Buffer {
	t.Helper()
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &log
}

// Somebody else who may write to the engine floods an instance: nothing is taken, and the log, which lies on
// the database's disk as often as not, says it once, and how often, ten seconds later. What else goes wrong
// meanwhile is said all the same.
func TestAFloodOfForgedMessagesDoesNotFillTheLog(t *testing.T) {
	log := logged(t)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var bus hub.Bus
	h, err := hub.New(hub.Config{
		Engine:   bus.Engine(),
		Instance: "a",
		Key:      bytes.Repeat([]byte{7}, 32),
		Now:      func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	if _, err := h.Subscribe("topic", func(hub.Message) { t.Error("taken") }); err != nil {
		t.Fatal(err)
	}
	enemy := bus.Engine()
	const flood = 10_000
	for range flood {
		if err := enemy.Publish(t.Context(), "topic", []byte("forged, and longer than a nonce")); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.Dropped(); n != flood {
		t.Errorf("%d were dropped", n)
	}
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Errorf("the log has %d lines", n)
	}
	engines := hubtest.Engines{New: func(*testing.T) hub.Engine { return bus.Engine() }}
	late := hubtest.Instance(t, engines, "b")
	now = now.Add(-time.Minute) // this instance's clock is wrong
	if _, err := h.Answer("late", nil); err != nil {
		t.Fatal(err)
	}
	r := hub.Request{To: "a", Topic: "late", Within: 50 * time.Millisecond}
	if _, err := late.Request(t.Context(), r); !errors.Is(err, hub.ErrNoAnswer) {
		t.Error(err)
	}
	if text := log.String(); !strings.Contains(text, "the clocks of two instances differ") {
		t.Errorf("of the clocks it says nothing: %s", text)
	}
	now = now.Add(2 * time.Minute)
	if err := enemy.Publish(t.Context(), "topic", nil); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); !strings.Contains(text, "messages=10000 topic=topic") {
		t.Errorf("it does not say how many: %s", text)
	}
}

// The same by whoever may connect to the database.
func TestAFloodOfStrangeNotificationsDoesNotFillTheLog(t *testing.T) {
	log := logged(t)
	address := postgrestest.New(t).Database(t)
	engine, err := hub.OpenPostgres(t.Context(), address, "test")
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan string, 1)
	if _, err := engine.Subscribe("topic", func(data []byte) { heard <- string(data) }); err != nil {
		t.Fatal(err)
	}
	stranger, err := pgx.Connect(t.Context(), address)
	if err == nil {
		_, err = stranger.Exec(t.Context(),
			"SELECT pg_notify('madoguchi_test', 'noise ' || n) FROM generate_series(1, 1000) n")
	}
	if err == nil {
		err = stranger.Close(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Publish(t.Context(), "topic", []byte("real")); err != nil {
		t.Fatal(err)
	}
	if got := within(t, "the real one", heard); got != "real" {
		t.Errorf("heard %q", got)
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "none of the hub's"); n != 1 {
		t.Errorf("the log says it %d times", n)
	}
}
