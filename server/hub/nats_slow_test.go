package hub_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/internal/hubtest"
	"madoguchi/internal/natstest"
	"madoguchi/server/hub"
)

// slowWay stands between a client and NATS. While it is held, it keeps a client's lines back from the first
// SUB on (NATS client protocol: a line a command), as a network does on which the packet was lost.
type slowWay struct {
	listener net.Listener
	to       string
	held     atomic.Bool
	holding  chan struct{} // gets one when a SUB is kept back
	free     chan struct{} // closed: nothing is kept back any more
	conns    chan net.Conn
}

func newSlowWay(t *testing.T, url string) *slowWay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	w := &slowWay{
		listener: l,
		to:       strings.TrimPrefix(url, "nats://"),
		holding:  make(chan struct{}, 1),
		free:     make(chan struct{}),
		conns:    make(chan net.Conn, 10),
	}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			w.conns <- client
			go w.carry(client)
		}
	}()
	return w
}

func (w *slowWay) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(client, server)
		client.Close()
	}()
	lines := bufio.NewReader(client)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		if w.held.Load() && bytes.HasPrefix(line, []byte("SUB ")) {
			select {
			case w.holding <- struct{}{}:
			default:
			}
			<-w.free
		}
		if _, err := server.Write(line); err != nil {
			return
		}
	}
}

// Who is told of a gap looks at the store, and hears everything that is published from then on: so nobody is
// told before the server knows again what this connection listens to.
func TestAGapIsToldWhenMessagesComeAgain(t *testing.T) {
	server := natstest.New(t)
	way := newSlowWay(t, server.URL())
	engine := func(url string) hub.Engine {
		e, err := hub.OpenNATS(hub.NATS{URL: url, Instance: t.Name()}, "test")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.Close() })
		return e
	}
	publisher, subscriber := engine(server.URL()), engine("nats://"+way.listener.Addr().String())
	gaps, heard := make(chan struct{}, 10), make(chan string, 10)
	subscriber.OnGap(func() { gaps <- struct{}{} })
	if _, err := subscriber.Subscribe("topic", func(data []byte) { heard <- string(data) }); err != nil {
		t.Fatal(err)
	}
	way.held.Store(true)
	(<-way.conns).Close()
	within(t, "reconnecting", way.holding)
	if err := publisher.Publish(t.Context(), "topic", []byte("meanwhile")); err != nil {
		t.Fatal(err)
	}
	select {
	case <-gaps:
		t.Error("told of the gap while messages are missed")
	case <-time.After(500 * time.Millisecond):
	}
	close(way.free)
	within(t, "told of the gap", gaps)
	if err := publisher.Publish(t.Context(), "topic", []byte("after")); err != nil {
		t.Fatal(err)
	}
	if got := within(t, "what is published then", heard); got != "after" {
		t.Errorf("heard %q", got)
	}
}

func within[T any](t *testing.T, what string, from <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-from:
	case <-time.After(hubtest.Patience):
		t.Fatal(what)
	}
	return got
}
