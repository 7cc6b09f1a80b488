//go:build !nodemo

package load

import (
	"errors"
	"math"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// A load beyond its bounds is refused by the flag that asks for it, with the bounds.
func TestALoadBeyondItsBoundsIsToldThem(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(*Command)
		says  string
	}{
		{"for ever", func(c *Command) { c.For = 25 * time.Hour },
			"--for が決められた範囲にありません。1s – 24h0m0s の中で指定してください。"},
		{"checks that are no number", func(c *Command) { c.Checks = math.NaN() },
			"--checks が決められた範囲にありません。0.1 – 500 の中で指定してください。"},
		{"a speed that is no number", func(c *Command) { c.Faster = math.NaN() },
			"--faster が決められた範囲にありません。1 – 15 の中で指定してください。"},
		{"no reader", func(c *Command) { c.Readers = 0 },
			"--readers が決められた範囲にありません。1 – 2000 の中で指定してください。"},
	}
	testenv.Refused(t, testenv.Boundaries, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			whole := Command{For: time.Second, Checks: 1, Faster: 1, Readers: 1}
			if err := whole.check(); err != nil {
				t.Fatal(err)
			}
			c.spoil(&whole)
			var why *eligibility.Error
			if err := whole.check(); !errors.As(err, &why) || why.Ja() != c.says {
				t.Errorf("%v", err)
			}
		})
	}
}
