package counter

import (
	"context"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/counter/paper"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// A parked case (会計まで保留) waits for whoever of the facility goes on with it. Until it is settled it stands in
// the list of those that wait, also on the days after, and while somebody has it on the screen: a browser
// that is closed then loses nothing. What stands in it is of the time when it was parked. The screen's
// credential is not kept, so its phone gets no other receipt and its second code cannot be read any more; the
// same person's screen may be scanned anew.

// TakenUp says who goes on with a parked case, since when.
type TakenUp struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Replaced is a screen, or a paper that staff typed, in whose place the same person's screen was scanned.
type Replaced struct {
	Verdict credential.Verdict `json:"verdict"`
	Paper   *paper.Paper       `json:"paper,omitempty"`
	At      time.Time          `json:"at"` // when it was replaced
}

var (
	errNotParked   = &eligibility.Error{Code: eligibility.Conflict, Key: "case.not_parked"}
	errOtherPerson = &eligibility.Error{Code: eligibility.Conflict, Key: "case.other_person", Field: "text"}
	errScanRefused = &eligibility.Error{Code: eligibility.Conflict, Key: "case.scan_refused", Field: "text"}
	errScanOwn     = &eligibility.Error{Code: eligibility.Conflict, Key: "case.scan_own", Field: "text"}
	errScanAgain   = &eligibility.Error{Code: eligibility.Conflict, Key: "case.scan_again", Field: "text"}
)

// mostParked bounds the list of parked cases: a clinic that has more of them looks in its records.
const mostParked = 300

// Parked returns the facility's cases that wait, also those of earlier days, the newest first.
func (r Records) Parked(ctx context.Context, reception staff.Reception) ([]CaseView, error) {
	return r.find(ctx, CaseQuery{
		Facility: reception.Facility,
		Outcomes: []hostapi.Outcome{hostapi.Parked},
		Limit:    mostParked,
	})
}

// CountParked returns how many cases of the facility wait.
func (r Records) CountParked(ctx context.Context, reception staff.Reception) (int, error) {
	counted, err := r.store.CountCases(ctx, CaseQuery{
		Facility: reception.Facility,
		Outcomes: []hostapi.Outcome{hostapi.Parked},
	})
	return counted[hostapi.Parked], err
}

// CountToday returns how many of today's cases of the facility are recorded or wait. It opens none of them:
// every page at a counter asks for this number every few seconds.
func (r Records) CountToday(ctx context.Context, reception staff.Reception) (n int, err error) {
	today := eligibility.DateOf(r.now())
	counted, err := r.store.CountCases(ctx, CaseQuery{
		Facility: reception.Facility,
		From:     today,
		To:       today,
		Outcomes: recorded,
	})
	for _, of := range counted {
		n += of
	}
	return n, err
}

// TakeUp lets a member of the facility go on with a parked case, also one that a colleague has on the screen.
// It is parked all the same until it is settled.
func (r Records) TakeUp(ctx context.Context, reception staff.Reception, id string) (CaseView, error) {
	return r.cases.revise(ctx, reception, caseChange{
		id:     id,
		action: "case.take_up",
		apply: func(view *CaseView) (string, error) {
			if view.Outcome != hostapi.Parked {
				return "", errNotParked
			}
			if view.TakenUp == nil {
				view.Earlier = append(view.Earlier, view.entry())
			}
			view.TakenUp = &TakenUp{By: reception.Staff, At: r.now()}
			return "", nil
		},
	})
}

// ScanAgain puts the same person's screen, scanned anew, in the place of what a parked case holds: a screen,
// or a paper that staff typed, which stays in the case as Replaced. What was compared by eye was compared
// with the former one; what the chip said of the birth date stays. Another person's is errOtherPerson and
// changes nothing: it is a case of its own, once this one is closed. So is every screen beside the case of a
// way (errScanOwn), which has its own form.
func (c *Service) ScanAgain(
	ctx context.Context, reception staff.Reception, id, text string,
) (CaseView, error) {
	facility, err := c.FacilityOf(ctx, reception)
	if err != nil {
		return CaseView{}, err
	}
	if _, err := c.cases().open(ctx, reception, id); err != nil {
		return CaseView{}, err
	}
	shown, err := c.readShown(ctx, facility, text)
	if err != nil {
		return CaseView{}, err
	}
	return c.cases().edit(ctx, reception, caseChange{
		id:     id,
		action: "case.scan_again",
		apply: func(view *CaseView) (string, error) {
			switch {
			case view.TakenUp == nil:
				return "", errNotParked
			case view.Way != nil:
				return "", errScanOwn
			}
			if !shown.verdict.Valid && !shown.verdict.AwaitsProof() {
				return "", errScanRefused
			}
			same := samePerson(view.Verdict.Eligibility, shown.verdict.Eligibility)
			if view.Paper != nil {
				same = mayBeOf(view.Paper.Shows, shown.verdict.Eligibility)
			}
			if !same {
				return "", errOtherPerson
			}
			was := Replaced{Verdict: view.Verdict, Paper: view.Paper, At: c.Now()}
			view.Replaced = append(view.Replaced, was)
			view.dropPaper()
			view.JWS, view.Verdict, view.Nonce, view.Visual = shown.jws, shown.verdict, "", nil
			return openingOutcome(shown.verdict), nil
		},
	})
}

// samePerson reports whether what is shown now is of the person of a case: born on the same day, of the same
// name, and the same number where the insurer is the same, so that twins are not taken for each other. A case
// of which nothing was verified takes anybody's: there is nobody to compare with.
func samePerson(before, now *credential.Eligibility) bool {
	switch {
	case now == nil:
		return false
	case before == nil:
		return true
	case before.Insurer == now.Insurer &&
		(before.Number != now.Number || before.BranchNumber != now.BranchNumber):
		return false
	}
	return before.BirthDate == now.BirthDate && eligibility.MatchNames(before.Name, now.Name).Match.Same()
}

// mayBeOf reports whether a screen is of the person of a paper: whatever staff typed of 保険者番号, 番号, 枝番, birth
// date and name agrees with it. A paper of which nothing could be typed takes anybody's.
func mayBeOf(typed credential.Eligibility, now *credential.Eligibility) bool {
	if now == nil {
		return false
	}
	other := func(typed, shown string) bool {
		return typed != "" && eligibility.NormaliseNumber(typed) != eligibility.NormaliseNumber(shown)
	}
	switch {
	case typed.Insurer != "" && typed.Insurer != now.Insurer,
		other(typed.Number, now.Number),
		other(typed.BranchNumber, now.BranchNumber),
		!typed.BirthDate.IsZero() && typed.BirthDate != now.BirthDate:
		return false
	}
	return typed.Name == "" || eligibility.MatchNames(typed.Name, now.Name).Match.Same()
}

// dropPaper makes a paper's case a screen's. What was compared with the paper item by item counts no more.
func (v *CaseView) dropPaper() {
	if v.Paper == nil {
		return
	}
	v.Paper, v.Judged = nil, paper.Judgement{}
	v.Text, v.OQS, v.PassedBy = nil, nil, without(v.PassedBy, "text")
}
