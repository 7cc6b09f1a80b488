package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/pwa"
	"madoguchi/server/desk"
)

// The patient's door: what the paper is for, both ways to a screen, what is needed and what to do without it. It is
// complete without a program in the page; so are the pages that help before a visit.

func (s *Site) landingRoutes(e *echo.Echo) {
	e.GET("/settings", s.settingsPage)
	e.POST("/settings", s.saveSettings)
	e.GET("/certificate", s.certificatePage)
	e.GET("/certificate.ics", s.certificateCalendar)
	e.GET("/next", s.nextPage)
}

// home is the door for those who come without a code; where no insurer's half runs it is the counter's.
func (s *Site) home(c echo.Context) error {
	if s.Office == nil {
		return c.Redirect(http.StatusSeeOther, "/counter")
	}
	return s.showPublic(c, http.StatusOK, "landing", LandingView{Page: s.translated(c, "door.title.home"), Staff: s.Demo})
}

// openNotice takes a notice's code off the address at once. It never uses the code up, and it is never logged. A code that
// is none, or no more, gets the same door with a sentence.
func (s *Site) openNotice(c echo.Context) error {
	if err := s.guesses.Take(from(c), s.Now()); err != nil {
		return err
	}
	mac, err := s.Office.NoticeFor(c.Request().Context(), c.Param("code"))
	if err != nil {
		return s.refuseNotice(c, err)
	}
	session, v, known, err := s.patient(c)
	if err != nil {
		return err
	}
	v.Notice = mac
	if err := s.keep(c, session, known, v); err != nil {
		return err
	}
	s.keepChosenLanguage(c)
	return c.Redirect(http.StatusSeeOther, "/notice")
}

// refuseNotice shows the door with why a code is of no use. Other errors are the error page's.
func (s *Site) refuseNotice(c echo.Context, err error) error {
	if !errors.Is(err, desk.ErrNoticeCode) && !errors.Is(err, desk.ErrNoticeVoid) {
		return err
	}
	e, status := asProblem(err)
	return s.showPublic(c, status, "landing", LandingView{Page: s.translated(c, "door.title.notice"), Refusal: asked(e)})
}

// asked is an error beside a form or on a page.
func asked(e *eligibility.Error) *Problem {
	return &Problem{Key: e.Key, Ja: e.Ja, En: e.En, Field: e.Field}
}

func (s *Site) noticePage(c echo.Context) error {
	_, v, _, err := s.patient(c)
	if err != nil {
		return err
	}
	view := LandingView{Page: s.translated(c, "door.title.notice")}
	if v.Notice == nil {
		return s.showPublic(c, http.StatusOK, "landing", view)
	}
	in, err := s.Office.NoticeInsurer(c.Request().Context(), v.Notice)
	if err != nil {
		return s.refuseNotice(c, err)
	}
	view.Read, view.Insurer = true, insurerView(in)
	return s.showPublic(c, http.StatusOK, "landing", view)
}

// certificatePage tells what follows from the date of the electronic certificate. The date is neither stored nor logged.
func (s *Site) certificatePage(c echo.Context) error {
	today := s.today()
	view := CertificateView{Page: s.translated(c, "expiry.title")}
	view.Example = today.AddMonths(14).String()
	until, problem := s.typedDate(c.QueryParam("until"))
	if problem != nil {
		view.Error, view.Typed, view.Path = problem, printable(c.QueryParam("until")), c.Request().URL.Path
		return s.showPublic(c, http.StatusUnprocessableEntity, "certificate", view)
	}
	if until.IsZero() {
		return s.showPublic(c, http.StatusOK, "certificate", view)
	}
	g := eligibility.GraceOf(until)
	tell := func(last eligibility.Date) (key, date string) {
		if today.After(last) {
			return "expiry.over", day(view.Lang, last)
		}
		return "common.until", day(view.Lang, last)
	}
	state := g.On(today)
	view.Typed, view.State = until.String(), "expiry.state."+string(state)
	view.Class = map[eligibility.CertificateState]string{eligibility.CertificateValid: "good", eligibility.CertificateGrace: "attention", eligibility.CertificateExpired: "refusal"}[state]
	view.UseText, view.Until = tell(g.Until)
	view.WarnText, view.WarnUntil = tell(g.WarnUntil)
	view.MayText, view.MayWorkTo = tell(g.MayWorkTo)
	if today.Before(g.RenewFrom) {
		view.RenewFrom = day(view.Lang, g.RenewFrom)
	}
	if view.CanSave = state == eligibility.CertificateValid; view.CanSave {
		view.Calendar = "/certificate.ics?until=" + until.String()
	}
	return s.showPublic(c, http.StatusOK, "certificate", view)
}

// typedDate reads a date off a card; an empty text is the zero date.
func (s *Site) typedDate(text string) (eligibility.Date, *Problem) {
	d, err := eligibility.ReadDate(text)
	if err != nil || !d.IsZero() && (!d.Exact() || d.Year() < 2000 || d.Year() > 2100) {
		return eligibility.Date{}, asked(eligibility.ErrDate.In("until"))
	}
	return d, nil
}

// printable is what somebody typed, to be corrected; a text that holds a 12-digit My Number is never shown again.
func printable(text string) string {
	if eligibility.HoldsMyNumber(text) {
		return ""
	}
	return text
}

// printableAddress is a page's own address as its links hold it: without the query, or not at all, where that would show a 12-digit
// My Number again.
func printableAddress(u *url.URL) string {
	query, err := url.QueryUnescape(u.RawQuery)
	switch {
	case eligibility.HoldsMyNumber(u.Path):
		return "/"
	case err != nil || eligibility.HoldsMyNumber(query):
		return u.EscapedPath()
	}
	return u.RequestURI()
}

// certificateCalendar is the certificate's last day as a calendar file with its reminders.
func (s *Site) certificateCalendar(c echo.Context) error {
	until, problem := s.typedDate(c.QueryParam("until"))
	if problem != nil || until.IsZero() {
		return eligibility.ErrDate.In("until")
	}
	lang := s.lookOf(c).Lang
	file := calendar(event{On: until, Made: s.Now(), Host: c.Request().Host, Title: pwa.Plain(lang, "expiry.event"), Text: pwa.Plain(lang, "expiry.eventText"),
		DaysBefore: []int{90, 60, 30}})
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="certificate-`+until.String()+`.ics"`)
	return c.Blob(http.StatusOK, "text/calendar; charset=utf-8", file)
}

// nextPage shows in pictures what to bring next time, after a visit without マイナ保険証.
func (s *Site) nextPage(c echo.Context) error {
	view := NextView{Page: s.translated(c, "bring.title"), Why: c.QueryParam("why")}
	known := false
	for _, why := range eligibility.AllSetbacks {
		view.Whys = append(view.Whys, string(why))
		known = known || string(why) == view.Why
	}
	until, problem := s.typedDate(c.QueryParam("until"))
	if problem != nil {
		view.Error, view.Typed, view.Path = problem, printable(c.QueryParam("until")), c.Request().URL.Path
		return s.showPublic(c, http.StatusUnprocessableEntity, "next", view)
	}
	if !known {
		return s.showPublic(c, http.StatusOK, "next", view)
	}
	items, instead := eligibility.BringNext(eligibility.Setback(view.Why))
	for _, item := range items {
		view.Bring = append(view.Bring, Brought{Picture: pictures[item], Text: "bring.item." + string(item), Japanese: pwa.Plain("ja", "bring.item."+string(item))})
	}
	view.Alone = len(items) == 1
	view.Notes = nextNotes(eligibility.Setback(view.Why), instead)
	if !until.IsZero() && !view.Alone {
		view.ByText, view.By = nextUntil(view.Lang, eligibility.GraceOf(until), s.today())
	}
	return s.showPublic(c, http.StatusOK, "next", view)
}

var pictures = map[eligibility.Item]string{eligibility.ItemCard: "card", eligibility.ItemNotice: "paper", eligibility.ItemCertificate: "paper", eligibility.ItemInsurerScreen: "phone"}

// nextNotes are the sentences under the pictures: what may take the paper's place, and how the trouble ends.
func nextNotes(why eligibility.Setback, instead eligibility.Item) []string {
	var notes []string
	switch instead {
	case eligibility.ItemInsurerScreen:
		notes = append(notes, "bring.orPhone")
	case eligibility.ItemInsurerPDF:
		notes = append(notes, "bring.orPdf")
	}
	switch why {
	case eligibility.SetbackPIN:
		notes = append(notes, "bring.reset")
	case eligibility.SetbackExpired:
		notes = append(notes, "bring.renew")
	case eligibility.SetbackLost:
		notes = append(notes, "bring.ask")
	}
	return notes
}

// nextUntil says until when the card is worth trying at the machine.
func nextUntil(lang string, g eligibility.Grace, today eligibility.Date) (key, date string) {
	switch g.On(today) {
	case eligibility.CertificateValid:
		return "bring.by.reader", day(lang, g.Until)
	case eligibility.CertificateGrace:
		return "bring.by.grace", day(lang, g.MayWorkTo)
	}
	return "", ""
}
