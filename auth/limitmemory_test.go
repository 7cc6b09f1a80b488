package auth

import (
	"fmt"
	"testing"
	"time"
)

// However many keys come, only so many are kept.
func TestACrowdOfKeysTakesNoMoreRoomThanASetHas(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for _, each := range []int{1, 3} { // tries of each key, of three
		l := Limit{Burst: 3, Every: time.Minute}
		for i := range 2 * maxBuckets {
			for range each {
				_ = l.Allow(fmt.Sprint(i), now) // a crowd's own refusals are not looked at
			}
			if len(l.buckets) > maxBuckets {
				t.Fatalf("after %d keys %d are kept", i+1, len(l.buckets))
			}
		}
	}
}
