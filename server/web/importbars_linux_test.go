package web

import (
	"os"
	"testing"
	"time"

	"madoguchi/internal/crowd"
)

// BenchmarkImport is the import of a register in which everybody is new, without a command around it, for
// profiles.
func BenchmarkImport(b *testing.B) {
	const people = 100_000
	path := b.TempDir() + "/people.csv"
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if _, err := (crowd.File{Insurer: "06139992", People: people}).WriteTo(file); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		h := newTestApp(b)
		if _, err := file.Seek(0, 0); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		began, before := time.Now(), processorTime(b)
		done, err := h.insurer.Importer.Import(ctx, clerkOf(unionNumber), file)
		if err != nil || done.Count.New != people {
			b.Fatal(done.Count, err)
		}
		took := time.Since(began)
		b.Logf("%.0f rows/s by the clock, %.1f µs of processor time a row", people/took.Seconds(),
			float64((processorTime(b)-before).Microseconds())/people)
	}
}
