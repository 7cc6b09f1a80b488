package insurer

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/printing"
	"madoguchi/server/staff"
)

// Limits of a run.
const (
	maxPerFile = 20_000
	// DefaultPerFile is how many people a file has where nobody says.
	DefaultPerFile = 5_000
)

var (
	errRunKind   = &eligibility.Error{Code: eligibility.Invalid, Key: "run.kind", Field: "run"}
	errRunOption = &eligibility.Error{Code: eligibility.Invalid, Key: "run.option"}
	// ErrRunPerFile is returned for a number of people a file that cannot be.
	ErrRunPerFile = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "run.per_file",
		Field: "pages-per-file",
	}
	errRunEmpty = &eligibility.Error{Code: eligibility.NotFound, Key: "run.nobody"}
)

// unknownRun names the kinds that there are.
func unknownRun() error { return errRunKind.With(message.Args{"kinds": message.List(RunKinds())}) }

// Plan is what a run would print, before anything is stored.
type Plan struct {
	Run     PrintRun
	NotDue  int      // people who fit the filters and get another paper, or none, by the rules
	Checks  int      // people about whom the rules leave something open
	Missing []string // lines of the list that name nobody, as they stand there

	list []string
}

// withDefaults fills what a clerk left open and refuses what there is not.
func (r RunOptions) withDefaults(kind PaperKind, today eligibility.Date) (RunOptions, error) {
	r.Only = cmp.Or(r.Only, OnlyAll)
	r.Order = cmp.Or(r.Order, ByPostCode)
	r.PerFile = cmp.Or(r.PerFile, DefaultPerFile)
	if r.Day.IsZero() {
		r.Day = today
	}
	d, ok := FindRun(kind)
	if !ok {
		return r, unknownRun()
	}
	if len(d.Run.Layouts) > 0 {
		r.Layout = cmp.Or(r.Layout, d.Run.Layouts[0])
	}
	switch {
	case !slices.Contains([]RunFilter{OnlyAll, OnlyNew, OnlyChanged}, r.Only):
		return r, errRunOption.In("only")
	case !slices.Contains([]RunOrder{ByPostCode, ByNumber, ByHousehold}, r.Order):
		return r, errRunOption.In("order")
	case r.Layout != "" && !slices.Contains(d.Run.Layouts, r.Layout):
		return r, errRunOption.In("layout")
	case r.CountSheets && r.Order != ByNumber:
		return r, errRunOption.In("count-sheets")
	case r.PerFile < 1 || r.PerFile > maxPerFile:
		return r, ErrRunPerFile
	}
	return r, nil
}

// RunRequest is what somebody asks to have printed.
type RunRequest struct {
	Kind    PaperKind
	Options RunOptions
	List    []string // lines of 番号, or 記号,番号,枝番; nil means everyone
}

// PlanRun says how many of the insurer's people would be printed. Who gets which paper,
// eligibility.PapersFor decides.
func (j *PrintJobs) PlanRun(ctx context.Context, by staff.ForInsurer, request RunRequest) (Plan, error) {
	plan, err := draftRun(ctx, j, by, request)
	if err == nil {
		err = j.choose(ctx, &plan, func(PersonRecord) error { return nil })
	}
	if err != nil {
		return Plan{}, err
	}
	if plan.Run.Total == 0 {
		return plan, errRunEmpty
	}
	return plan, nil
}

// draftRun is a plan that has chosen nobody yet.
func draftRun(ctx context.Context, j *PrintJobs, by staff.ForInsurer, request RunRequest) (Plan, error) {
	now := j.now()
	insurer, kind, list := by.InsurerNumber(), request.Kind, request.List
	options, err := request.Options.withDefaults(kind, eligibility.DateOf(now))
	if err != nil {
		return Plan{}, err
	}
	in, err := j.Directory.Insurer(ctx, insurer)
	if d, _ := FindRun(kind); err == nil && d.Run.ready != nil {
		err = d.Run.ready(j.Directory, in) // before anybody waits for the pages
	}
	if err != nil {
		return Plan{}, err
	}
	options.Listed, options.Address = len(list), j.address
	return Plan{list: list, Run: PrintRun{
		ID:        rand.Text()[:10],
		Insurer:   insurer,
		Kind:      kind,
		State:     RunGoing,
		By:        by.Actor(),
		CreatedAt: now,
		Options:   options,
	}}, nil
}

// choose calls take for each person whom a plan prints, in no order, and counts them and the others.
func (j *PrintJobs) choose(ctx context.Context, plan *Plan, take func(PersonRecord) error) error {
	run, wanted := &plan.Run, newRunList(plan.list)
	run.Total, plan.NotDue, plan.Checks = 0, 0, 0
	query := PrintQuery{Insurer: run.Insurer, Kind: run.Kind, File: run.Options.File}
	dueOf := runDue(run.Kind, run.Options.Day)
	err := j.people.EachPrint(ctx, query, func(r PersonRecord, last LastPrint) error {
		if !wanted.has(r.Person) {
			return nil
		}
		fits, err := j.passesFilters(ctx, r, last, run.Options)
		if err != nil || !fits {
			return err
		}
		due, needsReview := dueOf(r.Person)
		if !due {
			plan.NotDue++
			return nil
		}
		if needsReview != "" {
			plan.Checks++
		}
		run.Total++
		return take(r)
	})
	plan.Missing = wanted.missing()
	return err
}

// itemsOf numbers the parcels in the order of the pages.
func itemsOf(found iter.Seq2[candidate, error], parcels bool) iter.Seq2[printing.Item, error] {
	return func(yield func(printing.Item, error) bool) {
		parcel, group := 0, ""
		for c, err := range found {
			item := printing.Item{Ref: c.ref}
			if parcels {
				if parcel == 0 || c.group != group {
					parcel, group = parcel+1, c.group
				}
				item.Group = strconv.Itoa(parcel)
			}
			if !yield(item, err) || err != nil {
				return
			}
		}
	}
}

// passesFilters applies the filters that look at what there was before.
func (j *PrintJobs) passesFilters(
	ctx context.Context,
	r PersonRecord,
	last LastPrint,
	options RunOptions,
) (bool, error) {
	switch options.Only {
	case OnlyNew:
		if !last.At.IsZero() {
			return false, nil
		}
	case OnlyChanged:
		if last.At.IsZero() || r.Version <= last.Version {
			return false, nil
		}
	}
	if day := options.ShareOn; !day.IsZero() &&
		eligibility.NextShareChange(r.Person, day.AddDays(-1)) != day {
		return false, nil
	}
	if !options.Dropped {
		return true, nil
	}
	return j.hasDroppedRegistration(ctx, r)
}

// hasDroppedRegistration reports whether the registration as マイナ保険証 ended with the latest version of a record
// (利用登録の解除).
func (j *PrintJobs) hasDroppedRegistration(ctx context.Context, r PersonRecord) (bool, error) {
	if r.Person.Registered != eligibility.No || r.Version < 2 {
		return false, nil
	}
	before, err := j.people.PersonVersion(ctx, PersonKey{r.Person.Insurer, r.ID}, r.Version-1)
	return before.Person.Registered == eligibility.Yes, err
}

// paperDue says whether a person gets this paper, and what the rules leave open about it.
func paperDue(p eligibility.Person, kind PaperKind, day eligibility.Date) (due bool, needsReview string) {
	return runDue(kind, day)(p)
}

// runDue is paperDue for many people.
func runDue(kind PaperKind, day eligibility.Date) func(eligibility.Person) (bool, string) {
	d, ok := FindRun(kind)
	return func(p eligibility.Person) (due bool, needsReview string) {
		papers := eligibility.PapersFor(p, day)
		return ok && d.Run.Due(papers), papers.Says.NextStep("ja")
	}
}

// sortKey orders people; numbers within are compared as numbers.
func sortKey(p eligibility.Person, order RunOrder) string {
	number := naturalKey(p.Symbol) + "\x00" + parcelKey(p) + "\x00" + naturalKey(p.Number) + "\x00" +
		naturalKey(p.BranchNumber)
	switch order {
	case ByNumber:
		return number
	case ByHousehold:
		return naturalKey(p.HouseholdNumber) + "\x00" + number
	}
	code, address := p.MailTo()
	code, _ = eligibility.PostCode(code)
	return eligibility.NormaliseSymbol(code) + "\x00" + address + "\x00" + number
}

// parcelKey tells the 事業所 of people apart: their 記号 as it is compared
// (docs/facts/insurer-numbers.md#symbol-number-branch), since one is written wide for some and narrow for
// others. 007 is another than 7.
func parcelKey(p eligibility.Person) string { return eligibility.NormaliseSymbol(p.Symbol) }

// naturalKey pads the runs of digits in a text, so that 9 comes before 10.
func naturalKey(text string) string {
	var out, digits strings.Builder
	flush := func() {
		if digits.Len() > 0 {
			out.WriteString(strings.Repeat("0", max(0, 20-digits.Len())))
			out.WriteString(digits.String())
			digits.Reset()
		}
	}
	for _, r := range eligibility.NormaliseSymbol(text) {
		if r >= '0' && r <= '9' {
			digits.WriteRune(r)
			continue
		}
		flush()
		out.WriteRune(r)
	}
	flush()
	return out.String()
}

// StartRun stores a plan of the insurer's, with the people whom it chooses now; from then on it can be
// printed, stopped and resumed.
func (j *PrintJobs) StartRun(ctx context.Context, by staff.ForInsurer, p Plan) error {
	return startRun(ctx, j, by, &p)
}

func startRun(ctx context.Context, j *PrintJobs, by staff.ForInsurer, p *Plan) error {
	if p.Run.Insurer != by.InsurerNumber() {
		return errNoInsurer
	}
	p.Run.By = by.Actor()
	options := p.Run.Options
	var sorter runSorter
	defer sorter.close()
	err := j.choose(ctx, p, func(r PersonRecord) error {
		// a part of the person's record would keep all of it in memory
		group := strings.Clone(parcelKey(r.Person))
		return sorter.add(candidate{string(r.ID), sortKey(r.Person, options.Order), group})
	})
	if err != nil {
		return err
	}
	if p.Run.Total == 0 {
		return errRunEmpty
	}
	return j.store.PutRun(ctx, p.Run, itemsOf(sorter.sorted(), options.CountSheets), audit.Entry{
		At:     j.now(),
		Actor:  p.Run.By,
		Action: "run.start",
		Detail: fmt.Sprintf("%s %s %s people=%d", p.Run.ID, p.Run.Insurer, p.Run.Kind, p.Run.Total),
	})
}
