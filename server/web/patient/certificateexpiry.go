package patient

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/pwa"
	"madoguchi/server/web/kit"
)

// certificatePage tells what follows from the date of the electronic certificate. The date is neither stored
// nor logged.
func (s *landingPages) certificatePage(c echo.Context) error {
	today := s.Today()
	view := CertificateView{Page: s.Translated(c, "expiry.title")}
	view.Example = exampleOf(today.AddMonths(14))
	view.Typed = printableInput(c.QueryParam("until"))
	day := func(d eligibility.Date) string { // in the writing in which it was asked
		return kit.DayTextAs(view.Lang, d, eligibility.WrittenWestern(view.Typed))
	}
	until, problem := s.typedDate(c.QueryParam("until"))
	if problem != nil {
		view.Error = problem
		view.Path = c.Request().URL.Path
		return s.ShowPublic(c, http.StatusUnprocessableEntity, "certificate", view)
	}
	if until.IsZero() {
		return s.ShowPublic(c, http.StatusOK, "certificate", view)
	}
	g := eligibility.GraceOf(until)
	tell := func(last eligibility.Date) (key, date string) {
		if today.After(last) {
			return "expiry.over", day(last)
		}
		return "common.until", day(last)
	}
	state := g.On(today)
	view.State = "expiry.state." + string(state)
	view.Class = map[eligibility.CertificateState]string{
		eligibility.CertificateValid:   "good",
		eligibility.CertificateGrace:   "attention",
		eligibility.CertificateExpired: "refusal",
	}[state]
	view.UseText, view.Until = tell(g.Until)
	view.WarnText, view.WarnUntil = tell(g.WarnUntil)
	view.MayText, view.MayWorkTo = tell(g.MayWorkTo)
	if today.Before(g.RenewFrom) {
		view.RenewFrom = day(g.RenewFrom)
	}
	if view.CanSave = state == eligibility.CertificateValid; view.CanSave {
		view.Calendar = "/certificate.ics?until=" + until.String()
	}
	return s.ShowPublic(c, http.StatusOK, "certificate", view)
}

// typedDate reads the last day of a certificate off a card; an empty text is the zero date.
func (s *landingPages) typedDate(text string) (eligibility.Date, *kit.Problem) {
	d, wrong := readTyped(eligibility.TypedCertificate, text, s.Today())
	if wrong != nil {
		return eligibility.Date{}, kit.FormError(wrong.In("until"))
	}
	return d, nil
}

// printableInput is what somebody typed, to be corrected; a text that holds a 12-digit My Number is never
// shown again.
func printableInput(text string) string {
	if eligibility.HoldsMyNumber(text) {
		return ""
	}
	return text
}

// certificateCalendar is the certificate's last day as a calendar file with its reminders.
func (s *landingPages) certificateCalendar(c echo.Context) error {
	until, problem := s.typedDate(c.QueryParam("until"))
	if problem != nil || until.IsZero() {
		return eligibility.ErrDate.In("until")
	}
	lang := s.PreferencesOf(c).Lang
	file := calendarFile(
		calendarEvent{
			On:         until,
			Made:       s.Now(),
			Host:       c.Request().Host,
			Title:      pwa.Plain(lang, "expiry.event"),
			Text:       pwa.Plain(lang, "expiry.eventText"),
			DaysBefore: []int{90, 60, 30},
		},
	)
	kit.SetAttachment(c, "certificate-"+until.String()+".ics")
	return c.Blob(http.StatusOK, "text/calendar; charset=utf-8", file)
}
