package scale

import (
	"errors"
	"math"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// A number that nothing can be reckoned with is refused by its flag, with the bounds that it must keep.
func TestANumberBeyondItsBoundsIsToldThem(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(*Command)
		says  string
	}{
		{"no share", func(c *Command) { c.Share = 0 },
			"--share がこの数では計算できません。0.00001 – 10 の中で指定してください。"},
		{"a share that is none", func(c *Command) { c.Share = math.NaN() },
			"--share がこの数では計算できません。0.00001 – 10 の中で指定してください。"},
		{"seconds without end", func(c *Command) { c.Seconds = math.Inf(1) },
			"--seconds がこの数では計算できません。1 – 3600 の中で指定してください。"},
		{"a check for ever", func(c *Command) { c.Check = math.Inf(1) },
			"--check がこの数では計算できません。0.0001 – 60000 の中で指定してください。"},
		{"fewer than none to spare", func(c *Command) { c.Spare = -1 },
			"--spare がこの数では計算できません。0 – 100000000 の中で指定してください。"},
	}
	testenv.Refused(t, testenv.Boundaries, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			whole := Command{Share: 1, Seconds: 60, Cores: 2, Sockets: 1, Spare: 2, Check: 1, Renewal: 1,
				Opening: 1, Poll: 1, Connect: 1, PollFrom: 5}
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
