package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/csvfile"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
)

func (s *Site) insurerRoutes(e *echo.Echo) {
	e.GET("/insurer", s.pageFor(auth.Clerk, s.officePage))
	s.staffRoutes(e, auth.Clerk)
	e.GET("/insurer/sample.csv", s.pageFor(auth.Clerk, s.sample))
	s.previewRoutes(e)
	s.peopleRoutes(e)
	s.statisticsRoutes(e)
	e.GET("/insurer/support", s.pageFor(auth.Clerk, s.supportPage))
	e.GET("/insurer/people/:id/notice", s.pageFor(auth.Clerk, s.noticeSheet))
	e.GET("/insurer/people/:id/notice.png", s.pageFor(auth.Clerk, s.noticeQR))
	e.GET("/insurer/people/:id/notice.pdf", s.pageFor(auth.Clerk, s.noticePDF))
}

// chosen returns the insurer that a request names, or the first.
func (s *Site) chosen(c echo.Context, number string) (insurer.Insurer, []InsurerView, error) {
	all, err := s.Office.Directory.All(c.Request().Context())
	if err != nil {
		return insurer.Insurer{}, nil, err
	}
	var views []InsurerView
	var found insurer.Insurer
	for _, in := range all {
		views = append(views, insurerView(in))
		if string(in.Number) == number || number == "" && found.Number == "" {
			found = in
		}
	}
	if found.Number == "" {
		_, err = s.Office.Directory.Insurer(c.Request().Context(), eligibility.InsurerNumber(number))
	}
	return found, views, err
}

// officeRows is how many people the clerk's page lists.
const officeRows = 50

func (s *Site) officePage(c echo.Context, staff string) error {
	in, insurers, err := s.chosen(c, c.QueryParam("insurer"))
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	query := strings.TrimSpace(c.QueryParam("q"))
	number, _ := strconv.Atoi(c.QueryParam("page")) // anything else is the first
	number = min(max(number, 1), 1_000_000)
	people, found, err := s.Office.Register.Search(ctx, insurer.PeopleQuery{Insurer: in.Number, Text: query, Limit: officeRows, Skip: (number - 1) * officeRows}, staff)
	if err != nil {
		return err
	}
	count, err := s.Office.Register.Count(ctx, in.Number)
	if err != nil {
		return err
	}
	view := OfficeView{Page: s.page(c, "保険者の窓口", "Insurer's office"), Staff: staff, Insurers: insurers, Current: string(in.Number), Count: count, Query: query,
		Said: c.QueryParam("said"), Found: found}
	view.Insurer = insurerView(in)
	view.turn(number)
	for _, r := range people {
		view.People = append(view.People, s.row(r))
	}
	return s.show(c, http.StatusOK, "insurer", view)
}

func (s *Site) row(r insurer.PersonRecord) PersonRow {
	p := r.Person
	row := PersonRow{ID: string(r.ID), Name: p.Name, Kana: p.Kana, Birth: p.BirthDate.Japanese(), Symbol: p.Symbol, Number: p.Number, Branch: p.BranchNumber,
		Registered: eligibility.DateOf(r.RegisteredAt).Japanese()}
	if shares, err := eligibility.SharesOn(p, s.today()); err == nil {
		row.Share = sharesText(shares)
	}
	return row
}

func (s *Site) sample(c echo.Context, _ string) error {
	in, _, err := s.chosen(c, c.QueryParam("insurer"))
	if err != nil {
		return err
	}
	data := insuredcsv.Sample(in.Number)
	if data == nil {
		return errNoPage
	}
	return csvFile(c, "mihon-"+in.Number.Paper()+".csv", append([]byte(csvfile.Mark), data...))
}
