package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/server/datafolder"
	"madoguchi/server/demo"
	"madoguchi/server/settings"
	"madoguchi/server/trust"
)

const liveAddress = "https://hoken.example"

// liveSettings are those of a live server.
func liveSettings(t *testing.T) *settings.Settings {
	t.Helper()
	return &settings.Settings{
		Data:          t.TempDir(),
		URL:           liveAddress,
		OIDCIssuer:    "https://login.example",
		OIDCClient:    "RP1",
		OIDCAlgorithm: "ES256",
	}
}

// started is the handler of a server that was assembled as serve does, and what it runs on.
func started(t *testing.T, s *settings.Settings, role, address string) (http.Handler, *app) {
	t.Helper()
	h, err := openApp(t.Context(), s, role)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Store.Close() })
	handler, _, err := (&serveCmd{Role: role}).site(t.Context(), h, address)
	if err != nil {
		t.Fatal(err)
	}
	return handler, h
}

// visit makes a request as a browser at the server's own address does.
func visit(handler http.Handler, method, address string, form url.Values) *http.Response {
	r := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
	r.RemoteAddr = "127.0.0.1:1"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Result()
}

// What plays other parties in the demo cannot be reached on a live server: its provider, its names to pick.
// That the same requests succeed in the demo shows that they would.
func TestTheDemosPartsAreNotOnALiveServer(t *testing.T) {
	demoHandler, _ := started(
		t,
		&settings.Settings{Data: t.TempDir()},
		datafolder.RoleAll,
		"http://localhost:8080",
	)
	insurerHandler, _ := started(t, liveSettings(t), datafolder.RoleInsurer, liveAddress)
	counterHandler, _ := started(t, withTrust(t, liveSettings(t)), datafolder.RoleCounter, liveAddress)
	const demoProvider = "/demo-idp/.well-known/openid-configuration"
	if got := visit(demoHandler, "GET", "http://localhost:8080"+demoProvider, nil); got.StatusCode != 200 {
		t.Errorf("the demo's provider answers %s: the test proves nothing", got.Status)
	}
	for name, handler := range map[string]http.Handler{"insurer": insurerHandler, "counter": counterHandler} {
		if got := visit(handler, "GET", liveAddress+"/"+name+"/staff", nil); got.StatusCode >= 500 {
			t.Errorf("live %s: the page of staff answers %s", name, got.Status)
		}
		for _, path := range []string{demoProvider, "/demo-idp/authorize", "/demo-idp/", "/demo-idp/token",
			"/demo-word"} {
			if got := visit(handler, "GET", liveAddress+path, nil); got.StatusCode != http.StatusNotFound {
				t.Errorf("live %s: %s answers %s", name, path, got.Status)
			}
		}
		for _, member := range demo.Staff {
			form := url.Values{"name": {member}}
			picked := visit(demoHandler, "POST", "http://localhost:8080/"+name+"/staff", form)
			if picked.StatusCode != http.StatusSeeOther || len(picked.Cookies()) == 0 {
				t.Errorf(
					"%s cannot be picked in the demo (%s): the test proves nothing",
					member,
					picked.Status,
				)
			}
			got := visit(handler, "POST", liveAddress+"/"+name+"/staff", form)
			if got.StatusCode < 400 || len(got.Cookies()) > 0 {
				t.Errorf(
					"live %s: picking %s answers %s with %d cookies",
					name,
					member,
					got.Status,
					len(got.Cookies()),
				)
			}
		}
	}
}

// withTrust gives a counter server a list of its own.
func withTrust(t *testing.T, s *settings.Settings) *settings.Settings {
	t.Helper()
	private := certtest.Key(t)
	root, err := credential.NewKey(private)
	if err != nil {
		t.Fatal(err)
	}
	s.Trust = t.TempDir()
	draft := credential.TrustList{Issuers: []credential.TrustedIssuer{}}
	publication := trust.Publication{Draft: draft, Root: root, Folder: s.Trust, Days: 30, Now: clock()}
	if _, err := publication.Publish(); err != nil {
		t.Fatal(err)
	}
	return s
}

// insertedCard is a reader in which a virtual card lies.
type insertedCard struct{ chip *virtual.Card }

func (c insertedCard) Connect(context.Context) (card.Transmitter, func(), error) {
	return c.chip, c.chip.Reset, nil
}

// connect lets an agent with a virtual card dial a server's hub until it is refused, or asked to pair.
func connect(t *testing.T, h *app) (pairing bool, err error) {
	t.Helper()
	hub := func(w http.ResponseWriter, r *http.Request) { h.readers.Serve(w, r, r.RemoteAddr) }
	server := httptest.NewServer(http.HandlerFunc(hub))
	defer server.Close()
	chip, err := virtual.New(virtual.Description{BirthDate: eligibility.MustDate("1986-04-12")})
	if err != nil {
		t.Fatal(err)
	}
	key := certtest.Key(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var a *agent.Agent
	a, err = agent.New(agent.Config{
		Server:  server.URL,
		Name:    "受付1",
		Key:     key,
		Reader:  insertedCard{chip},
		Virtual: true,
		Notify: func(string) {
			if a.Status().Link == agent.Pairing {
				pairing = true
				cancel()
			}
		},
		Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	err = a.Run(ctx)
	return pairing, err
}

func TestALiveServerRefusesVirtualCards(t *testing.T) {
	_, demoApp := started(
		t,
		&settings.Settings{Data: t.TempDir()},
		datafolder.RoleAll,
		"http://localhost:8080",
	)
	if pairing, err := connect(t, demoApp); !pairing {
		t.Errorf("the demo refuses a virtual card (%v): the test proves nothing", err)
	}
	s := withTrust(t, liveSettings(t))
	_, liveApp := started(t, s, datafolder.RoleCounter, liveAddress)
	if pairing, err := connect(t, liveApp); pairing || !errors.Is(err, agent.ErrRefused) {
		t.Errorf("a live server takes a virtual card: %v", err)
	}
	// One that does not call itself virtual is still no genuine card: no test key vouches for it there.
	known, err := s.IssuerKeys()
	if err != nil || len(known) != 0 {
		t.Errorf("a live server without a file of keys knows %d (%v)", len(known), err)
	}
	trusted, err := demoApp.settings.IssuerKeys()
	if err != nil || len(trusted) != 1 || trusted[0].ID != virtual.TestIssuerKeys()[0].ID {
		t.Errorf("the demo does not know the test key (%v): the test proves nothing", err)
	}
}

// A database belongs to its mode: a demo's never becomes a live server's, nor the reverse.
func TestDataOfOneModeNeverOpenInTheOther(t *testing.T) {
	demoSettings, live := &settings.Settings{Data: t.TempDir()}, liveSettings(t)
	for _, c := range []struct {
		name     string
		from, to *settings.Settings
		role     string
	}{
		{"a demo's, live", demoSettings, liveSettings(t), datafolder.RoleInsurer},
		{"a live one's, in the demo", live, &settings.Settings{Data: t.TempDir()}, datafolder.RoleAll},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, err := openApp(t.Context(), c.from, c.from.DataRole(datafolder.RoleAll))
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Store.Close(); err != nil {
				t.Fatal(err)
			}
			mode := c.to.Mode()
			if err := os.Rename(copied(t, c.from.Folder()), filepath.Join(c.to.Data, mode)); err != nil {
				t.Fatal(err)
			}
			h, err = openApp(t.Context(), c.to, c.role)
			if err == nil {
				h.Store.Close()
			}
			var refused *eligibility.Error
			if !errors.As(err, &refused) || refused.Key != "store.stamp" ||
				!strings.Contains(refused.Ja(), "別のモードか役割") || c.to.Mode() != mode {
				t.Errorf("%v", err)
			}
		})
	}
}
