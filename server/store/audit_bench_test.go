package store

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// Entries of the audit chain, each durable before its caller goes on (synchronous=FULL).
func BenchmarkAudit(b *testing.B) {
	for _, callers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			s, err := openAt(b.TempDir()+"/db", options())
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			took := make([]time.Duration, b.N)
			next := make(chan int, callers)
			var all sync.WaitGroup
			b.ResetTimer()
			for range callers {
				all.Go(func() {
					for i := range next {
						began := time.Now()
						if err := s.Register.Note(ctx, entry("people.search")); err != nil {
							b.Error(err)
						}
						took[i] = time.Since(began)
					}
				})
			}
			for i := range b.N {
				next <- i
			}
			close(next)
			all.Wait()
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}
