package clerk

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/labstack/echo/v4"

	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/printing"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

func (s *printPages) runRoutes(r *kit.Router) {
	r.Clerk("GET /insurer/runs", s.clerk(ofInsurer, s.runsPage))
	s.newRunRoutes(r)
	r.Clerk("GET /insurer/runs/:id", s.clerk(ofRun, s.runPage))
	r.Clerk("GET /insurer/runs/:id/events", s.clerk(ofRun, s.runEvents))
	r.Clerk("POST /insurer/runs/:id/:wish", s.clerk(ofRun, s.commandRun))
	r.Clerk("GET /insurer/runs/:id/files/:name", s.clerk(ofRun, s.runFile))
}

// runsShown is how many runs the page lists.
const runsShown = 30

func (s *printPages) runsPage(c echo.Context, clerk staff.Clerk) error {
	in, _, err := s.chosenInsurer(c, clerk)
	if err != nil {
		return err
	}
	runs, err := s.Insurer.PrintJobs.List(c.Request().Context(), clerk, runsShown)
	if err != nil {
		return err
	}
	view := RunsView{
		Page:  s.NewPage(c, message.New("staff.title.printRuns", nil)),
		Staff: s.Named(c, clerk.Staff),
		New:   RunForm{}.address(in.Number, ""),
	}
	view.Insurer = kit.InsurerView(in.Contact())
	for _, r := range runs {
		view.Runs = append(view.Runs, s.runRow(c, r))
	}
	return s.Show(c, http.StatusOK, "runs", view)
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
		Done:   run.State == insurer.RunDone,
		Here:   run.Options.Folder == "",
		Folder: s.Insurer.PrintJobs.FolderOf(run),
	}
	view.Insurer = kit.InsurerView(in.Contact())
	if !run.CheckedAt.IsZero() {
		view.CheckedBy, view.CheckedAt = s.Named(c, run.CheckedBy.Name()), whenText(run.CheckedAt)
	}
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
					Size:   sizeText(f.Bytes),
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

// commandRun pauses, resumes or cancels a run, or notes that its names were looked at.
func (s *printPages) commandRun(c echo.Context, clerk staff.Clerk) error {
	if c.Param("wish") == "checked" {
		if err := s.Insurer.Tasks.CheckNames(c.Request().Context(), clerk, c.Param("id")); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, "/insurer/runs/"+c.Param("id")+"#files")
	}
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
