//go:build !nodemo

package load

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/output"
)

// Command is `madoguchi load`. Exit codes: 0 every answer was right, 1 one was wrong or the server was down.
type Command struct {
	Address string        `help:"${load_address}"`
	Host    string        `help:"${load_host}"`
	For     time.Duration `default:"30s" help:"how long visitors come, after they are set up"`
	Checks  float64       `default:"5" help:"checks a second; all else comes in proportion (docs/scale.md)"`
	Faster  float64       `default:"10" help:"${load_faster}"`
	Readers int           `default:"40" help:"${load_readers}"`
	Seed    uint64        `default:"1" help:"of what comes when"`
	JSON    bool          `name:"json" help:"answer as one JSON object"`
}

// OwnServer runs a demo of its own in a folder, on a free port of this computer, until ctx ends; ready is
// told its address.
type OwnServer func(ctx context.Context, folder string, ready func(address string)) error

var (
	errBounds = &eligibility.Error{Code: eligibility.Invalid, Key: "load.bounds"}
	errFailed = &eligibility.Error{Code: eligibility.Internal, Key: "load.failed"}
)

// check refuses what is beyond the bounds of a load.
func (c *Command) check() error {
	for _, one := range []struct {
		flag   string
		good   bool // said so that a number that is none (NaN) is not
		bounds string
	}{
		{"--for", c.For > 0 && c.For <= MaxLength, fmt.Sprint("1s – ", MaxLength)},
		{"--checks", c.Checks > 0 && c.Checks <= maxChecks, fmt.Sprint("0.1 – ", maxChecks)},
		{"--faster", c.Faster >= 1 && c.Faster <= MaxFaster, fmt.Sprint("1 – ", MaxFaster)},
		{"--readers", c.Readers >= 1 && c.Readers <= maxReaders, fmt.Sprint("1 – ", maxReaders)},
	} {
		if !one.good {
			return errBounds.In(one.flag).With(message.Args{
				"flag":   message.Text(one.flag),
				"bounds": message.Text(one.bounds),
			})
		}
	}
	return nil
}

// Run loads a server, or one of its own, and prints what it measured.
func (c *Command) Run(own OwnServer, now func() time.Time) error {
	if err := c.check(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	config := Config{
		Address: c.Address,
		Host:    c.Host,
		For:     c.For,
		Checks:  c.Checks,
		Faster:  c.Faster,
		Readers: c.Readers,
		Mix:     Country(),
		Seed:    c.Seed,
		Now:     now,
		Said: func(s Stage) {
			fmt.Fprintln(os.Stderr, message.New(string(s), nil).Text("ja"))
		},
	}
	report, err := loadAddress(ctx, config, own)
	if err != nil {
		return err
	}
	if c.JSON {
		err = output.JSON(report)
	} else {
		err = report.Write(os.Stdout)
	}
	if err == nil && !report.Good() {
		err = errFailed
	}
	return err
}

// loadAddress is Run of an address; without one it starts a demo of its own, and ends it afterwards.
func loadAddress(ctx context.Context, c Config, own OwnServer) (Report, error) {
	if c.Address != "" {
		return Run(ctx, c)
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	folder, err := os.MkdirTemp("", "madoguchi-load-")
	if err != nil {
		return Report{}, fmt.Errorf("making a folder for the demo: %w", err)
	}
	defer os.RemoveAll(folder)
	serving, stop := context.WithCancel(ctx)
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- own(serving, folder, func(address string) { ready <- address }) }()
	select {
	case err := <-ended:
		stop()
		return Report{}, err
	case c.Address = <-ready:
	}
	report, err := Run(ctx, c)
	stop()
	if serving := <-ended; err == nil {
		err = serving
	}
	return report, err
}
