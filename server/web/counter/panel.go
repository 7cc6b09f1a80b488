package counter

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// 「何で確認できる？」 within the console: it begins with what the case at hand tells.

// askedJSON is the body of a question to the panel.
type askedJSON struct {
	Case string `json:"case"` // the case at hand; may be empty
	counter.Answers
}

// panelJSON is what the panel shows: a question with its choices, or the ways that today's rules open.
type panelJSON struct {
	Day      string          `json:"day"`
	Facts    []Sentence      `json:"facts"` // what the counter knows by itself
	Answers  counter.Answers `json:"answers"`
	Given    []givenJSON     `json:"given"`
	Question *questionJSON   `json:"question"` // nil when all are answered
	Outcome  *outcomeJSON    `json:"outcome"`
	Known    Sentence        `json:"known"` // how far the rules are known
}

// givenJSON is an answer that was given, or that the case tells (known).
type givenJSON struct {
	Name  string `json:"name"`
	Known bool   `json:"known"`
	Sentence
}

type questionJSON struct {
	Name    string       `json:"name"`
	Choices []choiceJSON `json:"choices"`
	Sentence
}

type choiceJSON struct {
	Value string `json:"value"`
	Sentence
}

// outcomeJSON is the answer of the rules. Best is empty where no way is open.
type outcomeJSON struct {
	Best      string        `json:"best"`
	Reason    Sentence      `json:"reason"`
	Next      Sentence      `json:"next"`
	BringNext Sentence      `json:"bringNext"`
	Source    string        `json:"source"`
	Reserve   *Sentence     `json:"reservation"`
	Ways      []openWayJSON `json:"ways"`    // the best first
	Refused   []openWayJSON `json:"refused"` // why not
}

type openWayJSON struct {
	Code    string       `json:"code"`
	Name    Sentence     `json:"name"`
	Says    Sentence     `json:"says"` // what staff do; of one that is not open why
	Notices []noticeJSON `json:"notices,omitempty"`
}

// noticeJSON is a notice of a disaster that the facility has switched on.
type noticeJSON struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Area     string `json:"area"`
	Insurers string `json:"insurers"`
	Until    string `json:"until"`
}

// panel asks the next question, or answers by the rules of today.
func (s wayPages) panel(c echo.Context, reception staff.Reception) error {
	var body askedJSON
	if err := c.Bind(&body); err != nil {
		return kit.ErrRequest
	}
	ctx, ways := c.Request().Context(), counter.NewWays(s.Counter)
	known, err := ways.Known(ctx, reception, body.Case)
	if err != nil {
		return err
	}
	byCase := known.Answers
	known.Answers = body.Answers.Over(byCase)
	out := panelJSON{
		Day:     s.Today().Japanese(),
		Facts:   []Sentence{},
		Answers: known.Answers,
		Given:   []givenJSON{},
		Known:   newSentence(eligibility.RulesKnown()),
	}
	for _, fact := range known.Facts {
		out.Facts = append(out.Facts, newSentence(fact))
	}
	for _, q := range counter.Questions() {
		if said := q.Choice(known.Answers.Of(q.Name)); said != nil {
			byItself := said.Value == byCase.Of(q.Name) && body.Answers.Of(q.Name) == ""
			out.Given = append(out.Given,
				givenJSON{q.Name, byItself, newSentence(message.New(said.Says, nil))})
		}
	}
	if q := known.Answers.Open(); q != nil {
		out.Question = askOf(*q)
		return c.JSON(http.StatusOK, out)
	}
	outcome, notices, err := ways.Judge(ctx, reception, known)
	if err != nil {
		return err
	}
	out.Outcome = outcomeOf(outcome, notices)
	return c.JSON(http.StatusOK, out)
}

func askOf(q counter.Question) *questionJSON {
	out := &questionJSON{Name: q.Name, Sentence: newSentence(message.New(q.Asks, nil))}
	for _, choice := range q.Choices {
		said := newSentence(message.New(choice.Says, nil))
		out.Choices = append(out.Choices, choiceJSON{choice.Value, said})
	}
	return out
}

// texts are several messages of the rules as one sentence of the API.
func texts(m interface {
	Ja() string
	En() string
}) Sentence {
	return Sentence{Ja: m.Ja(), En: m.En()}
}

func outcomeOf(o eligibility.Outcome, notices []counter.DisasterNotice) *outcomeJSON {
	out := &outcomeJSON{
		Best:      string(o.Best),
		Reason:    texts(o.Reason),
		Next:      texts(o.Next),
		BringNext: texts(o.BringNext),
		Source:    o.Source,
		Ways:      []openWayJSON{},
		Refused:   []openWayJSON{},
	}
	if len(o.Reservation) > 0 {
		said := texts(o.Reservation)
		out.Reserve = &said
	}
	for _, m := range o.Methods {
		way := openWayJSON{Code: string(m.Code), Name: texts(m.Name)}
		switch {
		case !m.Accepted:
			way.Says = texts(m.Reason)
			out.Refused = append(out.Refused, way)
			continue
		case m.Code == counter.Disaster:
			for _, n := range notices {
				way.Notices = append(way.Notices,
					noticeJSON{n.ID, n.Title, n.Area, n.Insurers, n.Until.Japanese()})
			}
		}
		way.Says = texts(m.Next)
		if m.Code == o.Best {
			out.Ways = append([]openWayJSON{way}, out.Ways...)
			continue
		}
		out.Ways = append(out.Ways, way)
	}
	return out
}
