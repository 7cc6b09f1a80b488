package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

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
	s.previewRoutes(e)
	s.peopleRoutes(e)
	s.statisticsRoutes(e)
	e.GET("/insurer/support", s.supportPage)
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
	number, _ := strconv.Atoi(c.QueryParam("page")) // anything else is the first
	number = min(max(number, 1), 1_000_000)
	people, found, err := s.Office.Search(ctx, desk.PeopleQuery{Insurer: in.Number, Text: query, Limit: officeRows, Skip: (number - 1) * officeRows}, name)
	if err != nil {
		return err
	}
	count, err := s.Office.Store.CountPeople(ctx, in.Number)
	if err != nil {
		return err
	}
	view := OfficeView{Page: s.page(c, "保険者の窓口", "Insurer's office"), Staff: name, Insurers: insurers, Current: string(in.Number), Count: count, Query: query,
		Said: c.QueryParam("said"), Found: found}
	view.Insurer = insurerView(in)
	view.turn(number)
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
