package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"madoguchi/server/load"
)

// hardly is a rate at which next to nothing comes.
const hardly = 0.001

// phase is one load of which the processor time is measured.
type phase struct {
	checks, renewals, openings float64 // a second
	readers                    int
}

// phases each add one kind to the first, which is a server with two readers and next to nothing else.
var phases = []phase{
	{hardly, hardly, hardly, 2},
	{hardly, hardly, hardly, 42},
	{hardly, 60, hardly, 2},
	{hardly, hardly, 15, 2},
	{25, hardly, hardly, 12},
}

// measureCosts prints what one of each kind takes of a core, by the server's processor time in a load of that
// kind less that of a load without it.
func measureCosts(ctx context.Context, c load.Config) error {
	s, err := start(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	c.Address = s.address
	took := make([]float64, len(phases)) // ms of a core a second
	rates := make([]map[string]float64, len(phases))
	for i, p := range phases {
		c.Checks, c.Readers, c.Faster = p.checks, p.readers, load.MaxFaster
		c.Mix = load.Mix{Renewals: p.renewals / p.checks, Openings: p.openings / p.checks}
		if p.checks == hardly { // readers come by the checks otherwise
			c.Least = p.readers
		} else {
			c.Least = 0
		}
		var began time.Duration
		var at time.Time
		c.Said = func(stage load.Stage) {
			if stage == load.Loading {
				began, at = s.processor(), time.Now()
			}
		}
		report, err := load.Run(ctx, c)
		if err != nil {
			return err
		}
		if !report.Good() {
			_ = report.Write(os.Stderr)
			return errors.New("the server answered wrongly, or with too many errors")
		}
		took[i] = 1000 * (s.processor() - began).Seconds() / time.Since(at).Seconds()
		rates[i] = map[string]float64{}
		for _, k := range report.Kinds {
			rates[i][k.Name] = k.PerSecond
		}
	}
	base := took[0]
	poll := (took[1] - base) / (rates[1]["status"] - rates[0]["status"])
	fmt.Printf("a page that asks, with its reader's heartbeats: %.2f ms\n", poll)
	fmt.Printf("a live screen: %.2f ms\n", (took[2]-base)/rates[2]["live"])
	fmt.Printf("a phone opened: %.2f ms\n", (took[3]-base)/rates[3]["open"])
	more := (rates[4]["status"] - rates[0]["status"]) * poll
	fmt.Printf("a check: %.2f ms\n", (took[4]-base-more)/rates[4]["check"])
	return nil
}

// ticks is how many of Linux' clock ticks are a second (sysconf(_SC_CLK_TCK): always 100 there).
const ticks = 100

// processor is how much processor time the server has taken so far.
func (p *process) processor() time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	text := string(data)
	// behind the program's name; field 3 of proc(5) is the first here
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	var all time.Duration
	for _, i := range []int{11, 12} { // utime and stime
		n, err := strconv.Atoi(fields[i])
		if err != nil {
			return 0
		}
		all += time.Duration(n) * time.Second / ticks
	}
	return all
}
