package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/server/counter"
)

// doubleReader stands for a paired agent: it asks a virtual card and, as the switchboard does, has the server
// verify.
type doubleReader struct {
	chip   *virtual.Card
	replay *card.Evidence // evidence of an earlier check, sent again
	lie    bool           // made up by the agent, from a card of its own
	pulled bool           // the card is pulled away before it answers
	nonce  byte

	oqsSays []string // of the newest OQS answer; an agent of version 2 says nothing
}

func (d *doubleReader) Status(string) []counter.ReaderStatus {
	return []counter.ReaderStatus{{Name: "受付1", Connected: true, Virtual: true}}
}

func (d *doubleReader) CheckBirthDate(ctx context.Context, r counter.CardRequest) (card.Result, error) {
	d.nonce++
	challenge := card.Challenge(
		[32]byte{d.nonce},
		[]byte("agent"),
		r.Facility,
		r.CaseID,
		sha256.Sum256([]byte(r.Shown)),
	)
	if d.pulled {
		return card.FaultResult(card.ErrRemoved), nil
	}
	evidence, err := card.CheckBirthDate(ctx, card.Open(d.chip), r.BirthDate, challenge)
	if err != nil {
		return card.FaultResult(err), nil
	}
	if d.replay != nil {
		evidence = *d.replay
	}
	if d.lie {
		evidence.Signature = bytes.Repeat([]byte{7}, 256)
	}
	d.replay = &evidence
	return card.VerifyBirthDate(evidence, r.BirthDate, challenge, virtual.TestIssuerKeys()), nil
}

// CheckText plays the agent with the virtual card of the double.
func (d *doubleReader) CheckText(ctx context.Context, r counter.TextRequest) (counter.TextResult, error) {
	number, err := card.NewNumberB(r.BirthDate, r.ExpiryYear, r.SecurityCode)
	if err != nil {
		return counter.TextResult{}, err
	}
	var challenge [32]byte
	rand.Read(challenge[:])
	reading, result := card.CheckText(ctx, card.Open(d.chip), number, challenge, virtual.TestIssuerKeys())
	d.chip.Reset()
	out := counter.TextResult{
		AgentVerdict: counter.AgentVerdict{
			Outcome: result.Outcome,
			Stored:  result.Stored,
			By:      result.By,
		},
	}
	if result.Outcome == card.Confirmed {
		out.Reading = &reading
	} else {
		left := d.chip.TriesLeft().NumberB
		out.TriesLeft = &left
	}
	return out, nil
}

// FaceTries plays the agent.
func (d *doubleReader) FaceTries(ctx context.Context, _ counter.CardRequest) (int, error) {
	defer d.chip.Reset()
	return card.FaceTries(ctx, card.Open(d.chip))
}

// CheckFace plays the agent with the virtual card of the double.
func (d *doubleReader) CheckFace(ctx context.Context, r counter.FaceRequest) (counter.FaceResult, error) {
	number, err := card.NewNumberB(r.BirthDate, r.ExpiryYear, r.SecurityCode)
	if err != nil {
		return counter.FaceResult{}, err
	}
	question := card.FaceQuestion{Number: number, Tries: r.Tries}
	e, pictures, err := card.CheckFace(ctx, card.Open(d.chip), question)
	d.chip.Reset()
	if err != nil {
		left := d.chip.TriesLeft().NumberBVisual
		return counter.FaceResult{Result: card.FaceFaultResult(err), TriesLeft: &left}, nil
	}
	out := counter.FaceResult{Result: card.VerifyFace(e, r.BirthDate, [32]byte{}, virtual.TestIssuerKeys())}
	if !out.Outcome.Passed() {
		return out, nil
	}
	sealed, err := wire.SealFace(&wire.Face{
		Binding: wire.Binding{ID: "OPERATION", Case: r.CaseID},
		Page:    r.Page,
	}, pictures)
	if err != nil {
		return counter.FaceResult{}, err
	}
	out.Shown = &counter.SealedFace{SealedFace: *sealed, Operation: "OPERATION", Digests: e.Digests}
	return out, nil
}

// CheckDates plays the agent.
func (d *doubleReader) CheckDates(
	ctx context.Context,
	_ counter.CardRequest,
	day eligibility.Date,
) (counter.DatesResult, error) {
	dates, result := card.CheckCertificate(ctx, card.Open(d.chip), day, virtual.TestUserRoots())
	d.chip.Reset()
	return counter.DatesResult{
		AgentVerdict: counter.AgentVerdict{
			Outcome: result.Outcome,
			Stored:  result.Stored,
			By:      result.By,
		},
		State: dates.State,
		Until: dates.Until,
	}, nil
}

// CompareOQS plays an agent whose newest file holds another branch number and no share.
func (d *doubleReader) CompareOQS(
	_ context.Context,
	_ counter.CardRequest,
	items wire.Items,
) (counter.OQSResult, error) {
	return counter.OQSResult{
		Statements: d.oqsSays,
		Fields: []wire.FieldResult{{Name: "name", Result: wire.Equal},
			{Name: "branchNumber", Result: wire.Different}, {Name: "share", Result: wire.Missing}},
	}, nil
}
