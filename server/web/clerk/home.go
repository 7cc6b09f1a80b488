package clerk

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// TaskRow is one thing that is to be done today: how many, of what, and one button.
type TaskRow struct {
	ID      string // of its element
	N       int
	Unit    message.Message // of N
	What    message.Message
	Help    message.Message
	Button  message.Message
	Address string // of its button; a run's is its plan, which makes nothing yet
}

// tasks returns what is to be done today, the most urgent first. What there is nothing of is left out.
func (s *BackOffice) tasks(c echo.Context, clerk staff.Clerk) ([]TaskRow, insurer.Waiting, error) {
	w, err := s.Insurer.Tasks.Waiting(c.Request().Context(), clerk)
	if err != nil {
		return nil, w, err
	}
	rows := []TaskRow{}
	if w.People == 0 {
		rows = append(rows, TaskRow{
			ID:      "task-empty",
			Unit:    sentence("staff.home.people"),
			What:    sentence("staff.home.empty"),
			Help:    sentence("staff.home.emptyHelp"),
			Button:  sentence("staff.home.emptyButton"),
			Address: "#file",
		})
	}
	if w.Refused.N > 0 {
		rows = append(rows, s.refusedTask(c, clerk, w.Refused))
	}
	for _, run := range w.Stopped {
		rows = append(rows, TaskRow{
			ID:   "task-stopped-" + run.ID,
			N:    1,
			Unit: sentence("staff.home.runs"),
			What: message.New("staff.home.stopped", kindArgs(run)),
			Help: message.New("staff.home.stoppedHelp", message.Args{
				"at":    message.Text(whenText(run.CreatedAt)),
				"done":  message.Number(run.Done),
				"total": message.Number(run.Total),
			}),
			Button:  sentence("staff.home.stoppedButton"),
			Address: "/insurer/runs/" + run.ID,
		})
	}
	rows = append(rows, s.paperTasks(clerk, w.PaperTasks)...)
	for _, check := range w.Checks {
		args := kindArgs(check.Run)
		args["at"] = message.Text(whenText(check.Run.EndedAt))
		args["days"] = message.Number(insurer.ChecksFor)
		rows = append(rows, TaskRow{
			ID:      "task-checks-" + check.Run.ID,
			N:       check.People,
			Unit:    sentence("staff.home.people"),
			What:    sentence("staff.home.checks"),
			Help:    message.New("staff.home.checksHelp", args),
			Button:  sentence("staff.home.checksButton"),
			Address: "/insurer/runs/" + check.Run.ID + "#files",
		})
	}
	if w.Phones > 0 {
		rows = append(rows, TaskRow{
			ID:      "task-phones",
			N:       w.Phones,
			Unit:    sentence("staff.home.people"),
			What:    message.New("staff.home.phones", phoneArgs()),
			Help:    sentence("staff.home.phonesHelp"),
			Button:  sentence("staff.home.phonesButton"),
			Address: "/insurer?insurer=" + string(clerk.Insurer) + "&show=phones",
		})
	}
	return rows, w, nil
}

func kindArgs(run insurer.PrintRun) message.Args {
	return message.Args{"kind": message.Text(run.Kind.Japanese())}
}

func phoneArgs() message.Args { return message.Args{"n": message.Number(insurer.ManyPhones)} }

// refusedTask leads to the file while its clerk has it, and else to the next one.
func (s *BackOffice) refusedTask(c echo.Context, clerk staff.Clerk, refused insurer.RefusedRows) TaskRow {
	row := TaskRow{
		ID:   "task-refused",
		N:    refused.N,
		Unit: sentence("staff.home.rows"),
		What: sentence("staff.home.refused"),
		Help: message.New("staff.home.refusedHelp", message.Args{
			"at": message.Text(whenText(refused.At)),
		}),
		Button:  sentence("staff.home.refusedAgain"),
		Address: "#file",
	}
	if s.Insurer.Importer.Holds(c.Request().Context(), clerk, refused.Preview) {
		row.Button = sentence("staff.home.refusedButton")
		row.Address = importAddress(refused.Preview, "#refused")
	}
	return row
}

// planned completes a run's choices with the usual ones, so that they lead to its plan.
func (s *BackOffice) planned(clerk staff.Clerk, f RunForm) string {
	f.Order, f.Day = string(insurer.ByPostCode), s.Today().String()
	if layouts := f.layouts(); len(layouts) > 0 {
		f.Layout = string(layouts[0])
	}
	return f.address(clerk.Insurer, "")
}

// paperTasks are the papers that nobody has printed yet. Each button shows who would get one.
func (s *BackOffice) paperTasks(clerk staff.Clerk, w insurer.PaperTasks) (rows []TaskRow) {
	add := func(id string, n int, what, help message.Message, button string, plan RunForm) {
		if n == 0 {
			return
		}
		rows = append(rows, TaskRow{
			ID:      id,
			N:       n,
			Unit:    sentence("staff.home.people"),
			What:    what,
			Help:    help,
			Button:  sentence(button),
			Address: s.planned(clerk, plan),
		})
	}
	notices, certificates := string(insurer.NoticeRun), string(insurer.CertificateRun)
	add("task-notices", w.Notices, sentence("staff.home.notices"), sentence("staff.home.noticesHelp"),
		"staff.home.noticesButton", RunForm{Run: notices, Whom: whomNew})
	add("task-certificates", w.Certificates, sentence("staff.home.certificates"),
		sentence("staff.home.certificatesHelp"), "staff.home.certificatesButton",
		RunForm{Run: certificates, Whom: whomNew})
	shares := message.New("staff.home.shares", message.Args{"day": w.Shares.Day.Value()})
	on := w.Shares.Day.String()
	add("task-shares-notices", w.Shares.Notices, shares, sentence("staff.home.sharesNotices"),
		"staff.home.sharesButton", RunForm{Run: notices, Whom: whomShare, ShareOn: on})
	add("task-shares-certificates", w.Shares.Certificates, shares,
		sentence("staff.home.sharesCertificates"), "staff.home.sharesButton",
		RunForm{Run: certificates, Whom: whomShare, ShareOn: on})
	return rows
}

// homePage shows what is to be done today, and nobody's name: people are listed when they are looked for.
func (s *BackOffice) homePage(c echo.Context, clerk staff.Clerk) error {
	if strings.TrimSpace(c.QueryParam("q")) != "" || c.QueryParam("show") == "phones" {
		return s.foundPage(c, clerk)
	}
	view, err := s.registerView(c, clerk)
	if err != nil {
		return err
	}
	tasks, waiting, err := s.tasks(c, clerk)
	if err != nil {
		return err
	}
	view.Tasks, view.Count = tasks, waiting.People
	view.Lead = message.New("staff.home.day", message.Args{
		"day":   s.Today().Value(),
		"staff": message.Text(view.Staff),
		"n":     message.Number(waiting.People),
	})
	return s.Show(c, http.StatusOK, "insurer", view)
}

// registerView fills what the first page and the found people have in common.
func (s *BackOffice) registerView(c echo.Context, clerk staff.Clerk) (RegisterView, error) {
	in, insurers, err := s.chosenInsurer(c, clerk)
	if err != nil {
		return RegisterView{}, err
	}
	view := RegisterView{
		Page:     s.NewPage(c, sentence("staff.title.insurerSOffice")),
		Staff:    s.Named(c, clerk.Staff),
		Insurers: insurers,
		Current:  string(in.Number),
		Said:     c.QueryParam("said"),
	}
	view.Insurer = kit.InsurerView(in.Contact())
	return view, nil
}
