package counter

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	counterhalf "madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// Routes adds the console, what it calls, and the address at which bridge agents dial in.
func (s *Console) Routes(r *kit.Router) {
	r.Counter("GET /counter", s.counterPage)
	s.StaffRoutes(r, auth.Counter)
	r.Counter("GET /api/v1/counter/status", s.reception(s.counterStatus))
	r.Counter("GET /api/v1/counter/cases", s.reception(s.cases))
	r.Counter("POST /api/v1/counter/people", s.reception(s.people))
	r.Counter("POST /api/v1/counter/cases", s.reception(s.scan))
	r.Counter("POST /api/v1/counter/cases/:id/proof", s.reception(s.prove))
	r.Counter("POST /api/v1/counter/cases/:id/challenge", s.reception(s.challenge))
	r.Counter("POST /api/v1/counter/cases/:id/card-check", s.reception(s.cardCheck))
	s.pdfs.routes(r)
	s.extraCheckRoutes(r)
	wayPages{s.answers}.routes(r)
	paperPages{s.answers, counterhalf.NewPapers(s.Counter)}.routes(r)
	r.Counter("POST /api/v1/counter/cases/:id/visual", s.reception(s.visual))
	r.Counter("POST /api/v1/counter/cases/:id/record", s.reception(s.record))
	r.Counter("POST /api/v1/counter/cases/:id/take-back", s.reception(s.takeBack))
	r.Counter("POST /api/v1/counter/reader", s.reception(s.useReader))
	s.bridges.routes(r)
	parkedPages{s.answers, s.records.Records}.routes(r)
	s.records.routes(r)
	s.places.routes(r)
	s.offline.routes(r)
}

func (s *Console) counterPage(c echo.Context, member staff.Member) error {
	ctx, reception := c.Request().Context(), s.of(member)
	facility, err := s.Counter.FacilityOf(ctx, reception)
	if err != nil {
		return err
	}
	view := CounterView{
		Page:     s.NewPage(c, message.New("staff.title.counter", nil)),
		Facility: facility.Name,
		Staff:    s.Named(c, reception.Staff),
		Member:   member.ID != "",
	}
	if view.Member {
		own, err := s.facilities.Facility(ctx, member, reception.Facility)
		if err != nil {
			return err
		}
		view.Blanking, view.ByYear = int(own.Blanking/time.Second), own.CopyByYear
	}
	return s.Show(c, http.StatusOK, "counter", view)
}

// scan opens a case with the text of a code: what the console's camera, a reader that types or a file gave.
func (s *Console) scan(c echo.Context, reception staff.Reception) error {
	var body struct {
		Text string `json:"text"`
	}
	if err := c.Bind(&body); err != nil || len(body.Text) > 20000 {
		return kit.ErrRequest
	}
	view, err := s.Counter.Open(c.Request().Context(), reception, body.Text)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, s.caseView(c, view))
}

type candidateJSON struct {
	Text        string   `json:"text"`
	Proof       string   `json:"proof,omitempty"`
	Name        string   `json:"name"` // empty where nothing is verified
	BirthDateJa string   `json:"birthDateJa"`
	InsurerName string   `json:"insurerName"`
	Headline    Sentence `json:"headline"`
}

// people says whose the codes of one picture are, so that staff choose. What an unverified code claims is not
// shown.
func (s *Console) people(c echo.Context, reception staff.Reception) error {
	var body struct {
		Texts []string `json:"texts"`
	}
	if err := c.Bind(&body); err != nil {
		return kit.ErrRequest
	}
	for _, text := range body.Texts {
		if len(text) > 20000 {
			return kit.ErrRequest
		}
	}
	found, err := s.Counter.Candidates(c.Request().Context(), reception, body.Texts)
	if err != nil {
		return err
	}
	out := make([]candidateJSON, 0, len(found))
	for _, one := range found {
		person := candidateJSON{
			Text:     one.JWS,
			Proof:    one.Proof,
			Headline: newSentence(one.Verdict.Headline()),
		}
		if e := one.Verdict.Eligibility; e != nil {
			person.Name = e.Name
			person.BirthDateJa = e.BirthDate.Japanese()
			person.InsurerName = e.InsurerName
		}
		out = append(out, person)
	}
	return c.JSON(http.StatusOK, map[string]any{"people": out})
}

// prove adds the second code of a phone that is offline.
func (s *Console) prove(c echo.Context, reception staff.Reception) error {
	var body struct {
		Text string `json:"text"`
	}
	if err := c.Bind(&body); err != nil || len(body.Text) > 4000 {
		return kit.ErrRequest
	}
	view, err := s.Counter.Prove(c.Request().Context(), reception, c.Param("id"), body.Text)
	return s.answerCase(c, view, err)
}

// challenge makes the number that the phone's next proof must answer.
func (s *Console) challenge(c echo.Context, reception staff.Reception) error {
	view, err := s.Counter.Challenge(c.Request().Context(), reception, c.Param("id"))
	return s.answerCase(c, view, err)
}

// cardCheck has a reader ask the card once. The console sends birthDateConfirmed when staff have compared the
// screen's birth date with the card's face; without it no card is touched.
func (s *Console) cardCheck(c echo.Context, reception staff.Reception) error {
	var body struct {
		Confirmed bool `json:"birthDateConfirmed"`
	}
	if err := c.Bind(&body); err != nil || !body.Confirmed {
		return kit.ErrRequest.In("birthDateConfirmed")
	}
	view, err := s.Counter.CheckCard(c.Request().Context(), reception, chosenReader(c), c.Param("id"))
	return s.answerCase(c, view, err)
}

// visual takes down what staff compared by eye.
func (s *Console) visual(c echo.Context, reception staff.Reception) error {
	var body struct {
		Checks []string `json:"checks"`
	}
	if err := c.Bind(&body); err != nil {
		return kit.ErrRequest
	}
	view, err := s.Counter.Visual(c.Request().Context(), reception, c.Param("id"), body.Checks)
	return s.answerCase(c, view, err)
}

// record ends a case: accepted, refused or parked (until the bill is paid).
func (s *Console) record(c echo.Context, reception staff.Reception) error {
	var body struct {
		Outcome       hostapi.Outcome `json:"outcome"`
		Reason        string          `json:"reason"`
		PatientNumber *string         `json:"patientNumber"`
	}
	if err := c.Bind(&body); err != nil || len(body.Reason) > 2000 {
		return kit.ErrRequest
	}
	switch body.Outcome {
	case hostapi.Accepted, hostapi.Refused, hostapi.Parked:
	default:
		return kit.ErrRequest.In("outcome")
	}
	view, err := s.Counter.Record(c.Request().Context(), reception, c.Param("id"),
		counterhalf.CaseEnd{Outcome: body.Outcome, Reason: body.Reason, PatientNumber: body.PatientNumber})
	return s.answerCase(c, view, err)
}

// takeBack takes a record back that was made just now: the case is open again.
func (s *Console) takeBack(c echo.Context, reception staff.Reception) error {
	view, err := s.Counter.TakeBack(c.Request().Context(), reception, c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.caseView(c, view))
}

// cases lists the facility's cases of today.
func (s *Console) cases(c echo.Context, reception staff.Reception) error {
	views, err := s.Counter.Today(c.Request().Context(), reception)
	if err != nil {
		return err
	}
	out := struct {
		Cases []CaseJSON `json:"cases"`
	}{[]CaseJSON{}}
	for _, view := range views {
		out.Cases = append(out.Cases, s.caseView(c, view))
	}
	return c.JSON(http.StatusOK, out)
}

// answerCase answers with a case as it stands after what was asked.
func (s answers) answerCase(c echo.Context, view counterhalf.CaseView, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.caseView(c, view))
}

// counterStatus tells the console, every few seconds, of readers, trust list, clock and the day's numbers.
func (s *Console) counterStatus(c echo.Context, reception staff.Reception) error {
	facility, err := s.Counter.FacilityOf(c.Request().Context(), reception)
	if err != nil {
		return err
	}
	believed, err := s.Counter.Believed()
	if err != nil {
		return err
	}
	outage, err := s.Counter.Outages.Open(c.Request().Context(), reception)
	if err != nil {
		return err
	}
	out := struct {
		Facility string       `json:"facility"`
		Staff    string       `json:"staff"`
		Readers  []readerJSON `json:"readers"`
		// this browser has chosen a reader, and it is not connected
		Away      bool `json:"readerAway"`
		TrustList struct {
			IssuedAt time.Time `json:"issuedAt"`
			Version  int       `json:"version"`
		} `json:"trustList"`
		Outage     int       `json:"outage"` // to look up after an outage
		Today      int       `json:"today"`
		Parked     int       `json:"parked"`
		ServerTime time.Time `json:"serverTime"`
		Clock      *Sentence `json:"clock"` // how far the server's clock is off, when that is worth saying
	}{
		Facility:   facility.Name,
		Staff:      s.Named(c, reception.Staff),
		Readers:    s.readers(c, reception),
		Outage:     outage,
		ServerTime: s.Now(),
	}
	out.Away = chosenReader(c) != "" &&
		!slices.ContainsFunc(out.Readers, func(r readerJSON) bool { return r.Chosen && r.Connected })
	if clock := credential.ClockSkewMessage(believed.ClockSkew.General); clock.Key != "" {
		said := newSentence(clock)
		out.Clock = &said
	}
	trust := believed.List
	out.TrustList.IssuedAt = time.Unix(trust.IssuedAt, 0).In(eligibility.Japan)
	out.TrustList.Version = trust.Version
	if out.Today, err = s.records.CountToday(c.Request().Context(), reception); err != nil {
		return err
	}
	if out.Parked, err = s.records.CountParked(c.Request().Context(), reception); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}
