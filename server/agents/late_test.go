package agents

import (
	"context"
	"errors"
	"testing"

	"madoguchi/card/wire"
	"madoguchi/server/counter"
)

// An instance that was frozen, or whose store was slow, may come to an operation when its asker has been told
// that the reader is lost. By then another patient's card may lie there, and a try at it is not for nothing:
// what nobody waits for any more is not asked.
func TestWhatNobodyWaitsForIsNotAskedOfACard(t *testing.T) {
	store := newMemory()
	s, url := openWith(t, Config{Store: store, Virtual: true})
	asked := make(chan string, 100)
	liar(t, s, url, func(q *wire.Check, _ []byte) *wire.Reply {
		asked <- q.Case
		return &wire.Reply{ID: q.ID, Fault: wire.ErrBusy.Key}
	})
	s.mu.Lock()
	l := s.conns[storedAgents(t, store)[0].ID]
	s.mu.Unlock()
	over, end := context.WithCancel(t.Context())
	end()
	for range 15 { // fewer than the late replies that cost a connection
		b := newBinding(counter.CardRequest{Facility: facility, CaseID: "late", BirthDate: tokuichi})
		_, err := s.ask(over, l, b.ID, s.times.Check, wire.Message{
			Type:  "check",
			Check: &wire.Check{Binding: b, BirthDate: tokuichi},
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("asked for nobody: %v", err)
		}
	}
	if _, err := check(s, tokuichi); !errors.Is(err, ErrBusy) { // it comes behind all of those
		t.Fatal(err)
	}
	if first := <-asked; first != "CASE" {
		t.Errorf("the first that is asked of the card is of the case %q", first)
	}
}
