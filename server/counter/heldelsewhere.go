package counter

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"madoguchi/server/hub"
)

// A record is made at one instance, and the request that takes it back may reach another one. The credential
// that a case needs to be open again is then handed over by the one that holds it, once, and never stored.

const heldTopic = "counter.held"

// handOverTime is how long another instance may take.
const handOverTime = 3 * time.Second

// heldElsewhere is how the other instances are asked.
type heldElsewhere struct {
	hub    *hub.Hub
	others func(ctx context.Context) ([]string, error)
}

// Share hands records that are held here to the instance at which they are taken back, and asks the others
// for theirs. It is called before the first record.
func (h *Held) Share(of *hub.Hub, others func(ctx context.Context) ([]string, error)) error {
	h.elsewhere = &heldElsewhere{of, others}
	_, err := of.Answer(heldTopic, func(_ context.Context, id []byte) []byte {
		r := h.find(string(id))
		if !h.take(string(id), r) {
			return nil
		}
		return []byte(r.jws)
	})
	return err
}

// fetch returns the kept record of a case, from another instance where it is not here; nil when there is
// none any more. Of one that was handed over nothing is told when it is not taken back after all: its
// receipt waits in the store.
func (h *Held) fetch(ctx context.Context, id string) *heldRecord {
	if r := h.find(id); r != nil || h.elsewhere == nil {
		return r
	}
	others, err := h.elsewhere.others(ctx)
	if err != nil {
		slog.Warn("looking for the other instances", "error", err)
	}
	var mu sync.Mutex
	var found *heldRecord
	var asking sync.WaitGroup
	for _, other := range others {
		asking.Go(func() {
			jws, err := h.elsewhere.hub.Request(ctx, hub.Request{
				To:      other,
				Topic:   heldTopic,
				Payload: []byte(id),
				Within:  handOverTime,
			})
			if err == nil && len(jws) > 0 {
				mu.Lock()
				defer mu.Unlock()
				found = &heldRecord{jws: string(jws), tell: func() {}}
			}
		})
	}
	asking.Wait()
	if found != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.cases[id] = found
	}
	return found
}
