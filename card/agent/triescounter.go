package agent

import (
	"context"

	"madoguchi/card"
)

// triesCounter wraps a card's Transmitter and keeps what the card last said about the remaining tries of a
// key (63Cx), and the error with which it stopped answering. It keeps nothing of the answers themselves.
type triesCounter struct {
	card card.Transmitter
	left *int
	err  error
}

// Transmit passes a command on.
func (c *triesCounter) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	answer, err := c.card.Transmit(ctx, command)
	if err != nil {
		c.err = err
		return answer, err
	}
	const verify = 0x20
	if n := len(answer); n >= 2 && len(command) > 1 && command[1] == verify {
		sw := uint16(answer[n-2])<<8 | uint16(answer[n-1])
		left := 0
		switch {
		case sw&0xFFF0 == 0x63C0:
			left = int(sw & 0xF)
			c.left = &left
		case sw == 0x6983 || sw == 0x6984: // blocked
			c.left = &left
		default:
			c.left = nil // right: the counter is full again
		}
	}
	return answer, nil
}
