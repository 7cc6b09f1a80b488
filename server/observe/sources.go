package observe

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Sources are asked at each scrape. Those that are nil have no numbers.
type Sources struct {
	Reasons  []string                            // all for which a server may not be ready
	NotReady func(context.Context) []string      // those that hold now
	Agents   func() int                          // connected now
	Pools    func() []Pool                       // of the database's connections
	Audit    func(context.Context) (Head, error) // of the audit chain
	Witness  func() Witness                      // of the audit chain
	Disk     func() (free uint64, err error)     // where the data folder is
	Printing func() (runs, printed, people int)  // of the runs that are being printed
}

// Pool is one pool of connections.
type Pool struct {
	Name              string
	Most, InUse, Idle int
	Waits             int64 // calls that had to wait for a connection, since the start
	Waited            time.Duration
}

// Head is the newest entry of the audit chain.
type Head struct {
	Sequence int64
	At       time.Time // zero: there is none yet
}

// Witness is how the audit chain stands beside its checkpoints.
type Witness struct {
	Sequence int64     // up to which entry it is signed
	Signed   time.Time // when that was; zero: there is no checkpoint yet
	Fault    bool      // they do not fit each other, or could not be looked at
}

// askTime is how long one scrape may ask the sources.
const askTime = 2 * time.Second

// Watch adds the numbers of sources.
func (m *Metrics) Watch(s Sources) { m.registry.MustRegister(&asked{s}) }

// asked collects from Sources.
type asked struct{ Sources }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("madoguchi_"+name, help, labels, nil)
}

var (
	readyDesc = describe("ready", "1 while /readyz answers 200, else 0.")
	whyDesc   = describe("not_ready", "1 while a reason keeps the server from being ready.", "reason")
	agentDesc = describe("agents_connected", "Bridge agents that are connected to this server.")
	mostDesc  = describe("database_connections_max", "Connections that a pool may have.", "pool")
	connDesc  = describe("database_connections", "Connections of a pool.", "pool", "state")
	waitsDesc = describe("database_waits_total", "Calls that waited for a connection of a pool.", "pool")
	timeDesc  = describe("database_wait_seconds_total",
		"How long calls waited because a pool was busy.", "pool")
	seqDesc   = describe("audit_sequence", "Number of the newest entry of the audit chain.")
	headDesc  = describe("audit_head_timestamp_seconds", "When the newest entry of the audit chain was made.")
	signDesc  = describe("audit_checkpoint_sequence", "Up to which entry the audit chain is signed.")
	pointDesc = describe("audit_checkpoint_timestamp_seconds",
		"When the newest checkpoint of the audit chain was signed.")
	faultDesc = describe("audit_fault",
		"1 while the audit chain and its checkpoints do not fit each other or cannot be read.")
	diskDesc    = describe("disk_free_bytes", "Space left where the data folder is, for this user.")
	runsDesc    = describe("print_runs_in_progress", "Print runs that are printed or wait for their turn.")
	printedDesc = describe("print_people_printed", "People whose pages these runs have printed.")
	peopleDesc  = describe("print_people_planned", "People of these runs.")
)

// Describe implements prometheus.Collector: what a server collects depends on its role.
func (*asked) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (a *asked) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	gauge := func(of *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(of, prometheus.GaugeValue, value, labels...)
	}
	if a.NotReady != nil {
		a.collectReady(ctx, gauge)
	}
	if a.Agents != nil {
		gauge(agentDesc, float64(a.Agents()))
	}
	if a.Pools != nil {
		for _, p := range a.Pools() {
			gauge(mostDesc, float64(p.Most), p.Name)
			gauge(connDesc, float64(p.InUse), p.Name, "in_use")
			gauge(connDesc, float64(p.Idle), p.Name, "idle")
			to <- prometheus.MustNewConstMetric(waitsDesc, prometheus.CounterValue, float64(p.Waits), p.Name)
			to <- prometheus.MustNewConstMetric(timeDesc, prometheus.CounterValue, p.Waited.Seconds(), p.Name)
		}
	}
	if a.Audit != nil {
		a.collectAudit(ctx, gauge)
	}
	if a.Witness != nil {
		a.collectWitness(gauge)
	}
	if a.Disk != nil {
		if free, err := a.Disk(); err == nil {
			gauge(diskDesc, float64(free))
		}
	}
	if a.Printing != nil {
		runs, printed, people := a.Printing()
		gauge(runsDesc, float64(runs))
		gauge(printedDesc, float64(printed))
		gauge(peopleDesc, float64(people))
	}
}

type gaugeFunc = func(of *prometheus.Desc, value float64, labels ...string)

func (a *asked) collectReady(ctx context.Context, gauge gaugeFunc) {
	holds := map[string]float64{}
	ready := 1.0
	for _, reason := range a.NotReady(ctx) {
		holds[reason], ready = 1, 0
	}
	gauge(readyDesc, ready)
	for _, reason := range a.Reasons {
		gauge(whyDesc, holds[reason], reason)
	}
}

func (a *asked) collectAudit(ctx context.Context, gauge gaugeFunc) {
	head, err := a.Audit(ctx)
	if err != nil {
		slog.Warn("reading the head of the audit chain for metrics", "error", err)
		return
	}
	gauge(seqDesc, float64(head.Sequence))
	if !head.At.IsZero() {
		gauge(headDesc, float64(head.At.UnixMilli())/1000)
	}
}

func (a *asked) collectWitness(gauge gaugeFunc) {
	w, fault := a.Witness(), 0.0
	if w.Fault {
		fault = 1
	}
	gauge(faultDesc, fault)
	gauge(signDesc, float64(w.Sequence))
	if !w.Signed.IsZero() {
		gauge(pointDesc, float64(w.Signed.Unix()))
	}
}
