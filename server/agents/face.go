package agents

import (
	"context"
	"crypto/rand"
	"errors"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/server/counter"
)

// faceReader is the reader, if its agent can show the chip's photo.
func (s *Cards) faceReader(ctx context.Context, r counter.CardRequest) (reader, error) {
	l, err := s.readers.reader(ctx, r.Facility, r.Reader)
	if err == nil && !l.showsFaces() {
		err = wire.ErrNoFace
	}
	return l, err
}

// FaceTries asks the facility's reader how many tries 照合番号B has left for the photo. None is used. Errors are
// wire.ErrNoFace, faults of the connection, and what package card says of the card.
func (s *Cards) FaceTries(ctx context.Context, r counter.CardRequest) (int, error) {
	l, err := s.faceReader(ctx, r)
	if err != nil {
		return 0, err
	}
	id := rand.Text()
	reply, err := l.ask(
		ctx,
		id,
		s.times.Check,
		wire.Message{Type: "faceTries", FaceTries: &wire.FaceTries{ID: id, Facility: r.Facility}},
	)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return 0, card.ErrTimeout.Because(err)
	case err != nil:
		return 0, err
	case reply.FaceTries == nil || !card.PossibleTries(*reply.FaceTries):
		return 0, wire.FaultError(reply.Fault)
	}
	return *reply.FaceTries, nil
}

// CheckFace asks the facility's reader for one reading of the photo with 照合番号B and verifies the evidence
// itself; the pictures come sealed to the page's key and are handed on unread. What was typed, and the key,
// are looked at before any card is touched.
func (s *Cards) CheckFace(ctx context.Context, r counter.FaceRequest) (counter.FaceResult, error) {
	if _, err := card.NewNumberB(r.BirthDate, r.ExpiryYear, r.SecurityCode); err != nil {
		return counter.FaceResult{}, err
	}
	if _, err := wire.FacePoint(r.Page); err != nil {
		return counter.FaceResult{}, wire.ErrRequest.Because(err)
	}
	l, err := s.faceReader(ctx, r.CardRequest)
	if err != nil {
		return counter.FaceResult{}, err
	}
	b := newBinding(r.CardRequest)
	reply, err := l.ask(ctx, b.ID, s.times.Text, wire.Message{Type: "face", Face: &wire.Face{
		Binding:    b,
		BirthDate:  r.BirthDate,
		ExpiryYear: r.ExpiryYear,
		Code:       r.SecurityCode,
		Tries:      r.Tries,
		Page:       r.Page,
	}})
	if err != nil {
		return timeoutResult(faceFault, err)
	}
	if reply.Fault == ErrBusy.Key { // with a check that was given up: it says nothing of this card
		return counter.FaceResult{}, ErrBusy
	}
	face := reply.Face
	if face == nil || face.Evidence == nil || !isSealed(face.Sealed) {
		out := faceFault(wire.FaultError(reply.Fault))
		if face != nil && face.TriesLeft != nil && card.PossibleTries(*face.TriesLeft) {
			out.TriesLeft = face.TriesLeft
		}
		return out, nil
	}
	challenge := card.Challenge([32]byte(b.Nonce), l.key(), r.Facility, r.CaseID, [32]byte(b.JWS))
	result := card.VerifyFace(*face.Evidence, r.BirthDate, challenge, s.issuerKeys)
	if !result.Outcome.Passed() {
		return counter.FaceResult{Result: result}, nil
	}
	return counter.FaceResult{
		Result: result,
		Shown: &counter.SealedFace{
			Operation:  b.ID,
			SealedFace: *face.Sealed,
			Digests:    face.Evidence.Digests,
		},
	}, nil
}

// faceFault is the result of a reading that did not come about.
func faceFault(err error) counter.FaceResult {
	return counter.FaceResult{Result: card.FaceFaultResult(err)}
}

// isSealed reports whether something has the form of sealed pictures.
func isSealed(f *wire.SealedFace) bool {
	if f == nil || len(f.Data) > wire.MaxSealedFace {
		return false
	}
	_, err := wire.FacePoint(f.Key)
	return err == nil
}
