// Package watching joins what a server does to what whoever runs it sees: metrics at their own address,
// traces, and whether it is ready (docs/operator.md).
package watching

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/durable"
	"madoguchi/server/insurer"
	"madoguchi/server/listen"
	"madoguchi/server/observe"
	"madoguchi/server/readiness"
	"madoguchi/server/settings"
)

// Watching is how one server is seen.
type Watching struct {
	Metrics *observe.Metrics
	Ready   *readiness.Readiness

	traces   *observe.Traces
	settings *settings.Settings
	folder   *datafolder.DataFolder
}

// New begins to count and trace what a server of a role does. Close must follow.
func New(s *settings.Settings, role string, folder *datafolder.DataFolder) (*Watching, error) {
	traces, err := s.Traces(role)
	if err != nil {
		return nil, err
	}
	held := filepath.Join(folder.Path, datafolder.DatabaseFile)
	if s.Database != "" { // on a server; what must not go away here are the keys
		held = filepath.Join(folder.Path, datafolder.KeysDir)
	}
	ready, err := readiness.New(readiness.Config{
		Path:  held,
		Free:  durable.Free,
		Read:  folder.Store.Ping,
		Write: folder.Store.CanWrite,
		Now:   folder.Now,
	})
	return &Watching{
		Metrics:  observe.New(traces, folder.Now),
		Ready:    ready,
		traces:   traces,
		settings: s,
		folder:   folder,
	}, err
}

// Close sends the traces that are left.
func (w *Watching) Close() { w.traces.Close(context.Background()) }

// Runs is what runs here besides the database; a half that does not is nil.
type Runs struct {
	Agents  func() int // that are connected
	Prints  func() (runs, printed, people int)
	Witness func() audit.State // of the audit chain
}

// Answer answers metrics at their own address until ctx ends. An address that nobody asked for and that is
// taken keeps no server from starting.
func (w *Watching) Answer(ctx context.Context, runs Runs) error {
	address, named, err := w.settings.MetricsAddress()
	if err != nil || address == "" {
		return err
	}
	listener, err := listen.On(address, "MADOGUCHI_METRICS")
	if err != nil {
		if !named {
			slog.Warn("metrics are answered nowhere (MADOGUCHI_METRICS)", "error", err)
			return nil
		}
		return err
	}
	w.Metrics.Watch(observe.Sources{
		Reasons:  readiness.Names(),
		NotReady: func(ctx context.Context) []string { return readiness.NamesOf(w.Ready.Look(ctx)) },
		Pools:    w.folder.Store.Pools,
		Audit:    w.folder.Store.AuditHead,
		Witness:  witnessed(runs.Witness),
		Disk:     func() (uint64, error) { return durable.Free(w.folder.Path) },
		Agents:   runs.Agents,
		Printing: runs.Prints,
	})
	server := listen.Server(w.Metrics.Handler(), nil)
	context.AfterFunc(ctx, func() { server.Close() })
	go func() { _ = server.Serve(listener) }()
	slog.Info("metrics", "address", listener.Addr().String())
	return nil
}

// witnessed is the audit chain's state as numbers.
func witnessed(state func() audit.State) func() observe.Witness {
	return func() observe.Witness {
		s := state()
		return observe.Witness{Sequence: s.Checkpoint, Signed: s.Signed, Fault: s.Err != nil}
	}
}

// OfInsurer is what the insurer's half tells the metrics; nothing where w is nil, as for a command.
func (w *Watching) OfInsurer() insurer.Watch {
	if w == nil {
		return insurer.Watch{}
	}
	return insurer.Watch{
		Issued:    w.Metrics.Issued,
		ImportRow: w.Metrics.ImportRow,
		Importing: w.Metrics.Importing,
	}
}

// UntilDrained returns a context that ends after ctx: at its end the server says that it is not ready, and
// goes on taking requests until whoever leads them here has noticed (MADOGUCHI_DRAIN).
func (w *Watching) UntilDrained(ctx context.Context) context.Context {
	drained, end := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() {
		w.Ready.Drain()
		time.AfterFunc(max(0, w.settings.Drain), end)
	})
	return drained
}
