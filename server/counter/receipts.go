package counter

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
)

// WaitingReceipt is a receipt that is still to be left with the insurer. It is stored with the record that it
// is of, and goes when it was left, when the insurer refuses it, when the record is taken back, or when it
// ends.
type WaitingReceipt struct {
	Facility string
	CaseID   string
	Ends     time.Time
	Body     []byte // JSON, this package's own: what the patient showed, and the receipt
}

// ReceiptChange is what a change of a case makes of the receipt that waits.
type ReceiptChange struct {
	Waits *WaitingReceipt // in the place of one that waited; nil: none waits any more
}

// ReceiptStore keeps the receipts that wait; CaseStore puts them there.
type ReceiptStore interface {
	// WaitingReceipt returns the one of a case, or NotFound.
	WaitingReceipt(ctx context.Context, facility, caseID string) (WaitingReceipt, error)
	// WaitingReceipts returns them all, the oldest first, but for those that cannot be opened: why stands in
	// closed, one each.
	WaitingReceipts(ctx context.Context) (all []WaitingReceipt, closed []error, err error)
	// DropReceipt removes exactly this one, not what came in its place.
	DropReceipt(ctx context.Context, r WaitingReceipt) error
	// GiveUpReceipt is DropReceipt of one that was not left, and says so in the audit.
	GiveUpReceipt(ctx context.Context, r WaitingReceipt, e audit.Entry) error
	// GiveUpEnded removes those that ended by e.At, opened or not, and says in the audit how many.
	GiveUpEnded(ctx context.Context, e audit.Entry) (n int, err error)
}

// ReceiptCalls are the calls to an insurer's server by which a receipt is left.
type ReceiptCalls interface {
	ReceiptKeys(ctx context.Context, iss, jws string) (map[string][]byte, error)
	LeaveReceipt(ctx context.Context, iss string, d hostapi.Delivery) error
}

// owedReceipt is what a patient's phone is owed.
type owedReceipt struct {
	ID      string          `json:"id,omitempty"` // hostapi.Delivery's; none from a program of before
	ISS     string          `json:"iss"`
	JWS     string          `json:"jws"` // what was shown
	At      time.Time       `json:"at"`
	Outcome hostapi.Outcome `json:"outcome"`
	Ground  hostapi.Ground  `json:"ground,omitempty"`
}

// owe is what the phones that show this person are owed for a case's record: nothing when the screen was not
// genuine.
func owe(facility string, view CaseView, jws string) (*ReceiptChange, error) {
	if !view.Verdict.Valid {
		return &ReceiptChange{}, nil
	}
	body, err := json.Marshal(owedReceipt{
		ID:      rand.Text(),
		ISS:     view.Verdict.Issuer,
		JWS:     jws,
		At:      view.RecordedAt,
		Outcome: view.Outcome,
		Ground:  view.Ground,
	})
	return &ReceiptChange{&WaitingReceipt{
		Facility: facility,
		CaseID:   view.ID,
		Ends:     view.RecordedAt.Add(hostapi.ReceiptWindow),
		Body:     body,
	}}, err
}

// readOwed reads what is owed; where it cannot be read it has no insurer.
func readOwed(w WaitingReceipt) (owed owedReceipt) {
	if json.Unmarshal(w.Body, &owed) != nil {
		return owedReceipt{}
	}
	return owed
}

// Receipts leaves what patients' phones are owed. It acts for a server's facilities themselves, for nobody of
// their staff.
type Receipts struct {
	Store      ReceiptStore
	Facilities Facilities
	Insurers   func(url string) ReceiptCalls // for the facility of a URL
	Key        credential.Key                // signs receipts
	Held       *Held                         // records that may be taken back
	Now        func() time.Time
	// Alone does something unless another instance does it at the moment; nil where there is one.
	Alone func(ctx context.Context, do func())

	mu     sync.Mutex
	failed map[receiptKey]failure // of those that wait, since the start
	closed int                    // how many did not open the last time
}

// receiptKey is the case of a receipt that waits.
type receiptKey struct{ facility, caseID string }

// failure is how often a receipt could not be left, and until when it rests.
type failure struct {
	times int
	rests time.Time
}

// hold keeps a record that was just stored for as long as it may be taken back, and then leaves its receipt.
func (r *Receipts) hold(facility string, view CaseView, jws string) {
	r.Held.hold(view.ID, &heldRecord{jws: jws, tell: func() {
		ctx, cancel := context.WithTimeout(context.Background(), leavingTakes)
		defer cancel()
		w, err := r.Store.WaitingReceipt(ctx, facility, view.ID)
		var e *eligibility.Error
		if errors.As(err, &e) && e.Code == eligibility.NotFound {
			return // nothing is owed
		}
		if err == nil {
			_, err = r.try(ctx, w, readOwed(w))
		}
		if err != nil {
			slog.Warn("the patient's receipt waits on", "case", view.ID, "error", err)
		}
	}})
}

// isHeld reports whether a receipt that waits is of a record that may still be taken back, or is being left
// just now.
func (r *Receipts) isHeld(id string, recorded time.Time) bool {
	return r.Held.find(id) != nil || r.Now().Before(recorded.Add(backWithin+backSlack+leavingTakes))
}

// LeaveWaiting tries once to leave the receipts that wait, and returns how many still do. Those that failed
// least often come first, so that a bad one keeps no other waiting. An insurer's server that is away, or that
// wants a pause for two of them, is asked for no other this time.
func (r *Receipts) LeaveWaiting(ctx context.Context) (left int, err error) {
	ended, err := r.Store.GiveUpEnded(ctx, r.entry("receipt.ended", ""))
	if err != nil {
		return 0, err
	}
	if ended > 0 {
		slog.Warn("receipts were not left in time", "receipts", ended)
	}
	waiting, closed, err := r.Store.WaitingReceipts(ctx)
	if err != nil {
		return 0, err
	}
	r.sayClosed(closed)
	passed := map[string]int{} // insurers of which one more that must rest is enough, or that are away
	for _, w := range r.inTurn(waiting) {
		owed := readOwed(w)
		if passed[owed.ISS] > 1 || r.isHeld(w.CaseID, owed.At) || r.isResting(w) {
			left++
			continue
		}
		how, err := r.try(ctx, w, owed)
		if err != nil {
			return left, err
		}
		switch how {
		case insurerAway:
			passed[owed.ISS] = 2
		case mustRest:
			passed[owed.ISS]++
		case isDone:
			continue
		}
		left++
	}
	return left, nil
}

// sayClosed says, when their number changes, that some do not open: they stay as they are until they end.
func (r *Receipts) sayClosed(closed []error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(closed); n > 0 && n != r.closed {
		slog.Error("receipts that wait cannot be opened", "receipts", n, "first", closed[0])
	}
	r.closed = len(closed)
}

// inTurn sorts receipts by how often they failed, and forgets the failures of any other.
func (r *Receipts) inTurn(waiting []WaitingReceipt) []WaitingReceipt {
	r.mu.Lock()
	defer r.mu.Unlock()
	still := map[receiptKey]failure{}
	for _, w := range waiting {
		if f, ok := r.failed[receiptKey{w.Facility, w.CaseID}]; ok {
			still[receiptKey{w.Facility, w.CaseID}] = f
		}
	}
	r.failed = still
	return slices.SortedStableFunc(slices.Values(waiting), func(a, b WaitingReceipt) int {
		return still[receiptKey{a.Facility, a.CaseID}].times - still[receiptKey{b.Facility, b.CaseID}].times
	})
}

// isResting reports whether it is too early for another try.
func (r *Receipts) isResting(w WaitingReceipt) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.Now().Before(r.failed[receiptKey{w.Facility, w.CaseID}].rests)
}

// fails counts a failure.
func (r *Receipts) fails(w WaitingReceipt, rests time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = map[receiptKey]failure{}
	}
	f := r.failed[receiptKey{w.Facility, w.CaseID}]
	r.failed[receiptKey{w.Facility, w.CaseID}] = failure{f.times + 1, r.Now().Add(rests)}
}

// try tries to leave a receipt, and drops it when it needs no other try. Its errors are the store's.
func (r *Receipts) try(ctx context.Context, w WaitingReceipt, owed owedReceipt) (trial, error) {
	facility, err := r.Facilities.Facility(ctx, w.Facility)
	var gone *eligibility.Error
	switch {
	case errors.As(err, &gone) && gone.Code == eligibility.NotFound:
		err = ownFault("its facility is not here any more")
	case err != nil:
		return insurerAway, err
	default:
		err = r.leave(ctx, facility.URL, owed)
	}
	how := trialOf(err)
	if err != nil {
		slog.Warn("the patient's receipt was not left", "case", w.CaseID, "because", reasonOf(err))
	}
	ctx = context.WithoutCancel(ctx) // what is done is done, also when the server stops
	switch {
	case err == nil:
		return how, r.Store.DropReceipt(ctx, w)
	case how == isDone:
		return how, r.Store.GiveUpReceipt(ctx, w, r.entry("receipt.refused", reasonOf(err)))
	}
	r.fails(w, restOf(how, err))
	return how, nil
}

// entry is what the program does by itself.
func (r *Receipts) entry(action, detail string) audit.Entry {
	return audit.Entry{At: r.Now(), Actor: audit.ActorSystem, Action: action, Detail: detail}
}

// leave leaves a receipt for each phone that shows the person of the screen.
func (r *Receipts) leave(ctx context.Context, facilityURL string, owed owedReceipt) error {
	if owed.ISS == "" {
		return ownFault("what is kept of it is not understood")
	}
	ctx, cancel := context.WithTimeout(ctx, askingTakes)
	defer cancel()
	insurers := r.Insurers(facilityURL)
	phones, err := insurers.ReceiptKeys(ctx, owed.ISS, owed.JWS)
	if err != nil || len(phones) == 0 {
		return err
	}
	if len(phones) > hostapi.MaxReceiptDevices {
		return errTooManyPhones
	}
	receipt := hostapi.Receipt{
		At:      owed.At,
		Outcome: owed.Outcome,
		Ground:  owed.Ground,
		Method:  string(eligibility.ElectronicNotice),
	}
	sealed := map[string][]byte{}
	for id, key := range phones { // one that has no good key keeps the others from nothing
		one, err := hostapi.ReceiptSigner{URL: facilityURL, Key: r.Key}.Seal(receipt, key)
		if err != nil {
			slog.Warn("a phone gets no receipt", "error", err)
			continue
		}
		sealed[id] = one
	}
	if len(sealed) == 0 {
		return ownFault("it could be sealed to no phone")
	}
	delivery := hostapi.Delivery{ID: owed.ID, Credential: owed.JWS, Sealed: sealed}
	return insurers.LeaveReceipt(ctx, owed.ISS, delivery)
}

func (r *Receipts) alone(ctx context.Context, do func()) {
	if r.Alone == nil {
		do()
		return
	}
	r.Alone(ctx, do)
}

// KeepLeaving leaves the receipts that wait, until ctx ends.
func (r *Receipts) KeepLeaving(ctx context.Context) {
	pause := time.NewTimer(soonest)
	defer pause.Stop()
	for next, before := soonest, 0; ; pause.Reset(next) {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		left, err := before, error(nil)
		r.alone(ctx, func() { left, err = r.LeaveWaiting(ctx) })
		if err != nil && ctx.Err() == nil {
			slog.Warn("the receipts that wait were not left", "error", err)
		}
		if err == nil && (left == 0 || left < before) {
			next = soonest
		} else {
			next = min(2*next, latest)
		}
		before = left
	}
}
