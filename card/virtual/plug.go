package virtual

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

// Controls of vpcd: messages of one byte (docs/facts/pcsc.md#virtual-reader).
const (
	controlOff   = 0x00
	controlOn    = 0x01
	controlReset = 0x02
	controlATR   = 0x04
)

// ErrReaderGone is returned by Plug when the reader's end closed the connection, as it does when pcscd ends.
var ErrReaderGone = errors.New("virtual: the reader is gone")

// Plug puts the card into the vpcd reader that listens at address (127.0.0.1:35963 is slot 0) and serves it
// until ctx ends, which pulls the card and returns nil. A fault that pulls the card returns ErrPulled, an end
// on the reader's side ErrReaderGone.
func Plug(ctx context.Context, address string, c *Card) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("plugging into %s: %w", address, err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	c.Reset()
	for {
		message, err := receiveFrame(conn)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrReaderGone, err)
		}
		answer, err := c.respond(ctx, message)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if answer == nil {
			continue
		}
		frame := append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)
		if _, err := conn.Write(frame); err != nil && ctx.Err() == nil {
			return fmt.Errorf("%w: %w", ErrReaderGone, err)
		}
	}
}

// respond returns the answer to a message of vpcd, nil when there is none.
func (c *Card) respond(ctx context.Context, message []byte) ([]byte, error) {
	if len(message) != 1 {
		return c.Transmit(ctx, message)
	}
	switch message[0] {
	case controlATR:
		return c.ATR(), nil
	case controlOff, controlOn, controlReset:
		c.Reset()
	}
	return nil, nil
}

// receiveFrame reads one frame: a big-endian length and as many bytes. vpcd sends the two apart, so that
// without quickAck each command waits 40 ms for a delayed acknowledgement.
func receiveFrame(conn net.Conn) ([]byte, error) {
	var length [2]byte
	quickAck(conn)
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(length[:]))
	quickAck(conn)
	_, err := io.ReadFull(conn, message)
	return message, err
}
