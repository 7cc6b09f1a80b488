package agents

import (
	"errors"
	"testing"
	"time"

	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

// The word that an agent was ended is lost on its way to the instance that holds its connection, as any word
// may be: that one finds out before it asks anything of the agent, or at the agent's next note.
func TestAnAgentThatWasEndedIsCutWhenTheWordIsLost(t *testing.T) {
	began := time.Date(2026, 11, 22, 10, 0, 0, 0, eligibility.Japan)
	for _, c := range []struct {
		name  string
		later time.Duration
		asked bool
	}{
		{"when it is asked", 0, true},
		{"within ten minutes", seenEvery, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var clock manualClock
			clock.set(began)
			store := newMemory()
			s, url := openWith(t, Config{Virtual: true, Store: store, Now: clock.now})
			v := insert(t, virtual.Description{BirthDate: tokuichi})
			a := pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}, Pace: quick})
			id := storedAgents(t, store)[0].ID
			end := AgentEnd{ID: id, Facility: facility, At: began, By: "鈴木"}
			said := agentEntry(began, suzuki, "agent.end", id)
			if err := store.EndAgent(t.Context(), end, said); err != nil {
				t.Fatal(err)
			}
			clock.set(began.Add(c.later))
			if c.asked {
				if _, err := check(s, tokuichi); !errors.Is(err, ErrNoReader) {
					t.Errorf("an agent that was ended: %v", err)
				}
			}
			await(t, a.said, "このパソコンを使えないようにしました")
			eventually(t, "it is gone", func() bool { return connected(s, facility) == 0 })
			if n := len(v.Commands()); n != 0 {
				t.Errorf("the card got %d commands", n)
			}
		})
	}
}
