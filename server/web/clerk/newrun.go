package clerk

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// A run begins with one question a page. Each answer leads to an address with all of them, so that the
// browser's own way back leads to the question before, with what was chosen; nothing is stored before the yes
// but a list of numbers, which must not stand in an address.
func (s *printPages) newRunRoutes(r *kit.Router) {
	r.Clerk("GET "+NewRunPath, s.long(s.clerk(ofInsurer, s.newRunPage)))
	r.Clerk("POST "+NewRunPath, s.clerk(ofInsurer, s.keepRunList))
	r.Clerk("POST /insurer/runs", s.long(s.clerk(ofInsurer, s.startRun)))
}

var errNothingChosen = &eligibility.Error{Code: eligibility.Invalid, Key: "run.nothing_chosen"}

// newRunPage asks the next question, or shows the plan.
func (s *printPages) newRunPage(c echo.Context, clerk staff.Clerk) error {
	f := readRunForm(c.QueryParam)
	if ask := c.QueryParam("ask"); f.askable(ask) {
		return s.showQuestion(c, clerk, f, ask, nil)
	}
	open := f.next()
	if open == "" {
		return s.planPage(c, clerk, f)
	}
	var refusal *eligibility.Error
	if c.QueryParam("asked") == open { // its form was sent, with no answer or with one that is none
		refusal = errNothingChosen
		switch open {
		case "shareOn", "day":
			refusal = errRunDay.In(open)
		case "perFile":
			refusal = insurer.ErrRunPerFile.In(open)
		}
	}
	return s.showQuestion(c, clerk, f, open, refusal)
}

var errRunDay = &eligibility.Error{Code: eligibility.Invalid, Key: "run.day"}

// showQuestion shows the page of one question, with the other answers hidden in its form.
func (s *printPages) showQuestion(
	c echo.Context, clerk staff.Clerk, f RunForm, name string, refusal *eligibility.Error,
) error {
	view, err := s.questionView(c, clerk, f, name)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if refusal != nil {
		status, view.Error = http.StatusUnprocessableEntity, kit.FormError(refusal)
	}
	return s.Show(c, status, "runquestion", view)
}

func (s *printPages) newRunView(c echo.Context, clerk staff.Clerk) (NewRunView, error) {
	in, err := s.Insurer.Directory.Insurer(c.Request().Context(), clerk.Insurer)
	view := NewRunView{Page: s.NewPage(c, sentence("staff.title.newRun"))}
	view.Insurer = kit.InsurerView(in.Contact())
	return view, err
}

func (s *printPages) questionView(
	c echo.Context, clerk staff.Clerk, f RunForm, name string,
) (NewRunView, error) {
	view, err := s.newRunView(c, clerk)
	if err != nil {
		return view, err
	}
	value := *f.field(name)
	switch name {
	case "list":
		if value != "" { // it is asked for again: as it was typed
			lines, err := s.Insurer.RunLists.Lines(c.Request().Context(), clerk, value)
			var gone *eligibility.Error
			if err != nil && (!errors.As(err, &gone) || gone.Code != eligibility.Invalid) {
				return view, err
			}
			value = strings.Join(lines, "\n")
		}
	case "day":
		if value == "" {
			value = s.Today().String()
		}
	case "perFile":
		if value == "" {
			value = perFileText(insurer.DefaultPerFile)
		}
	}
	question := findQuestion(name)
	view.Question = &RunQuestion{
		Name:    name,
		Title:   sentence(question.ask),
		Help:    sentence(question.help),
		Value:   value,
		Choices: f.choicesFor(name, value),
	}
	for _, field := range f.fields() {
		if field.Name != name && *field.Value != "" {
			view.Hidden = append(view.Hidden, HiddenField{field.Name, *field.Value})
		}
	}
	view.Back = runsAddress(clerk.Insurer)
	if before := f.before(name); before != "" {
		view.Back = f.address(clerk.Insurer, before)
	}
	return view, nil
}

func runsAddress(of eligibility.InsurerNumber) string { return "/insurer/runs?insurer=" + string(of) }

// keepRunList keeps the list that a clerk typed and goes on with the questions.
func (s *printPages) keepRunList(c echo.Context, clerk staff.Clerk) error {
	f := readRunForm(c.FormValue)
	text := f.List
	id, err := s.Insurer.RunLists.Keep(c.Request().Context(), clerk, text)
	var refusal *eligibility.Error
	if errors.As(err, &refusal) && refusal.Code == eligibility.Invalid {
		f.List = ""
		view, err := s.questionView(c, clerk, f, "list")
		if err != nil {
			return err
		}
		view.Question.Value, view.Error = insurer.WithoutMyNumbers(text), kit.FormError(refusal)
		return s.Show(c, http.StatusUnprocessableEntity, "runquestion", view)
	}
	if err != nil {
		return err
	}
	f.List = id
	return c.Redirect(http.StatusSeeOther, f.address(clerk.Insurer, ""))
}

// planOf says who would be printed.
func (s *printPages) planOf(c echo.Context, clerk staff.Clerk, f RunForm) (insurer.Plan, error) {
	ctx := c.Request().Context()
	var lines []string
	if f.List != "" {
		var err error
		if lines, err = s.Insurer.RunLists.Lines(ctx, clerk, f.List); err != nil {
			return insurer.Plan{}, err
		}
	}
	return s.Insurer.PrintJobs.PlanRun(ctx, clerk, f.request(lines))
}

// planPage repeats every choice and counts, before anything is made.
func (s *printPages) planPage(c echo.Context, clerk staff.Clerk, f RunForm) error {
	plan, err := s.planOf(c, clerk, f)
	var refusal *eligibility.Error
	if errors.As(err, &refusal) && refusal.Code == eligibility.Invalid {
		name := refusal.Field
		if errors.Is(err, insurer.ErrRunPerFile) {
			name = "perFile"
		}
		if f.askable(name) {
			return s.showQuestion(c, clerk, f, name, refusal)
		}
	}
	nobody := refusal != nil && refusal.Code == eligibility.NotFound
	if err != nil && !nobody {
		return err
	}
	view, err := s.newRunView(c, clerk)
	if err != nil {
		return err
	}
	status := http.StatusOK
	view.Missing, view.Choices = plan.Missing, f.choices(clerk.Insurer, plan.Run.Options.Listed)
	view.Plan = &RunPlan{
		Lead: message.New("staff.newRun.lead", message.Args{
			"kind": message.Text(insurer.PaperKind(f.Run).Japanese()),
			"n":    message.Number(plan.Run.Total),
		}),
		Total:  plan.Run.Total,
		NotDue: plan.NotDue,
		Checks: plan.Checks,
	}
	for _, field := range f.fields() {
		if *field.Value != "" {
			view.Hidden = append(view.Hidden, HiddenField{field.Name, *field.Value})
		}
	}
	view.Hidden = append(view.Hidden, HiddenField{"as", plan.Run.ID})
	view.Back = runsAddress(clerk.Insurer)
	if nobody {
		status, view.Error = http.StatusUnprocessableEntity, kit.FormError(refusal)
	}
	return s.Show(c, status, "runplan", view)
}

// runID is how runs are named (insurer.PrintRun.ID).
var runID = regexp.MustCompile(`^[A-Z2-7]{10}$`)

// begunAs leads to the run that a plan was made into before; it reports whether there is one. While its
// people are still being stored it has no page.
func (s *printPages) begunAs(c echo.Context, clerk staff.Clerk, id string) bool {
	run, err := s.Insurer.PrintJobs.Job(c.Request().Context(), clerk, id)
	if err != nil {
		return false
	}
	address := "/insurer/runs/" + run.ID
	if run.State == insurer.RunPlanning {
		address = runsAddress(clerk.Insurer)
	}
	return c.Redirect(http.StatusSeeOther, address) == nil
}

// startRun is the clerk's yes to a plan. One that nobody fits any more is shown again. The plan says how its
// run will be named: the same yes, sent twice, is one run.
func (s *printPages) startRun(c echo.Context, clerk staff.Clerk) error {
	f := readRunForm(c.FormValue)
	if f.next() != "" {
		return c.Redirect(http.StatusSeeOther, f.address(clerk.Insurer, ""))
	}
	as := c.FormValue("as")
	named := runID.MatchString(as)
	if named && s.begunAs(c, clerk, as) {
		return nil
	}
	plan, err := s.planOf(c, clerk, f)
	var refusal *eligibility.Error
	if errors.As(err, &refusal) &&
		(refusal.Code == eligibility.Invalid || refusal.Code == eligibility.NotFound) {
		return c.Redirect(http.StatusSeeOther, f.address(clerk.Insurer, ""))
	}
	if err != nil {
		return err
	}
	if named {
		plan.Run.ID = as
	}
	if err := s.Insurer.PrintJobs.StartRun(c.Request().Context(), clerk, plan); err != nil {
		if named && s.begunAs(c, clerk, as) { // by the press before, a moment ago
			return nil
		}
		return err
	}
	if err := s.Insurer.PrintJobs.Begin(s.Background, clerk, plan.Run.ID); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/insurer/runs/"+plan.Run.ID)
}

// NewRunView is a page on the way to a run: a question, or the plan (/insurer/runs/new).
type NewRunView struct {
	kit.Page
	Question *RunQuestion
	Plan     *RunPlan
	Choices  []RunChoice   // every one, as it was made
	Hidden   []HiddenField // of the form: the other answers
	Missing  []string      // lines of the list that name nobody
	Back     string        // address
}

// HiddenField is a field of a form that nobody sees.
type HiddenField struct{ Name, Value string }

// RunQuestion is what one page asks.
type RunQuestion struct {
	Name        string // of its field
	Title, Help message.Message
	Value       string
	Choices     []QuestionChoice // none: it is typed
}

// QuestionChoice is an answer to pick.
type QuestionChoice struct {
	Value   string
	Text    message.Message
	Help    message.Message // may be empty
	Checked bool
}
