package counter

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// A record can be taken back for ten seconds. It is written at once all the same, so that nothing is lost
// when the power goes; the audit chain only grows, so taking it back is a second entry, and the former
// record stays in the case. What cannot be taken back is the receipt on the patient's phone: it is left when
// the ten seconds are over.

// backWithin is how long the page offers to take a record back; backSlack is for the request's way, and
// leavingTakes for that of the receipt that is left then.
const (
	backWithin   = 10 * time.Second
	backSlack    = 2 * time.Second
	leavingTakes = 10 * time.Second
)

// BackFor is for how long the page offers to take a case's record back; 0 when it has none, or no longer.
func (v *CaseView) BackFor(now time.Time) time.Duration {
	if v.Outcome == "" {
		return 0
	}
	return max(0, v.RecordedAt.Add(backWithin).Sub(now))
}

var errTooLate = &eligibility.Error{Code: eligibility.Conflict, Key: "case.too_late"}

// Withdrawn is a record that staff took back. It stays beside the one that follows.
type Withdrawn struct {
	Entry
	BackBy string    `json:"backBy"`
	BackAt time.Time `json:"backAt"`
}

// Held keeps, in memory alone, what a record needs to be taken back: its case's credential. Its receipt waits
// in the store: a server that stops in these seconds leaves it when it is started anew (Receipts), and takes
// nothing back any more. Another instance asks for what is kept here (heldelsewhere.go).
type Held struct {
	after func(time.Duration, func()) (stop func() bool)
	mu    sync.Mutex
	cases map[string]*heldRecord

	elsewhere *heldElsewhere // nil: there is one instance
}

type heldRecord struct {
	jws  string
	stop func() bool
	tell func() // leaves the receipt
}

// NewHeld keeps records until after, which is called as time.AfterFunc is, runs what it was given.
func NewHeld(after func(time.Duration, func()) (stop func() bool)) *Held {
	return &Held{after: after, cases: map[string]*heldRecord{}}
}

// HeldByTheClock keeps records for as long as the page offers to take them back.
func HeldByTheClock() *Held {
	return NewHeld(func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop })
}

// hold keeps a record that was just made.
func (h *Held) hold(id string, r *heldRecord) {
	h.mu.Lock()
	h.cases[id], r.stop = r, nil
	h.mu.Unlock()
	stop := h.after(backWithin+backSlack, func() {
		if h.take(id, r) {
			r.tell()
		}
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	r.stop = stop
}

// take ends the keeping of exactly this record, and reports whether it was still kept.
func (h *Held) take(id string, r *heldRecord) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r == nil || h.cases[id] != r {
		return false
	}
	delete(h.cases, id)
	if r.stop != nil {
		r.stop()
	}
	return true
}

// find returns the kept record of a case, nil when there is none any more.
func (h *Held) find(id string) *heldRecord {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cases[id]
}

// TakeBack takes the record of a case back, within ten seconds of it: the case is open again as it was, and
// the record stays in it as a Withdrawn. Later it is errTooLate. A case whose record was just taken back is
// returned as it is.
func (c *Service) TakeBack(ctx context.Context, reception staff.Reception, id string) (CaseView, error) {
	stored, err := c.Store.Case(ctx, reception.Facility, id)
	if err != nil {
		return CaseView{}, err
	}
	view, err := readCase(stored)
	if err != nil {
		return CaseView{}, err
	}
	if view.isOpen() && len(view.Withdrawn) > 0 {
		return view, nil // asked twice
	}
	kept := c.Receipts.Held
	if view.isOpen() || view.Correction || c.Now().After(view.RecordedAt.Add(backWithin+backSlack)) {
		return CaseView{}, errTooLate
	}
	held := kept.fetch(ctx, id)
	if held == nil || !kept.take(id, held) {
		return CaseView{}, errTooLate
	}
	view.Withdrawn = append(view.Withdrawn, Withdrawn{
		Entry:  view.entry(),
		BackBy: reception.Staff,
		BackAt: c.Now(),
	})
	detail := string(view.Outcome)
	view.setEntry(Entry{Outcome: hostapi.Open, Staff: reception.Staff})
	view.JWS = held.jws
	if n := len(view.Earlier); n > 0 { // it was parked before, and is again in somebody's hands
		view.setEntry(view.Earlier[n-1])
		view.TakenUp = &TakenUp{By: reception.Staff, At: c.Now()}
	}
	view.receipt = &ReceiptChange{} // none waits any more
	if err := c.cases().put(ctx, reception, view, "case.back", detail); err != nil {
		kept.hold(id, held) // the record stands: its receipt is still to be left
		return CaseView{}, err
	}
	if view.Way != nil && view.Way.Code == Outage {
		if err := c.Outages.drop(ctx, reception, id); err != nil {
			slog.Warn("the case that was taken back is still on the outage list", "case", id, "error", err)
		}
	}
	return view, nil
}
