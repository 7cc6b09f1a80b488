// Package counter is the clinic's half: cases, what a patient shows, card checks, records. It declares what
// it asks of card readers (CardReaders), of insurers' servers (InsurerCalls) and of its store (Store).
package counter

import (
	"context"
	"fmt"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	"madoguchi/server/trust"
)

// Service is the clinic's half: it checks what a patient shows, asks the card, and records how the case
// ended. Its records are its own; no insurer can read them.
type Service struct {
	Store Store
	// Believed returns what is believed now: an operation takes one and passes it down.
	Believed    func() (trust.Beliefs, error)
	RefreshKeys func(ctx context.Context, iss string) bool // asks an issuer for keys not known; may be nil
	AskTime     func(ctx context.Context, iss string) bool // measures the clock at an issuer; may be nil
	Readers     CardReaders
	Judged      func(outcome string) // Config.Judged
	Facilities  Facilities
	Insurers    func(url string) InsurerCalls // for the facility of a URL
	Receipts    *Receipts
	Outages     Outages     // people to look up after an outage
	Disasters   Disasters   // notices that facilities have switched on
	Offline     *OfflineDay // what consoles record without this server
	Now         func() time.Time
}

func (c *Service) cases() Cases { return Cases{c.Store, c.Now} }

// InsurerCalls are the calls that a facility's counter makes to an insurer's server.
type InsurerCalls interface {
	ReceiptCalls
	// Redeem asks for the screen that an online code stands for: ErrOnlineCode when this issuer has none,
	// ErrCodeWaiting while the patient is asked. What it returns is not verified.
	Redeem(ctx context.Context, iss string, code credential.OnlineCode) (jws string, err error)
}

var (
	errUnreadable    = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.unreadable", Field: "text"}
	errNotice        = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.notice", Field: "text"}
	errKana          = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.kana", Field: "text"}
	errIncomplete    = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.incomplete", Field: "text"}
	errProofFirst    = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.proof_first", Field: "text"}
	errNoProofNeeded = &eligibility.Error{Code: eligibility.Conflict, Key: "case.no_proof_needed"}
	errInsurersAway  = &eligibility.Error{Code: eligibility.Unavailable, Key: "code.insurers_away"}
	errCaseClosed    = &eligibility.Error{Code: eligibility.Conflict, Key: "case.closed"}
	errReason        = &eligibility.Error{Code: eligibility.Invalid, Key: "case.reason", Field: "reason"}
	errNotValid      = &eligibility.Error{
		Code:  eligibility.Conflict,
		Key:   "case.not_valid",
		Field: "outcome",
	}
	errCardRefused = &eligibility.Error{
		Code:  eligibility.Conflict,
		Key:   "case.card_refused",
		Field: "outcome",
	}
	errNothingToCheck = &eligibility.Error{Code: eligibility.Conflict, Key: "case.no_birth_date"}
)

// Visual records what staff compared by eye: of the case's Comparisons, each once.
func (c *Service) Visual(
	ctx context.Context, reception staff.Reception, id string, checks []string,
) (CaseView, error) {
	return c.cases().edit(ctx, reception, caseChange{id, "case.visual", func(view *CaseView) (string, error) {
		if err := view.readVisual(checks); err != nil {
			return "", err
		}
		view.Visual = checks
		return fmt.Sprint(len(checks)), nil
	}})
}

// CaseEnd is how staff end a case.
type CaseEnd struct {
	Outcome       hostapi.Outcome
	Reason        string
	PatientNumber *string // 診察券番号; nil: as it is
}

// Record ends a case. Accepting needs a genuine screen or a paper that the rules accept, no refused card, a
// way of the rules and a Ground; refusing and parking need a reason. What the patient's phones are owed is
// stored with the record, and left when it can no more be taken back (Receipts).
func (c *Service) Record(
	ctx context.Context, reception staff.Reception, id string, end CaseEnd,
) (CaseView, error) {
	outcome := end.Outcome
	reason, err := readReason(end.Reason)
	if err != nil {
		return CaseView{}, err
	}
	number, err := readGiven(end.PatientNumber)
	if err != nil {
		return CaseView{}, err
	}
	var jws string
	view, err := c.cases().edit(ctx, reception,
		caseChange{id, "case.record", func(view *CaseView) (string, error) {
			switch {
			case outcome == hostapi.Accepted && !view.Acceptable():
				return "", view.notAcceptable()
			case outcome == hostapi.Accepted && view.CardRefused():
				return "", errCardRefused
			case outcome != hostapi.Accepted && reason == "":
				return "", errReason
			}
			detail := string(outcome)
			if outcome == hostapi.Accepted {
				if err := view.accept(reason, eligibility.DateOf(c.Now())); err != nil {
					return "", err
				}
				detail += " by " + string(view.Ground) + ", " + string(view.Method)
			}
			jws = view.JWS
			view.Outcome, view.Reason, view.RecordedAt, view.JWS = outcome, reason, c.Now(), ""
			view.Correction, view.TakenUp = false, nil
			if number != nil {
				view.PatientNumber = *number
			}
			view.receipt, err = owe(reception.Facility, *view, jws)
			return detail, err
		}})
	if err != nil {
		return CaseView{}, err
	}
	c.Receipts.hold(reception.Facility, view, jws) // what must not be lost is stored
	return view, nil
}

// Today returns today's cases of the reception's facility, newest first.
func (c *Service) Today(ctx context.Context, reception staff.Reception) ([]CaseView, error) {
	cases, err := c.Store.Cases(ctx, reception.Facility, eligibility.DateOf(c.Now()))
	if err != nil {
		return nil, err
	}
	views := make([]CaseView, 0, len(cases))
	for _, stored := range cases {
		view, err := readCase(stored)
		if err != nil {
			return nil, err
		}
		views = append(views, view)
	}
	return views, nil
}
