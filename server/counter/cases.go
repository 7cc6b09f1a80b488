package counter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
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
	if err == nil {
		err = view.goOn(reception.Staff)
	}
	return view, err
}

// goOn makes an open case this member's of staff; any other is errCaseClosed.
func (v *CaseView) goOn(staff string) error {
	if !v.isOpen() {
		return errCaseClosed
	}
	v.Staff = staff
	return nil
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
	apply := what.apply
	what.apply = func(view *CaseView) (string, error) {
		if err := view.goOn(reception.Staff); err != nil {
			return "", err
		}
		return apply(view)
	}
	return c.revise(ctx, reception, what)
}

// revise is edit for any case: apply looks at its state itself.
func (c Cases) revise(ctx context.Context, reception staff.Reception, what caseChange) (CaseView, error) {
	for range maxCaseTries {
		view, err := c.find(ctx, reception, what.id)
		if err != nil {
			return CaseView{}, err
		}
		detail, err := what.apply(&view)
		if err != nil {
			return CaseView{}, err
		}
		if err = c.put(ctx, reception, view, what.action, detail); err == nil {
			view.version++
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
	stored, err := view.stored(reception.Facility)
	if err != nil {
		return err
	}
	entry := audit.Entry{At: c.Now(), Actor: reception.Actor(), Action: action, Detail: detail}
	return c.Store.PutCase(ctx, stored, entry)
}

// stored is a facility's case as the store takes it.
func (v CaseView) stored(facility string) (Case, error) {
	before := v.Counted
	v.Counted = v.tally()
	body, err := json.Marshal(v.caseBody)
	if err != nil {
		return Case{}, fmt.Errorf("writing case %s: %w", v.ID, err)
	}
	stored := Case{
		Facility: facility,
		ID:       v.ID,
		At:       v.At,
		Outcome:  v.Outcome,
		Body:     body,
		Version:  v.version,
		Receipt:  v.receipt,
		Before:   before,
		Counted:  v.Counted,
	}
	if v.Paper != nil {
		stored.Person = v.Paper.SamePerson()
	}
	v.index(&stored)
	return stored, nil
}
