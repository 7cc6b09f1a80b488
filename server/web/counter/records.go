package counter

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// records are the pages on which staff find again what their counter recorded.
type records struct {
	*kit.Kit
	receptions
	counter.Records
}

const recordsPath = "/counter/records"

func (s records) routes(r *kit.Router) {
	r.Counter("GET "+recordsPath, s.list)
	r.Counter("GET "+recordsPath+"/:id", s.reception(s.one))
	r.Counter("POST "+recordsPath+"/:id/correct", s.reception(s.correct))
	r.Counter("GET "+recordsPath+"/export", s.reception(s.exportPage))
	r.Counter("POST "+recordsPath+"/export", s.reception(s.export))
}

// asked is a search as an address holds it.
type asked struct {
	From, To, Staff, Outcome, Number string
}

// address is where a page of the search is, from 0.
func (a asked) address(page int) string {
	values := url.Values{"from": {a.From}, "to": {a.To}}
	for name, value := range map[string]string{"staff": a.Staff, "outcome": a.Outcome, "number": a.Number} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if page > 0 {
		values.Set("page", strconv.Itoa(page))
	}
	return recordsPath + "?" + values.Encode()
}

var errDay = &eligibility.Error{Code: eligibility.Invalid, Key: "case.day"}

// search reads the form. Days are taken in every writing in which dates are taken elsewhere.
func (a asked) search() (s counter.Search, err error) {
	for _, day := range []struct {
		field, text string
		into        *eligibility.Date
	}{{"from", a.From, &s.From}, {"to", a.To, &s.To}} {
		if day.text == "" {
			continue
		}
		if *day.into, err = eligibility.ReadDate(day.text); err != nil || !day.into.Exact() {
			return s, errDay.In(day.field)
		}
	}
	s.Staff, s.PatientNumber = a.Staff, a.Number
	if outcome := hostapi.Outcome(a.Outcome); outcomes[outcome] != "" {
		s.Outcome = outcome
	}
	return s, nil
}

// list shows the records of today, or of what the address asks for.
func (s records) list(c echo.Context, member staff.Member) error {
	reception, today := s.of(member), s.Today().String()
	a := asked{
		From:    c.QueryParam("from"),
		To:      c.QueryParam("to"),
		Staff:   c.QueryParam("staff"),
		Outcome: c.QueryParam("outcome"),
		Number:  c.QueryParam("number"),
	}
	if a == (asked{}) {
		a.From, a.To = today, today
	}
	view := s.listView(a)
	view.Page = s.NewPage(c, message.New("records.title", nil))
	var err error
	if view.StaffChoices, err = s.staffChoices(c, member, a.Staff); err != nil {
		return err
	}
	search, err := a.search()
	search.Page, _ = strconv.Atoi(c.QueryParam("page"))
	var found counter.Found
	if err == nil {
		found, err = s.Search(c.Request().Context(), reception, search)
	}
	var refused *eligibility.Error
	if errors.As(err, &refused) && refused.Code == eligibility.Invalid {
		view.Error = kit.FormError(refused)
		return s.Show(c, http.StatusUnprocessableEntity, "records", view)
	}
	if err != nil {
		return err
	}
	s.fill(c, &view, found, max(search.Page, 0))
	return s.Show(c, http.StatusOK, "records", view)
}

// staffChoices are the colleagues whose records can be looked for, also those who have left.
func (s records) staffChoices(c echo.Context, member staff.Member, chosen string) ([]StaffChoice, error) {
	var all []StaffChoice
	if member.ID == "" { // the demo's, who are picked by name
		for _, name := range s.Kit.Staff {
			all = append(all, StaffChoice{name, name, name == chosen})
		}
		return all, nil
	}
	names, err := s.Members.Names(c.Request().Context(), member, member.Organisation)
	if err != nil {
		return nil, err
	}
	for id, name := range names {
		all = append(all, StaffChoice{string(id), name, string(id) == chosen})
	}
	slices.SortFunc(all, func(a, b StaffChoice) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value))
	})
	return all, nil
}

// one shows a case with all of its records.
func (s records) one(c echo.Context, reception staff.Reception) error {
	view, err := s.Find(c.Request().Context(), reception, c.Param("id"))
	if err != nil {
		return err
	}
	page := s.recordView(c, view)
	page.Corrected = c.QueryParam("said") == "corrected"
	return s.Show(c, http.StatusOK, "record", page)
}

// correct records a further entry; what is wrong with it is said above the form, and what was typed stays.
func (s records) correct(c echo.Context, reception staff.Reception) error {
	ctx, id := c.Request().Context(), c.Param("id")
	to := counter.RecordCorrection{
		Outcome:       hostapi.Outcome(c.FormValue("outcome")),
		Reason:        c.FormValue("reason"),
		PatientNumber: c.FormValue("patientNumber"),
	}
	to.Version, _ = strconv.Atoi(c.FormValue("version"))
	if len(to.Reason) > 2000 || outcomes[to.Outcome] == "" {
		return kit.ErrRequest
	}
	_, err := s.Correct(ctx, reception, id, to)
	var refused *eligibility.Error
	if errors.As(err, &refused) &&
		(refused.Code == eligibility.Invalid || refused.Code == eligibility.Conflict) {
		view, err := s.Find(ctx, reception, id)
		if err != nil {
			return err
		}
		page := s.recordView(c, view)
		page.Error = kit.FormError(refused)
		page.Typed = CorrectionForm{
			Outcome:       string(to.Outcome),
			Reason:        to.Reason,
			PatientNumber: to.PatientNumber,
			Open:          true,
		}
		if refused.Key == "case.reason_my_number" || refused.Key == "case.patient_my_number" {
			page.Typed.Reason, page.Typed.PatientNumber = "", "" // no page shows a My Number again
		}
		return s.Show(c, http.StatusUnprocessableEntity, "record", page)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, recordsPath+"/"+url.PathEscape(id)+"?said=corrected")
}
