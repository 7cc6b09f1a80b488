package store

import (
	"sync"
	"testing"
	"time"

	"madoguchi/internal/testenv"
)

// The bar of docs/benchmarks.md#the-audit-chain: entries a second by 16 callers, each durable before its
// caller goes on (synchronous=FULL, facts/server.md "Audit log"). `make bench` runs this once.
const (
	auditCallers = 16
	auditBar     = 20_000
)

func BenchmarkBars(b *testing.B) {
	together := func(s *opened) func() error {
		return func() error { return s.change(ctx, noted("people.search")) }
	}
	alone := func(s *opened) func() error {
		return func() error { return s.changeAlone(ctx, noted("people.search")) }
	}
	best := map[string]float64{}
	for range 5 { // in turns, so that a busy machine slows both
		best["together"] = max(best["together"], entriesASecond(b, 20_000, together))
		best["alone"] = max(best["alone"], entriesASecond(b, 2_000, alone))
	}
	b.ReportMetric(best["together"], "entries/s")
	b.ReportMetric(best["alone"], "alone/s")
	b.ReportMetric(best["together"]/best["alone"], "×")
	if best["together"] >= auditBar {
		return
	}
	if why := testenv.Calm(); why != "" {
		b.Logf("%.0f entries/s, below %d; not judged: %s", best["together"], auditBar, why)
		return
	}
	b.Errorf("%.0f entries/s by %d callers, below %d", best["together"], auditCallers, auditBar)
}

// entriesASecond is the rate at which the callers add entries to a new chain.
func entriesASecond(b *testing.B, n int, how func(*opened) func() error) float64 {
	b.Helper()
	s, err := openAt(b.TempDir()+"/db", options())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	add := how(s)
	var all sync.WaitGroup
	began := time.Now()
	for range auditCallers {
		all.Go(func() {
			for range n / auditCallers {
				if err := add(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	if stored, err := s.VerifyAudit(ctx); err != nil || stored != n {
		b.Errorf("%d entries, %v", stored, err)
	}
	return float64(n) / took.Seconds()
}
