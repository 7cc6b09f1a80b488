package agents

import (
	"errors"
	"testing"

	"madoguchi/card/agent"
	"madoguchi/server/hub"
)

// A ticket names its instance, and comes from a browser: what names none that lives is no ticket, and nothing
// is sent to where it points.
func TestATicketOfNoInstanceIsNone(t *testing.T) {
	all, places := together(t, Config{}, "a", "b", "gone")
	places.mu.Lock()
	places.dead["gone"] = true
	places.mu.Unlock()
	for _, ticket := range []string{
		"gone-TICKET", "a b-TICKET", "*-TICKET", ">-TICKET", "\r\nPUB x 0\r\n\r\n-TICKET",
		"b.agents.operation-TICKET", "-TICKET", "a\x00-TICKET",
	} {
		if _, err := all["a"].ConfirmPairing(t.Context(), suzuki, ticket); !errors.Is(err, ErrTicket) {
			t.Errorf("%q: %v", ticket, err)
		}
	}
}

// The instance at which an agent shows its code does not answer: staff are told so, not that they typed the
// code wrongly. It counts as a try all the same, or whoever guesses would guess on while one is away.
func TestACodeThatNobodyCouldLookUpIsNotCalledWrong(t *testing.T) {
	all, _ := together(t, Config{}, "a", "b")
	a := start(t, all["a"].url, agent.Config{})
	code := await(t, a.said, codePattern)[1]
	if err := all["a"].hub.Close(); err != nil {
		t.Fatal(err)
	}
	b := all["b"].AgentHub
	if _, err := b.BeginPairing(t.Context(), suzuki, code); !errors.Is(err, hub.ErrNoAnswer) {
		t.Errorf("%v", err)
	}
	b.pairings.mu.Lock()
	defer b.pairings.mu.Unlock()
	if n := b.pairings.wrongCodes[suzuki.Facility].count; n != 1 {
		t.Errorf("%d tries are counted", n)
	}
}
