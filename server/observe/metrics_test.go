package observe

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// scraped is what Prometheus would read.
func scraped(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// holds fails for each line that is not in a text.
func holds(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
}

func TestRequestsAreCountedByRouteMethodAndClassOfStatus(t *testing.T) {
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	m := New(nil, func() time.Time { return now })
	ask := func(method, route string, took time.Duration, answer Answered) {
		_, end := m.Begin(t.Context(), Asked{Method: method, Route: route})
		holds(t, scraped(t, m), "madoguchi_http_requests_in_flight 1")
		now = now.Add(took)
		end(answer)
	}
	ask("GET", "/n/:code", 30*time.Millisecond, Answered{Status: 200})
	ask("GET", "/n/:code", 300*time.Millisecond, Answered{Status: 503})
	ask("GET", "/n/:code", 0, Answered{Status: 404})
	ask("GET", "/insurer/runs/:id/events", time.Hour, Answered{Status: 200, Stream: true})
	ask("POST", "/api/v1/counter/cases", -time.Hour, Answered{Status: 201}) // the clock was set back
	text := scraped(t, m)
	holds(t, text,
		`madoguchi_http_requests_total{code="2xx",method="GET",route="/n/:code"} 1`,
		`madoguchi_http_requests_total{code="5xx",method="GET",route="/n/:code"} 1`,
		`madoguchi_http_requests_total{code="4xx",method="GET",route="/n/:code"} 1`,
		`madoguchi_http_requests_total{code="2xx",method="GET",route="/insurer/runs/:id/events"} 1`,
		`madoguchi_http_request_duration_seconds_bucket{method="GET",route="/n/:code",le="0.05"} 2`,
		`madoguchi_http_request_duration_seconds_bucket{method="GET",route="/n/:code",le="0.5"} 3`,
		`madoguchi_http_request_duration_seconds_sum{method="POST",route="/api/v1/counter/cases"} 0`,
		`madoguchi_http_requests_in_flight 0`,
	)
	if strings.Contains(text, `duration_seconds_count{method="GET",route="/insurer/runs/:id/events"}`) {
		t.Error("how long a page stays open counts as an answer's time")
	}
}

// What a visitor invents makes no new series: their number is bounded by the program's routes.
func TestNoVisitorMakesANewSeries(t *testing.T) {
	m := New(nil, time.Now)
	for _, method := range []string{"BREW", "架空", "GET2", strings.Repeat("X", 5000)} {
		_, end := m.Begin(t.Context(), Asked{Method: method})
		end(Answered{Status: 999})
	}
	m.Judged("whatever")
	text := scraped(t, m)
	holds(t, text, `madoguchi_http_requests_total{code="other",method="OTHER",route="none"} 4`)
	if n := strings.Count(text, "madoguchi_http_requests_total{"); n != 1 {
		t.Errorf("%d series", n)
	}
	if strings.Contains(text, "whatever") {
		t.Error("a verdict that there is not")
	}
}

func TestWhatHappensIsCounted(t *testing.T) {
	m := New(nil, time.Now)
	m.Judged("genuine")
	m.Judged("awaits proof")
	m.Issued("live")
	m.ImportRow()
	m.Importing(1)
	at := time.Unix(1_796_000_000, 0)
	reasons, witness := []string{"disk"}, Witness{}
	m.Watch(Sources{
		Reasons:  []string{"draining", "disk"},
		NotReady: func(context.Context) []string { return reasons },
		Agents:   func() int { return 3 },
		Pools: func() []Pool {
			return []Pool{{Name: "write", Most: 1, InUse: 1, Waits: 7, Waited: 1500 * time.Millisecond}}
		},
		Audit:    func(context.Context) (Head, error) { return Head{12, at}, nil },
		Witness:  func() Witness { return witness },
		Disk:     func() (uint64, error) { return 4096, nil },
		Printing: func() (int, int, int) { return 1, 250, 1000 },
	})
	text := scraped(t, m)
	holds(t, text,
		`madoguchi_verdicts_total{verdict="genuine"} 1`,
		`madoguchi_verdicts_total{verdict="awaits_proof"} 1`,
		`madoguchi_verdicts_total{verdict="refused"} 0`,
		`madoguchi_credentials_issued_total{tier="live"} 1`,
		`madoguchi_import_rows_total 1`,
		`madoguchi_imports_in_progress 1`,
		`madoguchi_ready 0`,
		`madoguchi_not_ready{reason="disk"} 1`,
		`madoguchi_not_ready{reason="draining"} 0`,
		`madoguchi_agents_connected 3`,
		`madoguchi_database_connections{pool="write",state="in_use"} 1`,
		`madoguchi_database_waits_total{pool="write"} 7`,
		`madoguchi_database_wait_seconds_total{pool="write"} 1.5`,
		`madoguchi_audit_sequence 12`,
		`madoguchi_audit_head_timestamp_seconds 1.796e+09`,
		`madoguchi_audit_checkpoint_sequence 0`,
		`madoguchi_audit_fault 0`,
		`madoguchi_disk_free_bytes 4096`,
		`madoguchi_print_people_printed 250`,
		`madoguchi_print_people_planned 1000`,
	)
	if strings.Contains(text, "madoguchi_audit_checkpoint_timestamp_seconds ") {
		t.Error("there is a checkpoint before one was made")
	}
	witness = Witness{Sequence: 11, Signed: at, Fault: true}
	reasons = nil
	holds(t, scraped(t, m),
		`madoguchi_audit_checkpoint_timestamp_seconds 1.796e+09`,
		`madoguchi_audit_checkpoint_sequence 11`,
		`madoguchi_audit_fault 1`,
		`madoguchi_ready 1`,
	)
}

// A command counts nothing, and needs nothing for it.
func TestNoMetricsAreNoTrouble(t *testing.T) {
	var m *Metrics
	ctx, end := m.Begin(t.Context(), Asked{Method: "GET", Route: "/", RequestID: "ABCD-EFGH"})
	end(Answered{Status: 200})
	if requestOf(ctx) != "ABCD-EFGH" {
		t.Error("the request's id is lost")
	}
}
