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
	"madoguchi/server/audit"
	"madoguchi/server/printing"
	"madoguchi/server/staff"
)

// Limits of a run.
const (
	maxPerFile     = 20_000
	defaultPerFile = 5_000
)

var (
	errRunKind    = &eligibility.Error{Code: eligibility.Invalid, Key: "run.kind", Field: "run"}
	errRunOption  = &eligibility.Error{Code: eligibility.Invalid, Key: "run.option"}
	errRunPerFile = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "run.per_file",
		Field: "pages-per-file",
	}
	errRunEmpty = &eligibility.Error{Code: eligibility.NotFound, Key: "run.nobody"}
)

// Plan is what a run would print, before anything is stored.
type Plan struct {
	Run     PrintRun
	Items   []printing.Item
	NotDue  int      // people who fit the filters and get another paper, or none, by the rules
	Checks  int      // people about whom the rules leave something open
	Missing []string // lines of the list that name nobody, as they stand there
}

// normal fills what a clerk left open and refuses what there is not.
func (r RunOptions) normal(kind PaperKind, today eligibility.Date) (RunOptions, error) {
	r.Only = cmp.Or(r.Only, OnlyAll)
	r.Order = cmp.Or(r.Order, ByPostCode)
	r.PerFile = cmp.Or(r.PerFile, defaultPerFile)
	if r.Day.IsZero() {
		r.Day = today
	}
	if kind == CertificateRun {
		r.Layout = cmp.Or(r.Layout, LayoutCards)
	}
	switch {
	case kind != NoticeRun && kind != CertificateRun:
		return r, errRunKind
	case !slices.Contains([]RunFilter{OnlyAll, OnlyNew, OnlyChanged}, r.Only):
		return r, errRunOption.In("only")
	case !slices.Contains([]RunOrder{ByPostCode, ByNumber, ByHousehold}, r.Order):
		return r, errRunOption.In("order")
	case kind == CertificateRun && !slices.Contains([]RunLayout{LayoutCards, LayoutCard, LayoutA4}, r.Layout),
		kind == NoticeRun && r.Layout != "":
		return r, errRunOption.In("layout")
	case r.CountSheets && r.Order != ByNumber:
		return r, errRunOption.In("count-sheets")
	case r.PerFile < 1 || r.PerFile > maxPerFile:
		return r, errRunPerFile
	}
	return r, nil
}

// candidate is one person of a run before it is ordered: no more than ordering needs.
type candidate struct{ ref, key, group string }

// RunWish is what somebody wishes to print.
type RunWish struct {
	Kind    PaperKind
	Options RunOptions
	List    []string // lines of 番号, or 記号,番号,枝番; nil means everyone
}

// PlanRun says who of the insurer would be printed and in which order. Who gets which paper,
// eligibility.PapersFor decides.
func (o *PrintJobs) PlanRun(ctx context.Context, by staff.ForInsurer, wish RunWish) (Plan, error) {
	now := o.now()
	insurer, kind, list := by.InsurerNumber(), wish.Kind, wish.List
	options, err := wish.Options.normal(kind, eligibility.DateOf(now))
	if err != nil {
		return Plan{}, err
	}
	in, err := o.Directory.Insurer(ctx, insurer)
	if err == nil && kind == NoticeRun {
		_, err = o.Directory.stateAddress(in) // before anybody waits for the pages
	}
	if err != nil {
		return Plan{}, err
	}
	wanted := newRunList(list)
	options.Listed, options.Address = len(list), o.address
	plan := Plan{Run: PrintRun{
		ID:        rand.Text()[:10],
		Insurer:   insurer,
		Kind:      kind,
		State:     RunGoing,
		By:        by.Actor(),
		CreatedAt: now,
		Options:   options,
	}}
	var found []candidate
	err = o.people.EachPrint(ctx, insurer, kind, func(r PersonRecord, last LastPrint) error {
		if !wanted.has(r.Person) {
			return nil
		}
		fits, err := o.fits(ctx, r, last, options)
		if err != nil || !fits {
			return err
		}
		due, look := paperDue(r.Person, kind, options.Day)
		if !due {
			plan.NotDue++
			return nil
		}
		if look != "" {
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
		func(a, b candidate) int { return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.ref, b.ref)) },
	)
	plan.Items = items(found, options.CountSheets)
	plan.Run.Total = len(plan.Items)
	if len(plan.Items) == 0 {
		return plan, errRunEmpty
	}
	return plan, nil
}

// items numbers the parcels in the order of the pages.
func items(found []candidate, parcels bool) []printing.Item {
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

// fits applies the filters that look at what there was before.
func (o *PrintJobs) fits(
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
	return o.dropped(ctx, r)
}

// dropped reports whether the registration as マイナ保険証 ended with the latest version of a record (利用登録の解除).
func (o *PrintJobs) dropped(ctx context.Context, r PersonRecord) (bool, error) {
	if r.Person.Registered != eligibility.No || r.Version < 2 {
		return false, nil
	}
	before, err := o.people.PersonVersion(ctx, PersonKey{r.Person.Insurer, r.ID}, r.Version-1)
	return before.Person.Registered == eligibility.Yes, err
}

// paperDue says whether a person gets this paper, and what the rules leave open about it.
func paperDue(p eligibility.Person, kind PaperKind, day eligibility.Date) (due bool, look string) {
	papers := eligibility.PapersFor(p, day)
	look = papers.Says.NextStep("ja")
	if kind == CertificateRun {
		return papers.Certificate, look
	}
	return papers.Notice, look
}

// sortKey orders people; numbers within are compared as numbers.
func sortKey(p eligibility.Person, order RunOrder) string {
	number := natural(p.Symbol) + "\x00" + natural(p.Number) + "\x00" + natural(p.BranchNumber)
	switch order {
	case ByNumber:
		return number
	case ByHousehold:
		return natural(p.HouseholdNumber) + "\x00" + number
	}
	code, address := p.MailTo()
	code, _ = eligibility.PostCode(code)
	return eligibility.NormaliseSymbol(code) + "\x00" + address + "\x00" + number
}

// natural pads the runs of digits in a text, so that 9 comes before 10.
func natural(text string) string {
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
func (o *PrintJobs) StartRun(ctx context.Context, by staff.ForInsurer, p Plan) error {
	r := p.Run
	if r.Insurer != by.InsurerNumber() {
		return errNoInsurer
	}
	r.By = by.Actor()
	return o.store.PutRun(ctx, r, p.Items, audit.Entry{
		At:     o.now(),
		Actor:  r.By,
		Action: "run.start",
		Detail: fmt.Sprintf("%s %s %s people=%d", r.ID, r.Insurer, r.Kind, len(p.Items)),
	})
}
