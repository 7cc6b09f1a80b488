package web

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/skip2/go-qrcode"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/desk"
	"madoguchi/server/roster"
)

func (s *Site) insurerRoutes(e *echo.Echo) {
	e.GET("/insurer", s.officePage)
	e.GET("/insurer/staff", s.staffPage("insurer"))
	e.POST("/insurer/staff", s.pickStaff("insurer", auth.Clerk))
	e.GET("/insurer/sample.csv", s.sample)
	e.POST("/insurer/import", s.importPeople)
	e.GET("/insurer/imports/:id/errors.csv", s.errorFile)
	e.GET("/insurer/people/:id/notice", s.noticeSheet)
	e.GET("/insurer/people/:id/notice.png", s.noticeQR)
	e.GET("/insurer/people/:id/notice.pdf", s.noticePDF)
}

func (s *Site) staffPage(door string) echo.HandlerFunc {
	return func(c echo.Context) error {
		return s.show(c, http.StatusOK, "staff", StaffView{Page: s.page(c, "担当者をえらぶ", "Choose staff"), Door: door, Names: s.Staff})
	}
}

// pickStaff signs in one of the demo's fictional staff. Outside the demo there are none to pick, and live mode does not
// start without a staff sign-in.
func (s *Site) pickStaff(door string, kind auth.Kind) echo.HandlerFunc {
	return func(c echo.Context) error {
		name := c.FormValue("name")
		if !s.Demo || !slices.Contains(s.Staff, name) {
			return errRequest
		}
		if _, err := s.Sessions.Start(c.Request().Context(), c.Response(), kind, name, []byte("{}")); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, "/"+door)
	}
}

// staff returns the name of the staff member who is signed in.
func (s *Site) staff(c echo.Context, kind auth.Kind) (string, error) {
	session, ok, err := s.Sessions.Find(c.Request().Context(), c.Request(), kind)
	if err == nil && !ok {
		err = errSignedOut
	}
	return session.Subject, err
}

// clerk is staff for the insurer's pages: without a session it sends the visitor to pick a name and done is true.
func (s *Site) clerk(c echo.Context) (name string, done bool, err error) {
	name, err = s.staff(c, auth.Clerk)
	if err == errSignedOut {
		return "", true, c.Redirect(http.StatusSeeOther, "/insurer/staff")
	}
	return name, err != nil, err
}

// chosen returns the insurer that a request names, or the first.
func (s *Site) chosen(c echo.Context, number string) (desk.Insurer, []InsurerView, error) {
	all, err := s.Office.Store.Insurers(c.Request().Context())
	if err != nil {
		return desk.Insurer{}, nil, err
	}
	var views []InsurerView
	var found desk.Insurer
	for _, in := range all {
		views = append(views, insurerView(in))
		if string(in.Number) == number || number == "" && found.Number == "" {
			found = in
		}
	}
	if found.Number == "" {
		_, err = s.Office.Insurer(c.Request().Context(), eligibility.InsurerNumber(number))
	}
	return found, views, err
}

// officeRows is how many people the clerk's page lists.
const officeRows = 50

func (s *Site) officePage(c echo.Context) error {
	name, done, err := s.clerk(c)
	if done {
		return err
	}
	in, insurers, err := s.chosen(c, c.QueryParam("insurer"))
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	query := strings.TrimSpace(c.QueryParam("q"))
	people, err := s.Office.Store.FindPeople(ctx, desk.PeopleQuery{Insurer: in.Number, Text: query, Limit: officeRows})
	if err != nil {
		return err
	}
	count, err := s.Office.Store.CountPeople(ctx, in.Number)
	if err != nil {
		return err
	}
	view := OfficeView{Page: s.page(c, "保険者の窓口", "Insurer's office"), Staff: name, Insurers: insurers, Current: string(in.Number), Count: count, Query: query}
	view.Insurer = insurerView(in)
	for _, r := range people {
		view.People = append(view.People, s.row(r))
	}
	return s.show(c, http.StatusOK, "insurer", view)
}

func (s *Site) row(r desk.PersonRecord) PersonRow {
	p := r.Person
	row := PersonRow{ID: string(r.ID), Name: p.Name, Kana: p.Kana, Birth: p.BirthDate.Japanese(), Symbol: p.Symbol, Number: p.Number, Branch: p.BranchNumber,
		Registered: eligibility.DateOf(r.RegisteredAt).Japanese()}
	if shares, err := eligibility.SharesOn(p, eligibility.DateOf(s.Now())); err == nil {
		row.Share = sharesText(shares)
	}
	return row
}

func (s *Site) sample(c echo.Context) error {
	if _, done, err := s.clerk(c); done {
		return err
	}
	in, _, err := s.chosen(c, c.QueryParam("insurer"))
	if err != nil {
		return err
	}
	data := roster.Sample(in.Number)
	if data == nil {
		return errNoPage
	}
	return csvFile(c, "mihon-"+in.Number.Paper()+".csv", append([]byte("\xEF\xBB\xBF"), data...))
}

func csvFile(c echo.Context, name string, data []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", data)
}

// shownRows is how many refused rows and warnings the result page lists; the error file has all.
const shownRows = 200

func (s *Site) importPeople(c echo.Context) error {
	name, done, err := s.clerk(c)
	if done {
		return err
	}
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, roster.MaxFile+1<<20)
	control := http.NewResponseController(c.Response())
	_ = control.SetReadDeadline(s.Now().Add(5 * time.Minute)) // not every test's writer has deadlines
	_ = control.SetWriteDeadline(s.Now().Add(6 * time.Minute))
	upload, err := c.FormFile("file")
	if err != nil {
		return errRequest.In("file").Because(err)
	}
	file, err := upload.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	in, _, err := s.chosen(c, c.FormValue("insurer"))
	if err != nil {
		return err
	}
	result, err := s.Office.Import(r.Context(), in.Number, file, name)
	if err != nil {
		return err
	}
	view := ImportView{Page: s.page(c, "読み込みの結果", "Result of the import"), New: result.Count.New, Changed: result.Count.Changed, Unchanged: result.Count.Unchanged,
		Refused: result.Roster.Refused(), UnknownColumns: result.Roster.Unknown}
	view.Insurer = insurerView(in)
	for _, row := range result.Roster.Rows {
		for _, n := range row.Reasons {
			view.Rows = append(view.Rows, ImportRow{Line: row.Line, Column: n.Column, Reason: n.Ja})
		}
		for _, n := range row.Warnings {
			view.Rows = append(view.Rows, ImportRow{Line: row.Line, Column: n.Column, Reason: n.Ja, Warning: true})
		}
	}
	view.Rows = view.Rows[:min(len(view.Rows), shownRows)]
	if view.Refused > 0 {
		var b bytes.Buffer
		if err := result.Roster.WriteErrors(&b); err != nil {
			return err
		}
		view.ErrorsURL = "/insurer/imports/" + s.imports.put(name, b.Bytes(), s.Now()) + "/errors.csv"
	}
	return s.show(c, http.StatusOK, "import", view)
}

// importErrors keeps error files for their clerk for an hour, in memory: they hold personal data and are not stored.
type importErrors struct {
	mu    sync.Mutex
	files map[string]errorFile
}

type errorFile struct {
	clerk string
	data  []byte
	at    time.Time
}

const errorFileLife = time.Hour

func (f *importErrors) put(clerk string, data []byte, now time.Time) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.files == nil {
		f.files = map[string]errorFile{}
	}
	for id, old := range f.files {
		if now.Sub(old.at) > errorFileLife {
			delete(f.files, id)
		}
	}
	id := rand.Text()
	f.files[id] = errorFile{clerk, data, now}
	return id
}

func (f *importErrors) get(id, clerk string, now time.Time) ([]byte, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	file, ok := f.files[id]
	return file.data, ok && file.clerk == clerk && now.Sub(file.at) <= errorFileLife
}

func (s *Site) errorFile(c echo.Context) error {
	name, done, err := s.clerk(c)
	if done {
		return err
	}
	data, ok := s.imports.get(c.Param("id"), name, s.Now())
	if !ok {
		return errNoPage
	}
	return csvFile(c, "yominaoshi.csv", data)
}

func (s *Site) noticeSheet(c echo.Context) error {
	name, done, err := s.clerk(c)
	if done {
		return err
	}
	paper, err := s.Office.NoticePaper(c.Request().Context(), desk.PersonID(c.Param("id")), name)
	if err != nil {
		return err
	}
	view := SheetView{Page: s.page(c, "お知らせのコード", "Notice code"), Person: s.row(paper.Record), Code: desk.GroupNoticeCode(paper.Code), URL: paper.URL,
		Image: "/insurer/people/" + c.Param("id") + "/notice.png"}
	view.Insurer = insurerView(paper.Insurer)
	return s.show(c, http.StatusOK, "sheet", view)
}

func (s *Site) noticeQR(c echo.Context) error {
	name, done, err := s.clerk(c)
	if done {
		return err
	}
	paper, err := s.Office.NoticePaper(c.Request().Context(), desk.PersonID(c.Param("id")), name)
	if err != nil {
		return err
	}
	image, err := qrcode.Encode(paper.URL, qrcode.Medium, -8) // eight dots a module
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "image/png", image)
}
