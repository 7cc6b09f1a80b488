package web

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/server/agents"
)

// A live server of several facilities, behind a real HTTP server: bridge agents dial in, and counters call by
// their own connections.

// chipReader is a reader in which a virtual card lies.
type chipReader struct{ *virtual.Card }

func (c chipReader) Connect(context.Context) (card.Transmitter, func(), error) {
	return c.Card, c.Card.Reset, nil
}

// liveHub makes the app a live server whose readers are agents that dial in.
func (h *testApp) liveHub(t *testing.T) {
	t.Helper()
	h.hub = agents.New(agents.Config{
		Store:   h.store.ForAgents(),
		Virtual: true,
		Now:     func() time.Time { return h.now },
		Names:   func(string) string { return "" },
	})
	h.counter.Readers = h.hub.Cards
	h.alive(t)
}

// onLoopback serves the app on a free port. Its client reaches it by the app's own name, with as many
// connections as it needs.
func (h *testApp) onLoopback(t *testing.T) {
	t.Helper()
	server := httptest.NewServer(h.echo)
	t.Cleanup(server.Close)
	transport := &http.Transport{
		MaxIdleConnsPerHost: 1000,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	h.client = &http.Client{Transport: transport}
}

// ownName is the address of an app on loopback.
const ownName = "http://localhost:8080"

// pairedBy runs an agent with a card of a birth date, and has an administrator pair it.
func pairedBy(t *testing.T, by *staffBrowser, name, birth string) *virtual.Card {
	t.Helper()
	chip, err := virtual.New(virtual.Description{BirthDate: eligibility.MustDate(birth)})
	if err != nil {
		t.Fatal(err)
	}
	a := runAgent(t, agent.Config{Server: ownName, Client: by.h.client, Name: name, Reader: chipReader{chip}})
	found := answer[struct{ Ticket string }](t,
		by.send("/api/v1/counter/bridges", map[string]string{"code": a.Status().Code}), http.StatusCreated)
	w := by.send("/api/v1/counter/bridges/confirm", map[string]any{"ticket": found.Ticket, "same": true})
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"paired":true`) {
		t.Fatal(w.Code, w.Body)
	}
	for a.Status().Link != agent.Connected {
		time.Sleep(5 * time.Millisecond)
	}
	return chip
}
