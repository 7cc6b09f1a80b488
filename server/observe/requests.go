package observe

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// methods are those that a label may have; whatever else a visitor invents is OTHER.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	http.MethodOptions,
}

// Asked is a request as it is counted: Route is the pattern, empty where none fits.
type Asked struct{ Method, Route, RequestID string }

// Answered is how it was answered. Streams stay open for as long as a page does; nobody waits for their end.
type Answered struct {
	Status int
	Stream bool
}

// Begin counts a request in and returns its context, by which the log and traces know it, and what counts it
// out. A nil Metrics only carries the request's id.
func (m *Metrics) Begin(ctx context.Context, a Asked) (context.Context, func(Answered)) {
	ctx = withRequest(ctx, a.RequestID)
	if m == nil {
		return ctx, func(Answered) {}
	}
	if !slices.Contains(methods, a.Method) {
		a.Method = "OTHER"
	}
	if a.Route == "" {
		a.Route = "none"
	}
	began := m.now()
	m.inFlight.Inc()
	ctx, span := m.traces.begin(ctx, a)
	return ctx, func(answer Answered) {
		m.inFlight.Dec()
		m.requests.WithLabelValues(a.Route, a.Method, class(answer.Status)).Inc()
		if !answer.Stream {
			m.duration.WithLabelValues(a.Route, a.Method).Observe(m.since(began).Seconds())
		}
		span.end(answer.Status)
	}
}

// since is the time since began, 0 where the clock was set back.
func (m *Metrics) since(began time.Time) time.Duration { return max(0, m.now().Sub(began)) }

// class is the class of a status: 2xx.
func class(status int) string {
	if status < 100 || status > 599 {
		return "other"
	}
	return strconv.Itoa(status/100) + "xx"
}
