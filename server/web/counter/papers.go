package counter

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/counter/paper"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// paperPages are what the console calls for papers and screens without a signature.
type paperPages struct {
	answers
	papers counter.Papers
}

func (s paperPages) routes(r *kit.Router) {
	r.Counter("POST /api/v1/counter/papers", s.reception(s.open))
	r.Counter("PUT /api/v1/counter/papers/:id", s.reception(s.correct))
	r.Counter("POST /api/v1/counter/paper-notes", s.reception(s.note))
}

// maxTyped bounds a field, in bytes: the service's bounds are in characters.
const maxTyped = 600

func bindTyped(c echo.Context) (paper.Typed, error) {
	var body paper.Typed
	if err := c.Bind(&body); err != nil {
		return body, kit.ErrRequest
	}
	for _, text := range []string{body.InsurerNumber, body.Symbol, body.Number, body.Branch, body.BirthDate,
		body.Name, body.Kana, body.Until} {
		if len(text) > maxTyped {
			return body, kit.ErrRequest
		}
	}
	return body, nil
}

// open opens a case with what staff saw and typed.
func (s paperPages) open(c echo.Context, reception staff.Reception) error {
	body, err := bindTyped(c)
	if err != nil {
		return err
	}
	view, err := s.papers.Open(c.Request().Context(), reception, body)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, s.caseView(c, view))
}

// correct changes what was typed in an open case.
func (s paperPages) correct(c echo.Context, reception staff.Reception) error {
	body, err := bindTyped(c)
	if err != nil {
		return err
	}
	view, err := s.papers.Correct(c.Request().Context(), reception, c.Param("id"), body)
	return s.answerCase(c, view, err)
}

// notesJSON is what is said of a form while it is being typed.
type notesJSON struct {
	Wrong   []wrongJSON `json:"wrong"`
	Insurer string      `json:"insurer"` // what kind of insurer the number is of, and where; empty: none yet
	// the birth date as papers print it, and the age
	BirthDateJa string      `json:"birthDateJa"`
	Age         int         `json:"age"`
	Ask         []Sentence  `json:"ask"`
	Offers      []offerJSON `json:"offers"`
}

type wrongJSON struct {
	Field string `json:"field"`
	Sentence
}

// offerJSON is what was typed before: staff take it over by one press, or not.
type offerJSON struct {
	At          time.Time   `json:"at"`
	BirthDateJa string      `json:"birthDateJa"`
	Typed       paper.Typed `json:"typed"`
}

// note says what is wrong so far, and what was typed before for this number. Nothing is stored.
func (s paperPages) note(c echo.Context, reception staff.Reception) error {
	body, err := bindTyped(c)
	if err != nil {
		return err
	}
	noted, err := s.papers.Note(c.Request().Context(), reception, body)
	if err != nil {
		return err
	}
	out := notesJSON{
		Wrong:       []wrongJSON{},
		Insurer:     insurerText(noted.Insurer),
		BirthDateJa: noted.Birth.Japanese(),
		Ask:         sentencesOf(noted.Ask),
		Offers:      []offerJSON{},
	}
	if !noted.Birth.IsZero() {
		out.Age = eligibility.Age(noted.Birth, s.Today())
	}
	for _, field := range paper.Fields {
		if e := noted.Wrong[field]; e != nil {
			out.Wrong = append(out.Wrong, wrongJSON{field, newSentence(e.Message())})
		}
	}
	for _, o := range noted.Offers {
		out.Offers = append(out.Offers, offerJSON{o.At, o.Shows.BirthDate.Japanese(), typedOf(o.Paper)})
	}
	return c.JSON(http.StatusOK, out)
}

// insurerText says of which system and prefecture a number is: a typing error often shows there.
func insurerText(n eligibility.InsurerNumber) string {
	kind, at := n.Kind(), n.Prefecture()
	if kind == "" || at == "" {
		return kind
	}
	return kind + "・" + at
}

func sentencesOf(said message.Sentences) []Sentence {
	out := make([]Sentence, 0, len(said))
	for _, m := range said {
		out = append(out, Sentence{m.Sentence("ja"), m.Sentence("en"), m})
	}
	return out
}

// typedOf is a paper as its form is filled again.
func typedOf(p paper.Paper) paper.Typed {
	return paper.Typed{
		Kind:          p.Kind,
		InsurerNumber: p.Shows.Insurer.Paper(),
		Symbol:        p.Shows.Symbol,
		Number:        p.Shows.Number,
		Branch:        p.Shows.BranchNumber,
		BirthDate:     p.Shows.BirthDate.String(),
		Name:          p.Shows.Name,
		Kana:          p.Shows.Kana,
		Until:         p.Shows.ValidUntil.String(),
		Share:         p.Shows.Share,

		MedicalExpense: p.MedicalExpense,
	}
}
