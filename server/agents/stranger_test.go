package agents

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"madoguchi/card/agent"
	"madoguchi/card/wire"
	"madoguchi/internal/certtest"
	"madoguchi/internal/testenv"
)

// stranger opens a WebSocket from a network and does not say who it is.
func stranger(t *testing.T, address, network string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(context.Background(), address,
		&websocket.DialOptions{
			HTTPHeader:   http.Header{"Test-Address": {network}},
			Subprotocols: wire.Protocols(),
		})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

// fromNetwork has an agent come from a network.
func fromNetwork(network string) *http.Client {
	return &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("Test-Address", network)
		return http.DefaultTransport.RoundTrip(r)
	})}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// However many sockets a stranger opens, from one network or from many, silent, slow, half open or with a key
// of its own: a paired agent is back at once, also from the stranger's network, and a new one is paired.
func TestAStrangersSocketsKeepNobodyOut(t *testing.T) {
	const crowd = 300
	one := func(int) string { return "192.0.2.1" }
	many := func(i int) string { return fmt.Sprintf("2001:db8:%x::1", i) }
	silent := func(t *testing.T, address, network string) { stranger(t, address, network) }
	for _, c := range []struct {
		name    string
		network func(i int) string
		attack  func(t *testing.T, address, network string)
		from    string // whence the agent comes
	}{
		{"silent, one network", one, silent, "203.0.113.9"},
		{"silent, the agent's network", one, silent, "192.0.2.1"},
		{"silent, many networks", many, silent, "203.0.113.9"},
		{"half a hello", many, func(t *testing.T, address, network string) {
			w, err := stranger(t, address, network).Writer(context.Background(), websocket.MessageText)
			if err == nil {
				_, _ = w.Write([]byte(`{"type":"hello","hello":{"version":4,"name":"`))
			}
		}, "203.0.113.9"},
		{"half a request", one, func(t *testing.T, address, _ string) {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			conn, err := net.Dial("tcp", u.Host)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
			_, _ = conn.Write([]byte("GET /api/v1/bridge HTTP/1.1\r\nHost: localhost\r\nUpgra"))
		}, "203.0.113.9"},
		{"with keys, one network", one, unpaired, "203.0.113.9"},
		{"with keys, many networks", many, unpaired, "203.0.113.9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, address := openWith(t, Config{Virtual: true})
			s.strangers, s.returning = newConnLimit(64, 32), newConnLimit(64, 32)
			s.pairings.limit = newConnLimit(20, 10)
			p := newProxy(t, address)
			own := agent.Config{Client: fromNetwork(c.from), Pace: quick}
			pairedWith(t, s, facility, p.url(), own)

			for i := range crowd {
				c.attack(t, address, c.network(i))
			}
			s.mu.Lock()
			strangers, returning := s.strangers.count(), s.returning.count()
			s.mu.Unlock()
			s.pairings.mu.Lock()
			waiting := s.pairings.limit.count()
			s.pairings.mu.Unlock()
			if strangers > 64 || returning > 64 || waiting > 20 {
				t.Errorf("%d strangers, %d of its network and %d that wait to be paired", strangers,
					returning, waiting)
			}
			began := time.Now()
			p.cut()
			eventually(t, "the server has seen that it is gone", func() bool {
				return connected(s, facility) == 0
			})
			eventually(t, "the paired agent is back", func() bool { return connected(s, facility) == 1 })
			testenv.Within(t, "coming back", time.Since(began), 5*time.Second)

			if !startsWaiting(t, address, "198.51.100.7") {
				t.Error("a new agent shows no code")
			}
		})
	}
}

// unpaired proves a key that nobody knows, and waits.
func unpaired(t *testing.T, address, network string) {
	conn := stranger(t, address, network)
	sayHello(t, conn)
}

func sayHello(t *testing.T, conn *websocket.Conn) {
	key := certtest.Key(t)
	m, err := next(t, conn)
	if err != nil || m.Challenge == nil {
		return // it had to make room
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Error(err)
		return
	}
	signature, err := wire.Prove(key, m.Challenge.Nonce)
	if err != nil {
		t.Error(err)
		return
	}
	_ = put(context.Background(), conn, wire.Message{Type: "hello", Hello: &wire.Hello{
		Version:   wire.Version,
		Name:      "だれか",
		Key:       der,
		Signature: signature,
		Virtual:   true,
	}})
}

// startsWaiting reports whether a new agent from a network gets a pairing code.
func startsWaiting(t *testing.T, address, network string) bool {
	t.Helper()
	conn := stranger(t, address, network)
	sayHello(t, conn)
	m, err := next(t, conn)
	return err == nil && m.Pair != nil
}

// Whoever is refused counts as a stranger until the connection has ended, so that refusals are bounded too:
// none of these takes the closing word, for which the server waits five seconds.
func TestWhoIsRefusedIsBoundedToo(t *testing.T) {
	s := New(Config{Store: newMemory(), Virtual: true, Now: time.Now})
	s.strangers, s.goodbyes = newConnLimit(8, 8), make(chan struct{}, 4)
	s.pairings.limit = newConnLimit(1, 1)
	var open atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Serve(w, r, r.RemoteAddr)
	}))
	server.Listener = counting{server.Listener, &open}
	server.Start()
	t.Cleanup(server.Close)
	const crowd = 40
	for range crowd {
		unpaired(t, server.URL, "")
	}
	eventually(t, "all but those that may be refused are gone", func() bool { return open.Load() <= 1+8+4+2 })
	if n := len(s.goodbyes); n != 4 {
		t.Errorf("the others were waited for: %d are being told why", n)
	}
}

// counting counts the open connections of a listener.
type counting struct {
	net.Listener
	open *atomic.Int32
}

func (c counting) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.open.Add(1)
		conn = &counted{Conn: conn, open: c.open}
	}
	return conn, err
}

type counted struct {
	net.Conn
	open *atomic.Int32
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}
