package counter

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/card"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// wayPages are the ways without a screen: 申立書, own records, the outage list, a disaster's notice, and the
// question which of all ways are open.
type wayPages struct{ answers }

func (s wayPages) routes(r *kit.Router) {
	r.Counter("GET /counter/methods", s.reception(s.methodsPage))
	r.Counter("POST /api/v1/counter/methods", s.reception(s.panel))
	r.Counter("POST /api/v1/counter/ways", s.reception(s.openWay))
	r.Counter("POST /api/v1/counter/ways/:id/card-check", s.reception(s.wayCard))
	r.Counter("POST /api/v1/counter/ways/:id/record", s.reception(s.recordWay))
	r.Counter("POST /api/v1/counter/shares", s.reception(s.shares))
	r.Counter("POST /counter/declaration.pdf", s.reception(s.declaration))
	outagePages(s).routes(r)
	disasterPages(s).routes(r)
}

// wayJSON is what the case of a way tells, with what was noted of the person.
type wayJSON struct {
	Code        string   `json:"code"`
	Name        Sentence `json:"name"` // of the way
	Person      string   `json:"person,omitempty"`
	BirthDateJa string   `json:"birthDateJa,omitempty"`
	ShareText   string   `json:"shareText,omitempty"`
	Number      string   `json:"number,omitempty"`
	Contact     string   `json:"contact,omitempty"`
	Belongs     string   `json:"belongs,omitempty"`
	Notice      string   `json:"notice,omitempty"`
	// what staff tapped, by which its form is opened again
	Answers counter.Answers `json:"answers"`
	// in the answer to the press alone
	Reading *wayReadingJSON `json:"reading,omitempty"`
}

// wayReadingJSON is what the chip told, to be put into the form.
type wayReadingJSON struct {
	Name    string `json:"name"`
	Sex     string `json:"sex"`
	Address string `json:"address"`
}

// nameOfWay is a way's name by the rules.
func nameOfWay(code eligibility.MethodCode) message.Message {
	return message.New("rule."+strings.ToLower(string(code))+".name", nil)
}

// addWay tells of a case that has no screen by which way it goes.
func (s answers) addWay(out *CaseJSON, view counter.CaseView) {
	way := view.Way
	if way == nil {
		return
	}
	name := newSentence(nameOfWay(way.Code))
	out.Method, out.Verdict.Headline = methodJSON{string(way.Code), name}, name
	out.Way = &wayJSON{
		Code:    string(way.Code),
		Name:    name,
		Person:  way.Name,
		Number:  way.Number,
		Contact: way.Contact,
		Belongs: way.Belongs,
		Notice:  way.Notice,
		Answers: way.Answers,
	}
	if !way.BirthDate.IsZero() {
		out.Way.BirthDateJa = way.BirthDate.Japanese()
	}
	if way.Share > 0 {
		out.Way.ShareText = kit.SharesText([]int{way.Share})
	}
}

// openWay opens a case for a way that the answers open today.
func (s wayPages) openWay(c echo.Context, reception staff.Reception) error {
	var body struct {
		Code eligibility.MethodCode `json:"code"`
		counter.Answers
	}
	if err := c.Bind(&body); err != nil {
		return kit.ErrRequest
	}
	view, err := counter.NewWays(s.Counter).Open(c.Request().Context(), reception, body.Code, body.Answers)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, s.caseView(c, view))
}

// wayCard has a reader ask the card once. What the chip tells of its holder is in the answer alone.
func (s wayPages) wayCard(c echo.Context, reception staff.Reception) error {
	var body struct {
		Name       string `json:"name"`
		BirthDate  string `json:"birthDate"`
		ExpiryYear int    `json:"expiryYear"`
		Code       string `json:"code"`
	}
	if err := c.Bind(&body); err != nil || len(body.Code) > 32 || len(body.Name) > 1000 {
		return kit.ErrRequest
	}
	ways := counter.NewWays(s.Counter)
	view, reading, err := ways.AskCard(c.Request().Context(), reception, counter.WayCard{
		ID:         c.Param("id"),
		Reader:     chosenReader(c),
		Name:       strings.TrimSpace(body.Name),
		BirthDate:  body.BirthDate,
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
		out.Way.Reading = &wayReadingJSON{reading.Name, string(reading.Sex), reading.Address}
	}
	return c.JSON(http.StatusOK, out)
}

// wayPersonJSON is what staff typed of somebody, in the words of the form.
type wayPersonJSON struct {
	Name      string `json:"name"`
	Kana      string `json:"kana"`
	BirthDate string `json:"birthDate"`
	Sex       string `json:"sex"`
	Address   string `json:"address"`
	Number    string `json:"number"`
	Contact   string `json:"contact"`
	Belongs   string `json:"belongs"`
}

// recordWay accepts a case by its way, or ends it otherwise.
func (s wayPages) recordWay(c echo.Context, reception staff.Reception) error {
	var body struct {
		wayPersonJSON
		// empty: accepted
		Outcome hostapi.Outcome `json:"outcome"`

		Checks []string          `json:"checks"`
		Form   counter.FormGiven `json:"form"`
		Share  int               `json:"share"`
		Notice string            `json:"notice"`
		Reason string            `json:"reason"`
	}
	if err := c.Bind(&body); err != nil || len(body.Reason) > 2000 {
		return kit.ErrRequest
	}
	ways := counter.NewWays(s.Counter)
	switch body.Outcome {
	case "", hostapi.Accepted:
	case hostapi.Refused, hostapi.Parked:
		view, err := ways.Close(c.Request().Context(), reception, c.Param("id"),
			counter.WayPerson(body.wayPersonJSON),
			counter.CaseEnd{Outcome: body.Outcome, Reason: body.Reason})
		return s.answerCase(c, view, err)
	default:
		return kit.ErrRequest.In("outcome")
	}
	view, err := ways.Record(c.Request().Context(), reception, c.Param("id"), counter.WayRecord{
		Person: counter.WayPerson(body.wayPersonJSON),
		Checks: body.Checks,
		Form:   body.Form,
		Share:  body.Share,
		Notice: body.Notice,
		Reason: body.Reason,
	})
	return s.answerCase(c, view, err)
}

// shares says with which share a declaration is billed for now.
func (s wayPages) shares(c echo.Context, reception staff.Reception) error {
	var body struct {
		BirthDate string `json:"birthDate"`
		counter.Answers
	}
	if err := c.Bind(&body); err != nil {
		return kit.ErrRequest
	}
	ways := counter.NewWays(s.Counter)
	shares, err := ways.ProvisionalShares(c.Request().Context(), reception, body.Answers, body.BirthDate)
	if err != nil {
		return err
	}
	out := struct {
		Shares []int    `json:"shares"`
		Texts  []string `json:"texts"`
	}{shares, []string{}}
	for _, share := range shares {
		out.Texts = append(out.Texts, kit.SharesText([]int{share}))
	}
	return c.JSON(http.StatusOK, out)
}

// declaration is the 被保険者資格申立書 with what is typed so far, to be printed and signed. Nothing is stored.
func (s wayPages) declaration(c echo.Context, reception staff.Reception) error {
	said := c.FormValue
	data, err := counter.NewWays(s.Counter).DeclarationSheet(c.Request().Context(), reception,
		counter.Answers{Card: said("card"), Shows: said("shows"), Place: said("place")},
		counter.WayPerson{
			Name:      said("name"),
			Kana:      said("kana"),
			BirthDate: said("birthDate"),
			Sex:       said("sex"),
			Address:   said("address"),
			Contact:   said("contact"),
			Belongs:   said("belongs"),
		})
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/pdf", data)
}
