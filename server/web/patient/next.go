package patient

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/pwa"
	"madoguchi/server/web/kit"
)

// nextPage shows in pictures what to bring next time, after a visit without マイナ保険証.
func (s *landingPages) nextPage(c echo.Context) error {
	view := NextView{Page: s.Translated(c, "bring.title"), Why: c.QueryParam("why")}
	known := false
	for _, why := range eligibility.AllSetbacks {
		view.Whys = append(view.Whys, string(why))
		known = known || string(why) == view.Why
	}
	until, problem := s.typedDate(c.QueryParam("until"))
	if problem != nil {
		view.Error = problem
		view.Typed = printableInput(c.QueryParam("until"))
		view.Path = c.Request().URL.Path
		return s.ShowPublic(c, http.StatusUnprocessableEntity, "next", view)
	}
	if !known {
		return s.ShowPublic(c, http.StatusOK, "next", view)
	}
	items, instead := eligibility.BringNext(eligibility.Setback(view.Why))
	for _, item := range items {
		view.Bring = append(
			view.Bring,
			Brought{
				Picture:  pictures[item],
				Text:     "bring.item." + string(item),
				Japanese: pwa.Plain("ja", "bring.item."+string(item)),
			},
		)
	}
	view.Alone = len(items) == 1
	view.Notes = nextNotes(eligibility.Setback(view.Why), instead)
	if !until.IsZero() && !view.Alone {
		view.ByText, view.By = nextUntil(view.Lang, eligibility.GraceOf(until), s.Today())
	}
	return s.ShowPublic(c, http.StatusOK, "next", view)
}

var pictures = map[eligibility.Item]string{
	eligibility.ItemCard:          "card",
	eligibility.ItemNotice:        "paper",
	eligibility.ItemCertificate:   "paper",
	eligibility.ItemInsurerScreen: "phone",
}

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
		return "bring.by.reader", kit.DayText(lang, g.Until)
	case eligibility.CertificateGrace:
		return "bring.by.grace", kit.DayText(lang, g.MayWorkTo)
	}
	return "", ""
}
