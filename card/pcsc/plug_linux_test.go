package pcsc_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"testing"

	"madoguchi/card"
)

// plug lays a card into the reader at vpcd's address until pull is called (facts: pcsc-bench.md 2).
func plug(t *testing.T, address string, chip card.Transmitter) (pull func()) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer conn.Close()
		for {
			command, err := frame(conn)
			if err != nil {
				return
			}
			var answer []byte
			switch {
			case len(command) > 1:
				if answer, err = chip.Transmit(context.Background(), command); err != nil {
					return
				}
			case command[0] == 4:
				answer = []byte{0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14}
			default: // power and reset have no answer
				if r, ok := chip.(interface{ Reset() }); ok {
					r.Reset()
				}
				continue
			}
			if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
				return
			}
		}
	}()
	return func() { conn.Close(); <-done }
}

// frame reads one frame. vpcd writes length and body apart, so without a quick acknowledgement each waits 40 ms.
func frame(conn net.Conn) ([]byte, error) {
	var length [2]byte
	for _, part := range []func() []byte{func() []byte { return length[:] }, func() []byte { return make([]byte, binary.BigEndian.Uint16(length[:])) }} {
		raw, err := conn.(*net.TCPConn).SyscallConn()
		if err != nil {
			return nil, err
		}
		if err := raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1) }); err != nil {
			return nil, err
		}
		buffer := part()
		if _, err := io.ReadFull(conn, buffer); err != nil {
			return nil, err
		}
		if len(buffer) != 2 || &buffer[0] != &length[0] {
			return buffer, nil
		}
	}
	return nil, io.ErrUnexpectedEOF
}

// falling is a card that is pulled when so many commands have come.
type falling struct {
	card.Transmitter
	left atomic.Int32
}

func (f *falling) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if f.left.Add(-1) < 0 {
		return nil, io.EOF
	}
	return f.Transmitter.Transmit(ctx, command)
}
