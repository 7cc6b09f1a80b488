package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/printing"
	"madoguchi/server/settings"
)

// printCmd prints papers in a run: it plans, prints, reads every code back, and can be resumed after whatever
// ended it. Exit codes: 0 everybody printed; 1 printed, but somebody was skipped or a line of the list named
// nobody; 2 refused, or stopped by a fault; 3 paused (Ctrl+C) or cancelled.
type printCmd struct {
	Insurer string `help:"保険者番号"`
	insurer.RunFlags
	Resume  string `help:"go on with the run of this ID"`
	DryRun  bool   `help:"say how many would be printed, and store nothing"`
	Address string `env:"MADOGUCHI_URL" default:"http://localhost:8080" help:"${print_address}"`
	JSON    bool   `name:"json" help:"the result as one JSON object"`
	Role    string `enum:"all,insurer" default:"all" env:"MADOGUCHI_ROLE" help:"role of the data folder"`
}

// exitPaused is the exit code of a run that somebody paused.
const exitPaused = 3

var (
	errPrintWhat = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "print.what",
		Field: "--run, --insurer, --out",
	}
	errPrintAddress = &eligibility.Error{Code: eligibility.Invalid, Key: "print.address", Field: "--address"}
)

// Run prints.
func (c *printCmd) Run(s *settings.Settings) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	result, err := c.run(ctx, s)
	if err != nil {
		printError(err)
		return exit(exitRefused)
	}
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
			return err
		}
	} else {
		fmt.Print(result.Summary())
	}
	switch {
	case result.WasStopped():
		return exit(exitPaused)
	case result.IsIncomplete():
		return exit(exitSome)
	}
	return nil
}

// A file of 20,000 people takes much memory anyway. Garbage is collected seldom as long as there is room, and
// the heap is kept within a bound.
const (
	printGarbage = 200      // in per cent of what is in use
	printMemory  = 80 << 20 // bytes
)

func (c *printCmd) run(ctx context.Context, s *settings.Settings) (*insurer.PrintReport, error) {
	if c.Resume == "" && (c.Kind == "" || c.Insurer == "" || c.Out == "" && !c.DryRun) {
		return nil, errPrintWhat
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	if !settings.OpensOnPhones(c.Address) {
		return nil, errPrintAddress
	}
	debug.SetGCPercent(printGarbage)
	debug.SetMemoryLimit(printMemory)
	h, err := openExisting(ctx, s, c.Role)
	if err != nil {
		return nil, err
	}
	defer h.Store.Close()
	services, err := h.insurerServices(ctx, strings.TrimSuffix(c.Address, "/"))
	if err != nil {
		return nil, err
	}
	runs := services.PrintJobs
	operator, err := services.Directory.Printing(ctx, c.Insurer, c.Resume)
	if err != nil {
		return nil, err
	}
	result := &insurer.PrintReport{Run: c.Resume}
	if c.Resume == "" {
		if result, err = c.Start(ctx, runs, operator, c.DryRun); err != nil || c.DryRun {
			return result, err
		}
		fmt.Fprintln(os.Stderr, message.New("print.started", message.Args{
			"run":    message.Text(result.Run),
			"people": message.Number(result.Total),
		}).Text("ja"))
	} else if err := runs.Command(ctx, operator, c.Resume, insurer.RunGoing); err != nil {
		return nil, err
	}
	line := printing.NewProgressLine(os.Stderr, clock)
	run, err := runs.PrintUntil(ctx, operator, result.Run, line.Show, printError)
	line.End()
	if err != nil {
		return nil, err
	}
	files, err := runs.Files(context.WithoutCancel(ctx), operator, run.ID)
	if err != nil {
		return nil, err
	}
	result.SetResult(run, files, runs.FolderOf(run))
	return result, nil
}
