package counter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// Cases are the cases of the facilities: each part of the counter finds and changes them here. A change goes
// into the audit with it.
type Cases struct {
	Store CaseStore
	Now   func() time.Time
}

// CaseStore keeps cases. Insurers' keys cannot open them.
type CaseStore interface {
	// PutCase stores a new case (version 0), or a change of the version that was read; it returns
	// ErrCaseChanged when somebody else changed the case since. Its Receipt is stored with it or not at all.
	PutCase(ctx context.Context, c Case, e audit.Entry) error
	Case(ctx context.Context, facility, id string) (Case, error)
	// Cases returns those of one day, newest first.
	Cases(ctx context.Context, facility string, day eligibility.Date) ([]Case, error)
}

// find returns a case of the reception's facility, open or not.
func (c Cases) find(ctx context.Context, reception staff.Reception, id string) (CaseView, error) {
	stored, err := c.Store.Case(ctx, reception.Facility, id)
	if err != nil {
		return CaseView{}, err
	}
	return readCase(stored)
}

// open returns a case that is not yet recorded, or parked and taken up again.
func (c Cases) open(ctx context.Context, reception staff.Reception, id string) (CaseView, error) {
	view, err := c.find(ctx, reception, id)
	if err == nil && view.Outcome != hostapi.Open {
		return CaseView{}, errCaseClosed
	}
	return view, err
}

// ErrCaseChanged says that a case was changed between reading and storing it.
var ErrCaseChanged = &eligibility.Error{Code: eligibility.Conflict, Key: "case.moved"}

// maxCaseTries is how often a change is made anew on a case that others change too: each of them is one human
// action.
const maxCaseTries = 5

// caseChange is one change of a case: apply makes it and returns what the audit says of it.
type caseChange struct {
	id, action string
	apply      func(*CaseView) (detail string, err error)
}

// edit reads an open case, lets apply change it and return what the audit says, and stores it. When somebody
// else was faster it starts again from what they stored, so that nothing recorded is lost; a case that they
// ended is errCaseClosed.
func (c Cases) edit(ctx context.Context, reception staff.Reception, what caseChange) (CaseView, error) {
	for range maxCaseTries {
		view, err := c.open(ctx, reception, what.id)
		if err != nil {
			return CaseView{}, err
		}
		view.Staff = reception.Staff
		detail, err := what.apply(&view)
		if err != nil {
			return CaseView{}, err
		}
		if err = c.put(ctx, reception, view, what.action, detail); err == nil {
			return view, nil
		}
		if !errors.Is(err, ErrCaseChanged) {
			return CaseView{}, err
		}
	}
	return CaseView{}, ErrCaseChanged
}

// put stores a case as it stands now.
func (c Cases) put(
	ctx context.Context, reception staff.Reception, view CaseView, action, detail string,
) error {
	body, err := json.Marshal(view.caseBody)
	if err != nil {
		return fmt.Errorf("writing case %s: %w", view.ID, err)
	}
	stored := Case{
		Facility: reception.Facility,
		ID:       view.ID,
		At:       view.At,
		Outcome:  view.Outcome,
		Body:     body,
		Version:  view.version,
		Receipt:  view.receipt,
	}
	if view.Paper != nil {
		stored.Person = view.Paper.SamePerson()
	}
	entry := audit.Entry{At: c.Now(), Actor: reception.Actor(), Action: action, Detail: detail}
	return c.Store.PutCase(ctx, stored, entry)
}
