package counter

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// parkedPages are what the console asks about parked cases and about 診察券番号, the clinic's own number of a
// patient. A number travels in bodies only: addresses end up in a browser's history.
type parkedPages struct {
	answers
	records counter.Records
}

func (s parkedPages) routes(r *kit.Router) {
	r.Counter("GET /api/v1/counter/parked", s.reception(s.parked))
	r.Counter("POST /api/v1/counter/this-month", s.reception(s.thisMonth))
	r.Counter("POST /api/v1/counter/cases/:id/take-up", s.reception(s.takeUp))
	r.Counter("POST /api/v1/counter/cases/:id/scan", s.reception(s.scanAgain))
	r.Counter("POST /api/v1/counter/cases/:id/patient-number", s.reception(s.setPatientNumber))
}

// parkedJSON is what a case says of its number and of its being parked.
type parkedJSON struct {
	PatientNumber string `json:"patientNumber,omitempty"`
	// Parked says of what time the case is, when somebody goes on with it after it was parked.
	Parked *Sentence `json:"parked,omitempty"`
	// Earlier are the records before the last one, the oldest first.
	Earlier []entryJSON `json:"earlier,omitempty"`
}

// entryJSON is one record of a case.
type entryJSON struct {
	Outcome    string      `json:"outcome"`
	Code       string      `json:"code,omitempty"`
	Ground     *groundJSON `json:"ground,omitempty"`
	Checked    []string    `json:"checked,omitempty"`
	Reason     string      `json:"reason,omitempty"`
	Staff      string      `json:"staff"`
	RecordedAt time.Time   `json:"recordedAt"`
	Correction bool        `json:"correction,omitempty"` // of the one before
}

func (s answers) parkedOf(c echo.Context, view counter.CaseView) parkedJSON {
	out := parkedJSON{PatientNumber: view.PatientNumber}
	for _, e := range view.Earlier {
		out.Earlier = append(out.Earlier, entryJSON{
			Outcome:    string(e.Outcome),
			Code:       string(e.Method),
			Ground:     groundOf(e.Ground, e.Checked),
			Checked:    e.Checked,
			Reason:     e.Reason,
			Staff:      s.Named(c, e.Staff),
			RecordedAt: e.RecordedAt,
			Correction: e.Correction,
		})
	}
	if n := len(view.Earlier); view.TakenUp != nil && n > 0 {
		last := view.Earlier[n-1]
		key := "console.parked_at"
		switch {
		case view.Way != nil || view.Paper != nil:
			key = "console.parked_typed"
		case len(view.Replaced) > 0:
			key = "console.parked_scanned_again"
		}
		said := newSentence(message.New(key, message.Args{
			"when":   whenValue(last.RecordedAt, s.Today()),
			"reason": message.Text(last.Reason),
		}))
		out.Parked = &said
	}
	return out
}

// whenValue writes a time of the own year without it.
func whenValue(at time.Time, today eligibility.Date) message.Value {
	at = at.In(eligibility.Japan)
	day := eligibility.DateOf(at)
	if day.Year() == today.Year() {
		return message.Writing(at.Format("1月2日 15:04"), at.Format("2 January 15:04"))
	}
	return message.Writing(day.Japanese()+at.Format(" 15:04"), at.Format("2 January 2006 15:04"))
}

// waitingJSON is a parked case as the list has it.
type waitingJSON struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"` // empty where nothing was verified
	BirthDateJa   string   `json:"birthDateJa"`
	PatientNumber string   `json:"patientNumber"`
	Reason        string   `json:"reason"`
	Staff         string   `json:"staff"`
	When          Sentence `json:"when"`
	EarlierDay    bool     `json:"earlierDay"` // it was not opened today
	// TakenUpBy is who has had it on the screen within the last minutes; empty: nobody.
	TakenUpBy string `json:"takenUpBy,omitempty"`
}

// takenUpFor is how long the list says who took a case up. It stands in nobody's way.
const takenUpFor = 10 * time.Minute

// parked lists the facility's cases that wait.
func (s parkedPages) parked(c echo.Context, reception staff.Reception) error {
	views, err := s.records.Parked(c.Request().Context(), reception)
	if err != nil {
		return err
	}
	out := struct {
		Parked []waitingJSON `json:"parked"`
	}{[]waitingJSON{}}
	for _, view := range views {
		out.Parked = append(out.Parked, s.waiting(c, view))
	}
	return c.JSON(http.StatusOK, out)
}

func (s parkedPages) waiting(c echo.Context, view counter.CaseView) waitingJSON {
	parked := counter.Entry{Reason: view.Reason, Staff: view.Staff, RecordedAt: view.RecordedAt}
	if all := view.Entries(); len(all) > 0 {
		parked = all[len(all)-1]
	}
	one := waitingJSON{
		ID:            view.ID,
		PatientNumber: view.PatientNumber,
		Reason:        parked.Reason,
		Staff:         s.Named(c, parked.Staff),
		EarlierDay:    eligibility.DateOf(view.At) != s.Today(),
		When: newSentence(message.New("console.parked_when", message.Args{
			"when": whenValue(view.At, s.Today()),
		})),
	}
	one.Name, one.BirthDateJa = whoOf(view)
	if t := view.TakenUp; t != nil && s.Now().Sub(t.At) < takenUpFor {
		one.TakenUpBy = s.Named(c, t.By)
	}
	return one
}

// whoOf is whom a case is about, as far as it is known: by a screen, a paper, or what was told for a way.
func whoOf(view counter.CaseView) (name, birthDateJa string) {
	var birth eligibility.Date
	if e := view.Shown(); e != nil {
		name, birth = e.Name, e.BirthDate
	} else if view.Way != nil {
		name, birth = view.Way.Name, view.Way.BirthDate
	}
	return name, birth.Japanese()
}

// takeUp goes on with a parked case.
func (s parkedPages) takeUp(c echo.Context, reception staff.Reception) error {
	view, err := s.records.TakeUp(c.Request().Context(), reception, c.Param("id"))
	return s.answerCase(c, view, err)
}

// scanAgain puts the same person's screen of now in the place of a parked case's.
func (s parkedPages) scanAgain(c echo.Context, reception staff.Reception) error {
	var body struct {
		Text string `json:"text"`
	}
	if err := c.Bind(&body); err != nil || len(body.Text) > 20000 {
		return kit.ErrRequest
	}
	view, err := s.Counter.ScanAgain(c.Request().Context(), reception, c.Param("id"), body.Text)
	return s.answerCase(c, view, err)
}

// readNumber is a body that holds a 診察券番号.
func readNumber(c echo.Context) (string, error) {
	var body struct {
		PatientNumber string `json:"patientNumber"`
	}
	if err := c.Bind(&body); err != nil || len(body.PatientNumber) > 400 {
		return "", kit.ErrRequest.In("patientNumber")
	}
	return body.PatientNumber, nil
}

// setPatientNumber gives an open case its 診察券番号.
func (s parkedPages) setPatientNumber(c echo.Context, reception staff.Reception) error {
	number, err := readNumber(c)
	if err != nil {
		return err
	}
	view, err := s.records.SetPatientNumber(c.Request().Context(), reception, c.Param("id"), number)
	return s.answerCase(c, view, err)
}

// foundJSON is what was recorded this month for a 診察券番号: of what day, how and by whom. It says nothing of
// now.
type foundJSON struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	BirthDateJa string    `json:"birthDateJa"`
	At          time.Time `json:"at"`
	Code        string    `json:"code"`
	Method      Sentence  `json:"method"` // its name
	Staff       string    `json:"staff"`
	Sentence
}

// thisMonth says what was recorded in this calendar month for a 診察券番号.
func (s parkedPages) thisMonth(c echo.Context, reception staff.Reception) error {
	number, err := readNumber(c)
	if err != nil {
		return err
	}
	view, err := s.records.ThisMonth(c.Request().Context(), reception, number)
	if err != nil {
		return err
	}
	var out struct {
		Found *foundJSON `json:"found"`
		Sentence
	}
	out.Sentence = newSentence(message.New("console.this_month_none", nil))
	if view != nil {
		day := view.RecordedAt.In(eligibility.Japan)
		out.Found = &foundJSON{
			ID:     view.ID,
			At:     view.RecordedAt,
			Code:   string(view.Method),
			Method: newSentence(eligibility.MethodName(view.Method)),
			Staff:  s.Named(c, view.Staff),
		}
		out.Found.Name, out.Found.BirthDateJa = whoOf(*view)
		out.Found.Sentence = newSentence(message.New("console.this_month", message.Args{
			"day": message.Writing(fmt.Sprintf("%d月%d日", day.Month(), day.Day()), day.Format("2 January")),
		}))
		out.Sentence = out.Found.Sentence
	}
	return c.JSON(http.StatusOK, out)
}

// outcomes are how a case can end, by the catalogue's keys.
var outcomes = map[hostapi.Outcome]string{
	hostapi.Accepted: "records.outcome.accepted",
	hostapi.Refused:  "records.outcome.refused",
	hostapi.Parked:   "records.outcome.parked",
}
