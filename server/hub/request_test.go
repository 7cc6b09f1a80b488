package hub_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"madoguchi/internal/hubtest"
	"madoguchi/server/hub"
)

// slowEngine takes a while for each message of a request, and gives up when its context does.
type slowEngine struct {
	hub.Engine
	takes time.Duration
}

func (e slowEngine) Publish(ctx context.Context, topic string, data []byte) error {
	if strings.HasPrefix(topic, "ask.") {
		select {
		case <-time.After(e.takes):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return e.Engine.Publish(ctx, topic, data)
}

// slowly has an instance ask another one over an engine that takes a while.
func slowly(t *testing.T, takes time.Duration, r hub.Request) (said []byte, took time.Duration, err error) {
	t.Helper()
	var bus hub.Bus
	instance := func(name string, takes time.Duration) *hub.Hub {
		return hubtest.Instance(t, hubtest.Engines{New: func(*testing.T) hub.Engine {
			return slowEngine{bus.Engine(), takes}
		}}, name)
	}
	a, b := instance("a", takes), instance("b", 0)
	_, err = b.Answer("size", func(_ context.Context, payload []byte) []byte {
		return []byte{byte(len(payload) / hub.MaxPayload)}
	})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	said, err = a.Request(t.Context(), r)
	return said, time.Since(began), err
}

// Who asks waits no longer than it said, also where the engine does not take what is asked.
func TestARequestThatIsNotTakenEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const within = 2 * time.Second
		_, took, err := slowly(t, time.Hour, hub.Request{To: "b", Topic: "size", Within: within})
		if !errors.Is(err, hub.ErrNoAnswer) || took != within {
			t.Errorf("after %s: %v", took, err)
		}
	})
}

// A long request that takes its time on the way is no sign that the instance is gone.
func TestAnInstanceIsNotGoneBeforeItHasARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		said, took, err := slowly(t, time.Second, hub.Request{
			To:      "b",
			Topic:   "size",
			Payload: make([]byte, 5*hub.MaxPayload),
			Within:  time.Minute,
		})
		if err != nil || !bytes.Equal(said, []byte{5}) || took != 5*time.Second {
			t.Errorf("after %s: %v %v", took, said, err)
		}
	})
}
