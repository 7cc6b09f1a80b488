package observe

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the numbers of one server, in a registry of their own.
type Metrics struct {
	registry *prometheus.Registry
	traces   *Traces // nil: none
	now      func() time.Time

	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	verdicts *prometheus.CounterVec
	issued   *prometheus.CounterVec
	imported prometheus.Counter
	imports  prometheus.Gauge
}

// bounds of the histogram of requests, in seconds. 0.15 is what a verdict at the counter may take
// (docs/benchmarks.md).
var bounds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10}

// New returns metrics without numbers. traces may be nil.
func New(traces *Traces, now func() time.Time) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		traces:   traces,
		now:      now,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "madoguchi_http_requests_total",
			Help: "Requests that were answered, by the route's pattern, method and class of status.",
		}, []string{"route", "method", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "madoguchi_http_request_duration_seconds",
			Help:    "How long answers took, without those that stay open (events, bridge agents).",
			Buckets: bounds,
		}, []string{"route", "method"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "madoguchi_http_requests_in_flight",
			Help: "Requests that are being answered now, open events of pages among them, agents not.",
		}),
		verdicts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "madoguchi_verdicts_total",
			Help: "Codes that counters scanned: genuine, awaits_proof or refused.",
		}, []string{"verdict"}),
		issued: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "madoguchi_credentials_issued_total",
			Help: "Credentials that were signed, by tier.",
		}, []string{"tier"}),
		imported: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "madoguchi_import_rows_total",
			Help: "Rows of insurers' files that were handed to the database; none counts until all do.",
		}),
		imports: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "madoguchi_imports_in_progress",
			Help: "Files of insured people that are being stored now.",
		}),
	}
	m.registry.MustRegister(
		m.requests, m.duration, m.inFlight, m.verdicts, m.issued, m.imported, m.imports,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	for _, verdict := range []string{"genuine", "awaits_proof", "refused"} {
		m.verdicts.WithLabelValues(verdict) // 0 from the start: a rate needs a first value
	}
	for _, tier := range []string{"live", "screen", "pdf"} { // credential.Tier
		m.issued.WithLabelValues(tier)
	}
	return m
}

// Handler answers GET /metrics in Prometheus' text format.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 4,
		Timeout:             scrapeTime,
	}))
	return mux
}

// scrapeTime is how long one answer may take.
const scrapeTime = 10 * time.Second

// Judged counts a code that a counter scanned.
func (m *Metrics) Judged(verdict string) {
	switch verdict {
	case "genuine", "refused":
	case "awaits proof":
		verdict = "awaits_proof"
	default:
		return
	}
	m.verdicts.WithLabelValues(verdict).Inc()
}

// Issued counts a credential of a tier.
func (m *Metrics) Issued(tier string) { m.issued.WithLabelValues(tier).Inc() }

// ImportRow counts a row of a file that is being stored.
func (m *Metrics) ImportRow() { m.imported.Inc() }

// Importing counts files that are being stored: 1 as one begins, -1 as it ends.
func (m *Metrics) Importing(change int) { m.imports.Add(float64(change)) }
