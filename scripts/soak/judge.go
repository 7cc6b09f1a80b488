package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// most is by how much a plateau may still rise.
const most = 0.05

// few is how many goroutines more are none too many: a request has several, and a sample meets some.
const few = 20

// fifths are the medians of what a sample says in the fifth of the time after the middle, when every cache is
// full, and in the last fifth.
func fifths(seen []sample, of func(sample) int) (before, after int) {
	middle := func(part []sample) int {
		var all []int
		for _, s := range part {
			all = append(all, of(s))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	n := len(seen)
	return middle(seen[n/2 : n/2+n/5]), middle(seen[n-n/5:])
}

// judged are what must not go on growing.
var judged = []struct {
	name string
	of   func(sample) int
	free int // so much more is never too much
}{
	{"resident memory", func(s sample) int { return s.rss }, 0},
	{"live heap", func(s sample) int { return int(s.Live) }, 1 << 20},
	{"goroutines", func(s sample) int { return s.Goroutines }, few},
}

// judge returns an error where something still grows.
func judge(seen []sample) error {
	if len(seen) < 10 {
		return fmt.Errorf("only %d samples: too few to see a plateau", len(seen))
	}
	var all error
	for _, j := range judged {
		before, after := fifths(seen, j.of)
		if float64(after) > float64(before)*(1+most) && after-before > j.free {
			all = errors.Join(all, fmt.Errorf("%s still grows: %d, then %d (%+.1f %%)", j.name, before, after,
				100*(float64(after)/float64(before)-1)))
		}
	}
	return all
}

func megabytes[N int | uint64](n N) float64 { return float64(n) / (1 << 20) }

// printSamples prints the plateau.
func printSamples(w io.Writer, seen []sample) {
	fmt.Fprintf(w, "\n%8s %9s %9s %9s %9s %11s %6s\n", "s", "RSS MB", "live MB", "heap MB", "Go MB",
		"goroutines", "GCs")
	for _, s := range seen {
		fmt.Fprintf(w, "%8.0f %9.1f %9.1f %9.1f %9.1f %11d %6d\n", s.at.Seconds(), megabytes(s.rss),
			megabytes(s.Live), megabytes(s.Heap), megabytes(s.Held), s.Goroutines, s.Collected)
	}
	for _, j := range judged {
		if len(seen) >= 10 {
			before, after := fifths(seen, j.of)
			fmt.Fprintf(w, "%s: %d in the fifth after the middle, %d in the last (%+.1f %%)\n",
				j.name, before, after, 100*(float64(after)/float64(before)-1))
		}
	}
}
