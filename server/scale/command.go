package scale

import (
	"os"
	"strconv"

	"madoguchi/eligibility"
	"madoguchi/server/output"
)

// Command is `madoguchi simulate`.
type Command struct {
	Share    float64 `default:"1" help:"${simulate_share}"`
	Seed     uint64  `default:"1" help:"the same seed gives the same answer"`
	Seconds  float64 `default:"60" help:"of the busiest minutes to play"`
	Cores    int     `default:"2" help:"of an instance"`
	Sockets  int     `default:"50000" help:"connections that an instance holds"`
	Spare    int     `default:"2" help:"instances more than needed"`
	Check    float64 `default:"${scale_check}" help:"ms of a core for a check, with card, record and receipt"`
	Renewal  float64 `default:"${scale_renewal}" help:"ms of a core for a live screen"`
	Opening  float64 `default:"${scale_opening}" help:"ms of a core for a phone being opened"`
	Poll     float64 `default:"${scale_poll}" help:"ms of a core for a reception's page asking"`
	Connect  float64 `default:"${scale_connect}" help:"ms of a core for a reader's connection, with TLS"`
	PollFrom float64 `name:"poll-every" default:"5" help:"seconds between two questions of a page"`
	JSON     bool    `name:"json" help:"answer as one JSON object"`
}

var errBounds = &eligibility.Error{Code: eligibility.Invalid, Key: "scale.bounds"}

// maxSeconds bounds what is played.
const maxSeconds = 3600

// check refuses numbers that mean nothing.
func (c *Command) check() error {
	for _, one := range []struct {
		flag string
		good bool
	}{
		{"--share", c.Share > 0 && c.Share <= 10},
		{"--seconds", c.Seconds > 0 && c.Seconds <= maxSeconds},
		{"--cores", c.Cores > 0 && c.Cores <= 1024},
		{"--sockets", c.Sockets > 0},
		{"--spare", c.Spare >= 0},
		{"--check", c.Check > 0},
		{"--renewal", c.Renewal > 0},
		{"--opening", c.Opening > 0},
		{"--poll", c.Poll > 0},
		{"--connect", c.Connect > 0},
		{"--poll-every", c.PollFrom >= 1},
	} {
		if !one.good {
			return errBounds.In(one.flag)
		}
	}
	return nil
}

// Run simulates and prints.
func (c *Command) Run() error {
	if err := c.check(); err != nil {
		return err
	}
	d, i := Country().Part(c.Share), DefaultInstance()
	d.PollEvery = c.PollFrom
	i.Cores, i.Sockets, i.Spare = c.Cores, c.Sockets, c.Spare
	i.Costs = Costs{
		Check:   c.Check,
		Renewal: c.Renewal,
		Opening: c.Opening,
		Poll:    c.Poll,
		Beat:    i.Costs.Beat,
		Connect: c.Connect,
	}
	a := Simulate(d, i, DefaultEngines(), c.Seed, c.Seconds)
	if c.JSON {
		return output.JSON(a)
	}
	return a.Write(os.Stdout)
}

// Defaults are the measured costs, as the command's flags name them.
func Defaults() map[string]string {
	c := DefaultInstance().Costs
	return map[string]string{
		"scale_check":   text(c.Check),
		"scale_renewal": text(c.Renewal),
		"scale_opening": text(c.Opening),
		"scale_poll":    text(c.Poll),
		"scale_connect": text(c.Connect),
	}
}

func text(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
