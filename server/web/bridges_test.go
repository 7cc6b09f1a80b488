package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/card/agent"
	"madoguchi/internal/certtest"
	"madoguchi/server/agents"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// bridgeApp is a counter's server with an AgentHub that agents reach.
func bridgeApp(t *testing.T, c Config) (h *testApp, hub *agents.AgentHub, address string) {
	t.Helper()
	h = newTestApp(t)
	hub = agents.New(agents.Config{
		Store:   h.store.ForAgents(),
		Virtual: true,
		Now:     func() time.Time { return h.now },
		Names:   func(string) string { return "架空医院" },
	})
	h.counter.Readers = hub.Cards
	clock := func() time.Time { return h.now }
	c.Staff, c.Facility, c.Now, c.Ready = []string{"鈴木", "田中"}, "1319999991", clock, h.store.Ping
	c.Counter, c.Readers = h.counter, hub
	c.Sessions = &auth.Sessions{Store: h.store.Sessions(), Now: clock}
	server := httptest.NewUnstartedServer(nil)
	if c.FrontDoor.Address != "" {
		c.FrontDoor.Address = "https://" + server.Listener.Addr().String()
	}
	h.echo = newSite(c)
	server.Config.Handler = h.echo
	server.Start()
	t.Cleanup(server.Close)
	return h, hub, server.URL
}

// runAgent runs an agent until the test ends, and returns it once it shows a code.
func runAgent(t *testing.T, c agent.Config) *agent.Agent {
	t.Helper()
	key := certtest.Key(t)
	c.Key, c.Virtual, c.Notify = key, true, func(string) {}
	if c.Name == "" {
		c.Name = "受付1"
	}
	if c.Now == nil {
		c.Now = func() time.Time { return testAppDay }
	}
	a, err := agent.New(c)
	if err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error)
	go func() { ended <- a.Run(running) }()
	t.Cleanup(func() { stop(); <-ended })
	for a.Status().Code == "" {
		time.Sleep(5 * time.Millisecond)
	}
	return a
}

type bridgeList struct {
	Bridges []struct {
		ID, Name  string
		Connected bool
		EndedAt   *time.Time
	}
}

// answerOf is an answer's JSON; another status fails.
func answerOf[T any](t *testing.T, w *httptest.ResponseRecorder, status int) (out T) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if status != http.StatusNoContent {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatalf("%s: %v", w.Body, err)
		}
	}
	return out
}

func TestPairingInTwoStepsAndItsEnd(t *testing.T) {
	h, hub, url := bridgeApp(t, Config{Demo: true})
	h.session(t, auth.Counter, "鈴木", "{}")
	const path = "/api/v1/counter/bridges"
	list := func() bridgeList { return answerOf[bridgeList](t, h.ask(t, "GET", path, nil), http.StatusOK) }
	type found struct {
		Name, Ticket, Network string
		Words                 []string
		Version               int
	}
	begin := func(a *agent.Agent) found {
		body := map[string]string{"code": a.Status().Code}
		return answerOf[found](t, h.ask(t, "POST", path, body), http.StatusCreated)
	}
	confirm := func(ticket string, same bool) *httptest.ResponseRecorder {
		return h.ask(t, "POST", path+"/confirm", map[string]any{"ticket": ticket, "same": same})
	}

	a := runAgent(t, agent.Config{Server: url})
	f := begin(a)
	if f.Name != "受付1" || f.Network != "127.0.0.1" || f.Version == 0 ||
		!slices.Equal(f.Words, a.Status().Words) {
		t.Errorf("%+v", f)
	}
	if all := list(); len(all.Bridges) != 0 || a.Status().Link != agent.Pairing {
		t.Fatalf("paired before the words were compared: %+v", all)
	}
	if w := h.ask(t, "POST", path+"/confirm", map[string]string{"ticket": f.Ticket}); w.Code !=
		http.StatusUnprocessableEntity {
		t.Errorf("without a word on the words: %d %s", w.Code, w.Body)
	}
	own := h.cookies
	h.cookies = nil
	h.session(t, auth.Counter, "田中", "{}")
	if w := confirm(f.Ticket, true); w.Code != http.StatusNotFound {
		t.Errorf("a colleague confirms it: %d %s", w.Code, w.Body)
	}
	h.cookies = own
	if w := confirm(f.Ticket, true); w.Code != http.StatusOK ||
		!strings.Contains(w.Body.String(), `"paired":true`) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := confirm(f.Ticket, true); w.Code != http.StatusNotFound {
		t.Errorf("a second time: %d %s", w.Code, w.Body)
	}
	for a.Status().Link != agent.Connected {
		time.Sleep(5 * time.Millisecond)
	}

	b := runAgent(t, agent.Config{Server: url})
	if w := confirm(begin(b).Ticket, false); w.Code != http.StatusOK ||
		!strings.Contains(w.Body.String(), "ほかのだれかのパソコン") ||
		!strings.Contains(w.Body.String(), `"paired":false`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for b.Status().Link != agent.Refused {
		time.Sleep(5 * time.Millisecond)
	}

	all := list()
	if len(all.Bridges) != 1 || all.Bridges[0].Name != "受付1" || !all.Bridges[0].Connected {
		t.Fatalf("%+v", all)
	}
	one := path + "/" + all.Bridges[0].ID
	answerOf[any](t, h.ask(t, "POST", one+"/end", nil), http.StatusNoContent)
	for a.Status().Link != agent.Refused {
		time.Sleep(5 * time.Millisecond)
	}
	if all := list(); all.Bridges[0].Connected || all.Bridges[0].EndedAt == nil {
		t.Errorf("%+v", all)
	}
	answerOf[any](t, h.ask(t, "POST", one+"/readmit", nil), http.StatusNoContent)
	if all := list(); len(all.Bridges) != 0 || len(hub.Status("1319999991")) != 0 {
		t.Errorf("%+v", all)
	}
	if w := h.ask(t, "POST", one+"/end", nil); w.Code != http.StatusNotFound {
		t.Errorf("ended when it is no more: %d %s", w.Code, w.Body)
	}
	h.cookies = nil
	for _, c := range [][2]string{{"GET", path}, {"POST", path}, {"POST", path + "/confirm"},
		{"POST", one + "/end"}, {"POST", one + "/readmit"}} {
		if w := h.ask(t, c[0], c[1], map[string]string{}); w.Code != http.StatusForbidden ||
			!strings.Contains(w.Body.String(), "session.missing") {
			t.Errorf("%s without a session: %d %s", c[1], w.Code, w.Body)
		}
	}
}

// Behind a proxy the hub counts agents by their own networks.
func TestAgentsBehindAProxyHaveTheirOwnNetworks(t *testing.T) {
	_, hub, url := bridgeApp(t, Config{FrontDoor: kit.FrontDoor{
		Address: "https://set.below",
		Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
	}})
	for _, network := range []string{"203.0.113.9", "198.51.100.7"} {
		a := runAgent(t, agent.Config{Server: url, Client: &http.Client{Transport: proxied(network)}})
		found, err := hub.BeginPairing(t.Context(),
			staff.Reception{Staff: "鈴木", Facility: "1319999991"}, a.Status().Code)
		if err != nil || found.Network != network {
			t.Errorf("%s: %+v %v", network, found, err)
		}
	}
}

// proxied sends requests as a proxy does for a visitor of this address, who claims to be another.
type proxied string

func (p proxied) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", "192.0.2.66, "+string(p))
	r.Header.Set("X-Forwarded-Proto", "https")
	return http.DefaultTransport.RoundTrip(r)
}
