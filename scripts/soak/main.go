// Command soak (make soak) loads a demo server in a process of its own for MINUTES, and fails where its
// memory or its goroutines go on growing: where the last fifth of the time holds more than 5 % more than the
// fifth after the middle, when every cache is full.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"madoguchi/server/load"
)

func main() {
	minutes := flag.Float64("minutes", 20, "how long")
	checks := flag.Float64("checks", 10, "checks a second")
	readers := flag.Int("readers", 40, "card readers")
	profile := flag.String("profile", "", "file for the heap's profile at the end")
	costs := flag.Bool("costs", false, "measure what one of each kind takes of a core, and nothing else")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	config := load.Config{
		For:     time.Duration(*minutes * float64(time.Minute)),
		Checks:  *checks,
		Faster:  10,
		Readers: *readers,
		Mix:     load.Country(),
		Seed:    1,
		Now:     time.Now,
	}
	do := func() error { return soak(ctx, config, *profile) }
	if *costs {
		do = func() error { return measureCosts(ctx, config) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// soak starts the server, loads and watches it, and judges what was seen.
func soak(ctx context.Context, c load.Config, profile string) error {
	s, err := start(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	c.Address = s.address
	watching, done := context.WithCancel(ctx)
	defer done()
	var seen []sample
	ended := make(chan error, 1)
	c.Said = func(stage load.Stage) {
		if stage == load.Loading {
			go func() { seen, err = s.watch(watching, c.For/samples); ended <- err }()
		}
	}
	report, err := load.Run(ctx, c)
	if err != nil {
		return err
	}
	done()
	if err := <-ended; err != nil {
		return err
	}
	if profile != "" {
		if err := s.keepProfile(profile); err != nil {
			return err
		}
	}
	if err := report.Write(os.Stdout); err != nil {
		return err
	}
	printSamples(os.Stdout, seen)
	if !report.Good() {
		return fmt.Errorf("the server answered wrongly, or with too many errors")
	}
	return judge(seen)
}
