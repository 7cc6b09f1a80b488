package pcsc

import (
	"context"
	"errors"
	"sync"

	"madoguchi/card"
	"madoguchi/eligibility"
)

// connection is an exclusive connection to a card. After its first error it sends nothing more: whether the
// card took the last command is unknown, and a second one could use up a try.
type connection struct {
	link   *link
	handle handle
	slot   string
	// what has become of reader and card, nil when both are there
	diagnose func(ctx context.Context, slot string) *eligibility.Error

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
	answer, err := callWithDeadline(ctx, c.link.queue, transmitTime, func() ([]byte, error) {
		defer clear(command) // it may hold a key
		return c.handle.transmit(command)
	}, func(answer []byte) { clear(answer) })
	if err == nil && len(answer) < 2 {
		err = errNoStatus
	}
	if err != nil {
		c.failed = c.explain(ctx, err)
		return nil, c.failed
	}
	return answer, nil
}

// errNoStatus is an answer without a status word, with which some drivers report a card that was pulled.
var errNoStatus = errors.New("pcsc: the reader brought an answer without a status word")

// errClosed is returned to whoever uses a connection after its end.
var errClosed = errors.New("pcsc: the card has been given back")

// explain says what a failed command means. Drivers report a pulled card or a pulled plug in many ways, so
// unless the code is plain the reader is asked what has become of them.
func (c *connection) explain(ctx context.Context, err error) error {
	if errors.Is(err, errLate) {
		return card.ErrTimeout.Because(err)
	}
	switch converted := cardError(err); {
	case errors.Is(converted, card.ErrReaderFault), errors.Is(converted, card.ErrReaderMute),
		errors.Is(converted, card.ErrReaderLost), errors.Is(converted, card.ErrTimeout):
		if found := c.diagnose(ctx, c.slot); found != nil {
			return found.Because(err)
		}
		return converted
	case errors.Is(converted, card.ErrNoCard):
		return card.ErrRemoved.Because(err)
	default:
		return converted
	}
}

// close releases the card, with a reset unless it is known to be gone. A reset that finds no card makes
// PC/SC-lite believe that the place stays empty, even when the card is put back at once.
func (c *connection) close() {
	c.mu.Lock()
	gone := errors.Is(c.failed, card.ErrRemoved) || errors.Is(c.failed, card.ErrReaderUnplugged)
	if c.failed == nil {
		c.failed = errClosed
	}
	c.mu.Unlock()
	_ = c.handle.disconnect(!gone) // the context is given up next, whatever this says
}

// Reader returns the name of the reader in which the card lies.
func (c *connection) Reader() string { return c.slot }
