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

func TestOneReaderWorksOnOneCaseAtATime(t *testing.T) {
	s, url := open(t, true)
	v := insert(t, virtual.Description{BirthDate: tokuichi, Faults: virtual.Faults{Slow: true}})
	pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}})
	first := make(chan error, 1)
	go func() {
		_, err := check(s, tokuichi)
		first <- err
	}()
	eventually(t, "the card is being asked", func() bool { return len(v.Commands()) > 2 })
	if _, err := check(s, tokuichi); !errors.Is(err, ErrBusy) {
		t.Errorf("a second case meanwhile: %v", err)
	}
	if err := <-first; err != nil {
		t.Errorf("the first case: %v", err)
	}
}

// A card that does not let go keeps its agent busy beyond the server's patience.
func TestAnAgentThatIsStillBusyRefusesNobodysCard(t *testing.T) {
	s, url := open(t, true)
	liar(t, s, url, func(q *wire.Check, _ []byte) *wire.Reply {
		return &wire.Reply{ID: q.ID, Fault: wire.ErrBusy.Key}
	})
	if r, err := check(s, tokuichi); !errors.Is(err, ErrBusy) || r.Outcome != "" {
		t.Errorf("%+v %v", r, err)
	}
}

// The card on another counter's reader is another patient's, and each wrong birth date costs it a try.
func TestAChosenReaderThatIsAwayIsNotReplacedByAnothers(t *testing.T) {
	store := newMemory()
	s, url := openWith(t, Config{Virtual: true, Store: store})
	own := pairedWith(t, s, facility, url,
		agent.Config{Name: "受付1", Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}})
	chosen := s.Status(facility)[0].ID
	other := insert(t, virtual.Description{BirthDate: tokuichi.AddDays(9)})
	begin := func(s *AgentHub, url string) {
		t.Helper()
		pairedWith(t, s, facility, url, agent.Config{Name: "受付2", Reader: chip{other}})
	}
	begin(s, url)
	eventually(t, "both are connected", func() bool { return connected(s, facility) == 2 })
	own.stop()
	eventually(t, "one is away", func() bool { return connected(s, facility) == 1 })
	// a server that has not seen the chosen one yet
	restarted, url := openWith(t, Config{Virtual: true, Store: store})
	begin(restarted, url)
	before := len(other.Commands())
	for _, c := range []struct {
		name string
		s    *AgentHub
	}{
		{"unplugged", s},
		{"after a restart", restarted},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := c.s.Cards.CheckBirthDate(t.Context(), counter.CardRequest{
				Facility:  facility,
				Reader:    chosen,
				CaseID:    "CASE",
				Shown:     "jws",
				BirthDate: tokuichi,
			})
			if !errors.Is(err, ErrReaderAway) {
				t.Errorf("%s: %+v %v", c.name, r, err)
			}
		})
	}
	if asked := len(other.Commands()) - before; asked != 0 {
		t.Errorf("another counter's card got %d commands", asked)
	}
	if r, err := check(s, tokuichi.AddDays(9)); err != nil || r.Outcome != card.Confirmed {
		t.Errorf("no reader chosen: %+v %v", r, err)
	}
}

func TestWithSeveralReadersTheCounterNamesItsOwn(t *testing.T) {
	s, url := open(t, true)
	pairedWith(t, s, facility, url,
		agent.Config{Name: "受付1", Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}})
	pairedWith(t, s, facility, url,
		agent.Config{Name: "受付2",
			Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi.AddDays(9)})}})
	pairedWith(t, s, "1319999992", url,
		agent.Config{Name: "よその受付", Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}})
	eventually(t, "both are connected", func() bool { return connected(s, facility) == 2 })
	if _, err := check(s, tokuichi); !errors.Is(err, ErrWhichReader) {
		t.Errorf("none chosen: %v", err)
	}
	for _, r := range s.Status(facility) {
		got, err := s.Cards.CheckBirthDate(context.Background(), counter.CardRequest{
			Facility:  facility,
			Reader:    r.ID,
			CaseID:    "CASE",
			Shown:     "jws",
			BirthDate: tokuichi,
		})
		want := map[string]card.Outcome{"受付1": card.Confirmed, "受付2": card.Refused}[r.Name]
		if err != nil || got.Outcome != want {
			t.Errorf("%s: %+v %v", r.Name, got, err)
		}
	}
	other := s.Status("1319999992")[0].ID
	_, err := s.Cards.CheckBirthDate(context.Background(),
		counter.CardRequest{Facility: facility, Reader: other, BirthDate: tokuichi})
	if !errors.Is(err, ErrWhichReader) {
		t.Errorf("another facility's reader was used: %v", err)
	}
	if len(s.Status(facility)) != 2 {
		t.Errorf("the facility sees %+v", s.Status(facility))
	}
}
