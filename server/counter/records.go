package counter

import (
	"context"
	"fmt"
	"slices"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// RecordStore finds what was recorded.
type RecordStore interface {
	// FindCases returns the cases of a query, the newest first.
	FindCases(ctx context.Context, q CaseQuery) ([]Case, error)
	// CountCases returns how many there are, by their outcomes; Limit and Offset say nothing here.
	CountCases(ctx context.Context, q CaseQuery) (map[hostapi.Outcome]int, error)
	// Note appends an entry of its own to the audit chain.
	Note(ctx context.Context, e audit.Entry) error
}

// CaseQuery picks cases of one facility. What is zero picks all.
type CaseQuery struct {
	Facility string
	From, To eligibility.Date // of the day on which a case was opened, both included
	Outcomes []hostapi.Outcome
	Staff    string // who made one of its records
	Number   string // 診察券番号 as it is compared (Case.Number)
	Limit    int    // at least 1
	Offset   int
}

// Records are what a facility's counter has recorded: found again, corrected by a further entry, and kept for
// as long as the facility says. The insurer cannot read them.
type Records struct {
	cases Cases
	store RecordStore
	now   func() time.Time
}

// NewRecords returns the records of a service's cases.
func NewRecords(of *Service) Records { return Records{of.cases(), of.Store, of.Now} }

// recorded are the outcomes that a record can have.
var recorded = []hostapi.Outcome{hostapi.Accepted, hostapi.Refused, hostapi.Parked}

// Search is what staff look for. Zero values look for all.
type Search struct {
	From, To      eligibility.Date
	Staff         string
	Outcome       hostapi.Outcome
	PatientNumber string // 診察券番号, as typed
	Page          int    // from 0
}

// PageSize is how many cases one page of a search has.
const PageSize = 50

// Found is one page of a search.
type Found struct {
	Cases []CaseView
	Total int // on all pages
	Of    map[hostapi.Outcome]int
}

// Pages is how many pages a search has, at least one.
func (f Found) Pages() int { return max(1, (f.Total+PageSize-1)/PageSize) }

// query is the search as the store is asked.
func (s Search) query(reception staff.Reception) (CaseQuery, error) {
	number, err := readPatientNumber(s.PatientNumber)
	if err != nil {
		return CaseQuery{}, err
	}
	q := CaseQuery{
		Facility: reception.Facility,
		From:     s.From,
		To:       s.To,
		Outcomes: recorded,
		Staff:    s.Staff,
		Number:   patientKey(number),
		Limit:    PageSize,
		Offset:   PageSize * min(max(s.Page, 0), 1_000_000),
	}
	if s.Outcome != "" {
		q.Outcomes = []hostapi.Outcome{s.Outcome}
	}
	return q, nil
}

// Search returns a page of the facility's records.
func (r Records) Search(ctx context.Context, reception staff.Reception, s Search) (Found, error) {
	q, err := s.query(reception)
	if err != nil {
		return Found{}, err
	}
	found := Found{}
	if found.Of, err = r.store.CountCases(ctx, q); err != nil {
		return Found{}, err
	}
	for _, n := range found.Of {
		found.Total += n
	}
	found.Cases, err = r.find(ctx, q)
	return found, err
}

func (r Records) find(ctx context.Context, q CaseQuery) ([]CaseView, error) {
	stored, err := r.store.FindCases(ctx, q)
	if err != nil {
		return nil, err
	}
	views := make([]CaseView, 0, len(stored))
	for _, one := range stored {
		view, err := readCase(one)
		if err != nil {
			return nil, err
		}
		views = append(views, view)
	}
	return views, nil
}

// Find returns a case of the facility with all of its entries.
func (r Records) Find(ctx context.Context, reception staff.Reception, id string) (CaseView, error) {
	return r.cases.find(ctx, reception, id)
}

// mostOfADay is more cases than a counter has on one day.
const mostOfADay = 10_000

// longestExport is more than the longest time for which records are kept.
const longestExport = 11 * 366

// Export hands every case of a search to write, the oldest day first, and notes in the audit that they left:
// that names nobody. It needs both days. It goes day by day, so that what is recorded meanwhile moves
// nothing.
func (r Records) Export(
	ctx context.Context, reception staff.Reception, s Search, write func(CaseView) error,
) error {
	q, err := s.query(reception)
	if err != nil {
		return err
	}
	if s.From.IsZero() || s.To.Before(s.From) || s.From.AddDays(longestExport).Before(s.To) {
		return errPeriod
	}
	q.Offset, q.Limit = 0, mostOfADay
	all := 0
	for day := s.From; !day.After(s.To); day = day.AddDays(1) {
		q.From, q.To = day, day
		views, err := r.find(ctx, q)
		if err != nil {
			return err
		}
		for _, view := range slices.Backward(views) {
			if err := write(view); err != nil {
				return err
			}
		}
		all += len(views)
	}
	return r.store.Note(ctx, audit.Entry{
		At:     r.now(),
		Actor:  reception.Actor(),
		Action: "case.export",
		Detail: fmt.Sprintf("%s to %s, %d", s.From, s.To, all),
	})
}

// SetPatientNumber gives an open case the clinic's own number of its patient, or takes it away.
func (r Records) SetPatientNumber(
	ctx context.Context, reception staff.Reception, id, text string,
) (CaseView, error) {
	number, err := readPatientNumber(text)
	if err != nil {
		return CaseView{}, err
	}
	return r.cases.edit(ctx, reception, caseChange{
		id:     id,
		action: "case.patient_number",
		apply: func(view *CaseView) (string, error) {
			view.PatientNumber = number
			return "", nil
		},
	})
}

// ThisMonth returns the last accepted case of a calendar month's patient, by the clinic's own number; nil
// where there is none. That says what was recorded then, and nothing of today.
func (r Records) ThisMonth(ctx context.Context, reception staff.Reception, text string) (*CaseView, error) {
	number, err := readPatientNumber(text)
	if err == nil && number == "" {
		err = errPatientNumber
	}
	if err != nil {
		return nil, err
	}
	today := eligibility.DateOf(r.now())
	first, err := eligibility.NewDate(today.Year(), today.Month(), 1)
	if err != nil {
		return nil, err
	}
	found, err := r.find(ctx, CaseQuery{
		Facility: reception.Facility,
		From:     first,
		To:       today,
		Outcomes: []hostapi.Outcome{hostapi.Accepted},
		Number:   patientKey(number),
		Limit:    1,
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

var (
	errPeriod      = &eligibility.Error{Code: eligibility.Invalid, Key: "case.period", Field: "from"}
	errNotRecorded = &eligibility.Error{Code: eligibility.Conflict, Key: "case.not_recorded"}
	errCorrected   = &eligibility.Error{Code: eligibility.Conflict, Key: "case.corrected"}
	errNoReason    = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "case.correction_reason",
		Field: "reason",
	}
)

// RecordCorrection is what staff record in the place of a record that was wrong.
type RecordCorrection struct {
	Version       int // of the case, as it was seen
	Outcome       hostapi.Outcome
	Reason        string // why it is corrected
	PatientNumber string
}

// Correct adds an entry to a record: the former one stays readable beside it. It needs a reason, and for an
// acceptance all that Record needs. A case that somebody else corrected since it was seen is errCorrected; a
// parked one is settled instead.
func (r Records) Correct(
	ctx context.Context, reception staff.Reception, id string, to RecordCorrection,
) (CaseView, error) {
	reason, err := readReason(to.Reason)
	if err == nil && reason == "" {
		err = errNoReason
	}
	if err != nil {
		return CaseView{}, err
	}
	number, err := readPatientNumber(to.PatientNumber)
	if err != nil {
		return CaseView{}, err
	}
	return r.cases.revise(ctx, reception, caseChange{
		id:     id,
		action: "case.correct",
		apply: func(view *CaseView) (string, error) {
			switch {
			case view.Outcome != hostapi.Accepted && view.Outcome != hostapi.Refused:
				return "", errNotRecorded
			case view.version != to.Version:
				return "", errCorrected
			}
			before := view.entry()
			if err := view.correct(to.Outcome, reason); err != nil {
				return "", err
			}
			view.Earlier = append(view.Earlier, before)
			view.PatientNumber, view.Staff = number, reception.Staff
			view.RecordedAt, view.Correction = r.now(), true
			return fmt.Sprintf("%s to %s", before.Outcome, to.Outcome), nil
		},
	})
}

// correct gives a case another outcome for a reason. What an acceptance stood on stays when it was one
// before.
func (v *CaseView) correct(outcome hostapi.Outcome, reason string) error {
	switch {
	case outcome != hostapi.Accepted:
		v.Method, v.Ground, v.Checked = "", "", nil
	case v.Outcome == hostapi.Accepted:
	case v.Way != nil:
		if err := v.acceptWayAgain(); err != nil {
			return err
		}
	case !v.Acceptable():
		return v.notAcceptable()
	case v.CardRefused():
		return errCardRefused
	default:
		if err := v.accept(reason, eligibility.DateOf(v.At)); err != nil {
			return err
		}
	}
	v.Outcome, v.Reason = outcome, reason
	return nil
}
