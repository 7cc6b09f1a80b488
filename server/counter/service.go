package counter

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/agents"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// Counter is the clinic's half: it checks what a patient shows, asks the card, and records how the case ended. Its
// records are its own; no insurer can read them.
type Service struct {
	Store       Store
	Trust       func() (*credential.TrustList, error)
	Status      func(iss string) *credential.StatusList    // the newest list of revoked copies that is at hand; may be nil
	RefreshKeys func(ctx context.Context, iss string) bool // asks an issuer of the list for keys that are not known; may be nil
	ClockSkew   func() credential.ClockSkew                // how far this clock is ahead; may be nil
	AskTime     func(ctx context.Context, iss string) bool // measures that at an issuer; may be nil
	Readers     CardReaders
	Insurers    InsurerCalls
	Facility    Facility
	Signer      hostapi.ReceiptSigner // whose word receipts are
	Now         func() time.Time
}

// Facility is where this counter stands.
type Facility struct {
	Code string // 医療機関コード, 10 digits
	Name string // as patients see it in their receipt
}

// CardReaders asks the facility's reader for one operation
// (docs/facts/my-number-card.md#the-counters-checks): the birth-date check, whose evidence it verifies
// itself; what only the agent verifies; and the comparison that happens on the agent's PC.
type CardReaders interface {
	CheckBirthDate(ctx context.Context, r agents.Request) (card.Result, error)
	CheckText(ctx context.Context, r agents.TextRequest) (agents.TextResult, error)
	CheckDates(ctx context.Context, r agents.Request, day eligibility.Date) (agents.DatesResult, error)
	CompareOQS(ctx context.Context, r agents.Request, items wire.Items) (agents.OQSResult, error)
	Status(facility string) []agents.Status
}

// InsurerCalls are the calls that a counter server makes to an insurer's server.
type InsurerCalls interface {
	ReceiptKeys(ctx context.Context, iss, jws string) (map[string][]byte, error)
	LeaveReceipt(ctx context.Context, iss, jws string, sealed map[string][]byte) error
	// Redeem asks for the screen that an online code stands for: ErrOnlineCode when this issuer has none, ErrCodeWaiting while
	// the patient is asked. What it returns is not verified.
	Redeem(ctx context.Context, iss string, code credential.Code) (jws string, err error)
}

var (
	errUnreadable = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.unreadable", Field: "text",
		Ja: "資格情報のコードとして読めませんでした。もう一度かざすか、患者さんに画面を「大きく見せる」にしてもらってください。",
		En: "This is not an eligibility code. Scan again, or ask the patient to show the code larger."}
	errIncomplete = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.incomplete", Field: "text",
		Ja: "コードの一部が欠けて届きました。もう一度読み取ってください。くり返すときは、カメラで読み取ってください。",
		En: "A part of the code did not arrive. Scan again; if it stays so, use the camera."}
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

var errNoFacility = &eligibility.Error{Code: eligibility.NotFound, Key: "counter.facility",
	Ja: "この施設の受付は、このサーバーにはありません。施設の設定を確かめてください。",
	En: "This server has no counter of this facility. Check the facility's settings."}

// ours refuses staff of another facility: what they would record here were nobody's.
func (c *Service) ours(reception staff.Reception) error {
	if reception.Facility == "" || reception.Facility != c.Facility.Code {
		return errNoFacility
	}
	return nil
}

// Visual records what staff compared by eye: photo, name, birthDate, each once.
func (c *Service) Visual(
	ctx context.Context, reception staff.Reception, id string, checks []string,
) (CaseView, error) {
	if err := readVisual(checks); err != nil {
		return CaseView{}, err
	}
	return c.change(ctx, reception, caseChange{id, "case.visual", func(view *CaseView) (string, error) {
		view.Visual = checks
		return fmt.Sprint(len(checks)), nil
	}})
}

// CaseEnd is how staff end a case.
type CaseEnd struct {
	Outcome hostapi.Outcome
	Reason  string
}

// Record ends a case. Accepting needs a genuine screen, no refused card, and a Ground; refusing and parking need a reason. The
// patient's phone gets its receipt; when the insurer cannot be reached the record stands all the same.
func (c *Service) Record(
	ctx context.Context, reception staff.Reception, id string, end CaseEnd,
) (CaseView, error) {
	outcome := end.Outcome
	reason, err := readReason(end.Reason)
	if err != nil {
		return CaseView{}, err
	}
	var jws string
	view, err := c.change(ctx, reception, caseChange{id, "case.record", func(view *CaseView) (string, error) {
		switch {
		case outcome == hostapi.Accepted && !view.Verdict.Valid:
			return "", errNotValid
		case outcome == hostapi.Accepted && view.CardRefused():
			return "", errCardRefused
		case outcome != hostapi.Accepted && reason == "":
			return "", errReason
		}
		detail := string(outcome)
		if outcome == hostapi.Accepted {
			ground, err := view.ground(reason)
			if err != nil {
				return "", err
			}
			view.Ground = ground
			detail += " by " + string(ground)
		}
		jws = view.JWS
		view.Outcome, view.Reason, view.RecordedAt, view.JWS = outcome, reason, c.Now(), ""
		return detail, nil
	}})
	if err != nil {
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
func (c *Service) tellPatient(ctx context.Context, view CaseView, jws string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	phones, err := c.Insurers.ReceiptKeys(ctx, view.Verdict.Issuer, jws)
	if err != nil || len(phones) == 0 {
		return err
	}
	if len(phones) > hostapi.MaxReceiptPhones {
		return fmt.Errorf("the insurer names %d phones", len(phones))
	}
	sealed := map[string][]byte{}
	for id, key := range phones {
		sealed[id], err = c.Signer.Seal(hostapi.Receipt{At: view.RecordedAt, Outcome: view.Outcome, Ground: view.Ground, Method: "N1e"}, key)
		if err != nil {
			return err
		}
	}
	return c.Insurers.LeaveReceipt(ctx, view.Verdict.Issuer, jws, sealed)
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
