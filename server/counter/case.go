package counter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"madoguchi/card"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// CaseView is a case as the console shows it.
type CaseView struct {
	ID      string
	At      time.Time
	Outcome hostapi.Outcome
	version int // as it was read
	caseBody
}

// caseBody is what a case's record holds. The credential itself is kept only while the case is open.
type caseBody struct {
	JWS string `json:"jws,omitempty"`
	// the number that the patient's phone must answer, while one is out
	Nonce   string             `json:"nonce,omitempty"`
	Verdict credential.Verdict `json:"verdict"`
	Card    *card.Result       `json:"card,omitempty"`
	Text    *TextCheck         `json:"text,omitempty"`
	Face    *FaceCheck         `json:"face,omitempty"`
	Dates   *DatesCheck        `json:"dates,omitempty"`
	OQS     *OQSCheck          `json:"oqs,omitempty"`
	// kinds of card checks that refused and have not passed since: card, text, face
	RefusedBy []string `json:"refusedBy,omitempty"`
	// kinds of card checks that passed and have not refused since
	PassedBy []string       `json:"passedBy,omitempty"`
	Visual   []string       `json:"visual,omitempty"` // photo, name, birthDate: compared by eye
	Staff    string         `json:"staff"`
	Ground   hostapi.Ground `json:"ground,omitempty"` // of an accepted case
	// of an accepted case: the code of the way (docs/rules.md), and what was checked: screen, card, text,
	// photo, name, birthDate
	Method     eligibility.MethodCode `json:"method,omitempty"`
	Checked    []string               `json:"checked,omitempty"`
	Reason     string                 `json:"reason,omitempty"`
	RecordedAt time.Time              `json:"recordedAt,omitzero"`
	Withdrawn  []Withdrawn            `json:"withdrawn,omitempty"` // records that were taken back
}

// openCase returns a case that is not yet recorded, or parked and taken up again.
func (c *Service) openCase(ctx context.Context, reception staff.Reception, id string) (CaseView, error) {
	stored, err := c.Store.Case(ctx, reception.Facility, id)
	if err != nil {
		return CaseView{}, err
	}
	view, err := readCase(stored)
	if err == nil && view.Outcome != hostapi.Open {
		return CaseView{}, errCaseClosed
	}
	return view, err
}

func readCase(stored Case) (CaseView, error) {
	view := CaseView{ID: stored.ID, At: stored.At, Outcome: stored.Outcome, version: stored.Version}
	if err := json.Unmarshal(stored.Body, &view.caseBody); err != nil {
		return CaseView{}, fmt.Errorf("reading case %s: %w", stored.ID, err)
	}
	return view, nil
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

// editCase reads an open case, lets apply change it and return what the audit says, and stores it. When
// somebody else was faster it starts again from what they stored, so that nothing recorded is lost; a case
// that they ended is errCaseClosed.
func (c *Service) editCase(
	ctx context.Context, reception staff.Reception, what caseChange,
) (CaseView, error) {
	for range maxCaseTries {
		view, err := c.openCase(ctx, reception, what.id)
		if err != nil {
			return CaseView{}, err
		}
		view.Staff = reception.Staff
		detail, err := what.apply(&view)
		if err != nil {
			return CaseView{}, err
		}
		if err = c.putCase(ctx, reception, view, what.action, detail); err == nil {
			return view, nil
		}
		if !errors.Is(err, ErrCaseChanged) {
			return CaseView{}, err
		}
	}
	return CaseView{}, ErrCaseChanged
}

func (c *Service) putCase(
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
	}
	entry := audit.Entry{At: c.Now(), Actor: reception.Actor(), Action: action, Detail: detail}
	return c.Store.PutCase(ctx, stored, entry)
}
