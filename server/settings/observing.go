package settings

import (
	"net"
	"time"

	"madoguchi/server/listen"
	"madoguchi/server/observe"
)

// Observing are the settings by which whoever runs the server sees what it does (docs/operator.md). Names
// that begin with OTEL_ are those of the OpenTelemetry specification.
type Observing struct {
	Metrics string        `env:"MADOGUCHI_METRICS" help:"${metrics}"`
	Log     string        `env:"MADOGUCHI_LOG" enum:"auto,text,json" default:"auto" help:"${log}"`
	Drain   time.Duration `env:"MADOGUCHI_DRAIN" default:"0s" help:"${drain}"`

	OTLPEndpoint string `name:"otlp-endpoint" env:"OTEL_EXPORTER_OTLP_ENDPOINT" help:"${otlp_endpoint}"`
	OTLPHeaders  string `name:"otlp-headers" env:"OTEL_EXPORTER_OTLP_HEADERS" secret:"" help:"${otlp_head}"`

	TraceRatio float64 `env:"OTEL_TRACES_SAMPLER_ARG" default:"1" help:"${trace_ratio}"`
}

// NoMetrics switches the metrics off.
const NoMetrics = "off"

// metricsAddress is where a live server answers metrics that was told nothing: the port that Prometheus'
// list of ports keeps for OpenTelemetry's exporter.
const metricsAddress = "127.0.0.1:9464"

var (
	errMetrics = invalid("settings.metrics", "MADOGUCHI_METRICS")
	errDrain   = invalid("settings.drain", "MADOGUCHI_DRAIN")
)

// longestDrain bounds MADOGUCHI_DRAIN: a server that was told to end must not go on for hours.
const longestDrain = 10 * time.Minute

// checkObserving refuses what a server of this role would be refused for once it is half started.
func (s *Settings) checkObserving(role string) error {
	if s.Drain < 0 || s.Drain > longestDrain {
		return errDrain
	}
	if _, _, err := s.MetricsAddress(); err != nil {
		return err
	}
	if err := listen.CheckDebug(s.Debug); err != nil {
		return err
	}
	return s.traceConfig(role).Check()
}

// MetricsAddress is where metrics are answered, empty for nowhere; named says that the settings name it, and
// that a server which cannot listen there must not start. A demo answers none unless it is told to.
func (s *Settings) MetricsAddress() (address string, named bool, err error) {
	switch {
	case s.Metrics == NoMetrics, s.Metrics == "" && s.Mode() == Demo:
		return "", false, nil
	case s.Metrics == "":
		return metricsAddress, false, nil
	}
	host, port, err := net.SplitHostPort(s.Metrics)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil || s.Metrics == s.Addr && port != "0" {
		return "", true, errMetrics.Because(err)
	}
	ip := net.ParseIP(host)
	if s.Mode() == Demo && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", true, errNotLoopback.In("MADOGUCHI_METRICS")
	}
	return s.Metrics, true, nil
}

// Traces returns what sends traces; nil where no endpoint is set.
func (s *Settings) Traces(role string) (*observe.Traces, error) {
	return observe.NewTraces(s.traceConfig(role))
}

func (s *Settings) traceConfig(role string) observe.TraceConfig {
	return observe.TraceConfig{
		Endpoint: s.OTLPEndpoint,
		Headers:  s.OTLPHeaders,
		Ratio:    s.TraceRatio,
		Role:     role,
	}
}
