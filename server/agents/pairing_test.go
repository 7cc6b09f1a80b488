package agents

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/card/agent"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/server/staff"
)

const codePattern = `([A-Z0-9]{4}-[A-Z0-9]{4})`

// storedAgents are the ids of all that a store holds.
func storedAgents(t *testing.T, m *memory) []Agent {
	t.Helper()
	all, err := m.Agents(t.Context(), facility)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestNothingIsStoredBeforeTheWordsWereCompared(t *testing.T) {
	store := newMemory()
	s, url := openWith(t, Config{Virtual: true, Store: store})
	a := start(t, url, agent.Config{Name: "受付3"})
	found, err := s.BeginPairing(t.Context(), suzuki, await(t, a.said, codePattern)[1])
	if err != nil {
		t.Fatal(err)
	}
	if found.Name != "受付3" || found.Network != "127.0.0.1" || found.Version != wire.Version ||
		!found.Virtual || !slices.Equal(found.Words, a.Status().Words) || len(found.Ticket) < 43 {
		t.Errorf("staff are shown %+v, the window %+v", found, a.Status())
	}
	if left := found.Until.Sub(s.now()); left > 5*time.Minute || left < 4*time.Minute {
		t.Errorf("the ticket ends in %v", left)
	}
	if all := storedAgents(t, store); len(all) != 0 || connected(s, facility) != 0 ||
		a.Status().Link != agent.Pairing {
		t.Fatalf("before the words were compared: %+v, %+v", all, a.Status())
	}
	store.wantActions(t)
	if _, err := s.ConfirmPairing(t.Context(), suzuki, found.Ticket); err != nil {
		t.Fatal(err)
	}
	await(t, a.said, "つながりました")
	all := storedAgents(t, store)
	if len(all) != 1 || all[0].Name != "受付3" || all[0].PairedBy != "鈴木" || all[0].FirstSeen.IsZero() ||
		!all[0].LastSeen.Equal(all[0].FirstSeen) || all[0].Version != wire.Version {
		t.Errorf("stored: %+v", all)
	}
	store.wantActions(t, "agent.pair")
}

// A ticket is its member's, at its facility, once, for five minutes.
func TestATicketServesNobodyElse(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, eligibility.Japan)
	clock := func() time.Time { return now }
	for _, c := range []struct {
		name   string
		by     staff.Reception
		before func(s *AgentHub, ticket string)
		ticket func(string) string
	}{
		{"another member", staff.Reception{Staff: "田中", Facility: facility}, nil, nil},
		{"another facility", staff.Reception{Staff: "鈴木", Facility: "1319999992"}, nil, nil},
		{"nobody", staff.Reception{}, nil, nil},
		{"no ticket", suzuki, nil, func(string) string { return "" }},
		{"another ticket", suzuki, nil, strings.ToLower},
		{"after five minutes", suzuki, func(s *AgentHub, _ string) {
			s.pairings.now = func() time.Time { return now.Add(5*time.Minute + time.Second) }
		}, nil},
		{"used", suzuki, func(s *AgentHub, ticket string) {
			_, _ = s.ConfirmPairing(context.Background(), suzuki, ticket)
		}, nil},
		{"refused before", suzuki, func(s *AgentHub, ticket string) {
			_ = s.RefusePairing(context.Background(), suzuki, ticket)
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := newMemory()
			s, url := openWith(t, Config{Virtual: true, Store: store, Now: clock})
			a := start(t, url, agent.Config{})
			found, err := s.BeginPairing(t.Context(), suzuki, await(t, a.said, codePattern)[1])
			if err != nil {
				t.Fatal(err)
			}
			if c.before != nil {
				c.before(s, found.Ticket)
			}
			before := store.actions()
			if c.ticket != nil {
				found.Ticket = c.ticket(found.Ticket)
			}
			if _, err := s.ConfirmPairing(t.Context(), c.by, found.Ticket); !errors.Is(err, ErrTicket) {
				t.Errorf("confirmed: %v", err)
			}
			if err := s.RefusePairing(t.Context(), c.by, found.Ticket); !errors.Is(err, ErrTicket) {
				t.Errorf("refused: %v", err)
			}
			store.wantActions(t, before...)
		})
	}
}

func TestAnAgentThatHasLeftIsNotPaired(t *testing.T) {
	store := newMemory()
	s, url := openWith(t, Config{Virtual: true, Store: store})
	a := start(t, url, agent.Config{})
	found, err := s.BeginPairing(t.Context(), suzuki, await(t, a.said, codePattern)[1])
	if err != nil {
		t.Fatal(err)
	}
	a.stop()
	eventually(t, "the server has seen it leave", func() bool { return waiting(s) == 0 })
	if _, err := s.ConfirmPairing(t.Context(), suzuki, found.Ticket); !errors.Is(err, ErrTicket) {
		t.Errorf("%v", err)
	}
	if all := storedAgents(t, store); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

// The words differ: whoever answered the code is refused, hears why, and leaves nothing but a line.
func TestAnAgentWithOtherWordsIsRefused(t *testing.T) {
	store := newMemory()
	s, url := openWith(t, Config{Virtual: true, Store: store})
	a := start(t, url, agent.Config{})
	found, err := s.BeginPairing(t.Context(), suzuki, await(t, a.said, codePattern)[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RefusePairing(t.Context(), suzuki, found.Ticket); err != nil {
		t.Fatal(err)
	}
	await(t, a.said, "合言葉がちがう")
	if err := <-a.ended; !errors.Is(err, agent.ErrRefused) {
		t.Errorf("it ended with %v", err)
	}
	a.ended <- nil
	eventually(t, "nobody waits", func() bool { return waiting(s) == 0 })
	if all := storedAgents(t, store); len(all) != 0 || connected(s, facility) != 0 {
		t.Errorf("%+v", all)
	}
	store.wantActions(t, "agent.pair_different")
}

// Where words are compared, no stranger's agent takes the place.
func TestWhoIsBeingComparedKeepsTheirPlace(t *testing.T) {
	s, url := open(t, true)
	s.pairings.limit = newConnLimit(2, 2)
	a := start(t, url, agent.Config{})
	found, err := s.BeginPairing(t.Context(), suzuki, await(t, a.said, codePattern)[1])
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		await(t, start(t, url, agent.Config{Pace: quick}).said, codePattern+"|待っているパソコンが多すぎます")
	}
	if _, err := s.ConfirmPairing(t.Context(), suzuki, found.Ticket); err != nil {
		t.Fatal(err)
	}
	await(t, a.said, "つながりました")
}

// waiting is how many agents wait to be paired, or for staff to compare their words.
func waiting(s *AgentHub) int {
	s.pairings.mu.Lock()
	defer s.pairings.mu.Unlock()
	return len(s.pairings.waiting) + len(s.pairings.compared)
}
