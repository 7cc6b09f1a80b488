package e2e

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
)

// slot is the reader of a counter's PC whose agent runs in this process: a test lays a card into it, or has
// it fail.
type slot struct {
	mu    sync.Mutex
	chip  *virtual.Card
	fault error
	stop  func() // ends the agent
}

// Connect returns the card that lies in the slot.
func (s *slot) Connect(context.Context) (card.Transmitter, func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.fault != nil:
		return nil, nil, s.fault
	case s.chip == nil:
		return nil, nil, card.ErrNoCard
	}
	return s.chip, s.chip.Reset, nil
}

func (s *slot) holds(chip *virtual.Card, fault error) {
	s.mu.Lock()
	s.chip, s.fault = chip, fault
	s.mu.Unlock()
}

// lay puts a card into the slot, in the place of what was there.
func (s *slot) lay(t *testing.T, d virtual.Description) {
	t.Helper()
	chip, err := virtual.New(d)
	if err != nil {
		t.Fatal(err)
	}
	s.holds(chip, nil)
}

// newSlot runs an agent with an empty slot and pairs it with the console.
func newSlot(t *testing.T, base string, console context.Context) *slot {
	t.Helper()
	return newSlotWith(t, base, console, virtual.TestIssuerKeys(), virtual.TestUserRoots())
}

// newSlotWith is newSlot with the keys by which the agent itself verifies cards.
func newSlotWith(
	t *testing.T, base string, console context.Context, issuers card.IssuerKeys, users card.UserRoots,
) *slot {
	t.Helper()
	key, err := agent.LoadKey(filepath.Join(t.TempDir(), "agent.pem"))
	if err != nil {
		t.Fatal(err)
	}
	s, out := &slot{}, newWatched()
	a, err := agent.New(agent.Config{
		Server:     base,
		Name:       "受付1",
		Key:        key,
		Reader:     s,
		Virtual:    true,
		IssuerKeys: issuers,
		UserRoots:  users,
		Notify:     out.add,
		Now:        time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = a.Run(ctx) // until the test ends
	}()
	s.stop = func() { stop(); <-ended }
	t.Cleanup(s.stop)
	code := out.await(t, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	pairs(t, console, code, out.await(t, `合言葉が「(.+)・(.+)」なら`)[1:])
	out.await(t, "つながりました")
	waitText(t, console, "#readers", "リーダー接続中")
	do(t, console, click("#pairing-close"))
	return s
}
