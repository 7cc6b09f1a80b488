package virtual_test

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"madoguchi/card/virtual"
	"madoguchi/internal/testenv"
)

// vpcd is the server's side of the protocol (docs/facts/pcsc.md#virtual-reader), which sends length and
// body apart as vpcd 3.3 does.
type vpcd struct {
	t    *testing.T
	conn net.Conn
	end  chan error
	pull context.CancelFunc
}

func plug(t *testing.T, c *virtual.Card) *vpcd {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, cancel := context.WithCancel(context.Background())
	v := &vpcd{t: t, end: make(chan error, 1), pull: cancel}
	go func() { v.end <- virtual.Plug(ctx, listener.Addr().String(), c) }()
	if v.conn, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); v.conn.Close() })
	return v
}

func (v *vpcd) send(message ...byte) {
	v.t.Helper()
	for _, part := range [][]byte{{byte(len(message) >> 8), byte(len(message))}, message} {
		if _, err := v.conn.Write(part); err != nil {
			v.t.Fatal(err)
		}
	}
}

func (v *vpcd) receive() (string, error) {
	v.t.Helper()
	if err := v.conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		v.t.Fatal(err)
	}
	var length [2]byte
	if _, err := io.ReadFull(v.conn, length[:]); err != nil {
		return "", err
	}
	message := make([]byte, int(length[0])<<8|int(length[1]))
	_, err := io.ReadFull(v.conn, message)
	return hex.EncodeToString(message), err
}

func (v *vpcd) ended() error {
	v.t.Helper()
	select {
	case err := <-v.end:
		return err
	case <-time.After(5 * time.Second):
		v.t.Fatal("the card stays plugged in")
		return nil
	}
}

func TestPluggedCardSpeaksTheProtocolOfVpcd(t *testing.T) {
	c := insert(t, virtual.Description{ATR: "3BC5FF8131FB458073C6010000"})
	v := plug(t, c)
	v.send(0x01)
	v.send(0x04)
	if atr, err := v.receive(); err != nil || atr != "3bc5ff8131fb458073c6010000" {
		t.Errorf("%s %v", atr, err)
	}
	v.send(encode(t, jpki)...)
	if sw, err := v.receive(); err != nil || sw != "9000" {
		t.Errorf("%s %v", sw, err)
	}
	v.send(0x02)
	v.send(encode(t, ef("0006"))...)
	if sw, err := v.receive(); err != nil || sw != "6a82" {
		t.Errorf("after a reset an application is selected: %s %v", sw, err)
	}
	v.pull()
	if err := v.ended(); err != nil {
		t.Error(err)
	}
	if _, err := v.receive(); err == nil {
		t.Error("the connection stays open after the card was pulled")
	}
}

func TestPluggedCardEndsAsItsFaultsSay(t *testing.T) {
	v := plug(t, insert(t, virtual.Description{Faults: virtual.Faults{PulledAt: 2}}))
	v.send(encode(t, jpki)...)
	if sw, err := v.receive(); err != nil || sw != "9000" {
		t.Fatalf("%s %v", sw, err)
	}
	v.send(encode(t, jpki)...)
	if err := v.ended(); !errors.Is(err, virtual.ErrPulled) {
		t.Errorf("pulled: %v", err)
	}
	v = plug(t, insert(t, virtual.Description{Faults: virtual.Faults{MuteAt: 1}}))
	v.send(encode(t, jpki)...)
	v.pull()
	if err := v.ended(); err != nil {
		t.Errorf("mute: %v", err)
	}
	v = plug(t, insert(t, virtual.Description{}))
	v.conn.Close()
	if err := v.ended(); !errors.Is(err, virtual.ErrReaderGone) {
		t.Errorf("reader gone: %v", err)
	}
	err := virtual.Plug(context.Background(), "127.0.0.1:1", insert(t, virtual.Description{}))
	if err == nil {
		t.Error("plugged into nothing")
	}
}

// Without TCP_QUICKACK each command waits 40 ms (docs/facts/pcsc.md#delayed-acknowledgements): a
// hundred would take four seconds.
func TestPluggedCardDoesNotWaitForDelayedAcknowledgements(t *testing.T) {
	v := plug(t, insert(t, virtual.Description{}))
	if err := v.conn.(*net.TCPConn).SetNoDelay(false); err != nil { // vpcd leaves Nagle's algorithm on
		t.Fatal(err)
	}
	start := time.Now()
	for range 100 {
		v.send(encode(t, jpki)...)
		if _, err := v.receive(); err != nil {
			t.Fatal(err)
		}
	}
	testenv.Within(t, "a hundred commands", time.Since(start), 2*time.Second)
}
