package observe

import (
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// collector is a collector of OTLP/HTTP, as strict as the specification: POST /v1/traces with a protobuf
// body (OTLP specification 1.5, "OTLP/HTTP Request").
type collector struct {
	*httptest.Server
	mu      sync.Mutex
	got     []*otlp.Span
	headers http.Header
	bodies  []byte
	service string
}

func collect(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var data otlp.TracesData
		if err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/traces" ||
			r.Header.Get("Content-Type") != "application/x-protobuf" || proto.Unmarshal(body, &data) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.headers, c.bodies = r.Header, append(c.bodies, body...)
		for _, resource := range data.ResourceSpans {
			for _, a := range resource.Resource.Attributes {
				c.service += a.Key + "=" + a.Value.GetStringValue() + ";"
			}
			for _, scope := range resource.ScopeSpans {
				c.got = append(c.got, scope.Spans...)
			}
		}
	}))
	t.Cleanup(c.Server.Close)
	return c
}

func (c *collector) spans() []*otlp.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.got
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func TestASpanSaysWhichRouteAndHowItWasAnswered(t *testing.T) {
	c := collect(t)
	traces, err := NewTraces(TraceConfig{
		Endpoint: c.URL + "/",
		Headers:  "authorization=Bearer%20xyz, x-tenant = 1",
		Ratio:    1,
		Role:     "insurer",
	})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	m := New(traces, func() time.Time { return now })
	_, end := m.Begin(t.Context(), Asked{Method: "GET", Route: "/n/:code", RequestID: "ABCD-EFGH"})
	end(Answered{Status: 200})
	_, end = m.Begin(t.Context(), Asked{Method: "POST", Route: "/enrol"})
	end(Answered{Status: 503})
	traces.Close(t.Context())
	spans := c.spans()
	if len(spans) != 2 {
		t.Fatalf("%d spans", len(spans))
	}
	attributes := map[string]string{}
	for _, a := range spans[0].Attributes {
		attributes[a.Key] = a.Value.String()
	}
	if spans[0].Name != "GET /n/:code" || spans[0].Kind != otlp.Span_SPAN_KIND_SERVER ||
		len(spans[0].TraceId) != 16 || len(spans[0].SpanId) != 8 ||
		spans[0].StartTimeUnixNano == 0 || spans[0].EndTimeUnixNano < spans[0].StartTimeUnixNano ||
		!strings.Contains(attributes["http.response.status_code"], "200") ||
		!strings.Contains(attributes["http.route"], "/n/:code") ||
		!strings.Contains(attributes["madoguchi.request.id"], "ABCD-EFGH") {
		t.Errorf("%v", spans[0])
	}
	if spans[0].Status.Code != otlp.Status_STATUS_CODE_UNSET ||
		spans[1].Status.Code != otlp.Status_STATUS_CODE_ERROR {
		t.Errorf("%v %v", spans[0].Status, spans[1].Status)
	}
	if c.headers.Get("Authorization") != "Bearer xyz" || c.headers.Get("X-Tenant") != "1" ||
		!strings.Contains(c.service, "service.name=madoguchi;") {
		t.Errorf("%v %s", c.headers, c.service)
	}
}

// A collector that is gone, or refuses, costs the answers nothing: spans are lost.
func TestACollectorThatIsGoneHoldsNothingUp(t *testing.T) {
	var out strings.Builder
	before := slog.Default()
	slog.SetDefault(NewLog(&out, LogText))
	t.Cleanup(func() { slog.SetDefault(before) })
	c := collect(t)
	traces, err := NewTraces(TraceConfig{Endpoint: c.URL, Ratio: 1})
	if err != nil {
		t.Fatal(err)
	}
	c.Server.Close()
	m := New(traces, time.Now)
	for range 5000 { // more than the queue holds
		_, end := m.Begin(t.Context(), Asked{Method: "GET", Route: "/"})
		end(Answered{Status: 200})
	}
	traces.Close(t.Context())
	if n := strings.Count(out.String(), "traces are not sent"); n != 1 {
		t.Errorf("the log says it %d times", n)
	}
}

func TestNothingIsTracedWithoutAnEndpoint(t *testing.T) {
	traces, err := NewTraces(TraceConfig{Ratio: 1})
	if traces != nil || err != nil {
		t.Fatalf("%v %v", traces, err)
	}
	none, m := New(nil, time.Now), New(traces, time.Now)
	count := func(m *Metrics) float64 {
		return testing.AllocsPerRun(200, func() {
			_, end := m.Begin(t.Context(), Asked{Method: "GET", Route: "/"})
			end(Answered{Status: 200})
		})
	}
	if a, b := count(none), count(m); a != b {
		t.Errorf("%v allocations without traces, %v with none", a, b)
	}
	traces.Close(t.Context())
}

func TestSettingsOfTracesThatCannotBeAreRefused(t *testing.T) {
	cases := []struct {
		name, field string
		config      TraceConfig
	}{
		{"no address", "OTEL_EXPORTER_OTLP_ENDPOINT", TraceConfig{Endpoint: "collector:4318"}},
		{"gRPC's", "OTEL_EXPORTER_OTLP_ENDPOINT", TraceConfig{Endpoint: "grpc://collector:4317"}},
		{"a password", "OTEL_EXPORTER_OTLP_ENDPOINT", TraceConfig{Endpoint: "https://u:p@collector"}},
		{"a query", "OTEL_EXPORTER_OTLP_ENDPOINT", TraceConfig{Endpoint: "https://collector?x=1"}},
		{"no host", "OTEL_EXPORTER_OTLP_ENDPOINT", TraceConfig{Endpoint: "https://"}},
		{"more than all", "OTEL_TRACES_SAMPLER_ARG", TraceConfig{Endpoint: "http://c", Ratio: 1.5}},
		{"less than none", "OTEL_TRACES_SAMPLER_ARG", TraceConfig{Endpoint: "http://c", Ratio: -1}},
		{"no value", "OTEL_EXPORTER_OTLP_HEADERS", TraceConfig{Endpoint: "http://c", Headers: "secret"}},
		{"two lines", "OTEL_EXPORTER_OTLP_HEADERS",
			TraceConfig{Endpoint: "http://c", Headers: "a=secret%0d%0ab"}},
		{"no escape", "OTEL_EXPORTER_OTLP_HEADERS",
			TraceConfig{Endpoint: "http://c", Headers: "a=secret%zz"}},
	}
	testenv.Refused(t, testenv.Boundaries, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewTraces(c.config)
			var refused *eligibility.Error
			if !errors.As(err, &refused) || refused.Field != c.field {
				t.Fatalf("%v", err)
			}
			if cause := errors.Unwrap(refused); cause != nil && strings.Contains(cause.Error(), "secret") {
				t.Errorf("it tells the secret: %v", cause)
			}
		})
	}
}
