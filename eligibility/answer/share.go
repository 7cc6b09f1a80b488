package answer

import (
	"errors"
	"slices"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// ShareQuestion asks which share of the costs is possible on a day. Its fields are as a person types them.
type ShareQuestion struct {
	BirthDate string // 生年月日; what of it is known, or 不詳
	On        string // 受診日
	Assigned  *int   // 負担割合 that the insurer assigned, percent; nil: not known
	Insurer   string // 保険者番号; empty: not known
}

// ShareAnswer is a forecast, with what does not fit together in the question.
type ShareAnswer struct {
	eligibility.ShareForecast
	Warning string `json:"warning,omitempty"`
	// the warning in English, and its keys of the catalogue with arguments: sentences with their next steps
	English  *ShareTexts    `json:"en,omitempty"`
	Messages *ShareMessages `json:"messages,omitempty"`
}

// ShareTexts are what a ShareAnswer says.
type ShareTexts struct {
	Warning string `json:"warning"`
}

// ShareMessages are the same as keys.
type ShareMessages struct {
	Warning []message.Message `json:"warning"`
}

// Share answers which share of the costs is possible on a day, and how it will change (健康保険法 74条). Its errors
// are *eligibility.Error and name the field of the command.
func Share(q ShareQuestion) (ShareAnswer, error) {
	var p eligibility.Person
	var err error
	if p.BirthDate, err = birthDate(q.BirthDate); err != nil {
		return ShareAnswer{}, err
	}
	day, err := eligibility.ReadDate(q.On)
	if err != nil || !day.Exact() {
		return ShareAnswer{}, eligibility.ErrDate.In("--on")
	}
	if err := q.known(&p); err != nil {
		return ShareAnswer{}, err
	}
	f, err := eligibility.ForecastShare(p, day)
	switch {
	case errors.Is(err, eligibility.ErrBeforeBirth):
		return ShareAnswer{}, eligibility.ErrBeforeBirth.In("--on, --birth-date")
	case errors.Is(err, eligibility.ErrElderlyTooYoung):
		return ShareAnswer{}, eligibility.ErrElderlyTooYoung.In("--insurer, --birth-date")
	case err != nil:
		return ShareAnswer{}, err
	}
	answer := ShareAnswer{ShareForecast: f}
	if warning, odd := shareWarning(p, day); odd {
		says := []message.Message{warning}
		answer.Warning, answer.English = text("ja", says), &ShareTexts{text("en", says)}
		answer.Messages = &ShareMessages{says}
	}
	return answer, nil
}

// known adds what is known besides age.
func (q ShareQuestion) known(p *eligibility.Person) error {
	if q.Insurer != "" {
		var err error
		p.Insurer, err = eligibility.ParseInsurerNumber(q.Insurer)
		switch {
		case err != nil:
			return eligibility.ErrInsurerNumber.In("--insurer")
		case p.Insurer.Kind() == "":
			return eligibility.ErrNoSystem.In("--insurer")
		case p.Insurer.PublicExpense():
			return errNoShare
		}
	}
	if q.Assigned != nil {
		if p.AssignedShare = *q.Assigned; !slices.Contains([]int{10, 20, 30}, p.AssignedShare) {
			return errShare
		}
	}
	return nil
}

// birthDate reads 生年月日 with whatever of it is known: a day, yyyy-mm, yyyy, or 不詳 for none of it.
func birthDate(text string) (eligibility.Date, error) {
	if text == "不詳" || text == "生年月日不詳" {
		return eligibility.Date{}, nil
	}
	d, err := eligibility.ReadDate(text)
	if err != nil {
		d, err = eligibility.ParseDate(text)
	}
	if err != nil || d.IsZero() {
		return d, eligibility.ErrDate.In("--birth-date")
	}
	return d, nil
}

var errShare = &eligibility.Error{Code: eligibility.Invalid, Key: "share.assigned", Field: "--assigned"}

var errNoShare = &eligibility.Error{
	Code:  eligibility.Invalid,
	Key:   "share.public_expense",
	Field: "--insurer",
}

// shareWarning says what does not fit together in the facts that a share was asked for; odd is false where
// nothing is.
func shareWarning(p eligibility.Person, day eligibility.Date) (warning message.Message, odd bool) {
	if asked := p.Questions(day); len(asked) > 0 {
		return asked[0].Says, true
	}
	if hint, odd := p.Insurer.PrefectureHint(); odd {
		return hint, true
	}
	if !p.BirthDate.Exact() {
		return message.New("hint.birth_date_partial", nil), true
	}
	assigned := p.AssignedShare
	p.AssignedShare = 0
	possible, err := eligibility.SharesOn(p, day)
	if assigned == 0 || err != nil || slices.Contains(possible, assigned) {
		return message.Message{}, false
	}
	return message.New("hint.share_differs", message.Args{
		"assigned": eligibility.SharesValue([]int{assigned}),
		"possible": eligibility.SharesValue(possible),
	}), true
}
