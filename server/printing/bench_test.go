package printing_test

import "testing"

// A thousand notices through a job: composing, writing, reading every code back.
func BenchmarkThousandNotices(b *testing.B) {
	p := composer(b)
	for b.Loop() {
		r := newJob(b, 1000, p, &memory{})
		r.PerFile = 1000
		if _, err := r.print(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
