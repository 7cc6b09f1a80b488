package agent

import (
	"context"
	"errors"
	"time"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// Deadlines of the operations, each shorter than the server's for the same one.
const (
	checkTime = 15 * time.Second
	textTime  = 20 * time.Second
	oqsTime   = 5 * time.Second
)

// operate answers one operation. A second one meanwhile is refused, not queued: staff have abandoned the
// first.
func (c *connection) operate(ctx context.Context, m wire.Message) {
	reply := &wire.Reply{Fault: wire.ErrBusy.Key}
	if c.busy.TryLock() {
		reply = c.perform(ctx, m)
		c.busy.Unlock()
	}
	switch m.Type {
	case "check":
		reply.ID = m.Check.ID
	case "text":
		reply.ID = m.Text.ID
	case "dates":
		reply.ID = m.Dates.ID
	case "oqs":
		reply.ID = m.OQS.ID
	case "faceTries":
		reply.ID = m.FaceTries.ID
	case "face":
		reply.ID = m.Face.ID
	}
	if c.send(ctx, wire.Message{Type: "reply", Reply: reply}) != nil {
		c.cancel() // the reading side ends the connection
	}
}

func (c *connection) perform(ctx context.Context, m wire.Message) *wire.Reply {
	switch m.Type {
	case "check":
		return c.check(ctx, m.Check)
	case "text":
		return c.text(ctx, m.Text)
	case "dates":
		return c.dates(ctx, m.Dates)
	case "faceTries":
		return c.faceTries(ctx, m.FaceTries)
	case "face":
		return c.face(ctx, m.Face)
	}
	return c.compare(ctx, m.OQS)
}

// isForThisAgent reports whether an operation is for this agent's facility and has numbers of the right
// length.
func (c *connection) isForThisAgent(b wire.Binding) bool {
	return c.facility != "" && b.Facility == c.facility && len(b.Nonce) == 32 && len(b.JWS) == 32
}

func (c *connection) challenge(b wire.Binding) [32]byte {
	return card.Challenge([32]byte(b.Nonce), c.der, b.Facility, b.Case, [32]byte(b.JWS))
}

// check asks the card once and returns evidence or the fault's key.
func (c *connection) check(ctx context.Context, q *wire.Check) *wire.Reply {
	if !c.isForThisAgent(q.Binding) {
		return c.fail(BirthDateCheck, wire.ErrRequest)
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	c.tell(message.New("agent.said.checking", nil))
	var evidence card.Evidence
	err := c.withCard(ctx, func(s *card.Session) (err error) {
		evidence, err = card.CheckBirthDate(ctx, s, q.BirthDate, c.challenge(q.Binding))
		return err
	})
	if err != nil {
		return c.fail(BirthDateCheck, err)
	}
	c.recordOperation(BirthDateCheck, "answered")
	c.tell(message.New("agent.said.checked", nil))
	return &wire.Reply{Evidence: &evidence}
}

// text reads the card with 照合番号B, verifies here and returns what it says, to be shown at the counter.
func (c *connection) text(ctx context.Context, q *wire.Text) *wire.Reply {
	if !c.isForThisAgent(q.Binding) {
		return c.fail(TextCheck, wire.ErrRequest)
	}
	number, err := card.NewNumberB(q.BirthDate, q.ExpiryYear, q.Code)
	if err != nil {
		return c.fail(TextCheck, err)
	}
	ctx, cancel := context.WithTimeout(ctx, textTime)
	defer cancel()
	c.tell(message.New("agent.said.checking_text", nil))
	var out wire.TextReply
	var counter *triesCounter
	err = c.withTransmitter(ctx, func(t card.Transmitter) error {
		counter = &triesCounter{card: t}
		reading, result := card.CheckText(
			ctx,
			card.Open(counter),
			number,
			c.challenge(q.Binding),
			c.IssuerKeys,
		)
		if result.Outcome == card.Failed && mostSpecificError(counter.err) != nil {
			return counter.err
		}
		out.Verdict = wire.Verdict{Outcome: result.Outcome, Key: result.Key}
		if result.Outcome.Passed() {
			out.Reading = &reading
		}
		return nil
	})
	if err != nil {
		return c.fail(TextCheck, err)
	}
	out.TriesLeft = counter.left
	return c.finish(TextCheck, out.Verdict, &wire.Reply{Text: &out})
}

// dates reads the dates of the card's certificate.
func (c *connection) dates(ctx context.Context, q *wire.Dates) *wire.Reply {
	if c.facility == "" || q.Facility != c.facility {
		return c.fail(DatesCheck, wire.ErrRequest)
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	c.tell(message.New("agent.said.checking_dates", nil))
	var out wire.DatesReply
	err := c.withTransmitter(ctx, func(t card.Transmitter) error {
		counter := &triesCounter{card: t}
		dates, result := card.CheckCertificate(ctx, card.Open(counter), q.Day, c.UserRoots)
		if result.Outcome == card.Failed && mostSpecificError(counter.err) != nil {
			return counter.err
		}
		out = wire.DatesReply{Verdict: wire.Verdict{Outcome: result.Outcome, Key: result.Key},
			From: dates.From, Until: dates.Until}
		return nil
	})
	if err != nil {
		return c.fail(DatesCheck, err)
	}
	return c.finish(DatesCheck, out.Verdict, &wire.Reply{Dates: &out})
}

func (c *connection) withCard(ctx context.Context, work func(*card.Session) error) error {
	return c.withTransmitter(ctx, func(t card.Transmitter) error { return work(card.Open(t)) })
}

// withTransmitter connects for one operation and always ends with a reset, which closes what a key opened.
func (c *connection) withTransmitter(ctx context.Context, work func(card.Transmitter) error) error {
	t, disconnect, err := c.Reader.Connect(ctx)
	if err != nil {
		return err
	}
	defer disconnect()
	return work(t)
}

// finish ends an operation with the verdict that the agent reached itself.
func (c *connection) finish(kind Kind, v wire.Verdict, reply *wire.Reply) *wire.Reply {
	c.recordOperation(kind, string(v.Outcome))
	if v.Outcome.Passed() {
		c.tell(message.New("agent.said.checked", nil))
	} else {
		c.sayFault(wire.FaultError(v.Key))
	}
	return reply
}

// fail ends an operation with a fault.
func (c *connection) fail(kind Kind, err error) *wire.Reply {
	e := mostSpecificError(err)
	if e == nil {
		e = mostSpecificError(card.KnownFault(""))
	}
	c.recordOperation(kind, e.Key)
	c.sayFault(e)
	return &wire.Reply{Fault: e.Key}
}

func (c *connection) sayFault(err error) {
	var e *eligibility.Error
	if errors.As(err, &e) {
		c.Notify(e.Ja())
	}
}

// mostSpecificError returns the *eligibility.Error closest to the cause: a reader that was unplugged says
// more than "the card was removed", which is how it looks from above. It is nil when there is none.
func mostSpecificError(err error) *eligibility.Error {
	var found *eligibility.Error
	for {
		var e *eligibility.Error
		if !errors.As(err, &e) || e.Ja() == "" {
			return found
		}
		found, err = e, e.Cause
	}
}
