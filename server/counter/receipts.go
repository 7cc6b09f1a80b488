package counter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/hostapi"
)

// WaitingReceipt is a receipt that could not be left with the insurer when the case was recorded. It goes
// when it was left, or when it ends.
type WaitingReceipt struct {
	Facility string
	CaseID   string
	Ends     time.Time
	Body     []byte // JSON, this package's own: what the patient showed, and the receipt
}

// ReceiptStore keeps the receipts that wait.
type ReceiptStore interface {
	// PutReceipt stores a receipt; one of the same case is replaced.
	PutReceipt(ctx context.Context, r WaitingReceipt) error
	// WaitingReceipts returns them all, the oldest first.
	WaitingReceipts(ctx context.Context) ([]WaitingReceipt, error)
	DropReceipt(ctx context.Context, facility, caseID string) error
}

// How long lies between two tries: after a failure twice as long as before, so that an insurer that comes
// back is not run over.
const (
	soonest = 5 * time.Second
	latest  = 5 * time.Minute
)

// owedReceipt is what a patient's phone is owed.
type owedReceipt struct {
	ISS     string          `json:"iss"`
	JWS     string          `json:"jws"` // what was shown
	At      time.Time       `json:"at"`
	Outcome hostapi.Outcome `json:"outcome"`
	Ground  hostapi.Ground  `json:"ground,omitempty"`
}

// Receipts leaves what patients' phones are owed. It acts for a server's facilities themselves, for nobody of
// their staff.
type Receipts struct{ of *Service }

// NewReceipts returns the receipts of a service's cases.
func NewReceipts(of *Service) Receipts { return Receipts{of} }

// owe is what the phones that show this person are owed for a case's record.
func owe(view CaseView, jws string) owedReceipt {
	return owedReceipt{view.Verdict.Issuer, jws, view.RecordedAt, view.Outcome, view.Ground}
}

// keep keeps a receipt for later.
func (r Receipts) keep(ctx context.Context, facility, caseID string, owed owedReceipt) error {
	body, err := json.Marshal(owed)
	if err != nil {
		return err
	}
	return r.of.Store.PutReceipt(ctx, WaitingReceipt{
		Facility: facility,
		CaseID:   caseID,
		Ends:     r.of.Now().Add(hostapi.ReceiptWindow),
		Body:     body,
	})
}

// tell leaves a sealed receipt for each phone that shows this person, or keeps it for when the insurer can be
// reached. One that was kept is dropped when it needs no other try.
func (r Receipts) tell(ctx context.Context, facility Facility, caseID string, owed owedReceipt) error {
	err := r.leave(ctx, facility.URL, owed)
	ctx = context.WithoutCancel(ctx)
	if err == nil || isFinal(err) {
		return errors.Join(err, r.of.Store.DropReceipt(ctx, facility.Code, caseID))
	}
	return errors.Join(err, r.keep(ctx, facility.Code, caseID, owed))
}

// leave leaves a receipt for each phone that shows the person whom jws names.
func (r Receipts) leave(ctx context.Context, facilityURL string, owed owedReceipt) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	insurers := r.of.Insurers(facilityURL)
	phones, err := insurers.ReceiptKeys(ctx, owed.ISS, owed.JWS)
	if err != nil || len(phones) == 0 {
		return err
	}
	if len(phones) > hostapi.MaxReceiptDevices {
		return fmt.Errorf("the insurer names %d phones", len(phones))
	}
	sealed := map[string][]byte{}
	for id, key := range phones {
		sealed[id], err = hostapi.ReceiptSigner{URL: facilityURL, Key: r.of.Key}.Seal(
			hostapi.Receipt{
				At:      owed.At,
				Outcome: owed.Outcome,
				Ground:  owed.Ground,
				Method:  string(eligibility.ElectronicNotice),
			},
			key,
		)
		if err != nil {
			return err
		}
	}
	return insurers.LeaveReceipt(ctx, owed.ISS, owed.JWS, sealed)
}

// isFinal reports whether the insurer has said no, so that asking again is of no use: it knows nothing of the
// screen, or not of this counter.
func isFinal(err error) bool {
	var refused *hostapi.RefusedCall
	return errors.As(err, &refused) && refused.Status >= 400 && refused.Status < 500 &&
		refused.Status != http.StatusRequestTimeout && refused.Status != http.StatusTooManyRequests
}

// KeepLeaving leaves the receipts that wait, until ctx ends.
func (r Receipts) KeepLeaving(ctx context.Context) {
	pause := time.NewTimer(soonest)
	defer pause.Stop()
	for next, before := soonest, 0; ; pause.Reset(next) {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		left, err := r.LeaveWaiting(ctx)
		if err != nil && ctx.Err() == nil {
			slog.Warn("the receipts that wait were not read", "error", err)
		}
		if err == nil && (left == 0 || left < before) {
			next = soonest
		} else {
			next = min(2*next, latest)
		}
		before = left
	}
}

// LeaveWaiting tries once to leave the receipts that wait, and returns how many still do. An insurer that
// does not answer is asked for no other.
func (r Receipts) LeaveWaiting(ctx context.Context) (left int, err error) {
	waiting, err := r.of.Store.WaitingReceipts(ctx)
	if err != nil {
		return 0, err
	}
	away := map[string]bool{}
	for _, w := range waiting {
		if r.of.Now().Before(w.Ends) && r.stillWaits(ctx, w, away) {
			left++
			continue
		}
		if err := r.of.Store.DropReceipt(ctx, w.Facility, w.CaseID); err != nil {
			return left, err
		}
	}
	return left, nil
}

// stillWaits tries to leave a receipt, unless its insurer is away, and reports whether it must be tried
// again.
func (r Receipts) stillWaits(ctx context.Context, w WaitingReceipt, away map[string]bool) bool {
	var owed owedReceipt
	err := json.Unmarshal(w.Body, &owed)
	if away[owed.ISS] || r.of.isHeld(w.CaseID, owed.At) {
		return true
	}
	var facility Facility
	if err == nil {
		facility, err = r.of.Facilities.Facility(ctx, w.Facility)
	}
	if err == nil {
		err = r.leave(ctx, facility.URL, owed)
		away[owed.ISS] = err != nil && !isFinal(err)
	}
	if err != nil {
		slog.Warn("the patient's receipt was not left", "case", w.CaseID, "error", err)
	}
	return err != nil && !isFinal(err)
}
