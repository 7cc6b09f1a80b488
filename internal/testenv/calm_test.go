package testenv

import (
	"testing"
	"time"
)

// told counts what a test would have said.
type told struct {
	testing.TB
	errors, logs int
}

func (t *told) Helper()               {}
func (t *told) Errorf(string, ...any) { t.errors++ }
func (t *told) Logf(string, ...any)   { t.logs++ }

func TestATimeAboveItsBoundFailsWhereItSaysSomething(t *testing.T) {
	var said told
	Within(&said, "quick", time.Second, time.Second)
	if said.errors+said.logs != 0 {
		t.Errorf("within its bound: %+v", said)
	}
	before := Calm()
	Within(&said, "slow", time.Second+1, time.Second)
	if Calm() != before && !RaceDetector {
		return // the machine's load passed the line just now
	}
	if judged := before == ""; said.errors != map[bool]int{true: 1}[judged] ||
		said.logs != map[bool]int{false: 1}[judged] {
		t.Errorf("above its bound, %q: %+v", before, said)
	}
	if RaceDetector && before == "" {
		t.Error("the race detector judges times")
	}
}
