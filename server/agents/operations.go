package agents

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"slices"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/eligibility/oqs"
	"madoguchi/server/counter"
)

// Cards has facilities' readers ask the cards that lie in them (counter.CardReaders).
type Cards struct {
	readers    connectedReaders
	issuerKeys card.IssuerKeys
	times      Times
}

// connectedReaders knows which readers are connected.
type connectedReaders interface {
	reader(ctx context.Context, facility, chosen string) (reader, error)
	Status(facility string) []counter.ReaderStatus
}

// Status returns the readers that a facility has or had since the server started, by name.
func (s *Cards) Status(facility string) []counter.ReaderStatus { return s.readers.Status(facility) }

// newBinding makes the new numbers of an operation.
func newBinding(r counter.CardRequest) wire.Binding {
	nonce := make([]byte, 32)
	rand.Read(nonce)
	jws := sha256.Sum256([]byte(r.Shown))
	return wire.Binding{ID: rand.Text(), Nonce: nonce, Facility: r.Facility, Case: r.CaseID, JWS: jws[:]}
}

// CheckBirthDate asks the facility's reader once and verifies the evidence itself. Errors are faults of the
// connection; everything that the card says, refusals included, is a Result.
func (s *Cards) CheckBirthDate(ctx context.Context, r counter.CardRequest) (card.Result, error) {
	l, err := s.readers.reader(ctx, r.Facility, r.Reader)
	if err != nil {
		return card.Result{}, err
	}
	b := newBinding(r)
	reply, err := l.ask(
		ctx,
		b.ID,
		s.times.Check,
		wire.Message{Type: "check", Check: &wire.Check{Binding: b, BirthDate: r.BirthDate}},
	)
	if err != nil {
		return timeoutResult(card.FaultResult, err)
	}
	switch {
	case reply.Evidence != nil:
	case reply.Fault == ErrBusy.Key: // with a check that was given up: it says nothing of this card
		return card.Result{}, ErrBusy
	default:
		return card.FaultResult(wire.FaultError(reply.Fault)), nil
	}
	challenge := card.Challenge([32]byte(b.Nonce), l.key(), r.Facility, r.CaseID, [32]byte(b.JWS))
	return card.VerifyBirthDate(*reply.Evidence, r.BirthDate, challenge, s.issuerKeys), nil
}

// timeoutResult turns an operation that ran out of time into its result; other errors stay.
func timeoutResult[T any](fault func(error) T, err error) (T, error) {
	if errors.Is(err, context.DeadlineExceeded) {
		return fault(card.ErrTimeout), nil
	}
	var none T
	return none, err
}

// CheckText asks the facility's reader for one reading with 照合番号B. The verdict is the agent's own; the server
// only sees to it that it does not contradict itself. What was typed is looked at before any card is touched:
// card.ErrExpiryYear, card.ErrSecurityCode, card.ErrKeyForm.
func (s *Cards) CheckText(ctx context.Context, r counter.TextRequest) (counter.TextResult, error) {
	if _, err := card.NewNumberB(r.BirthDate, r.ExpiryYear, r.SecurityCode); err != nil {
		return counter.TextResult{}, err
	}
	l, err := s.readers.reader(ctx, r.Facility, r.Reader)
	if err != nil {
		return counter.TextResult{}, err
	}
	b := newBinding(r.CardRequest)
	reply, err := l.ask(
		ctx,
		b.ID,
		s.times.Text,
		wire.Message{Type: "text", Text: &wire.Text{Binding: b, BirthDate: r.BirthDate,
			ExpiryYear: r.ExpiryYear, Code: r.SecurityCode}},
	)
	if err != nil {
		return timeoutResult(textFault, err)
	}
	if reply.Text == nil {
		return textFault(wire.FaultError(reply.Fault)), nil
	}
	return readText(*reply.Text, r.BirthDate), nil
}

// textFault is the result of a reading that did not come about.
func textFault(err error) counter.TextResult {
	return counter.TextResult{AgentVerdict: faultVerdict(err)}
}

// readText accepts a reading that fits its own verdict and the question.
func readText(t wire.TextReply, birth eligibility.Date) counter.TextResult {
	said, ok := readingVerdict(t.Verdict)
	good := said.Outcome.Passed()
	if !ok || good != (t.Reading != nil) || t.TriesLeft != nil && !card.PossibleTries(*t.TriesLeft) {
		return counter.TextResult{AgentVerdict: contradictoryVerdict}
	}
	if !good {
		return counter.TextResult{AgentVerdict: said, TriesLeft: t.TriesLeft}
	}
	r := *t.Reading
	if r.BirthDate != birth || r.Name == "" || len(r.Name) > 600 || len(r.Address) > 1200 ||
		eligibility.HoldsMyNumber(r.Name) ||
		eligibility.HoldsMyNumber(r.Address) ||
		r.Sex != eligibility.SexUnknown && r.Sex != eligibility.Male && r.Sex != eligibility.Female {
		return counter.TextResult{AgentVerdict: contradictoryVerdict}
	}
	return counter.TextResult{AgentVerdict: said, Reading: &r}
}

// CheckDates asks the facility's reader for the dates of the card's certificate. They are the agent's word;
// what they mean on the day, the server works out itself.
func (s *Cards) CheckDates(
	ctx context.Context,
	r counter.CardRequest,
	day eligibility.Date,
) (counter.DatesResult, error) {
	l, err := s.readers.reader(ctx, r.Facility, r.Reader)
	if err != nil {
		return counter.DatesResult{}, err
	}
	id := rand.Text()
	reply, err := l.ask(
		ctx,
		id,
		s.times.Check,
		wire.Message{Type: "dates", Dates: &wire.Dates{ID: id, Facility: r.Facility, Day: day}},
	)
	if err != nil {
		return timeoutResult(datesFault, err)
	}
	if reply.Dates == nil {
		return datesFault(wire.FaultError(reply.Fault)), nil
	}
	return readDates(*reply.Dates, day), nil
}

// datesFault is the result when no dates could be read.
func datesFault(err error) counter.DatesResult {
	return counter.DatesResult{AgentVerdict: faultVerdict(err)}
}

func readDates(d wire.DatesReply, day eligibility.Date) counter.DatesResult {
	said, state, ok := datesVerdict(d.Verdict)
	good := said.Outcome.Passed()
	if !ok || !good {
		if !ok {
			said = contradictoryVerdict
		}
		return counter.DatesResult{AgentVerdict: said}
	}
	if !d.From.Exact() || !d.Until.Exact() || d.Until.Before(d.From) || day.Before(d.From) ||
		eligibility.GraceOf(d.Until).On(day) != state {
		return counter.DatesResult{AgentVerdict: contradictoryVerdict}
	}
	return counter.DatesResult{AgentVerdict: said, State: state, Until: d.Until}
}

// itemNames are the items that an agent compares with OQS.
var itemNames = []string{"insurer", "symbol", "number", "branchNumber", "name", "birthDate", "sex", "share"}

// CompareOQS has the facility's reader compare the screen's items with the newest OQS answer file on its PC.
// Keys of statements and equal, different or missing come back. Errors are the faults of package wire,
// ErrNoReader and so on.
func (s *Cards) CompareOQS(
	ctx context.Context,
	r counter.CardRequest,
	items wire.Items,
) (counter.OQSResult, error) {
	l, err := s.readers.reader(ctx, r.Facility, r.Reader)
	if err != nil {
		return counter.OQSResult{}, err
	}
	if !l.compares() {
		return counter.OQSResult{}, wire.ErrNoOQS
	}
	id := rand.Text()
	reply, err := l.ask(
		ctx,
		id,
		s.times.OQS,
		wire.Message{Type: "oqs", OQS: &wire.OQS{ID: id, Facility: r.Facility, Items: items}},
	)
	if errors.Is(err, context.DeadlineExceeded) {
		return counter.OQSResult{}, wire.ErrOQSFolder.Because(err)
	}
	if err != nil {
		return counter.OQSResult{}, err
	}
	if reply.Compared == nil && reply.Statements == nil {
		return counter.OQSResult{}, wire.FaultError(reply.Fault)
	}
	return readOQS(*reply)
}

// readOQS accepts an answer that holds nothing but keys and the three words, and does not contradict itself.
func readOQS(reply wire.Reply) (counter.OQSResult, error) {
	refused := wire.ErrOQSFile.Because(wire.ErrMessage)
	seen := map[string]bool{}
	for _, f := range reply.Compared {
		if !slices.Contains(itemNames, f.Name) || seen[f.Name] ||
			f.Result != wire.Equal && f.Result != wire.Different && f.Result != wire.Missing {
			return counter.OQSResult{}, refused
		}
		seen[f.Name] = true
	}
	for _, key := range reply.Statements {
		if _, known := oqs.StatementOf(key); !known || seen[key] {
			return counter.OQSResult{}, refused
		}
		seen[key] = true
	}
	if seen[oqs.Valid] && (len(reply.Statements) > 1 || len(reply.Compared) == 0) {
		return counter.OQSResult{}, refused
	}
	result := counter.OQSResult{Statements: reply.Statements, Fields: reply.Compared}
	if len(result.Statements) == 0 {
		result.Statements = []string{oqs.NotSaid}
	}
	return result, nil
}
