//go:build !nodemo

package load

import (
	"fmt"
	"io"
	"strings"

	"madoguchi/message"
)

// Report is what a load measured: the written contract of `load --json`, to which fields may be added.
type Report struct {
	Address  string   `json:"address"`
	Plan     Plan     `json:"plan"`
	Seconds  float64  `json:"seconds"` // of the load, without setting up
	Answered int      `json:"answered"`
	Failed   int      `json:"failed"`
	Dropped  int      `json:"dropped"` // checks for which no reception was free
	Verified int      `json:"verified"`
	Wrong    int      `json:"wrong"`
	Kinds    []Kind   `json:"kinds"`
	Faults   []Fault  `json:"faults"`
	Wrongs   []string `json:"wrongAnswers"` // the first of them
}

// Kind is how long one kind of thing took; times are milliseconds, and at most 2 % too high.
type Kind struct {
	Name      string  `json:"name"`
	N         int     `json:"n"`
	PerSecond float64 `json:"perSecond"`
	P50       float64 `json:"p50"`
	P95       float64 `json:"p95"`
	P99       float64 `json:"p99"`
	Longest   float64 `json:"longest"`
}

// Fault is a kind of error: of which kind of thing, and what the server or the connection said.
type Fault struct {
	Kind string `json:"kind"`
	What string `json:"what"`
	N    int    `json:"n"`
}

// Outage is from which share of errors a service counts as down: 20 %, as in Germany's health network.
const Outage = 0.2

// Good reports whether every answer was right, some came, and the server was not down.
func (r Report) Good() bool {
	return r.Wrong == 0 && r.Verified > 0 && r.Answered > 0 &&
		float64(r.Failed) < Outage*float64(r.Answered+r.Failed)
}

// Write writes the report for the person at the keyboard, in Japanese; names of kinds are those of --json.
func (r Report) Write(w io.Writer) error {
	var b strings.Builder
	line := func(key string, args message.Args) { fmt.Fprintln(&b, message.New(key, args).Text("ja")) }
	line("load.plan", message.Args{
		"checks":  message.Text(fmt.Sprintf("%.1f", r.Plan.Checks)),
		"phones":  message.Number(r.Plan.Phones),
		"readers": message.Number(r.Plan.Readers),
		"all":     message.Number(r.Plan.InProportion),
	})
	fmt.Fprintf(&b, "\n%-8s %8s %9s %9s %9s %9s %9s\n", "", "n", "/s", "p50 ms", "p95 ms", "p99 ms", "max ms")
	for _, k := range r.Kinds {
		fmt.Fprintf(&b, "%-8s %8d %9.1f %9.1f %9.1f %9.1f %9.1f\n",
			k.Name, k.N, k.PerSecond, k.P50, k.P95, k.P99, k.Longest)
	}
	fmt.Fprintln(&b)
	for _, f := range r.Faults {
		line("load.fault", message.Args{
			"n":    message.Number(f.N),
			"kind": message.Text(f.Kind),
			"what": message.Text(f.What),
		})
	}
	if r.Dropped > 0 {
		line("load.dropped", message.Args{"n": message.Number(r.Dropped)})
	}
	for _, text := range r.Wrongs {
		line("load.wrong", message.Args{"what": message.Text(text)})
	}
	sum := "load.good"
	if !r.Good() {
		sum = "load.bad"
	}
	line(sum, message.Args{
		"answers":  message.Number(r.Answered),
		"failed":   message.Number(r.Failed),
		"verified": message.Number(r.Verified),
		"wrong":    message.Number(r.Wrong),
	})
	_, err := io.WriteString(w, b.String())
	return err
}
