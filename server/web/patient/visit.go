package patient

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/pwa"
	"madoguchi/server/web/kit"
)

// The page that patients ask before a visit, which answers from the rules.

// Routes adds that page.
func (s *VisitCheck) Routes(r *kit.Router) {
	r.Public("GET /visit", s.visitPage)
	r.Public("POST /visit", s.visit)
}

func (s *VisitCheck) visitPage(c echo.Context) error {
	return s.ShowPublic(
		c,
		http.StatusOK,
		"visit",
		VisitView{Page: s.Translated(c, "visit.title"), Form: VisitForm{Day: s.Today().String()}},
	)
}

// visit answers what will be valid on the day; the dates are neither stored nor logged.
func (s *VisitCheck) visit(c echo.Context) error {
	view := VisitView{Page: s.Translated(c, "visit.title")}
	if err := c.Bind(&view.Form); err != nil {
		return err
	}
	v, field := view.Form.read()
	view.Form.clean()
	items, err := eligibility.CheckVisit(v)
	var e *eligibility.Error
	switch {
	case field != "":
		view.Error = kit.FormError(eligibility.ErrDate.In(field))
	case errors.As(err, &e):
		view.Error = kit.FormError(e)
	case err != nil:
		return err
	}
	if view.Error != nil {
		return s.ShowPublic(c, http.StatusUnprocessableEntity, "visit", view)
	}
	view.Day = kit.DayText(view.Lang, v.Day)
	view.KnownUntil, view.ReadOn = kit.DayText(
		view.Lang,
		eligibility.RulesKnownUntil,
	), kit.DayText(
		view.Lang,
		eligibility.RulesReadOn,
	)
	for _, item := range items {
		view.Lines = append(view.Lines, visitLine(view.Lang, v, item))
	}
	view.Lines = append(view.Lines, comingChanges(view.Lang, v)...)
	return s.ShowPublic(c, http.StatusOK, "visit", view)
}

// read turns the form into a Visit; field names the first date that is none.
func (f *VisitForm) read() (v eligibility.Visit, field string) {
	for _, d := range []struct {
		name, text string
		to         *eligibility.Date
	}{
		{"day", f.Day, &v.Day},
		{"birthDate", f.BirthDate, &v.Person.BirthDate},
		{"certificateUntil", f.CertificateUntil, &v.CertificateUntil},
		{"cardUntil", f.CardUntil, &v.CardUntil},
		{"paperUntil", f.PaperUntil, &v.PaperUntil},
		{"savedOn", f.SavedOn, &v.SavedOn},
	} {
		read, err := eligibility.ReadDate(d.text)
		if (err != nil || !read.IsZero() && !read.Exact() && d.name != "birthDate") && field == "" {
			field = d.name
		}
		*d.to = read
	}
	return v, field
}

// visitLine finds the sentence of an answer and the values in it.
func visitLine(lang string, v eligibility.Visit, item eligibility.VisitItem) VisitLine {
	line := VisitLine{
		State: item.State,
		Text:  "visit." + item.Key + "." + item.State,
		Until: kit.DayText(lang, item.Until),
	}
	switch line.Text {
	case "visit.certificate.care":
		line.Text = "visit.certificate.grace"
		if v.Day.After(eligibility.GraceOf(v.CertificateUntil).WarnUntil) {
			line.Text = "visit.certificate.late"
		}
	case "visit.share.ok", "visit.share.care":
		if shares, err := eligibility.SharesOn(v.Person, v.Day); err == nil {
			line.Shares = sharesIn(lang, shares)
		}
	case "visit.pdf.no":
		line.Date = kit.DayText(lang, eligibility.NextShareChange(v.Person, v.SavedOn))
	}
	return line
}

// comingChanges are the days on which the share of the costs will change by age, and be looked at anew.
func comingChanges(lang string, v eligibility.Visit) []VisitLine {
	if v.Person.BirthDate.IsZero() {
		return nil
	}
	f, err := eligibility.ForecastShare(v.Person, v.Day)
	if err != nil {
		return nil // the check above has told it already
	}
	var lines []VisitLine
	if f.ChangesOn != nil {
		text := "visit.share.then"
		if len(f.Then) > 1 {
			text = "visit.share.thenEither"
		}
		lines = append(
			lines,
			VisitLine{
				State:  "care",
				Text:   text,
				Date:   kit.DayText(lang, *f.ChangesOn),
				Shares: sharesIn(lang, f.Then),
			},
		)
	}
	if f.ReviewOn != nil {
		lines = append(
			lines,
			VisitLine{State: "care", Text: "visit.share.review", Date: kit.DayText(lang, *f.ReviewOn)},
		)
	}
	return lines
}

// sharesIn writes shares as Japanese papers do (2割・3割), to others as percentages with the papers' writing
// beside them.
func sharesIn(lang string, percents []int) string {
	var japanese, digits []string
	for _, p := range percents {
		japanese = append(japanese, kit.ShareText("ja", p))
		digits = append(digits, kit.ShareText(lang, p))
	}
	ja := strings.Join(japanese, "・")
	if pwa.HTMLTag(pwa.Language(lang)) == "ja" {
		return ja
	}
	return strings.Join(digits, " / ") + "（" + ja + "）"
}

// clean takes out what must not be shown again.
func (f *VisitForm) clean() {
	for _, typed := range []*string{
		&f.Day, &f.BirthDate, &f.CertificateUntil, &f.CardUntil, &f.PaperUntil, &f.SavedOn,
	} {
		*typed = printableInput(*typed)
	}
}
