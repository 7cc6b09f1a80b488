package clerk

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/printing"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

func (s *printPages) runRoutes(r *kit.Router) {
	r.Clerk("GET /insurer/runs", s.clerk(ofInsurer, s.runsPage))
	r.Clerk("POST /insurer/runs", s.long(s.clerk(ofInsurer, s.planRun)))
	r.Clerk("GET /insurer/runs/:id", s.clerk(ofRun, s.runPage))
	r.Clerk("GET /insurer/runs/:id/events", s.clerk(ofRun, s.runEvents))
	r.Clerk("POST /insurer/runs/:id/:wish", s.clerk(ofRun, s.commandRun))
	r.Clerk("GET /insurer/runs/:id/files/:name", s.clerk(ofRun, s.runFile))
}

// runsShown is how many runs the page lists.
const runsShown = 30

func (s *printPages) runsPage(c echo.Context, clerk staff.Clerk) error {
	view, err := s.runsView(c, clerk)
	if err != nil {
		return err
	}
	view.Form = RunForm{
		Kind:   string(insurer.NoticeRun),
		Only:   string(insurer.OnlyNew),
		Order:  string(insurer.ByPostCode),
		Layout: string(insurer.LayoutCards),
	}
	return s.Show(c, http.StatusOK, "runs", view)
}

func (s *printPages) runsView(c echo.Context, clerk staff.Clerk) (RunsView, error) {
	in, insurers, err := s.chosenInsurer(c, clerk)
	if err != nil {
		return RunsView{}, err
	}
	runs, err := s.Insurer.PrintJobs.List(c.Request().Context(), clerk, runsShown)
	if err != nil {
		return RunsView{}, err
	}
	view := RunsView{
		Page:     s.NewPage(c, message.New("staff.title.printRuns", nil)),
		Staff:    s.Named(c, clerk.Staff),
		Insurers: insurers,
		Current:  string(in.Number),
	}
	view.Insurer = kit.InsurerView(in.Contact())
	for _, d := range insurer.AllDocuments() {
		if d.Run != nil {
			view.Kinds = append(view.Kinds, RunKind{string(d.Run.Kind), sentence(d.Run.Name)})
		}
	}
	for _, r := range runs {
		view.Runs = append(view.Runs, s.runRow(c, r))
	}
	return view, nil
}

// runStates are a run's states by keys of the catalogue.
var runStates = map[insurer.RunState]string{
	insurer.RunGoing:     "staff.run.statePrinting",
	insurer.RunPaused:    "staff.run.statePaused",
	insurer.RunCancelled: "staff.run.stateCancelled",
	insurer.RunFailed:    "staff.run.stateStopped",
	insurer.RunDone:      "staff.run.stateDone",
}

func (s *printPages) runRow(c echo.Context, r insurer.PrintRun) RunRow {
	return RunRow{
		ID:    r.ID,
		Kind:  r.Kind.Japanese(),
		State: sentence(runStates[r.State]),
		Clerk: s.Named(c, r.By.Name()),
		At:    whenText(r.CreatedAt),
		Total: r.Total,
		Done:  r.Done,
	}
}

// planRun shows what a run would print; with the clerk's yes it is started.
func (s *printPages) planRun(c echo.Context, clerk staff.Clerk) error {
	form := RunForm{
		Kind:        c.FormValue("run"),
		Only:        c.FormValue("only"),
		Order:       c.FormValue("order"),
		Layout:      c.FormValue("layout"),
		ShareOn:     c.FormValue("shareOn"),
		Dropped:     c.FormValue("dropped") != "",
		CountSheets: c.FormValue("countSheets") != "",
		List:        c.FormValue("list"),
		PerFile:     c.FormValue("perFile"),
	}
	plan, err := s.plan(c, form, clerk)
	var e *eligibility.Error
	if errors.As(err, &e) && (e.Code == eligibility.Invalid || e.Code == eligibility.NotFound) {
		view, bad := s.runsView(c, clerk)
		if bad != nil {
			return bad
		}
		view.Form, view.Error, view.Missing = form, kit.FormError(e), plan.Missing
		return s.Show(c, http.StatusUnprocessableEntity, "runs", view)
	}
	if err != nil {
		return err
	}
	if c.FormValue("yes") == "" {
		view, err := s.runsView(c, clerk)
		if err != nil {
			return err
		}
		view.Form, view.Missing, view.Plan = form, plan.Missing, &RunPlan{
			Kind:    plan.Run.Kind.Japanese(),
			Total:   plan.Run.Total,
			NotDue:  plan.NotDue,
			Checks:  plan.Checks,
			Choices: choicesOf(plan.Run),
		}
		return s.Show(c, http.StatusOK, "runs", view)
	}
	ctx := c.Request().Context()
	if err := s.Insurer.PrintJobs.StartRun(ctx, clerk, plan); err != nil {
		return err
	}
	if err := s.Insurer.PrintJobs.Begin(s.Background, clerk, plan.Run.ID); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/insurer/runs/"+plan.Run.ID)
}

// plan reads the form of a run and says who would be printed.
func (s *printPages) plan(c echo.Context, f RunForm, clerk staff.Clerk) (insurer.Plan, error) {
	var err error
	kind := insurer.PaperKind(f.Kind)
	o := insurer.RunOptions{
		Only:        insurer.RunFilter(f.Only),
		Order:       insurer.RunOrder(f.Order),
		Dropped:     f.Dropped,
		CountSheets: f.CountSheets && f.Order == string(insurer.ByNumber),
	}
	if d, ok := insurer.FindRun(kind); ok && len(d.Run.Layouts) > 0 {
		o.Layout = insurer.RunLayout(f.Layout)
	}
	if f.ShareOn != "" {
		if o.ShareOn, err = eligibility.ParseDate(f.ShareOn); err != nil || !o.ShareOn.Exact() {
			return insurer.Plan{}, errRunDay
		}
	}
	if f.PerFile != "" {
		if o.PerFile, err = strconv.Atoi(f.PerFile); err != nil || o.PerFile == 0 {
			o.PerFile = -1
		}
	}
	var lines []string
	if strings.TrimSpace(f.List) != "" {
		lines, err = insurer.ReadRunList([]byte(f.List))
		var said *eligibility.Error
		if errors.As(err, &said) {
			return insurer.Plan{}, said
		}
		if err != nil {
			return insurer.Plan{}, kit.ErrRequest.In("list").Because(err)
		}
	}
	request := insurer.RunRequest{Kind: kind, Options: o, List: lines}
	return s.Insurer.PrintJobs.PlanRun(c.Request().Context(), clerk, request)
}

var errRunDay = &eligibility.Error{Code: eligibility.Invalid, Key: "run.day", Field: "shareOn"}

func (s *printPages) runPage(c echo.Context, clerk staff.Clerk) error {
	ctx := c.Request().Context()
	run, files, err := s.runOf(c, clerk)
	if err != nil {
		return err
	}
	in, err := s.Insurer.Directory.Insurer(ctx, run.Insurer)
	if err != nil {
		return err
	}
	view := RunView{
		Page: s.NewPage(
			c,
			message.New("staff.title.printRun", message.Args{"kind": message.Text(run.Kind.Japanese())}),
		),
		Staff: s.Named(c, clerk.Staff),
		Run:   s.runRow(c, run),
		Note:  run.Failure().Text(s.PreferencesOf(c).Lang),
		Going: run.State == insurer.RunGoing,
		Resumable: run.State == insurer.RunPaused ||
			run.State == insurer.RunFailed,
		Over:   run.State == insurer.RunDone || run.State == insurer.RunCancelled,
		Here:   run.Options.Folder == "",
		Folder: s.Insurer.PrintJobs.FolderOf(run),
	}
	view.Insurer = kit.InsurerView(in.Contact())
	view.Progress = s.progress(clerk, run)
	sum := printing.SumRecords(files)
	view.People, view.Pages, view.Skipped, view.Checks = sum.People, sum.Pages, sum.Skipped, sum.Check
	view.Codes, view.Sampled, view.Texts = sum.Codes, sum.Sampled, sum.Texts
	for _, f := range files {
		if f.Name != "" {
			view.Files = append(
				view.Files,
				RunFileRow{
					Name:   f.Name,
					People: f.People,
					Pages:  f.Pages,
					Size:   fmt.Sprintf("%.1f MB", float64(f.Bytes)/1e6),
				},
			)
		}
	}
	if run.State == insurer.RunDone {
		base := insurer.RunBase(run)
		view.Lists = []RunList{
			{printing.Summary.Of(base), sentence("staff.run.list_summary")},
			{printing.Index.Of(base), sentence("staff.run.list_index")},
			{printing.Check.Of(base), sentence("staff.run.list_check")},
			{printing.Skipped.Of(base), sentence("staff.run.list_skipped")},
		}
	}
	return s.Show(c, http.StatusOK, "run", view)
}

// runOf returns the run that a request names, and its finished files.
func (s *printPages) runOf(
	c echo.Context,
	clerk staff.Clerk,
) (insurer.PrintRun, []printing.FileRecord, error) {
	ctx := c.Request().Context()
	run, err := s.Insurer.PrintJobs.Job(ctx, clerk, c.Param("id"))
	if err != nil {
		return run, nil, err
	}
	files, err := s.Insurer.PrintJobs.Files(ctx, clerk, run.ID)
	return run, files, err
}

// commandRun pauses, resumes or cancels a run.
func (s *printPages) commandRun(c echo.Context, clerk staff.Clerk) error {
	to, ok := map[string]insurer.RunState{
		"pause":  insurer.RunPaused,
		"resume": insurer.RunGoing,
		"cancel": insurer.RunCancelled,
	}[c.Param("wish")]
	if !ok {
		return kit.ErrNoPage
	}
	id := c.Param("id")
	if err := s.Insurer.PrintJobs.Command(c.Request().Context(), clerk, id, to); err != nil {
		return err
	}
	if to == insurer.RunGoing {
		// behind one that has not noticed its pause yet, it waits and goes on
		if err := s.Insurer.PrintJobs.Begin(s.Background, clerk, id); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, "/insurer/runs/"+id)
}

// runFile hands out a finished file or list of a run.
func (s *printPages) runFile(c echo.Context, clerk staff.Clerk) error {
	ctx := c.Request().Context()
	run, files, err := s.runOf(c, clerk)
	if err != nil {
		return err
	}
	wanted := c.Param("name")
	known := run.State == insurer.RunDone &&
		slices.ContainsFunc(
			[]printing.List{printing.Summary, printing.Index, printing.Check, printing.Skipped},
			func(l printing.List) bool { return l.Of(insurer.RunBase(run)) == wanted },
		)
	known = known ||
		wanted != "" &&
			slices.ContainsFunc(files, func(f printing.FileRecord) bool { return f.Name == wanted })
	if !known {
		return kit.ErrNoPage
	}
	path := filepath.Join(s.Insurer.PrintJobs.FolderOf(run), wanted)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return printing.ErrFileGone.Because(err)
	} else if err != nil {
		return fmt.Errorf("looking for a run's file: %w", err)
	}
	if err := s.Insurer.Register.Note(ctx, clerk, "run.download", run.ID+" "+wanted); err != nil {
		return err
	}
	s.allowLong(c)
	return c.Attachment(path, wanted)
}
