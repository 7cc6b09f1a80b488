package counter

import (
	"context"
	"fmt"
	"strings"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/eligibility/oqs"
	"madoguchi/server/counter/paper"
	"madoguchi/server/staff"
)

// TextCheck is what remains of a reading with 照合番号B: the method (which it is by its name), who verified, and
// how each item compares with the screen. The reading itself is shown once and dropped.
type TextCheck struct {
	AgentVerdict
	Fields    []FieldCheck `json:"fields"`
	TriesLeft *int         `json:"triesLeft,omitempty"` // after a wrong number or too few tries
}

// FieldCheck is the comparison of one item. Match says for names how alike they are.
type FieldCheck struct {
	wire.FieldResult
	Match eligibility.Match `json:"match,omitempty"`
}

// saysForeign reports whether the reading says that the card is not genuine or not this person's. A number
// typed wrongly says neither.
func (t *TextCheck) saysForeign() bool {
	return t != nil && t.Outcome == card.Refused &&
		(t.Key == "card.not_genuine" || t.Key == "card.copied" || t.Key == card.ErrBirthDate.Key)
}

// ForTheEye reports whether the chip could not be asked, which says nothing against its card.
func (b *caseBody) ForTheEye() bool {
	return b.Card != nil &&
		(b.Card.Key == card.ErrBlocked.Key || b.Card.Key == card.ErrFewTries.Key ||
			b.Card.Key == card.ErrKeyForm.Key)
}

// CardRefused reports whether a check says that the card is not genuine or not this person's. The case cannot
// be accepted then.
func (v *CaseView) CardRefused() bool { return len(v.RefusedBy) > 0 }

// judge notes what a kind of check says of the card: that it is foreign, that it passed, or neither. A
// refusal stands until the same check passes: a card that is pulled away at the next try, or a number typed
// wrongly, does not lift it. What was compared by eye was compared with a card that is refused now, so it
// counts no more; neither does what passed before.
func (b *caseBody) judge(kind string, outcome card.Outcome, foreign, passed bool) {
	switch {
	case foreign:
		b.RefusedBy = append(without(b.RefusedBy, kind), kind)
		b.PassedBy, b.Visual = nil, nil
	case outcome.Passed():
		b.RefusedBy = without(b.RefusedBy, kind)
	}
	if passed {
		b.PassedBy = append(without(b.PassedBy, kind), kind)
	}
}

// DatesCheck is what remains of a look at the certificate: the state on the day, not the dates.
type DatesCheck struct {
	AgentVerdict
	State eligibility.CertificateState `json:"state,omitempty"`
}

// OQSCheck is what the newest OQS answer on the agent's PC says of itself, by keys of package oqs, and how
// the screen compared with it. What was stored before there were statements has none: nobody looked whether
// that answer was valid.
type OQSCheck struct {
	Statements []string           `json:"statements,omitempty"`
	Fields     []wire.FieldResult `json:"fields"`
}

// SortedStatements returns the statements, the gravest first; there is always one.
func (o *OQSCheck) SortedStatements() []oqs.Statement {
	keys := o.Statements
	if len(keys) == 0 {
		keys = []string{oqs.NotSaid}
	}
	said := make([]oqs.Statement, 0, len(keys))
	for _, key := range keys {
		s, _ := oqs.StatementOf(key)
		said = append(said, s)
	}
	return said
}

// Warns reports whether the answer is not plainly valid.
func (o *OQSCheck) Warns() bool { return len(o.Statements) != 1 || o.Statements[0] != oqs.Valid }

// openForReader is a case that a reader may be asked about, with the request that says so.
func (c *Service) openForReader(
	ctx context.Context, reception staff.Reception, reader, id string,
) (CaseView, CardRequest, error) {
	view, err := c.cases().open(ctx, reception, id)
	if err != nil {
		return CaseView{}, CardRequest{}, err
	}
	shown := view.Shown()
	switch {
	case !view.Acceptable() || shown == nil || shown.BirthDate.IsZero():
		return CaseView{}, CardRequest{}, errNothingToCheck
	case view.Paper != nil && view.Paper.Kind == paper.PortalLogin:
		return CaseView{}, CardRequest{}, errPhoneOnly
	}
	return view, CardRequest{
		Facility:  reception.Facility,
		Reader:    reader,
		CaseID:    id,
		Shown:     view.shownText(),
		BirthDate: shown.BirthDate,
	}, nil
}

// addAnswer adds what a reader answered to its case as the case is now: somebody may have recorded it
// meanwhile, and then the answer is too late and dropped.
func (c *Service) addAnswer(
	ctx context.Context, reception staff.Reception, a readerAnswer,
) (CaseView, error) {
	return c.cases().edit(ctx, reception, caseChange{a.id, a.action, func(view *CaseView) (string, error) {
		a.add(&view.caseBody)
		view.noteTrouble()
		return a.detail, nil
	}})
}

// readerAnswer is what a reader answered about a case.
type readerAnswer struct {
	id, action, detail string
	add                func(*caseBody)
}

// CheckCard asks a reader (empty: the facility's only one) for one attempt at the card, with the birth date
// of the verified screen. Staff have compared it with the card's face before.
func (c *Service) CheckCard(
	ctx context.Context, reception staff.Reception, reader, id string,
) (CaseView, error) {
	_, request, err := c.openForReader(ctx, reception, reader, id)
	if err != nil {
		return CaseView{}, err
	}
	result, err := c.Readers.CheckBirthDate(ctx, request)
	if err != nil {
		return CaseView{}, c.cases().unanswered(ctx, reception, id, err)
	}
	return c.addAnswer(ctx, reception,
		readerAnswer{id, "case.card", string(result.Outcome), func(b *caseBody) {
			b.Card = &result
			b.judge(
				"card",
				result.Outcome,
				result.Outcome == card.Refused && !b.ForTheEye(),
				result.Outcome.Passed(),
			)
		}})
}

// TextQuestion is what staff typed off a card's face, for a case and a reader (empty: the facility's only
// one).
type TextQuestion struct {
	ID, Reader string
	ExpiryYear int
	Code       string // セキュリティコード
}

// CheckText asks a reader for one reading with 照合番号B, whose last six digits staff typed off the card's face.
// The reading is returned beside the case to be shown once; it is nil unless the agent's verdict is good.
// Neither it nor what was typed is stored.
func (c *Service) CheckText(
	ctx context.Context, reception staff.Reception, ask TextQuestion,
) (CaseView, *card.TextReading, error) {
	view, request, err := c.openForReader(ctx, reception, ask.Reader, ask.ID)
	if err != nil {
		return CaseView{}, nil, err
	}
	result, err := c.Readers.CheckText(ctx, TextRequest{
		CardRequest:  request,
		ExpiryYear:   ask.ExpiryYear,
		SecurityCode: ask.Code,
	})
	if err != nil {
		return CaseView{}, nil, c.cases().unanswered(ctx, reception, ask.ID, err)
	}
	check := TextCheck{AgentVerdict: result.AgentVerdict, Fields: []FieldCheck{}, TriesLeft: result.TriesLeft}
	detail := string(result.Outcome) + " by " + string(result.By)
	if result.Reading != nil {
		check.Fields = compareReading(*view.Shown(), *result.Reading)
		for _, f := range check.Fields {
			detail += fmt.Sprintf(" %s:%s", f.Name, f.Result)
		}
	}
	view, err = c.addAnswer(ctx, reception, readerAnswer{ask.ID, "case.text", detail, func(b *caseBody) {
		b.Text = &check
		b.judge("text", check.Outcome, check.saysForeign(), check.passed())
	}})
	if err != nil {
		return CaseView{}, nil, err
	}
	return view, result.Reading, nil
}

// compareReading compares item by item. The screen has no address, and of a paper the name need not be typed:
// that is for the eye.
func compareReading(e credential.Eligibility, r card.TextReading) []FieldCheck {
	match := eligibility.MatchNames(e.Name, r.Name).Match
	name := wire.NameAgreement(match)
	if e.Name == "" {
		name, match = wire.Missing, ""
	}
	agree := func(there, same bool) wire.Agreement {
		switch {
		case !there:
			return wire.Missing
		case same:
			return wire.Equal
		}
		return wire.Different
	}
	return []FieldCheck{
		{wire.FieldResult{Name: "name", Result: name}, match},
		{
			wire.FieldResult{
				Name:   "birthDate",
				Result: agree(!e.BirthDate.IsZero(), e.BirthDate == r.BirthDate),
			},
			"",
		},
		{wire.FieldResult{Name: "sex", Result: agree(e.Sex != "" && r.Sex != "", e.Sex == r.Sex)}, ""},
		{wire.FieldResult{Name: "address", Result: wire.Missing}, ""},
	}
}

// CheckDates asks a reader for the dates of the card's certificate. The last day is returned to be shown
// once; the record keeps the state alone.
func (c *Service) CheckDates(
	ctx context.Context, reception staff.Reception, reader, id string,
) (CaseView, eligibility.Date, error) {
	_, request, err := c.openForReader(ctx, reception, reader, id)
	if err != nil {
		return CaseView{}, eligibility.Date{}, err
	}
	result, err := c.Readers.CheckDates(ctx, request, eligibility.DateOf(c.Now()))
	if err != nil {
		return CaseView{}, eligibility.Date{}, c.cases().unanswered(ctx, reception, id, err)
	}
	detail := string(result.Outcome) + " by " + string(result.By) + " " + string(result.State)
	add := func(b *caseBody) { b.Dates = &DatesCheck{result.AgentVerdict, result.State} }
	view, err := c.addAnswer(ctx, reception, readerAnswer{id, "case.dates", strings.TrimSpace(detail), add})
	return view, result.Until, err
}

// CompareOQS has the reader's PC compare the screen with its newest OQS answer.
func (c *Service) CompareOQS(
	ctx context.Context, reception staff.Reception, reader, id string,
) (CaseView, error) {
	view, request, err := c.openForReader(ctx, reception, reader, id)
	if err != nil {
		return CaseView{}, err
	}
	e := view.Shown()
	result, err := c.Readers.CompareOQS(
		ctx,
		request,
		wire.Items{Insurer: e.Insurer, Symbol: e.Symbol, Number: e.Number, BranchNumber: e.BranchNumber,
			Name: e.Name, BirthDate: e.BirthDate, Sex: e.Sex, Share: e.Share},
	)
	if err != nil {
		return CaseView{}, err
	}
	different := 0
	for _, f := range result.Fields {
		if f.Result == wire.Different {
			different++
		}
	}
	check := &OQSCheck{result.Statements, result.Fields}
	detail := fmt.Sprintf("%d of %d differ", different, len(check.Fields))
	// which warning it is can be as sensitive as a reason of loss: the record of the case holds it
	if check.Warns() {
		detail = "a warning comes first, " + detail
	}
	return c.addAnswer(ctx, reception,
		readerAnswer{id, "case.oqs", detail, func(b *caseBody) { b.OQS = check }})
}
