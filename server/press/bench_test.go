package press_test

import "testing"

// A thousand notices through the press: composing, writing, reading every code back.
func BenchmarkThousandNotices(b *testing.B) {
	p := paper(b)
	for b.Loop() {
		r := newRun(b, 1000, p, &memory{})
		r.PerFile = 1000
		if _, err := r.Do(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
