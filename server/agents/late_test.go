package agents

import (
	"context"
	"errors"
	"testing"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/card/wire"
	"madoguchi/server/counter"
)

// An instance that was frozen, or whose store was slow, may come to an operation when its asker has been told
// that the reader is lost. By then another patient's card may lie there, and a try at it is not for nothing:
// what nobody waits for any more is not asked.
func TestWhatNobodyWaitsForIsNotAskedOfACard(t *testing.T) {
	store := newMemory()
	s, url := openWith(t, Config{Store: store, Virtual: true})
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}})
	confirmed := func() {
		t.Helper()
		result, err := check(s, tokuichi)
		if err != nil || result.Outcome != card.Confirmed {
			t.Fatalf("%+v %v", result, err)
		}
	}
	confirmed()
	once := len(v.Commands())
	s.mu.Lock()
	l := s.conns[storedAgents(t, store)[0].ID]
	s.mu.Unlock()
	over, end := context.WithCancel(t.Context())
	end()
	for range 15 { // fewer than the late replies that cost a connection
		b := newBinding(counter.CardRequest{Facility: facility, BirthDate: tokuichi})
		_, err := s.ask(over, l, b.ID, s.times.Check, wire.Message{
			Type:  "check",
			Check: &wire.Check{Binding: b, BirthDate: tokuichi},
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("asked for nobody: %v", err)
		}
	}
	confirmed() // after whatever was asked: a connection keeps the order
	if n := len(v.Commands()); n != 2*once {
		t.Errorf("the card got %d commands, want %d", n, 2*once)
	}
}
