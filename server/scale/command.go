package scale

import (
	"fmt"
	"os"
	"strconv"

	"madoguchi/eligibility"
	"madoguchi/message"
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

// Bounds of what is counted, and of milliseconds of a core.
const (
	mostThings = 100_000_000
	leastCost  = 0.0001
	mostCost   = 60_000
)

// check refuses numbers that mean nothing.
func (c *Command) check() error {
	for _, one := range []struct {
		flag        string
		value       float64
		least, most float64
	}{
		{"--share", c.Share, 0.00001, 10},
		{"--seconds", c.Seconds, 1, maxSeconds},
		{"--cores", float64(c.Cores), 1, 1024},
		{"--sockets", float64(c.Sockets), 1, mostThings},
		{"--spare", float64(c.Spare), 0, mostThings},
		{"--check", c.Check, leastCost, mostCost},
		{"--renewal", c.Renewal, leastCost, mostCost},
		{"--opening", c.Opening, leastCost, mostCost},
		{"--poll", c.Poll, leastCost, mostCost},
		{"--connect", c.Connect, leastCost, mostCost},
		{"--poll-every", c.PollFrom, 1, maxSeconds},
	} {
		if !(one.value >= one.least && one.value <= one.most) { // a number that is none (NaN), too
			return errBounds.In(one.flag).With(message.Args{
				"flag":   message.Text(one.flag),
				"bounds": message.Text(fmt.Sprintf("%s – %s", plain(one.least), plain(one.most))),
			})
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

// plain writes a number as it is given on a command line.
func plain(number float64) string { return strconv.FormatFloat(number, 'f', -1, 64) }
