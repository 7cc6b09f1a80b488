package counter

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/eligibility/oqs"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// Checks beside the birth-date check.
func (s *Console) extraCheckRoutes(r *kit.Router) {
	r.Counter("POST /api/v1/counter/cases/:id/text-check", s.reception(s.textCheck))
	r.Counter("POST /api/v1/counter/cases/:id/face-tries", s.reception(s.faceTries))
	r.Counter("POST /api/v1/counter/cases/:id/face-check", s.reception(s.faceCheck))
	r.Counter("POST /api/v1/counter/cases/:id/certificate-check", s.reception(s.certificateCheck))
	r.Counter("POST /api/v1/counter/cases/:id/oqs-compare", s.reception(s.oqsCompare))
}

// extraChecks are the results beside the birth-date check, as the console gets them.
type extraChecks struct {
	Text        *textJSON        `json:"text,omitempty"`
	Face        *faceJSON        `json:"face,omitempty"`
	Certificate *certificateJSON `json:"certificate,omitempty"`
	OQSSays     []statementJSON  `json:"oqsSays,omitempty"` // before and above the items: the gravest first
	OQS         []fieldJSON      `json:"oqs,omitempty"`
}

// statementJSON is what the OQS answer says of itself.
type statementJSON struct {
	Key      string   `json:"key"`
	Warns    bool     `json:"warns"` // all but "valid"
	Headline Sentence `json:"headline"`
	Next     Sentence `json:"next"`
}

type textJSON struct {
	Result    string       `json:"result"`
	Headline  Sentence     `json:"headline"`
	Next      Sentence     `json:"next"`
	By        Sentence     `json:"by"`
	Fields    []fieldJSON  `json:"fields"`
	TriesLeft *Sentence    `json:"triesLeft,omitempty"`
	Reading   *readingJSON `json:"reading,omitempty"` // in the answer to the press alone
}

type certificateJSON struct {
	Result   string   `json:"result"`
	State    string   `json:"state"`
	Headline Sentence `json:"headline"`
	By       Sentence `json:"by"`
	Until    string   `json:"until,omitempty"` // in the answer to the press alone
}

type readingJSON struct {
	Name      string `json:"name"`
	Address   string `json:"address"`
	BirthDate string `json:"birthDate"`
	Sex       string `json:"sex"`
}

type fieldJSON struct {
	Name   string `json:"name"`
	Result string `json:"result"`
	Sentence
}

func extraView(view counter.CaseView) extraChecks {
	var out extraChecks
	if t := view.Text; t != nil {
		out.Text = &textJSON{Result: string(t.Outcome), By: verifierSentence(t.By), Fields: []fieldJSON{}}
		told := inWordsFor(view, t.Stored)
		out.Text.Headline, out.Text.Next = headlineOf(told), nextOf(told)
		for _, f := range t.Fields {
			out.Text.Fields = append(out.Text.Fields, fieldSentence(f, shownKey(view)))
		}
		if t.TriesLeft != nil {
			left := triesSentence("console.tries_left", *t.TriesLeft)
			out.Text.TriesLeft = &left
		}
	}
	out.Face = faceView(view.Face)
	if d := view.Dates; d != nil {
		out.Certificate = &certificateJSON{
			Result:   string(d.Outcome),
			State:    string(d.State),
			Headline: toldOf(d.Stored),
			By:       verifierSentence(d.By),
		}
	}
	if view.OQS != nil {
		for _, said := range view.OQS.SortedStatements() {
			out.OQSSays = append(out.OQSSays, statementJSON{
				Key:      said.Key,
				Warns:    said.Key != oqs.Valid,
				Headline: headlineOf(message.ToStored(said.Told)),
				Next:     nextOf(message.ToStored(said.Told)),
			})
		}
		for _, f := range view.OQS.Fields {
			compared := counter.FieldCheck{FieldResult: f}
			out.OQS = append(out.OQS, fieldSentence(compared, shownKey(view)))
		}
	}
	return out
}

func triesSentence(key string, n int) Sentence {
	return newSentence(message.New(key, message.Args{"n": message.Number(n)}))
}

func verifierSentence(v card.Verifier) Sentence { return newSentence(v.Message()) }

// agreements are how a comparison ends, by the catalogue's keys below console.field.
var agreements = map[wire.Agreement]string{
	wire.Equal:     "console.field.equal",
	wire.Different: "console.field.different",
	wire.Missing:   "console.field.missing",
}

// shownKey is the key of what a card or an answer is compared with: a screen, or what staff typed of a paper.
func shownKey(view counter.CaseView) string {
	if view.Paper != nil {
		return "console.shown.typed"
	}
	return "console.shown.screen"
}

// fieldSentence is the sentence of one comparison. Names that differ only as registers write them are the
// same; what the screen or the other side does not have is for the eye. shown is the key of what the other
// side was compared with.
func fieldSentence(f counter.FieldCheck, shown string) fieldJSON {
	key := agreements[f.Result]
	switch {
	case f.Match == eligibility.NamesVariant:
		key = "console.field.variant"
	case f.Match == eligibility.NamesMasked:
		key = "console.field.masked"
	case f.Match == eligibility.NamesUnreadable, f.Name == "name" && f.Result == wire.Missing:
		key = "console.field.unreadable"
	case f.Match == eligibility.NamesSimilar:
		key = "console.field.similar"
	case f.Name == "address":
		key = "console.field.address_by_eye"
	}
	args := message.Args{
		"item":  message.Nested(message.New("console.item."+f.Name, nil)),
		"shown": message.Nested(message.New(shown, nil)),
	}
	return fieldJSON{f.Name, string(f.Result), newSentence(message.New(key, args))}
}

func (s *Console) textCheck(c echo.Context, reception staff.Reception) error {
	var body struct {
		ExpiryYear int    `json:"expiryYear"`
		Code       string `json:"code"`
	}
	if err := c.Bind(&body); err != nil || len(body.Code) > 32 {
		return kit.ErrRequest
	}
	view, reading, err := s.Counter.CheckText(c.Request().Context(), reception, counter.TextQuestion{
		ID:         c.Param("id"),
		Reader:     chosenReader(c),
		ExpiryYear: body.ExpiryYear,
		Code:       strings.TrimSpace(body.Code),
	})
	if errors.Is(err, card.ErrSecurityCode) {
		return card.ErrSecurityCode.In("code")
	}
	if err != nil {
		return err
	}
	out := s.caseView(c, view)
	if reading != nil {
		out.Text.Reading = &readingJSON{
			reading.Name,
			reading.Address,
			reading.BirthDate.Japanese(),
			reading.Sex.Japanese(),
		}
	}
	return c.JSON(http.StatusOK, out)
}

func (s *Console) certificateCheck(c echo.Context, reception staff.Reception) error {
	view, until, err := s.Counter.CheckDates(c.Request().Context(), reception, chosenReader(c), c.Param("id"))
	if err != nil {
		return err
	}
	out := s.caseView(c, view)
	out.Certificate.Until = until.Japanese()
	return c.JSON(http.StatusOK, out)
}

func (s *Console) oqsCompare(c echo.Context, reception staff.Reception) error {
	view, err := s.Counter.CompareOQS(c.Request().Context(), reception, chosenReader(c), c.Param("id"))
	return s.answerCase(c, view, err)
}
