package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/internal/testenv"
	"madoguchi/server/agents"
)

// The whole way with a real agent: through HTTP, the switchboard, the wire and a virtual card, into the
// store. Then every record, every line of the log and the files of the database are searched.
func TestWhatACardSaysAndWhatWasTypedIsInNoRecordAndNoLog(t *testing.T) {
	const code, address = "7391", "架空県架空市亀鶴町３丁目１番"
	log := &lockedLog{}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	h := newTestApp(t)
	board := agents.New(
		agents.Config{
			Store:      h.store.ForAgents(),
			IssuerKeys: virtual.TestIssuerKeys(),
			Virtual:    true,
			Now:        func() time.Time { return h.now },
			Names:      func(string) string { return "架空医院" },
		},
	)
	h.counter.Readers = board.Cards
	clock := func() time.Time { return h.now }
	h.echo = newSite(
		Config{
			Demo:     true,
			Staff:    []string{"鈴木"},
			Facility: "1319999991",
			Now:      clock,
			Ready:    h.store.Ping,
			Counter:  h.counter,
			Readers:  board,
			Sessions: &auth.Sessions{Store: h.store.Sessions(), Now: clock},
		},
	)
	server := httptest.NewServer(h.echo)
	t.Cleanup(server.Close)
	id, path := h.scanned(t)
	h.useCard(t, virtual.Description{Name: "髙橋 德一", Address: address, SecurityCode: code})
	h.connectAgent(t, server.URL)
	page := newPage(t)
	var answers strings.Builder
	var shown card.FacePictures
	for _, step := range []struct {
		path string
		body any
		want string
	}{
		{"/card-check", map[string]any{"birthDateConfirmed": true}, "本物のカードで"},
		{"/text-check", map[string]any{"expiryYear": 2035, "code": code}, address},
		{"/text-check", map[string]any{"expiryYear": 2035, "code": "1111"}, "9回"},
		{"/certificate-check", nil, "有効期限内"},
		{"/face-tries", nil, "あと10回"},
		{"/face-check", faceBody(page, 10, code), "本物のカードの顔写真"},
		{"/face-tries", nil, "あと10回"},
		{"/face-check", faceBody(page, 10, "1111"), "9回"},
		{"/record", map[string]any{"outcome": "accepted"}, "accepted"},
	} {
		w := h.ask(t, "POST", path+step.path, step.body)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), step.want) {
			t.Fatalf("%s: %d %s", step.path, w.Code, w.Body)
		}
		answers.WriteString(w.Body.String())
		if face := opened(t, page, id, w.Body.Bytes()); face != nil {
			shown = *face
		}
	}
	stored, err := h.store.ForCounter().Case(ctx, "1319999991", id)
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]string{
		"the log":           log.String(),
		"the record":        string(stored.Body),
		"the list of cases": h.ask(t, "GET", "/api/v1/counter/cases", nil).Body.String(),
	}
	files, err := filepath.Glob(h.database + "*")
	if err != nil {
		t.Fatal(err)
	}
	audited := false
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		places[filepath.Base(file)] = string(data)
		audited = audited ||
			bytes.Contains(data, []byte("case.text")) && bytes.Contains(data, []byte("case.face"))
	}
	if !audited || !strings.Contains(places["the log"], "text-check") ||
		!strings.Contains(places["the record"], "number_b") {
		t.Fatal("the search looks in the wrong places")
	}
	number, hash := h.reader.chip.ForbiddenNumber()
	for where, text := range places {
		for what, secret := range map[string]string{
			"typed code":           `"` + code + `"`,
			"typed code in a line": "=" + code,
			"address":              address,
			"My Number":            number,
			"hash":                 string(hash[:]),
			"hash in hexadecimal":  hex.EncodeToString(hash[:]),
			"hash in base64":       base64.StdEncoding.EncodeToString(hash[:]),
		} {
			if strings.Contains(text, secret) {
				t.Errorf("the %s is in %s", what, where)
			}
		}
	}
	places["the answers to the console"] = answers.String() // the photo's is sealed
	for what, picture := range map[string][]byte{
		"photo":                        shown.Photo,
		"pictures of name and address": shown.Texts,
	} {
		forms := testenv.Forms(picture)
		if len(forms) == 0 {
			t.Fatalf("the page was shown no %s", what)
		}
		for where, text := range places {
			if slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(text, form) }) {
				t.Errorf("the %s is in %s", what, where)
			}
		}
	}
}

// connectAgent pairs a real agent with the double's card through the console.
func (h *testApp) connectAgent(t *testing.T, url string) {
	t.Helper()
	a := runAgent(t, agent.Config{
		Server:     url,
		Reader:     lying{h.reader.chip},
		IssuerKeys: virtual.TestIssuerKeys(),
		UserRoots:  virtual.TestUserRoots(),
		Now:        h.clock,
	})
	words := strings.Join(a.Status().Words, `","`)
	w := h.ask(t, "POST", "/api/v1/counter/bridges", map[string]string{"code": a.Status().Code})
	var found struct {
		Ticket string `json:"ticket"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &found); err != nil || w.Code != http.StatusCreated ||
		!strings.Contains(w.Body.String(), words) {
		t.Fatalf("pairing: %d %s", w.Code, w.Body)
	}
	if w := h.ask(t, "POST", "/api/v1/counter/bridges/confirm", map[string]any{
		"ticket": found.Ticket,
		"same":   true,
	}); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"paired":true`) {
		t.Fatalf("confirming: %d %s", w.Code, w.Body)
	}
	for !strings.Contains(h.ask(t, "GET", "/api/v1/counter/status", nil).Body.String(), `"connected":true`) {
		time.Sleep(5 * time.Millisecond)
	}
}

// lying is a reader in which a card lies.
type lying struct{ chip *virtual.Card }

func (l lying) Connect(context.Context) (card.Transmitter, func(), error) {
	return l.chip, l.chip.Reset, nil
}

type lockedLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
