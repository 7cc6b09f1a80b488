package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/insurer"
	"madoguchi/server/printing"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
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
	runs.Folder, runs.Reader = filepath.Join(h.Path, datafolder.RunsDir), printing.FindPoppler()
	result := &insurer.PrintReport{Run: c.Resume}
	operator, err := c.operator(ctx, services)
	if err != nil {
		return nil, err
	}
	if c.Resume == "" {
		if err := c.plan(ctx, services, operator, result); err != nil || c.DryRun {
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

// operator is who prints: for the insurer that the command names, or for the one of the run to resume.
func (c *printCmd) operator(ctx context.Context, services *insurer.Services) (staff.Operator, error) {
	if c.Resume != "" {
		return services.Directory.Operator(ctx, insurer.RequestTarget{Run: c.Resume})
	}
	number, err := eligibility.ParseInsurerNumber(c.Insurer)
	if err != nil {
		return staff.Operator{}, eligibility.ErrInsurerNumber.In("--insurer")
	}
	return staff.Operator{Insurer: number}, nil
}

// plan plans a new run and stores it.
func (c *printCmd) plan(
	ctx context.Context, services *insurer.Services, operator staff.Operator, result *insurer.PrintReport,
) error {
	request, err := c.Request()
	if err != nil {
		return err
	}
	plan, err := services.PrintJobs.PlanRun(ctx, operator, request)
	if err != nil {
		return err
	}
	result.Run, result.Total = plan.Run.ID, plan.Run.Total
	result.NotDue, result.Missing = plan.NotDue, plan.Missing
	if c.DryRun {
		result.Run, result.State = "", "planned"
		return nil
	}
	return services.PrintJobs.StartRun(ctx, operator, plan)
}
