package answer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"madoguchi/eligibility"
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
	return ShareAnswer{f, shareWarning(p, day)}, nil
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

// shareWarning says what does not fit together in the facts that a share was asked for.
func shareWarning(p eligibility.Person, day eligibility.Date) string {
	if asked := p.Questions(day); len(asked) > 0 {
		return asked[0].Ja
	}
	if hint := p.Insurer.PrefectureHint(); hint != "" {
		return hint
	}
	if !p.BirthDate.Exact() {
		return "生年月日の一部が不詳なので、可能な割合をすべて挙げています。"
	}
	assigned := p.AssignedShare
	p.AssignedShare = 0
	possible, err := eligibility.SharesOn(p, day)
	switch {
	case assigned == 0 || err != nil:
		return ""
	case !slices.Contains(possible, assigned):
		var words []string
		for _, percent := range possible {
			words = append(words, fmt.Sprintf("%d割", percent/10))
		}
		return fmt.Sprintf("%d割は、この年齢で決まる負担割合（%s）と違います。保険者に確かめてください。", assigned/10, strings.Join(words, "・"))
	}
	return ""
}
