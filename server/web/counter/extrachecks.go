package counter

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/eligibility/oqs"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// Checks beside the birth-date check.
func (s *Pages) extraCheckRoutes(e *echo.Echo) {
	e.POST("/api/v1/counter/cases/:id/text-check", s.call(s.textCheck))
	e.POST("/api/v1/counter/cases/:id/certificate-check", s.call(s.certificateCheck))
	e.POST("/api/v1/counter/cases/:id/oqs-compare", s.call(s.oqsCompare))
}

// extraChecks are the results beside the birth-date check, as the console gets them.
type extraChecks struct {
	Text        *textJSON        `json:"text,omitempty"`
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
	Ja     string `json:"ja"`
	En     string `json:"en"`
}

func extraView(view counter.CaseView) extraChecks {
	var out extraChecks
	if t := view.Text; t != nil {
		out.Text = &textJSON{Result: string(t.Outcome), By: verifier(t.By), Fields: []fieldJSON{}}
		out.Text.Headline.Ja, out.Text.Next.Ja = firstSentence(t.Ja, "。")
		out.Text.Headline.En, out.Text.Next.En = firstSentence(t.En, ". ")
		for _, f := range t.Fields {
			out.Text.Fields = append(out.Text.Fields, field(f.FieldResult, f.Match))
		}
		if t.TriesLeft != nil {
			out.Text.TriesLeft = &Sentence{fmt.Sprintf("このカードの残り回数: %d回", *t.TriesLeft), fmt.Sprintf("Tries left on this card: %d", *t.TriesLeft)}
		}
	}
	if d := view.Dates; d != nil {
		out.Certificate = &certificateJSON{Result: string(d.Outcome), State: string(d.State), Headline: Sentence{d.Ja, d.En}, By: verifier(d.By)}
	}
	if view.OQS != nil {
		for _, said := range view.OQS.Said() {
			out.OQSSays = append(out.OQSSays, statementJSON{
				Key:      said.Key,
				Warns:    said.Key != oqs.Valid,
				Headline: Sentence{said.Ja, said.En},
				Next:     Sentence{said.NextJa, said.NextEn},
			})
		}
		for _, f := range view.OQS.Fields {
			out.OQS = append(out.OQS, field(f, ""))
		}
	}
	return out
}

func verifier(v card.Verifier) Sentence {
	if v == card.ByAgent {
		return Sentence{v.Japanese(), "verified by this PC's agent"}
	}
	return Sentence{v.Japanese(), "verified by the server"}
}

var fieldNames = map[string]Sentence{"insurer": {"保険者番号", "Insurer no."}, "symbol": {"記号", "Symbol"}, "number": {"番号", "Number"},
	"branchNumber": {"枝番", "Branch"}, "name": {"氏名", "Name"}, "birthDate": {"生年月日", "Birth date"}, "sex": {"性別", "Sex"},
	"share": {"負担割合", "Share"}, "address": {"住所", "Address"}}

// field is the sentence of one comparison. Names that differ only as registers write them are the same; what the screen or
// the other side does not have is for the eye.
func field(f wire.FieldResult, match eligibility.Match) fieldJSON {
	says := map[wire.Agreement]Sentence{
		wire.Equal:     {"画面と同じです", "same as the screen"},
		wire.Different: {"画面とちがいます。見くらべて確かめてください", "differs from the screen: compare by eye"},
		wire.Missing:   {"くらべられません（どちらかにありません）", "not compared: one side lacks it"},
	}[f.Result]
	switch {
	case match == eligibility.NamesVariant:
		says = Sentence{"画面と同じです（旧姓・通称の併記か、字体のちがいだけ）", "same as the screen up to variant characters, or a former name or alias beside it"}
	case match == eligibility.NamesMasked:
		says = Sentence{"画面と同じです（●の字は見くらべてください）", "same as the screen; compare the character behind ● by eye"}
	case match == eligibility.NamesUnreadable, f.Name == "name" && f.Result == wire.Missing:
		says = Sentence{"くらべられません（どちらかにないか、読めない字が半分より多くあります）。券面と見くらべて確かめてください",
			"not compared: one side lacks it, or more than half of it is hidden. Compare with the card's face"}
	case match == eligibility.NamesSimilar:
		says = Sentence{"画面と1文字ちがいます。または、簡体字や旧姓で書かれています。見くらべて確かめてください",
			"one character differs from the screen, or it is written in simplified characters or with a former name: compare by eye"}
	case f.Name == "address":
		says = Sentence{"画面にありません。カードの券面と見くらべてください", "not on the screen: compare with the card's face"}
	}
	name := fieldNames[f.Name]
	return fieldJSON{f.Name, string(f.Result), name.Ja + "は" + says.Ja, name.En + ": " + says.En}
}

func (s *Pages) textCheck(c echo.Context, reception staff.Reception) error {
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
	out := s.caseView(view)
	if reading != nil {
		out.Text.Reading = &readingJSON{reading.Name, reading.Address, reading.BirthDate.Japanese(), reading.Sex.Japanese()}
	}
	return c.JSON(http.StatusOK, out)
}

func (s *Pages) certificateCheck(c echo.Context, reception staff.Reception) error {
	view, until, err := s.Counter.CheckDates(c.Request().Context(), reception, chosenReader(c), c.Param("id"))
	if err != nil {
		return err
	}
	out := s.caseView(view)
	out.Certificate.Until = until.Japanese()
	return c.JSON(http.StatusOK, out)
}

func (s *Pages) oqsCompare(c echo.Context, reception staff.Reception) error {
	view, err := s.Counter.CompareOQS(c.Request().Context(), reception, chosenReader(c), c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.caseView(view))
}
