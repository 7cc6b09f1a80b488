package counter

import (
	"context"
	"fmt"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/credential"
	"madoguchi/server/staff"
)

// WayCard is what staff typed to have the card asked for a case of a way: the birth date, and for a reading
// with 照合番号B what stands on the card's face.
type WayCard struct {
	ID, Reader string
	Name       string // as typed so far, to be compared; may be empty
	BirthDate  string
	ExpiryYear int    // 0: only the birth date is checked
	Code       string // セキュリティコード
}

// AskCard asks a reader (empty: the facility's only one) for one attempt at the card that is shown for a way.
// With 照合番号B the chip tells name, birth date, sex and address: they are returned to be shown once and put
// into the form.
func (w Ways) AskCard(
	ctx context.Context, reception staff.Reception, ask WayCard,
) (CaseView, *card.TextReading, error) {
	birth, err := readBirthDate(ask.BirthDate, w.today())
	if err != nil {
		return CaseView{}, nil, err
	}
	view, err := w.cases.open(ctx, reception, ask.ID)
	if err == nil && view.Way == nil {
		err = errNotAWay
	}
	if err != nil {
		return CaseView{}, nil, err
	}
	request := CardRequest{
		Facility:  reception.Facility,
		Reader:    ask.Reader,
		CaseID:    ask.ID,
		BirthDate: birth,
	}
	if ask.ExpiryYear == 0 && ask.Code == "" {
		view, err = w.askBirthDate(ctx, reception, request)
		return view, nil, err
	}
	return w.askText(ctx, reception, ask, request)
}

func (w Ways) askBirthDate(
	ctx context.Context, reception staff.Reception, request CardRequest,
) (CaseView, error) {
	result, err := w.readers.CheckBirthDate(ctx, request)
	if err != nil {
		return CaseView{}, w.cases.unanswered(ctx, reception, request.CaseID, err)
	}
	return w.edit(ctx, reception,
		caseChange{request.CaseID, "case.card", func(view *CaseView) (string, error) {
			view.Card = &result
			view.judge("card", result.Outcome, result.Outcome == card.Refused && !view.ForTheEye(),
				result.Outcome.Passed())
			view.noteTrouble()
			view.Way.BirthDate, view.Way.ChipName = request.BirthDate, ""
			return string(result.Outcome), nil
		}})
}

func (w Ways) askText(
	ctx context.Context, reception staff.Reception, ask WayCard, request CardRequest,
) (CaseView, *card.TextReading, error) {
	result, err := w.readers.CheckText(ctx, TextRequest{
		CardRequest:  request,
		ExpiryYear:   ask.ExpiryYear,
		SecurityCode: ask.Code,
	})
	if err != nil {
		return CaseView{}, nil, w.cases.unanswered(ctx, reception, request.CaseID, err)
	}
	check := TextCheck{AgentVerdict: result.AgentVerdict, Fields: []FieldCheck{}, TriesLeft: result.TriesLeft}
	detail := string(result.Outcome) + " by " + string(result.By)
	if r := result.Reading; r != nil {
		typed := credential.Eligibility{Name: ask.Name, BirthDate: request.BirthDate}
		if typed.Name == "" {
			typed.Name = r.Name
		}
		for _, f := range compareReading(typed, *r) {
			if f.Result != wire.Missing {
				check.Fields = append(check.Fields, f)
				detail += fmt.Sprintf(" %s:%s", f.Name, f.Result)
			}
		}
	}
	view, err := w.edit(ctx, reception,
		caseChange{request.CaseID, "case.text", func(view *CaseView) (string, error) {
			view.Text = &check
			view.judge("text", check.Outcome, check.saysForeign(), check.passed())
			view.noteTrouble()
			view.Way.BirthDate = request.BirthDate
			if result.Reading != nil {
				view.Way.ChipName = result.Reading.Name
			}
			return detail, nil
		}})
	if err != nil {
		return CaseView{}, nil, err
	}
	return view, result.Reading, nil
}
