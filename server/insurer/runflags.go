package insurer

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"madoguchi/eligibility"
	"madoguchi/server/staff"
)

// RunFlags are a new run as `madoguchi print` is given it; their tags are the command's flags.
type RunFlags struct {
	Kind        string `name:"run" help:"${runs}"`
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
}

var (
	errPrintDay  = &eligibility.Error{Code: eligibility.Invalid, Key: "print.day"}
	errPrintList = &eligibility.Error{Code: eligibility.Invalid, Key: "print.list", Field: "--list"}
)

// Request reads the flags, and the file of the list.
func (f RunFlags) Request() (RunRequest, error) {
	var none RunRequest
	o := RunOptions{
		Only:        RunFilter(f.Only),
		Dropped:     f.Dropped,
		Order:       RunOrder(f.Order),
		CountSheets: f.CountSheets,
		PerFile:     f.PerFile,
		Layout:      RunLayout(f.Layout),
	}
	var err error
	if f.Out != "" {
		if o.Folder, err = filepath.Abs(f.Out); err != nil {
			return none, err
		}
	}
	if f.PerFile == 0 {
		o.PerFile = -1 // 0 would mean the default
	}
	for _, day := range []struct {
		flag, text string
		to         *eligibility.Date
	}{{"--share-changes-on", f.ShareOn, &o.ShareOn}, {"--day", f.Day, &o.Day}} {
		if day.text == "" {
			continue
		}
		if *day.to, err = eligibility.ParseDate(day.text); err != nil || !day.to.Exact() {
			return none, errPrintDay.In(day.flag)
		}
	}
	lines, err := f.lines()
	return RunRequest{Kind: PaperKind(f.Kind), Options: o, List: lines}, err
}

// Start plans a new run and stores it; a trial only says what it would be.
func (f RunFlags) Start(
	ctx context.Context, jobs *PrintJobs, operator staff.Operator, trial bool,
) (*PrintReport, error) {
	request, err := f.Request()
	if err != nil {
		return nil, err
	}
	var plan Plan
	if trial {
		plan, err = jobs.PlanRun(ctx, operator, request)
	} else if plan, err = draftRun(ctx, jobs, operator, request); err == nil {
		err = startRun(ctx, jobs, operator, &plan) // a whole register is gone through once
	}
	if err != nil {
		return nil, err
	}
	report := &PrintReport{
		Run:     plan.Run.ID,
		Total:   plan.Run.Total,
		NotDue:  plan.NotDue,
		Missing: plan.Missing,
	}
	if trial {
		report.Run, report.State = "", "planned"
	}
	return report, nil
}

// longestList is how many bytes a list may have: a million people and more.
const longestList = 16 << 20

var errListTooLong = errors.New("the list has more than 16 MB")

// lines reads the list.
func (f RunFlags) lines() ([]string, error) {
	if f.List == "" {
		return nil, nil
	}
	file, err := os.Open(f.List)
	if err != nil {
		return nil, errPrintList.Because(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, longestList+1))
	if err == nil && len(data) > longestList {
		err = errListTooLong
	}
	if err != nil {
		return nil, errPrintList.Because(err)
	}
	lines, err := ReadRunList(data)
	var said *eligibility.Error
	if errors.As(err, &said) {
		return nil, said
	}
	if err != nil {
		return nil, errPrintList.Because(err)
	}
	return lines, nil
}
