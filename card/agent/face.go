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

// face reads the photo with 照合番号B, returns evidence that the server verifies, and seals the pictures to the
// page that asked. A key that is none is refused before the card is touched. Nothing is stored or logged. The
// pictures are overwritten here as soon as they are sealed, which shortens their stay but is no promise: what
// the reader, the decoding and the sealing copied on the way lies in this program's memory until that is used
// again.
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
		evidence, pictures, err := card.CheckFace(ctx, card.Open(counter), card.FaceQuestion{
			Number:    number,
			Tries:     q.Tries,
			Challenge: c.challenge(q.Binding),
		})
		if err != nil {
			return err
		}
		defer clear(pictures.Photo)
		defer clear(pictures.Texts)
		out.Evidence = &evidence
		out.Sealed, err = wire.SealFace(q, pictures)
		return err
	})
	if err != nil {
		reply := c.fail(FaceCheck, err)
		if counter != nil && counter.left != nil {
			reply.Face = &wire.FaceReply{TriesLeft: counter.left}
		}
		return reply
	}
	c.recordOperation(FaceCheck, "answered")
	c.tell(message.New("agent.said.checked", nil))
	return &wire.Reply{Face: &out}
}
