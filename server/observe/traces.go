package observe

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"madoguchi/eligibility"
)

// TraceConfig says where spans go. Its names and meanings are those of the OpenTelemetry specification
// ("OTLP Exporter Configuration", "General SDK Configuration").
type TraceConfig struct {
	Endpoint string // OTEL_EXPORTER_OTLP_ENDPOINT: base address; empty: no traces
	Headers  string // OTEL_EXPORTER_OTLP_HEADERS: name=value, with commas between, values URL encoded
	Ratio    float64
	Role     string // of this server
}

// Traces makes spans and sends them. A nil Traces makes none and costs nothing.
type Traces struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

var (
	errEndpoint = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "settings.otlp",
		Field: "OTEL_EXPORTER_OTLP_ENDPOINT",
	}
	errHeaders = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "settings.otlp_headers",
		Field: "OTEL_EXPORTER_OTLP_HEADERS",
	}
	errRatio = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "settings.otlp_ratio",
		Field: "OTEL_TRACES_SAMPLER_ARG",
	}
)

// Check returns an *eligibility.Error that names the setting by which no spans can be sent.
func (c TraceConfig) Check() error {
	_, _, err := c.read()
	return err
}

// read returns where spans go and the headers that go with them; nil where no endpoint is named.
func (c TraceConfig) read() (to *url.URL, headers map[string]string, err error) {
	if c.Endpoint == "" {
		return nil, nil, nil
	}
	to, err = url.Parse(c.Endpoint)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Hostname() == "" || to.User != nil ||
		to.RawQuery != "" || to.Fragment != "" {
		return nil, nil, errEndpoint // without its cause: that quotes the address
	}
	if !(c.Ratio >= 0 && c.Ratio <= 1) { // NaN, too
		return nil, nil, errRatio
	}
	headers, err = readHeaders(c.Headers)
	return to, headers, err
}

// NewTraces returns what sends spans to the endpoint; nil where none is named.
func NewTraces(c TraceConfig) (*Traces, error) {
	to, headers, err := c.read()
	if err != nil || to == nil {
		return nil, err
	}
	provider := sdk.NewTracerProvider(
		sdk.WithBatcher(newExporter(to.JoinPath("v1", "traces").String(), headers)),
		// a root of its own for every request: what strangers send as traceparent is not believed
		sdk.WithSampler(sdk.TraceIDRatioBased(c.Ratio)),
		sdk.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "madoguchi"),
			attribute.String("service.namespace", c.Role),
		)),
	)
	return &Traces{provider: provider, tracer: provider.Tracer("madoguchi/server/observe")}, nil
}

// readHeaders reads name=value,name=value.
func readHeaders(list string) (map[string]string, error) {
	headers := map[string]string{}
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		name, value, ok := strings.Cut(one, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if name = strings.TrimSpace(name); !ok || name == "" || err != nil ||
			strings.ContainsAny(name+value, "\r\n\x00") || strings.ContainsAny(name, " :") {
			return nil, errHeaders // without its cause: that quotes the value
		}
		headers[name] = value
	}
	return headers, nil
}

// flushTime is how long the last spans have to leave.
const flushTime = 3 * time.Second

// Close sends what is left, as far as the time for it goes.
func (t *Traces) Close(ctx context.Context) {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		slog.Warn("the last traces were not sent", "error", err)
	}
}

// span is a request that is being answered; its zero value is none.
type span struct{ trace.Span }

func (t *Traces) begin(ctx context.Context, a Asked) (context.Context, span) {
	if t == nil {
		return ctx, span{}
	}
	ctx, began := t.tracer.Start(ctx, a.Method+" "+a.Route, trace.WithNewRoot(),
		trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
			attribute.String("http.request.method", a.Method),
			attribute.String("http.route", a.Route),
			attribute.String("madoguchi.request.id", a.RequestID),
		))
	return ctx, span{began}
}

func (s span) end(status int) {
	if s.Span == nil {
		return
	}
	s.SetAttributes(attribute.Int("http.response.status_code", status))
	if status >= 500 {
		s.SetStatus(codes.Error, "")
	}
	s.End()
}

// traceOf is the id of the trace that a context is in, empty outside.
func traceOf(ctx context.Context) string {
	if c := trace.SpanContextFromContext(ctx); c.IsSampled() {
		return c.TraceID().String()
	}
	return ""
}
