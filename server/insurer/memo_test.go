package insurer

import (
	"errors"
	"madoguchi/server/staff"
	"testing"
)

func TestAMemoMakesAValueOnceAndAnewWhenItCountsNoMore(t *testing.T) {
	var m memo[string, int]
	made, fault := 0, error(nil)
	get := func(key string, atLeast int) (int, error) {
		return m.get(key, func(v int) bool { return v >= atLeast }, func() (int, error) {
			made++
			return made, fault
		})
	}
	for i, c := range []struct {
		key           string
		atLeast, want int
	}{{"a", 0, 1}, {"a", 0, 1}, {"b", 0, 2}, {"a", 2, 3}, {"a", 3, 3}, {"b", 0, 2}} {
		if got, err := get(c.key, c.atLeast); err != nil || got != c.want {
			t.Errorf("%d: %d %v", i, got, err)
		}
	}
	fault = errors.New("no")
	if _, err := get("c", 0); err == nil {
		t.Error("a fault is no value")
	}
	if fault = nil; made != 4 {
		t.Errorf("made %d times", made)
	}
	if got, err := get("c", 0); err != nil || got != 5 {
		t.Errorf("a fault was remembered: %d %v", got, err)
	}
}

func TestARunIsWatchedUntilStop(t *testing.T) {
	var r PrintJobs
	clerk := staff.Clerk{Staff: "鈴木", Insurer: "00138990"}
	run := RunKey{clerk.Insurer, "RUN"}
	changed, stop := r.Watch(clerk, "RUN")
	other, stopOther := r.Watch(clerk, "OTHER")
	defer stopOther()
	heard := func() bool {
		select {
		case <-changed:
			return true
		default:
			return false
		}
	}
	if heard() {
		t.Error("a signal of nothing")
	}
	r.tellChanged(run)
	r.tellChanged(run)
	if !heard() || heard() {
		t.Error("two changes are one signal")
	}
	r.forgetProgress(run)
	if !heard() {
		t.Error("its end is not told")
	}
	stop()
	r.tellChanged(run)
	if heard() {
		t.Error("told after stop")
	}
	select {
	case <-other:
		t.Error("another run's watcher was told")
	default:
	}
}
