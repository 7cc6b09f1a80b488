package guarded

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestAFaultEndsItsWorkAlone(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	var none []int
	for _, c := range []struct {
		name, says string
		work       func() error
	}{
		{"nothing", "", func() error { return nil }},
		{"an error", "no", func() error { return errors.New("no") }},
		{"an index", "reading: a fault of the program: runtime error: index out of range [3]",
			func() error { none[3]++; return nil }},
		{"a panic with somebody's data", "reading: a fault of the program (string)",
			func() error { panic("試験 花子") }},
		{"a panic with an error", "reading: a fault of the program (*errors.errorString)",
			func() error { panic(errors.New("試験 花子")) }},
	} {
		err := Do("reading", c.work)
		if (err == nil) != (c.says == "") || err != nil && !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if said := log.String(); strings.Count(said, "panic") < 3 || strings.Contains(said, "花子") ||
		!strings.Contains(said, "guarded_test.go") {
		t.Errorf("the log: %s", said)
	}
}
