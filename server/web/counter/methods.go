package counter

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
)

// methodsPage asks three questions by links and answers from the rules. Nothing about the patient is sent but
// the taps.
func (s wayPages) methodsPage(c echo.Context, reception staff.Reception) error {
	view := MethodsView{
		Page:  s.NewPage(c, message.New("staff.title.whatCanThisPatientBeConfirmed", nil)),
		Day:   s.Today().Japanese(),
		Known: eligibility.RulesKnown(),
	}
	answers := counter.Answers{
		Card:  c.QueryParam("card"),
		Shows: c.QueryParam("shows"),
		Place: c.QueryParam("place"),
	}
	said := url.Values{}
	if lang := c.QueryParam("lang"); lang != "" {
		said.Set("lang", lang)
	}
	questions := counter.Questions()
	for i, q := range questions {
		value := answers.Of(q.Name)
		if q.Choice(value) == nil {
			view.Step, view.Question = i+1, message.New(q.Asks, nil)
			for _, choice := range q.Choices {
				said.Set(q.Name, choice.Value)
				view.Choices = append(view.Choices,
					Choice{message.New(choice.Says, nil), "/counter/methods?" + said.Encode()})
			}
			return s.Show(c, http.StatusOK, "methods", view)
		}
		said.Set(q.Name, value)
	}
	outcome, _, err := counter.NewWays(s.Counter).Judge(c.Request().Context(), reception,
		counter.Known{Answers: answers})
	if err != nil {
		return err
	}
	view.Step, view.Outcome = len(questions)+1, outcome
	for i := range outcome.Methods {
		m := outcome.Methods[i]
		switch {
		case m.Code == outcome.Best:
			view.Best = &m
		case m.Accepted:
			view.Accepted = append(view.Accepted, m)
		default:
			view.Refused = append(view.Refused, m)
		}
	}
	return s.Show(c, http.StatusOK, "methods", view)
}
