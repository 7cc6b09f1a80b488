package agent

import (
	"context"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/message"
)

// faceTries asks the card how many tries 照合番号B has left for the photo.
func (c *connection) faceTries(ctx context.Context, q *wire.FaceTries) *wire.Reply {
	if c.facility == "" || q.Facility != c.facility {
		return c.fail(FaceCheck, wire.ErrRequest)
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var left int
	err := c.withCard(ctx, func(s *card.Session) (err error) {
		left, err = card.FaceTries(ctx, s)
		return err
	})
	if err != nil {
		return c.fail(FaceCheck, err)
	}
	return &wire.Reply{FaceTries: &left}
}

// face reads the photo with 照合番号B, verifies here, and seals what the card shows to the page that asked. A
// key that is none is refused before the card is touched. It keeps nothing.
func (c *connection) face(ctx context.Context, q *wire.Face) *wire.Reply {
	if _, err := wire.FacePoint(q.Page); err != nil || !c.isForThisAgent(q.Binding) {
		return c.fail(FaceCheck, wire.ErrRequest)
	}
	number, err := card.NewNumberB(q.BirthDate, q.ExpiryYear, q.Code)
	if err != nil {
		return c.fail(FaceCheck, err)
	}
	ctx, cancel := context.WithTimeout(ctx, textTime)
	defer cancel()
	c.tell(message.New("agent.said.checking_face", nil))
	var out wire.FaceReply
	var counter *triesCounter
	err = c.withTransmitter(ctx, func(t card.Transmitter) error {
		counter = &triesCounter{card: t}
		reading, result := card.CheckFace(ctx, card.Open(counter), card.FaceQuestion{
			Number:    number,
			Tries:     q.Tries,
			Challenge: c.challenge(q.Binding),
			Keys:      c.IssuerKeys,
		})
		if result.Outcome == card.Failed && mostSpecificError(counter.err) != nil {
			return counter.err
		}
		out.Verdict = wire.Verdict{Outcome: result.Outcome, Key: result.Key}
		if !result.Outcome.Passed() {
			return nil
		}
		defer clear(reading.Photo)
		var err error
		out.Sealed, err = wire.SealFace(q, wire.FaceText{Outcome: result.Outcome, FaceReading: reading})
		return err
	})
	if err != nil {
		return c.fail(FaceCheck, err)
	}
	out.TriesLeft = counter.left
	return c.finish(FaceCheck, out.Verdict, &wire.Reply{Face: &out})
}
