package web

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/observe"
)

// Every route that there is, with known people, as a server runs: then all that whoever runs it can read is
// searched, the log, the metrics and the traces. Whatever a person is called, has as number or birth date, or
// was given as a code stands in none of it.
func TestNobodyStandsInLogMetricsOrTraces(t *testing.T) {
	log := &lockedLog{}
	before := slog.Default()
	slog.SetDefault(observe.NewLog(log, observe.LogJSON))
	t.Cleanup(func() { slog.SetDefault(before) })
	var sent lockedLog // what a collector is sent, raw: protobuf holds texts as they are
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		_, _ = sent.Write(body.Bytes())
	}))
	t.Cleanup(collector.Close)
	traces, err := observe.NewTraces(observe.TraceConfig{Endpoint: collector.URL, Ratio: 1})
	if err != nil {
		t.Fatal(err)
	}
	h, _ := connected(t)
	h.watched = observe.New(traces, time.Now)
	insurers, key := h.counter.Insurers, h.counter.Receipts.Key
	h.build(t)
	h.counter.Insurers, h.counter.Receipts.Key = insurers, key
	stops := h.tour(t)
	h.runs.Wait()
	people := secretsOf(t, h)
	for _, s := range stops {
		h.echo.ServeHTTP(httptest.NewRecorder(), s.request(h.cookies))
		people = append(people, codesIn(s)...)
	}
	// what a stranger sends to no route, and a code that is none
	for _, path := range []string{"/髙橋徳一/1950-04-02", "/n/ABCDEFGHIJKLMNOP?name=髙橋徳一", "/c/SECRETCO"} {
		h.ask(t, "GET", path, nil)
	}
	people = append(people, "ABCDEFGHIJKLMNOP", "SECRETCO", "1950-04-02")
	traces.Close(t.Context())
	metrics := httptest.NewRecorder()
	h.watched.Handler().ServeHTTP(metrics, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	places := map[string]string{
		"the log":     log.String(),
		"the metrics": metrics.Body.String(),
		"the traces":  sent.String(),
	}
	for where, text := range places {
		if !strings.Contains(text, "/people/:id/document.pdf") {
			t.Fatalf("%s: the search looks in the wrong place:\n%.500s", where, text)
		}
		for _, secret := range people {
			if strings.Contains(text, secret) {
				at := strings.Index(text, secret)
				t.Errorf("%s holds %q: …%s", where, secret, text[max(0, at-200):min(len(text), at+60)])
			}
		}
	}
	lines, ids := 0, 0
	for line := range strings.Lines(places["the log"]) {
		var entry struct{ Msg, ID string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if lines++; entry.Msg == "request" && len(entry.ID) == 9 {
			ids++
		}
	}
	t.Logf("%d values looked for in %d lines of %d requests, %d B of metrics, %d B of traces", len(people),
		lines, ids, len(places["the metrics"]), len(places["the traces"]))
	if ids < len(stops) {
		t.Errorf("%d requests have an id in the log; %d were made", ids, len(stops))
	}
}

// codesIn are the codes and ids in a request's address, which its route does not have.
func codesIn(s stop) (all []string) {
	between := func(r rune) bool { return strings.ContainsRune("/?&=", r) }
	for value := range strings.FieldsFuncSeq(s.path, between) {
		if len(value) >= 16 && !strings.Contains(s.route, value) {
			all = append(all, value)
		}
	}
	return all
}

// secretsOf are the names, numbers, dates and addresses of everybody whom a test app has.
func secretsOf(t *testing.T, h *testApp) (all []string) {
	t.Helper()
	for _, number := range []eligibility.InsurerNumber{"00138990", "06139992"} {
		err := h.store.Usage.EachPerson(ctx, number, func(p eligibility.Person) {
			for _, value := range []string{
				p.Name, p.Kana, p.Number, p.Address, p.BirthDate.String(), p.Symbol,
			} {
				if len(value) >= 6 {
					all = append(all, value)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %d values are known", len(all))
	}
	return all
}
