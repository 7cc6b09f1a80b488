package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
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
	Kind        string `name:"run" help:"${runs}"`
	Insurer     string `help:"保険者番号"`
	Out         string `type:"path" help:"folder for the files; made when missing"`
	Only        string `default:"all" help:"all, new (never printed) or changed (record changed since)"`
	ShareOn     string `name:"share-changes-on" help:"${print_share_on}"`
	Dropped     bool   `name:"registration-dropped" help:"only people whose registration as マイナ保険証 ended"`
	List        string `type:"path" help:"only people of this file: lines of 番号, or 記号,番号,枝番"`
	Order       string `default:"postcode" help:"postcode, number (記号, 番号, 枝番) or household"`
	CountSheets bool   `help:"a count sheet before each 記号; with --order number"`
	PerFile     int    `name:"pages-per-file" default:"5000" help:"people a file"`
	Layout      string `help:"of certificates: cards (ten on A4), card or a4"`
	Day         string `help:"交付年月日, YYYY-MM-DD; today by default"`
	Resume      string `help:"go on with the run of this ID"`
	DryRun      bool   `help:"say how many would be printed, and store nothing"`
	Address     string `env:"MADOGUCHI_URL" default:"http://localhost:8080" help:"${print_address}"`
	JSON        bool   `name:"json" help:"the result as one JSON object"`
	Role        string `enum:"all,insurer" default:"all" env:"MADOGUCHI_ROLE" help:"role of the data folder"`
}

// exitPaused is the exit code of a run that somebody paused.
const exitPaused = 3

var (
	errPrintWhat = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "print.what",
		Field: "--run, --insurer, --out",
	}
	errPrintDay     = &eligibility.Error{Code: eligibility.Invalid, Key: "print.day"}
	errPrintAddress = &eligibility.Error{Code: eligibility.Invalid, Key: "print.address", Field: "--address"}
	errPrintList    = &eligibility.Error{Code: eligibility.Invalid, Key: "print.list", Field: "--list"}
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
	if !opensOnPhones(c.Address) {
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
	// An interrupt pauses: the run's state must say so before the job is asked to stop.
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-ctx.Done():
			err := runs.Command(context.Background(), operator, result.Run, insurer.RunPaused)
			if err != nil {
				printError(err)
			}
		case <-ended:
		}
	}()
	line := printing.NewProgressLine(os.Stderr, clock)
	run, err := runs.Print(context.WithoutCancel(ctx), operator, result.Run, line.Show)
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

// opensOnPhones reports whether an address may stand on paper: https, or the demo's own computer.
func opensOnPhones(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery ||
		u.Fragment != "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" ||
		u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// plan plans a new run and stores it.
func (c *printCmd) plan(
	ctx context.Context, services *insurer.Services, operator staff.Operator, result *insurer.PrintReport,
) (err error) {
	o := insurer.RunOptions{
		Only:        insurer.RunFilter(c.Only),
		Dropped:     c.Dropped,
		Order:       insurer.RunOrder(c.Order),
		CountSheets: c.CountSheets,
		PerFile:     c.PerFile,
		Layout:      insurer.RunLayout(c.Layout),
	}
	if c.Out != "" {
		if o.Folder, err = filepath.Abs(c.Out); err != nil {
			return err
		}
	}
	if c.PerFile == 0 {
		o.PerFile = -1 // 0 would mean the default
	}
	for flag, text := range map[string]string{"--share-changes-on": c.ShareOn, "--day": c.Day} {
		if text == "" {
			continue
		}
		day, err := eligibility.ParseDate(text)
		if err != nil || !day.Exact() {
			return errPrintDay.In(flag)
		}
		if flag == "--day" {
			o.Day = day
		} else {
			o.ShareOn = day
		}
	}
	lines, err := c.lines()
	if err != nil {
		return err
	}
	plan, err := services.PrintJobs.PlanRun(ctx, operator,
		insurer.RunRequest{Kind: insurer.PaperKind(c.Kind), Options: o, List: lines})
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

// lines reads the list.
func (c *printCmd) lines() ([]string, error) {
	if c.List == "" {
		return nil, nil
	}
	file, err := os.Open(c.List)
	if err != nil {
		return nil, errPrintList.Because(err)
	}
	defer file.Close()
	const most = 16 << 20
	data, err := io.ReadAll(io.LimitReader(file, most))
	if err != nil {
		return nil, errPrintList.Because(err)
	}
	lines, err := insurer.ReadRunList(data)
	var said *eligibility.Error
	if errors.As(err, &said) {
		return nil, said
	}
	if err != nil {
		return nil, errPrintList.Because(err)
	}
	return lines, nil
}
