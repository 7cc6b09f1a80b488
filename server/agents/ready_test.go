package agents

import (
	"strings"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/internal/certtest"
	"madoguchi/server/staff"
)

// An agent's window says that it is connected once every instance finds it, and not a moment before: the
// counter's page may be at another. What is asked of it meanwhile, where it is connected, waits.
func TestAnAgentIsToldThatItIsReadyOnceEveryInstanceFindsIt(t *testing.T) {
	all, places := together(t, Config{}, "a", "b")
	a := start(t, all["a"].url, agent.Config{
		Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})},
	})
	code := await(t, a.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	places.setBehind(true)
	desk := staff.Reception{Staff: "鈴木", Facility: facility}
	if _, err := pairByHand(all["b"].AgentHub, desk, code); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is connected", func() bool { return connected(all["a"].AgentHub, facility) == 1 })
	type answer struct {
		card.Result
		err error
	}
	early := make(chan answer, 1)
	go func() {
		r, err := check(all["a"].AgentHub, tokuichi)
		early <- answer{r, err}
	}()
	for quiet := time.After(6 * placeLook); quiet != nil; {
		select {
		case said := <-a.said:
			if strings.Contains(said, "つながりました") {
				t.Fatalf("told while no other instance finds it: %s", said)
			}
		case got := <-early:
			t.Fatalf("asked before it was ready: %+v", got)
		case <-quiet:
			quiet = nil
		}
	}
	places.setBehind(false)
	await(t, a.said, "つながりました")
	if got := <-early; got.err != nil || got.Outcome != card.Confirmed {
		t.Errorf("what was asked meanwhile: %+v", got)
	}
	if r, err := check(all["b"].AgentHub, tokuichi); err != nil || r.Outcome != card.Confirmed {
		t.Errorf("asked at another instance: %+v %v", r, err)
	}
}

// However often it comes back, and wherever: whoever asks at the very moment finds it.
func TestWhoAsksAtTheMomentThatAnAgentIsReadyFindsIt(t *testing.T) {
	all, _ := together(t, Config{}, "a", "b", "c")
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	c := agent.Config{Key: certtest.Key(t), Reader: chip{v}}
	pairedWith(t, all["b"].AgentHub, facility, all["a"].url, c).stop()
	for i := range 12 {
		came := start(t, all[[]string{"a", "b", "c"}[i%3]].url, c)
		await(t, came.said, "つながりました")
		if r, err := check(all[[]string{"b", "c", "a", "a"}[i%4]].AgentHub, tokuichi); err != nil ||
			r.Outcome != card.Confirmed {
			t.Errorf("time %d: %+v %v", i, r, err)
		}
		came.stop()
	}
}

// A store that has no answer in time leaves the agent to come back, and nobody with a reader that another
// instance does not find.
func TestAnAgentThatNoInstanceFindsIsSentAway(t *testing.T) {
	all, places := together(t, Config{}, "a", "b")
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	c := agent.Config{Key: certtest.Key(t), Reader: chip{v}}
	pairedWith(t, all["b"].AgentHub, facility, all["a"].url, c).stop()
	eventually(t, "it is gone", func() bool { return connected(all["b"].AgentHub, facility) == 0 })
	places.setBehind(true)
	came := start(t, all["a"].url, c)
	eventually(t, "it came", func() bool { return connected(all["a"].AgentHub, facility) == 1 })
	eventually(t, "it was sent away", func() bool { return connected(all["a"].AgentHub, facility) == 0 })
	places.setBehind(false)
	await(t, came.said, "つながりました")
	if r, err := check(all["b"].AgentHub, tokuichi); err != nil || r.Outcome != card.Confirmed {
		t.Errorf("%+v %v", r, err)
	}
}
