package counter

import (
	"testing"
	"time"
)

// A case is counted within the least bound that it took no longer than.
func TestACaseIsCountedWithinTheNextBound(t *testing.T) {
	for _, c := range []struct {
		took time.Duration
		want int
	}{
		{-time.Second, 1}, // the clock was set back
		{0, 1},
		{time.Second, 1},
		{time.Second + time.Millisecond, 2},
		{9_500 * time.Millisecond, 10},
		{20 * time.Second, 20},
		{20*time.Second + time.Millisecond, 25},
		{61 * time.Second, 75},
		{5 * time.Minute, 300},
		{5*time.Minute + time.Second, 360},
		{2 * time.Hour, 7200},
		{2*time.Hour + time.Second, LongerThanAllBounds},
		{400 * 24 * time.Hour, LongerThanAllBounds},
	} {
		t.Run(c.took.String(), func(t *testing.T) {
			if got := boundOf(c.took); got != c.want {
				t.Errorf("%d s", got)
			}
		})
	}
}
