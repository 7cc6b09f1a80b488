package observe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	res "go.opentelemetry.io/proto/otlp/resource/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// exporter sends spans by OTLP/HTTP with binary protobuf. The message TracesData is an
// ExportTraceServiceRequest on the wire (opentelemetry-proto); the latter's package brings gRPC, 7 MB that
// nothing else here needs.
type exporter struct {
	to      string
	headers map[string]string
	client  *http.Client
	failing atomic.Bool // the last call failed
}

// sendTime is how long one call may take (OTLP's default timeout).
const sendTime = 10 * time.Second

func newExporter(to string, headers map[string]string) *exporter {
	return &exporter{to: to, headers: headers, client: &http.Client{
		Timeout: sendTime,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // headers may hold a secret
		},
	}}
}

// ExportSpans implements sdk.SpanExporter. What cannot be sent is lost: nothing waits for it. The log says so
// once, and once that it is over.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := e.send(ctx, spans)
	if before := e.failing.Swap(err != nil); err != nil && !before {
		slog.Warn("traces are not sent", "error", err)
	} else if err == nil && before {
		slog.Info("traces are sent again")
	}
	return nil
}

func (e *exporter) send(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	scope := &otlp.ScopeSpans{Scope: &common.InstrumentationScope{Name: spans[0].InstrumentationScope().Name}}
	for _, s := range spans {
		scope.Spans = append(scope.Spans, encode(s))
	}
	body, err := proto.Marshal(&otlp.TracesData{ResourceSpans: []*otlp.ResourceSpans{{
		Resource:   &res.Resource{Attributes: attributes(spans[0].Resource().Attributes())},
		ScopeSpans: []*otlp.ScopeSpans{scope},
	}}})
	if err != nil {
		return fmt.Errorf("writing spans: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.to, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("sending spans: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	for name, value := range e.headers {
		r.Header.Set(name, value)
	}
	answer, err := e.client.Do(r)
	if err != nil {
		return fmt.Errorf("sending spans: %w", err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 64<<10) // so that the connection can be used again
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("sending spans: %s", answer.Status)
	}
	return nil
}

// Shutdown implements sdk.SpanExporter.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

func encode(s sdk.ReadOnlySpan) *otlp.Span {
	trace, id := s.SpanContext().TraceID(), s.SpanContext().SpanID()
	out := &otlp.Span{
		TraceId:           trace[:],
		SpanId:            id[:],
		Name:              s.Name(),
		Kind:              otlp.Span_SPAN_KIND_SERVER,
		StartTimeUnixNano: uint64(s.StartTime().UnixNano()),
		EndTimeUnixNano:   uint64(s.EndTime().UnixNano()),
		Attributes:        attributes(s.Attributes()),
		Status:            &otlp.Status{},
	}
	if s.Status().Code == codes.Error {
		out.Status.Code = otlp.Status_STATUS_CODE_ERROR
	}
	return out
}

func attributes(all []attribute.KeyValue) (out []*common.KeyValue) {
	for _, a := range all {
		value := &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: a.Value.String()}}
		if a.Value.Type() == attribute.INT64 {
			value.Value = &common.AnyValue_IntValue{IntValue: a.Value.AsInt64()}
		}
		out = append(out, &common.KeyValue{Key: string(a.Key), Value: value})
	}
	return out
}
