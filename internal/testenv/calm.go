package testenv

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// crowded is from how many waiting processes a processor on a machine says nothing about how long something
// takes. The tests of all packages at once, browsers among them, stay below it.
const crowded = 4

// Calm returns "" where a test may judge how long something takes or how much memory it needs, else why not:
// the race detector makes a program five to ten times slower and larger, and on a machine that does much else
// a clock measures that.
func Calm() (why string) {
	if RaceDetector {
		return "the race detector is on"
	}
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "" // not Linux: nothing is known against it
	}
	first, _, _ := strings.Cut(string(text), " ")
	if load, err := strconv.ParseFloat(first, 64); err == nil && load > float64(crowded*runtime.NumCPU()) {
		return "the machine is busy: " + first + " processes wait"
	}
	return ""
}

// Within fails t when something took longer than its bound. Where the measurement says nothing (see Calm) it
// only logs that. What the thing did is asserted by the test itself, everywhere.
func Within(t testing.TB, what string, took, bound time.Duration) {
	t.Helper()
	if took <= bound {
		return
	}
	if why := Calm(); why != "" {
		t.Logf("%s took %v, above %v; not judged: %s", what, took, bound, why)
		return
	}
	t.Errorf("%s took %v, above %v", what, took, bound)
}
