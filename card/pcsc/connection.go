package pcsc

import (
	"context"
	"errors"
	"sync"

	"madoguchi/card"
	"madoguchi/eligibility"
)

// connection is a card that only we use. After its first trouble it sends nothing more: whether the card took the last
// command is unknown, and a second one could use up a try.
type connection struct {
	link   *link
	handle handle
	slot   string
	look   func(context.Context) ([]Slot, error) // over a new context

	mu     sync.Mutex
	failed error
}

// Transmit sends one command to the card. The error says what happened to card or reader, with the next step.
func (c *connection) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed != nil {
		return nil, c.failed
	}
	if len(command) < 4 {
		return nil, errors.New("pcsc: a command has at least four bytes")
	}
	command = append([]byte{}, command...) // a late call must not read what the caller writes next
	answer, err := do(ctx, c.link.lane, transmitTime, func() ([]byte, error) { return c.handle.transmit(command) }, nil)
	if err != nil {
		c.failed = c.explain(ctx, err)
		return nil, c.failed
	}
	return answer, nil
}

// explain says what a failed command means. Drivers report a pulled card or a pulled plug in many ways, so unless the code
// is plain the reader is asked what has become of them.
func (c *connection) explain(ctx context.Context, err error) error {
	if errors.Is(err, errLate) {
		return card.ErrTimeout.Because(err)
	}
	switch said := fault(err); {
	case errors.Is(said, ErrReader), errors.Is(said, ErrMute), errors.Is(said, ErrLost), errors.Is(said, card.ErrTimeout):
		if found := c.whatIsLeft(ctx); found != nil {
			return found.Because(err)
		}
		return said
	case errors.Is(said, card.ErrNoCard):
		return card.ErrRemoved.Because(err)
	default:
		return said
	}
}

// whatIsLeft looks whether reader and card are still there, over a context of its own: the connection's may be broken.
func (c *connection) whatIsLeft(ctx context.Context) *eligibility.Error {
	all, err := c.look(ctx)
	if err != nil {
		return sentence(err)
	}
	for _, s := range all {
		if s.Name == c.slot {
			if s.Card {
				return nil
			}
			return card.ErrRemoved
		}
	}
	return ErrUnplugged
}
