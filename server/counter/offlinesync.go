package counter

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	"madoguchi/server/trust"
)

// How much one batch may hold: some two hours of a busy counter, well below what a request may be.
const (
	MaxOfflineBatch  = 50
	MaxOfflineRecord = 12 << 10 // bytes: a screen's code and its proof as base64url once more, and a reason
)

var errOfflineBatch = &eligibility.Error{
	Code:  eligibility.Invalid,
	Key:   "counter.offline_batch",
	Field: "records",
}

// OfflineReceived is what became of one record: the console may forget it.
type OfflineReceived struct {
	Hash  string // base64url, by which the console knows it
	Known bool   // it had come before
	Marks []OfflineMark
}

// Receive takes records of one console, oldest first, and returns an answer for each. A record that came
// before is answered and not stored again. When it fails in the middle, what it had stored stays, and the
// batch may be sent again.
func (o *OfflineDay) Receive(
	ctx context.Context, reception staff.Reception, key string, texts []string,
) ([]OfflineReceived, error) {
	facility, err := o.of.FacilityOf(ctx, reception)
	if err != nil {
		return nil, err
	}
	tooLong := func(text string) bool { return len(text) > MaxOfflineRecord }
	if len(texts) > MaxOfflineBatch || slices.ContainsFunc(texts, tooLong) {
		return nil, errOfflineBatch
	}
	console, err := o.keyOf(ctx, facility.Code, key)
	if err != nil {
		return nil, err
	}
	o.receives.Lock()
	defer o.receives.Unlock()
	stored, err := o.store.OfflineRecords(ctx, facility.Code, key)
	if err != nil {
		return nil, err
	}
	chain, err := chainOf(console, stored)
	if err != nil {
		return nil, fmt.Errorf("reading a console's records: %w", err)
	}
	believed, err := o.of.Believed()
	if err != nil {
		return nil, err
	}
	answers := []OfflineReceived{}
	for _, text := range texts {
		hash := nameOf(hashOf(text))
		if chain.known[hash] {
			answers = append(answers, OfflineReceived{Hash: hash, Known: true})
			continue
		}
		body, err := o.take(ctx, reception, offlineTurn{chain, believed, text})
		if err != nil {
			return answers, err
		}
		answers = append(answers, OfflineReceived{Hash: hash, Marks: body.Marks})
	}
	return answers, nil
}

// offlineTurn is one record's turn.
type offlineTurn struct {
	chain    offlineChain
	believed trust.Beliefs
	text     string
}

// take judges one record, and stores it with the case that it makes or ends.
func (o *OfflineDay) take(
	ctx context.Context, reception staff.Reception, turn offlineTurn,
) (offlineBody, error) {
	received := o.of.Now()
	arrival := OfflineArrival{Record: OfflineRecord{
		Facility:   reception.Facility,
		Key:        turn.chain.key.ID,
		Hash:       hashOf(turn.text),
		ReceivedAt: received,
	}}
	body := offlineBody{SentBy: reception.Staff}
	claims, err := readOffline(turn.text, turn.chain.key)
	if err != nil {
		body.Marks, body.Text = []OfflineMark{MarkForged}, turn.text
	} else {
		arrival.Record.Seq = claims.Seq
		body.Prev, body.At, body.Heard = claims.Prev, claims.at(), claims.heard()
		body.Outcome, body.Staff, body.Case = claims.Outcome, claims.Staff, claims.Case
		body.Marks = turn.chain.judge(claims, received)
		note := &OfflineNote{
			Key:        turn.chain.key.ID,
			Seq:        claims.Seq,
			At:         claims.at(),
			ReceivedAt: received,
			SentBy:     reception.Staff,
			Marks:      body.Marks,
		}
		view, err := o.caseOf(ctx, reception, offlineCase{claims, note, turn.believed})
		if err != nil {
			return body, err
		}
		body.Marks = note.Marks
		if view == nil {
			body.Text = turn.text
		} else if err := o.settle(&arrival, view, reception.Facility); err != nil {
			return body, err
		}
	}
	if arrival.Record.Body, err = json.Marshal(body); err != nil {
		return body, fmt.Errorf("writing a console's record: %w", err)
	}
	entry := audit.Entry{
		At:     received,
		Actor:  reception.Actor(),
		Action: "offline.record",
		Detail: saidOf(arrival.Record.Seq, body),
	}
	if err := o.store.PutOffline(ctx, arrival, entry); err != nil {
		return body, err
	}
	turn.chain.add(arrival.Record, body)
	return body, nil
}

// saidOf is what the audit says of a record: neither whom it concerns nor why.
func saidOf(seq int64, body offlineBody) string {
	said := fmt.Sprintf("%d %s", seq, body.Outcome)
	for _, m := range body.Marks {
		said += " " + string(m)
	}
	return strings.TrimSpace(said)
}

// settle puts a case, and what its patient's phone is owed for it, into what is stored.
func (o *OfflineDay) settle(arrival *OfflineArrival, view *CaseView, facility string) error {
	owed, err := owe(facility, *view, view.JWS)
	if err != nil {
		return fmt.Errorf("writing a receipt: %w", err)
	}
	if isUntimely(view.Offline.Marks) {
		owed = nil // this server cannot vouch for when it was
	}
	view.JWS, view.receipt = "", owed
	stored, err := view.stored(facility)
	arrival.Case = &stored
	return err
}

// offlineCase is a record on its way to a case.
type offlineCase struct {
	claims   offlineClaims
	note     *OfflineNote
	believed trust.Beliefs
}

func (c offlineCase) mark(m OfflineMark) {
	if !slices.Contains(c.note.Marks, m) {
		c.note.Marks = append(c.note.Marks, m)
	}
}

// caseOf returns the case that a record makes, or ends where this server had opened it; nil when it was
// recorded before. It adds to the note's marks.
func (o *OfflineDay) caseOf(
	ctx context.Context, reception staff.Reception, c offlineCase,
) (*CaseView, error) {
	text := c.claims.Text
	if jws, err := credential.Read(text); err == nil {
		text = jws
	}
	view, err := o.of.cases().find(ctx, reception, c.claims.Case)
	switch {
	case isNotFound(err):
		view = CaseView{ID: c.claims.Case, At: c.claims.at()}
		if isUntimely(c.note.Marks) {
			view.At = c.note.ReceivedAt // its day is not one that it may choose
		}
	case err != nil:
		return nil, err
	case view.Outcome != hostapi.Open, text != "" && text != view.JWS:
		c.mark(MarkDoubled)
		return nil, nil
	}
	view.JWS = cmp.Or(text, view.JWS)
	if view.Paper == nil && !view.Verdict.Valid {
		verifier := c.believed.Verifier(c.claims.verifiedAt())
		view.Verdict = verifier.Verify(view.JWS)
		if c.claims.Proof != "" {
			view.Verdict = view.Verdict.Prove(c.claims.Proof, view.JWS, verifier, c.claims.Nonce)
		}
	}
	reason, err := readReason(c.claims.Reason)
	if err != nil {
		c.mark(MarkReason)
	}
	view.Nonce, view.Visual, view.Reason, view.Staff = "", c.claims.Visual, reason, c.claims.Staff
	if view.readVisual(view.Visual) != nil {
		view.Visual = nil // nothing that can be ticked of such a case
		c.mark(MarkGround)
	}
	view.Outcome, view.RecordedAt, view.Offline = c.claims.Outcome, c.claims.at(), c.note
	if view.Outcome == hostapi.Accepted {
		c.accept(&view)
	} else if c.claims.Valid && !view.Acceptable() {
		c.mark(MarkScreen)
	}
	return &view, nil
}

// accept notes what an acceptance stood on. What this server would have refused is marked: it happened all
// the same.
func (c offlineCase) accept(view *CaseView) {
	reason := cmp.Or(view.Reason, c.claims.Reason) // one that may not be stored was a reason too
	if !view.Acceptable() {
		c.mark(MarkScreen)
	}
	if view.CardRefused() || !view.Acceptable() && (!view.Seen() || reason == "") {
		c.mark(MarkGround)
	}
	if err := view.accept(reason, eligibility.DateOf(c.claims.at())); err != nil {
		c.mark(MarkGround)
	}
	if !view.Acceptable() {
		view.Method, view.Checked = "", view.Visual // nothing signed was checked
	}
}
