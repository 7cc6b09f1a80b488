package counter

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"madoguchi/card"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// Tally is what a facility's numbers know of a recorded case: nothing of the patient, nothing of the staff.
type Tally struct {
	Day     eligibility.Date       `json:"day"` // on which the case was opened
	Outcome hostapi.Outcome        `json:"outcome"`
	Method  eligibility.MethodCode `json:"method,omitempty"`  // of an accepted case
	Trouble string                 `json:"trouble,omitempty"` // caseBody.Trouble
	Within  int                    `json:"within"`            // seconds, one of the bounds
}

// bounds are the seconds within which a case can be counted: each to twenty, then in steps of about a tenth
// to a quarter, so that a facility's year is few rows and a median is as near as anybody reads it. What took
// longer than two hours has the last.
var bounds = func() (all []int) {
	next := 0
	for _, step := range []struct{ by, to int }{{1, 20}, {5, 60}, {15, 300}, {60, 1800}, {600, 7200}} {
		for next < step.to {
			next += step.by
			all = append(all, next)
		}
	}
	return append(all, LongerThanAllBounds)
}()

// LongerThanAllBounds is the Within of a case that took longer than two hours.
const LongerThanAllBounds = 24 * 60 * 60

// boundOf is the bound within which a case took as long as it did. A clock that was set back counts as none.
func boundOf(took time.Duration) int {
	at, _ := slices.BinarySearchFunc(bounds, took, func(bound int, took time.Duration) int {
		return int(time.Duration(bound)*time.Second - took)
	})
	return bounds[min(at, len(bounds)-1)]
}

// tally is what is counted of a case as it stands; nil while it is open.
func (v *CaseView) tally() *Tally {
	if v.Outcome == hostapi.Open {
		return nil
	}
	return &Tally{
		Day:     eligibility.DateOf(v.At),
		Outcome: v.Outcome,
		Method:  v.Method,
		Trouble: v.Trouble,
		Within:  boundOf(v.endedAt().Sub(v.At)),
	}
}

// endedAt is when a case was recorded: its correction says something else of it, and makes it no longer.
func (v *CaseView) endedAt() time.Time {
	all := v.Earlier
	if !v.Correction {
		return v.RecordedAt
	}
	for i := len(all) - 1; i >= 0; i-- {
		if !all[i].Correction {
			return all[i].RecordedAt
		}
	}
	return v.RecordedAt
}

// noteTrouble remembers why the reader did not answer for a case, the last time that it did not: what the
// card is or says is no trouble, unless it cannot be asked at all.
func (b *CaseView) noteTrouble() {
	note := func(outcome card.Outcome, said message.Stored) {
		if outcome == card.Failed {
			b.Trouble = said.Key
		}
	}
	if b.Card != nil {
		note(b.Card.Outcome, b.Card.Stored)
		if b.ForTheEye() {
			b.Trouble = b.Card.Key
		}
	}
	if b.Text != nil {
		note(b.Text.Outcome, b.Text.Stored)
	}
	if b.Face != nil {
		note(b.Face.Outcome, b.Face.Stored)
	}
	if b.Dates != nil {
		note(b.Dates.Outcome, b.Dates.Stored)
	}
}

// unanswered notes in a case why no reader answered for it, and returns that. Where the case cannot be
// changed any more, nothing is noted.
func (c Cases) unanswered(ctx context.Context, reception staff.Reception, id string, why error) error {
	key := troubleKey(why)
	if key == "" {
		return why
	}
	note := func(view *CaseView) (string, error) {
		view.Trouble = key
		return key, nil
	}
	if _, err := c.edit(ctx, reception, caseChange{id, "case.reader", note}); err != nil {
		slog.Warn("why no reader answered is not noted", "case", id, "error", err)
	}
	return why
}

// troubleKey is the key of why no reader answered at all, empty where the question was wrong, or nobody waits
// for the answer any more.
func troubleKey(err error) string {
	var e *eligibility.Error
	if !errors.As(err, &e) || e.Code != eligibility.Unavailable && e.Code != eligibility.Conflict {
		return ""
	}
	return e.Key
}
