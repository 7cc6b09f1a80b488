package insurer

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
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
	Items   []printing.Item
	NotDue  int      // people who fit the filters and get another paper, or none, by the rules
	Checks  int      // people about whom the rules leave something open
	Missing []string // lines of the list that name nobody, as they stand there
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

// candidate is one person of a run before it is ordered: no more than ordering needs.
type candidate struct{ ref, key, group string }

// RunRequest is what somebody asks to have printed.
type RunRequest struct {
	Kind    PaperKind
	Options RunOptions
	List    []string // lines of 番号, or 記号,番号,枝番; nil means everyone
}

// PlanRun says who of the insurer would be printed and in which order. Who gets which paper,
// eligibility.PapersFor decides.
func (j *PrintJobs) PlanRun(ctx context.Context, by staff.ForInsurer, request RunRequest) (Plan, error) {
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
	wanted := newRunList(list)
	options.Listed, options.Address = len(list), j.address
	plan := Plan{Run: PrintRun{
		ID:        rand.Text()[:10],
		Insurer:   insurer,
		Kind:      kind,
		State:     RunGoing,
		By:        by.Actor(),
		CreatedAt: now,
		Options:   options,
	}}
	query := PrintQuery{Insurer: insurer, Kind: kind, File: options.File}
	var found []candidate
	err = j.people.EachPrint(ctx, query, func(r PersonRecord, last LastPrint) error {
		if !wanted.has(r.Person) {
			return nil
		}
		fits, err := j.passesFilters(ctx, r, last, options)
		if err != nil || !fits {
			return err
		}
		due, needsReview := paperDue(r.Person, kind, options.Day)
		if !due {
			plan.NotDue++
			return nil
		}
		if needsReview != "" {
			plan.Checks++
		}
		found = append(found, candidate{string(r.ID), sortKey(r.Person, options.Order), r.Person.Symbol})
		return nil
	})
	if err != nil {
		return Plan{}, err
	}
	plan.Missing = wanted.missing()
	slices.SortFunc(
		found,
		func(a, b candidate) int {
			return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.ref, b.ref))
		},
	)
	plan.Items = printItems(found, options.CountSheets)
	plan.Run.Total = len(plan.Items)
	if len(plan.Items) == 0 {
		return plan, errRunEmpty
	}
	return plan, nil
}

// printItems numbers the parcels in the order of the pages.
func printItems(found []candidate, parcels bool) []printing.Item {
	out := make([]printing.Item, len(found))
	parcel := 0
	for i, c := range found {
		out[i].Ref = c.ref
		if !parcels {
			continue
		}
		if i == 0 || found[i-1].group != c.group {
			parcel++
		}
		out[i].Group = strconv.Itoa(parcel)
	}
	return out
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
	papers := eligibility.PapersFor(p, day)
	d, ok := FindRun(kind)
	return ok && d.Run.Due(papers), papers.Says.NextStep("ja")
}

// sortKey orders people; numbers within are compared as numbers.
func sortKey(p eligibility.Person, order RunOrder) string {
	number := naturalKey(p.Symbol) + "\x00" + naturalKey(p.Number) + "\x00" + naturalKey(p.BranchNumber)
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

// naturalKey pads the runs of digits in a text, so that 9 comes before 10.
func naturalKey(text string) string {
	var out, digits strings.Builder
	flush := func() {
		if digits.Len() > 0 {
			fmt.Fprintf(&out, "%020s", digits.String())
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

// StartRun stores a plan of the insurer's; from then on it can be printed, stopped and resumed.
func (j *PrintJobs) StartRun(ctx context.Context, by staff.ForInsurer, p Plan) error {
	r := p.Run
	if r.Insurer != by.InsurerNumber() {
		return errNoInsurer
	}
	r.By = by.Actor()
	return j.store.PutRun(ctx, r, p.Items, audit.Entry{
		At:     j.now(),
		Actor:  r.By,
		Action: "run.start",
		Detail: fmt.Sprintf("%s %s %s people=%d", r.ID, r.Insurer, r.Kind, len(p.Items)),
	})
}
