package counter

import (
	"context"

	"madoguchi/card"
	"madoguchi/message"
	"madoguchi/server/staff"
)

// FaceCheck is what remains of a reading of the photo: how it ended. Photo, name and address are the page's
// alone.
type FaceCheck struct {
	Outcome card.Outcome `json:"result"`
	message.Stored
	By        card.Verifier `json:"by"`
	TriesLeft *int          `json:"triesLeft,omitempty"` // after a wrong number or too few tries
}

// saysForeign reports whether the photo's record says that the card is not genuine or not this person's.
func (f *FaceCheck) saysForeign() bool {
	return f != nil && f.Outcome == card.Refused &&
		(f.Key == "card.not_genuine" || f.Key == "card.copied" || f.Key == card.ErrBirthDate.Key)
}

// RefusedByFace reports whether it is the photo's record alone that speaks against the card.
func (v *CaseView) RefusedByFace() bool {
	return v.Face.saysForeign() && len(v.RefusedBy) == 1 && v.RefusedBy[0] == "face"
}

// FaceQuestion is what staff typed off a card's face to see its photo, after they have seen how many tries
// are left.
type FaceQuestion struct {
	TextQuestion
	Tries int
	Page  []byte // FaceRequest.Page
}

// FaceTries asks a reader (empty: the facility's only one) how many tries 照合番号B has left for the photo of a
// case's card. None is used, and nothing is stored but why no reader answered.
func (c *Service) FaceTries(
	ctx context.Context, reception staff.Reception, reader, id string,
) (int, error) {
	_, request, err := c.openForReader(ctx, reception, reader, id)
	if err != nil {
		return 0, err
	}
	left, err := c.Readers.FaceTries(ctx, request)
	if err != nil {
		return 0, c.cases().unanswered(ctx, reception, id, err)
	}
	return left, nil
}

// CheckFace asks a reader for one reading of the photo with 照合番号B. The sealed pictures are returned beside
// the case, to be handed on once; they are nil unless the evidence is good. Neither they nor what was typed
// is stored. A photo is no ground to accept by itself: staff compare it with the person and tick that
// (Service.Visual).
func (c *Service) CheckFace(
	ctx context.Context, reception staff.Reception, ask FaceQuestion,
) (CaseView, *SealedFace, error) {
	_, request, err := c.openForReader(ctx, reception, ask.Reader, ask.ID)
	if err != nil {
		return CaseView{}, nil, err
	}
	result, err := c.Readers.CheckFace(ctx, FaceRequest{
		TextRequest: TextRequest{CardRequest: request, ExpiryYear: ask.ExpiryYear, SecurityCode: ask.Code},
		Tries:       ask.Tries,
		Page:        ask.Page,
	})
	if err != nil {
		return CaseView{}, nil, c.cases().unanswered(ctx, reception, ask.ID, err)
	}
	check := &FaceCheck{result.Outcome, result.Stored, result.By, result.TriesLeft}
	detail := string(result.Outcome) + " by " + string(result.By)
	view, err := c.addAnswer(ctx, reception, readerAnswer{ask.ID, "case.face", detail, func(b *caseBody) {
		b.Face = check
		b.judge("face", check.Outcome, check.saysForeign(), false)
	}})
	if err != nil {
		return CaseView{}, nil, err
	}
	return view, result.Shown, nil
}
