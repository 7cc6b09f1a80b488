package patient

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/pwa"
	"madoguchi/server/web/kit"
)

// 「どの紙ですか」: the papers that are taken for one another, side by side from the rules of today, and the
// questions that find the one in one's hand. Nothing but the taps is sent.

// Routes adds the page, which every server offers.
func (s *WhichPaper) Routes(r *kit.Router) {
	r.Public("GET /papers", s.page)
}

const papersAddress = "/papers"

func (s *WhichPaper) page(c echo.Context) error {
	view := PapersView{Page: s.Translated(c, "kinds.title")}
	answers, lang := paperAnswersOf(c.QueryParams()), c.QueryParam("lang")
	q, step, open := answers.next()
	if open {
		answers = answers.upTo(step)
		view.Step, view.Question = step, "kinds.q."+q.Key
		for _, choice := range q.Choices {
			view.Choices = append(view.Choices, PaperChoice{
				Picture: paperPictures[q.Key+" "+choice],
				Text:    "kinds.a." + q.Key + "." + choice,
				Href:    papersAddress + "?" + answers.with(step, choice).query(lang),
			})
		}
	} else {
		found := answers.found()
		view.Found = &found
	}
	if step > 1 {
		view.Back = papersAddress + "?" + answers.before().query(lang)
		return s.ShowPublic(c, http.StatusOK, "papers", view)
	}
	return s.comparison(c, view)
}

// comparison shows the page of all kinds, with the first question above them.
func (s *WhichPaper) comparison(c echo.Context, view PapersView) error {
	today := s.Today()
	kinds, err := eligibility.PaperKindsOn(today)
	if err != nil {
		return err
	}
	for _, k := range kinds {
		view.Kinds = append(view.Kinds, kindRow(view.Lang, k))
	}
	view.Day = kit.DayText(view.Lang, today)
	view.KnownUntil = kit.DayText(view.Lang, eligibility.RulesKnownUntil)
	view.ReadOn = kit.DayText(view.Lang, eligibility.RulesReadOn)
	return s.ShowPublic(c, http.StatusOK, "papers", view)
}

var useClasses = map[eligibility.PaperUse]string{
	eligibility.UseAtReader: "good",
	eligibility.UseAlone:    "good",
	eligibility.UseWithCard: "attention",
	eligibility.UseLive:     "attention",
	eligibility.UseEnded:    "refusal",
}

// kindRow is a kind of paper as the page shows it.
func kindRow(lang string, k eligibility.PaperKindRules) PaperRow {
	kind := "kinds." + string(k.Kind)
	row := PaperRow{
		Picture:  string(k.Kind),
		Name:     "kinds.name." + string(k.Kind),
		Japanese: pwa.Plain("ja", "kinds.name."+string(k.Kind)),
		Use:      "kinds.use." + string(k.Use),
		Class:    useClasses[k.Use],
		Source:   k.Source,
		Likely:   k.Confidence != eligibility.Certain,
	}
	for _, fact := range []string{"who", "how", "use", "stands", "form", "until"} {
		f := PaperFact{Row: "kinds.row." + fact, Text: kind + "." + fact}
		switch f.Text {
		case "kinds.certificate.who":
			f.Date = kit.DayText(lang, eligibility.ElderlyCertificatesFrom())
		case "kinds.oldCard.how":
			f.Date = kit.DayText(lang, eligibility.NoOldCardsFrom())
		case "kinds.oldCard.until":
			f.Date = kit.DayText(lang, eligibility.LastOldCardDay())
		case "kinds.oldCard.use":
			if f.Date = kit.DayText(lang, k.AloneUntil); f.Date == "" {
				f.Text = "kinds.oldCard.useNow"
			}
		}
		row.Facts = append(row.Facts, f)
	}
	return row
}

// paperPictures are the pictures of choices that have one.
var paperPictures = map[string]string{
	"hold card":         "card",
	"hold paper":        "papers",
	"hold phone":        "portalScreen",
	"title notice":      "notice",
	"title certificate": "certificate",
	"title oldCard":     "oldCard",
	"title unknown":     "unknown",
	"words card":        "notice",
	"words ends":        "certificate",
	"words none":        "unknown",
	"screen insurer":    "insurerScreen",
	"screen portal":     "portalScreen",
	"screen picture":    "picture",
	"with yes":          "card",
	"with no":           "noCard",
	"registered yes":    "cardAtReader",
	"registered no":     "card",
	"until valid":       "valid",
	"until over":        "over",
	"expiry valid":      "valid",
	"expiry over":       "over",
	"expiry unknown":    "unknown",

	"registered unknown": "unknown",
}
