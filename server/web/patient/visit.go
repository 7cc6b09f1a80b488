package patient

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pwa"
	"madoguchi/server/web/kit"
)

// 受診日チェック: one question a page, answered from the rules. The answers travel in the forms, never in
// an address; they are neither stored nor logged.

// Routes adds that page.
func (s *VisitCheck) Routes(r *kit.Router) {
	r.Public("GET /visit", s.visitPage)
	r.Public("POST /visit", s.visit)
}

func (s *VisitCheck) visitPage(c echo.Context) error {
	form := VisitForm{Day: kit.TypedDay(s.PreferencesOf(c).Lang, s.Today())}
	return s.ask(c, form, visitSteps[0], nil)
}

// visit takes an answer and asks the next question, or tells what will be valid on the day. A form that
// does not say which question it answers is answered at once.
func (s *VisitCheck) visit(c echo.Context) error {
	// the browser may hold the page for its Back, which would break else: "confirm form resubmission"
	c.Response().Header().Set("Cache-Control", "private, no-cache")
	var form VisitForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	step := stepNamed(form.Asked)
	edit, edits := strings.CutPrefix(form.Go, "edit ")
	switch {
	case step < 0:
		return s.answer(c, form)
	case edits && stepNamed(edit) >= 0:
		return s.ask(c, form, visitSteps[stepNamed(edit)], nil)
	case form.Go == "back":
		return s.ask(c, form, visitSteps[max(step-1, 0)], nil)
	case form.Go == "skip" && step > 0:
		*form.field(form.Asked) = ""
	default:
		_, err := readTyped(visitSteps[step], *form.field(form.Asked), s.Today())
		if err != nil {
			return s.ask(c, form, visitSteps[step], err)
		}
	}
	if form.Done || step == len(visitSteps)-1 {
		return s.answer(c, form)
	}
	return s.ask(c, form, visitSteps[step+1], nil)
}

// ask shows a question with the answers so far, or again with what is wrong about its answer.
func (s *VisitCheck) ask(
	c echo.Context, form VisitForm, on eligibility.TypedOn, wrong *eligibility.Error,
) error {
	view := VisitView{Page: s.Translated(c, "visit.title"), Steps: len(visitSteps), Form: form}
	form.clean()
	view.Ask, view.Question, view.Typed = string(on), questionOf(on), *form.field(string(on))
	view.Step = stepNamed(string(on)) + 1
	view.Example = exampleOf(s.Today().AddMonths(14))
	status := http.StatusOK
	if wrong != nil {
		view.Error, status = kit.FormError(wrong), http.StatusUnprocessableEntity
	}
	view.carry(form, view.Ask)
	for i, date := range s.dates(view.Lang, form) { // the last one before this question
		if i+1 < view.Step && date.Text != "" {
			view.Dates = []VisitDate{date}
		}
	}
	return s.ShowPublic(c, status, "visit", view)
}

// answer says what will be valid on the day, or asks again for what cannot be.
func (s *VisitCheck) answer(c echo.Context, form VisitForm) error {
	v, wrong := form.read(s.Today())
	if wrong == nil {
		items, err := eligibility.CheckVisit(v)
		if err == nil {
			return s.showAnswer(c, form, v, items)
		}
		if !errors.As(err, &wrong) {
			return err
		}
		if wrong.Field == "" {
			wrong = wrong.In(string(eligibility.TypedVisit))
		}
	}
	return s.ask(c, form, eligibility.TypedOn(wrong.Field), wrong)
}

func (s *VisitCheck) showAnswer(
	c echo.Context, form VisitForm, v eligibility.Visit, items []eligibility.VisitItem,
) error {
	view := VisitView{Page: s.Translated(c, "visit.title")}
	view.Day = kit.DayText(view.Lang, v.Day)
	view.KnownUntil = kit.DayText(view.Lang, eligibility.RulesKnownUntil)
	view.ReadOn = kit.DayText(view.Lang, eligibility.RulesReadOn)
	for _, item := range items {
		view.Lines = append(view.Lines, visitLine(view.Lang, v, item))
	}
	view.Lines = append(view.Lines, comingChanges(view.Lang, v)...)
	form.clean()
	view.carry(form, "")
	view.Dates = s.dates(view.Lang, form)
	return s.ShowPublic(c, http.StatusOK, "visit", view)
}

// dates are all answers as they were read.
func (s *VisitCheck) dates(lang string, form VisitForm) []VisitDate {
	var dates []VisitDate
	for _, on := range visitSteps {
		d, err := readTyped(on, *form.field(string(on)), s.Today())
		if err != nil {
			d = eligibility.Date{}
		}
		dates = append(dates,
			VisitDate{Name: string(on), Question: questionOf(on), Text: kit.DayText(lang, d)})
	}
	return dates
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
	or := message.New("screen.share.or", nil).Text(lang)
	return kit.Beside(lang, strings.Join(digits, or), ja)
}
