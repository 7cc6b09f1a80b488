package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"madoguchi/card"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/readers"
)

// Counter is the clinic's half: it checks what a patient shows, asks the card, and records how the case ended. Its
// records are its own; no insurer can read them.
type Counter struct {
	Store    CounterStore
	Trust    func() (*credential.TrustList, error)
	Status   func(iss string) *credential.StatusList    // the newest list of revoked copies that is at hand; may be nil
	Learn    func(ctx context.Context, iss string) bool // asks an issuer of the list for keys that are not known; may be nil
	Offset   func() time.Duration                       // how far this clock is ahead, as measured at insurers; may be nil
	Readers  CardReaders
	Insurers InsurerCalls
	Facility Facility
	Now      func() time.Time
}

// Facility is where this counter stands.
type Facility struct {
	Code string // 医療機関コード, 10 digits
	Name string // as patients see it in their receipt
}

// CardReaders asks the facility's reader for one birth-date check and verifies the evidence (card.md 2, step 1).
type CardReaders interface {
	CheckBirthDate(ctx context.Context, r readers.Request) (card.Result, error)
	Status(facility string) []readers.Status
}

// InsurerCalls are the calls that a counter server makes to an insurer's server.
type InsurerCalls interface {
	ReceiptKeys(ctx context.Context, iss, jws string) (map[string][]byte, error)
	LeaveReceipt(ctx context.Context, iss, jws string, sealed map[string][]byte) error
	// Redeem asks for the screen that an online code stands for: ErrOnlineCode when this insurer's server has none,
	// ErrCodeWaiting while the patient is asked.
	Redeem(ctx context.Context, iss, code string, spoken bool) (jws string, err error)
}

// CaseView is a case as the console shows it.
type CaseView struct {
	ID      string
	At      time.Time
	Outcome Outcome
	caseBody
}

// caseBody is what a case's record holds. The credential itself is kept only while the case is open.
type caseBody struct {
	JWS        string             `json:"jws,omitempty"`
	Nonce      string             `json:"nonce,omitempty"` // the number that the patient's phone must answer, while one is out
	Verdict    credential.Verdict `json:"verdict"`
	Card       *card.Result       `json:"card,omitempty"`
	Visual     []string           `json:"visual,omitempty"` // photo, name, birthDate: compared by eye
	Staff      string             `json:"staff"`
	Reason     string             `json:"reason,omitempty"`
	RecordedAt time.Time          `json:"recordedAt,omitzero"`
}

var (
	errUnreadable = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.unreadable", Field: "text",
		Ja: "資格情報のコードとして読めませんでした。もう一度かざすか、患者さんに画面を「大きく見せる」にしてもらってください。",
		En: "This is not an eligibility code. Scan again, or ask the patient to show the code larger."}
	errProofFirst = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.proof_first", Field: "text",
		Ja: "これは2つ目のコードです。先に、大きいほうのコードを読み取ってください。",
		En: "This is the second code. Scan the larger one first."}
	errNoProofNeeded = &eligibility.Error{Code: eligibility.Conflict, Key: "case.no_proof_needed",
		Ja: "この画面に2つ目のコードは要りません。次の手順へ進んでください。",
		En: "This screen needs no second code. Go on."}
	errInsurersAway = &eligibility.Error{Code: eligibility.Unavailable, Key: "code.insurers_away",
		Ja: "保険者のサーバーにつながらないため、番号では調べられません。患者さんの画面のコードを読み取るか、ほかの方法で確認してください。",
		En: "The insurers' servers do not answer, so the number cannot be looked up. Scan the screen's code or use another method."}
	errCaseClosed = &eligibility.Error{Code: eligibility.Conflict, Key: "case.closed",
		Ja: "この件はもう記録済みです。続けるときは、患者さんの画面をもう一度読み取ってください。",
		En: "This case is already recorded. To go on, scan the patient's screen again."}
	errReason = &eligibility.Error{Code: eligibility.Invalid, Key: "case.reason", Field: "reason",
		Ja: "受け付けなかった理由、または保留の理由を入れてください。",
		En: "Enter the reason for refusing or parking."}
	errNotValid = &eligibility.Error{Code: eligibility.Conflict, Key: "case.not_valid", Field: "outcome",
		Ja: "この画面は確かめられていないため、「受け付けた」では記録できません。保留にするか、ほかの方法で確認してください。",
		En: "This screen was not verified, so the case cannot be recorded as accepted. Park it or use another method."}
	errCardRefused = &eligibility.Error{Code: eligibility.Conflict, Key: "case.card_refused", Field: "outcome",
		Ja: "カードの確認が通っていません。カードの持ち主を確かめるか、保留にしてください。",
		En: "The card check was refused. Find out whose card it is, or park the case."}
	errNothingToCheck = &eligibility.Error{Code: eligibility.Conflict, Key: "case.no_birth_date",
		Ja: "画面から生年月日を読めないため、カードの確認はできません。画面をもう一度読み取ってください。",
		En: "The screen gave no birth date to check the card with. Scan it again."}
)

// CheckCard asks the reader for one attempt at the card, with the birth date of the verified screen. Staff have compared
// it with the card's face before.
func (c *Counter) CheckCard(ctx context.Context, staff, id string) (CaseView, error) {
	view, err := c.open(ctx, id)
	if err != nil {
		return CaseView{}, err
	}
	if !view.Verdict.Valid || view.Verdict.Eligibility == nil || view.Verdict.Eligibility.BirthDate.IsZero() {
		return CaseView{}, errNothingToCheck
	}
	birth := view.Verdict.Eligibility.BirthDate
	result, err := c.Readers.CheckBirthDate(ctx, readers.Request{Facility: c.Facility.Code, CaseID: id, JWS: view.JWS, BirthDate: birth})
	if err != nil {
		return CaseView{}, err
	}
	view.Card, view.Staff = &result, staff
	return view, c.put(ctx, view, "case.card", string(result.Outcome))
}

// Visual records what staff compared by eye.
func (c *Counter) Visual(ctx context.Context, staff, id string, checks []string) (CaseView, error) {
	view, err := c.open(ctx, id)
	if err != nil {
		return CaseView{}, err
	}
	view.Visual, view.Staff = checks, staff
	return view, c.put(ctx, view, "case.visual", fmt.Sprint(len(checks)))
}

// Record ends a case. Accepting needs a genuine screen and no refused card; refusing and parking need a reason. The
// patient's phone gets its receipt; when the insurer cannot be reached the record stands all the same.
func (c *Counter) Record(ctx context.Context, staff, id string, outcome Outcome, reason string) (CaseView, error) {
	view, err := c.open(ctx, id)
	if err != nil {
		return CaseView{}, err
	}
	switch {
	case outcome == Accepted && !view.Verdict.Valid:
		return CaseView{}, errNotValid
	case outcome == Accepted && view.Card != nil && view.Card.Outcome == card.Refused:
		return CaseView{}, errCardRefused
	case outcome != Accepted && reason == "":
		return CaseView{}, errReason
	}
	jws := view.JWS
	view.Outcome, view.Reason, view.Staff, view.RecordedAt = outcome, reason, staff, c.Now()
	view.JWS = ""
	if err := c.put(ctx, view, "case.record", string(outcome)); err != nil {
		return CaseView{}, err
	}
	if view.Verdict.Valid {
		if err := c.tellPatient(ctx, view, jws); err != nil {
			slog.Warn("the patient's receipt was not left", "case", id, "error", err)
		}
	}
	return view, nil
}

// tellPatient leaves a sealed receipt for each phone that shows this person.
func (c *Counter) tellPatient(ctx context.Context, view CaseView, jws string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	phones, err := c.Insurers.ReceiptKeys(ctx, view.Verdict.Issuer, jws)
	if err != nil || len(phones) == 0 {
		return err
	}
	sealed := map[string][]byte{}
	for id, key := range phones {
		sealed[id], err = SealReceipt(Receipt{Facility: c.Facility.Name, At: view.RecordedAt, Outcome: view.Outcome, Method: "N1e"}, key)
		if err != nil {
			return err
		}
	}
	return c.Insurers.LeaveReceipt(ctx, view.Verdict.Issuer, jws, sealed)
}

// Today returns today's cases, newest first.
func (c *Counter) Today(ctx context.Context) ([]CaseView, error) {
	cases, err := c.Store.Cases(ctx, c.Facility.Code, eligibility.DateOf(c.Now()))
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

// open returns a case that is not yet recorded, or parked and taken up again.
func (c *Counter) open(ctx context.Context, id string) (CaseView, error) {
	stored, err := c.Store.Case(ctx, c.Facility.Code, id)
	if err != nil {
		return CaseView{}, err
	}
	view, err := readCase(stored)
	if err == nil && view.Outcome != Open {
		return CaseView{}, errCaseClosed
	}
	return view, err
}

func readCase(stored Case) (CaseView, error) {
	view := CaseView{ID: stored.ID, At: stored.At, Outcome: stored.Outcome}
	if err := json.Unmarshal(stored.Body, &view.caseBody); err != nil {
		return CaseView{}, fmt.Errorf("reading case %s: %w", stored.ID, err)
	}
	return view, nil
}

func (c *Counter) put(ctx context.Context, view CaseView, action, detail string) error {
	body, err := json.Marshal(view.caseBody)
	if err != nil {
		return fmt.Errorf("writing case %s: %w", view.ID, err)
	}
	return c.Store.PutCase(ctx, Case{Facility: c.Facility.Code, ID: view.ID, At: view.At, Outcome: view.Outcome, Body: body},
		Entry{At: c.Now(), Actor: "staff:" + view.Staff, Action: action, Detail: detail})
}
