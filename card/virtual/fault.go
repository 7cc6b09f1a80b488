package virtual

import (
	"context"
	"errors"
	"time"

	"madoguchi/card"
)

// Faults are what goes wrong, counted in commands since the card was inserted: 1 is the first. Zero means
// never.
type Faults struct {
	// this command and all later ones meet no card
	PulledAt int `json:"pulledAt,omitempty"`
	// before this command the card loses its state, as after a bad contact
	ResetAt int `json:"resetAt,omitempty"`
	// this command and all later ones are answered with nonsense
	GarbageAt int `json:"garbageAt,omitempty"`
	// this command is never answered
	MuteAt int `json:"muteAt,omitempty"`
	// this command and all later ones meet no reader
	ReaderGoneAt int `json:"readerGoneAt,omitempty"`
	// 25 ms for a command, 250 ms more for a signature: assumed, not measured
	Slow bool `json:"slow,omitempty"`
}

const (
	slowCommand   = 25 * time.Millisecond
	slowSignature = 250 * time.Millisecond
)

// ErrPulled is what a command meets when the card was taken away.
var ErrPulled = errors.New("virtual: the card was pulled")

// SetFaults replaces the faults and counts commands anew.
func (c *Card) SetFaults(f Faults) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults, c.commands = f, 0
}

// misbehave applies the faults; done reports that the command has had its answer.
func (c *Card) misbehave(ctx context.Context, command []byte) (answer []byte, done bool, err error) {
	f, err := c.count()
	if err != nil {
		return nil, true, err
	}
	if f.Slow {
		wait := slowCommand
		if len(command) > 1 && command[1] == 0x2A {
			wait += slowSignature
		}
		if err := card.Pause(ctx, wait); err != nil {
			return nil, true, err
		}
	}
	switch {
	case f.MuteAt > 0:
		<-ctx.Done()
		return nil, true, ctx.Err()
	case f.GarbageAt > 0:
		return []byte{0xDE, 0xAD, 0xFF, 0x82, 0xFF, 0xFF, 0x42}, true, nil
	}
	return nil, false, nil
}

// count counts one command and returns the faults that apply to it.
func (c *Card) count() (Faults, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.away != nil {
		return Faults{}, c.away
	}
	c.commands++
	n, f := c.commands, c.faults
	strikes := func(at int) bool { return at > 0 && n >= at }
	switch {
	case strikes(f.PulledAt):
		c.away = ErrPulled
	case strikes(f.ReaderGoneAt):
		c.away = card.ErrNoReader
	}
	if c.away != nil {
		c.reset()
		return Faults{}, c.away
	}
	if n == f.ResetAt {
		c.reset()
	}
	now := Faults{Slow: f.Slow}
	if n == f.MuteAt {
		now.MuteAt = n
	}
	if strikes(f.GarbageAt) {
		now.GarbageAt = n
	}
	return now, nil
}
