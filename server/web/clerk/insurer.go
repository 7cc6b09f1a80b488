package clerk

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/csvfile"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// Routes adds the clerks' pages.
func (s *BackOffice) Routes(e *echo.Echo) {
	e.GET("/insurer", s.page(ofInsurer, s.registerPage))
	s.StaffRoutes(e, auth.Clerk)
	e.GET("/insurer/sample.csv", s.page(ofInsurer, s.sample))
	(&importPages{s}).routes(e)
	prints := &printPages{s}
	prints.runRoutes(e)
	prints.paperRoutes(e)
	(&personPages{s}).routes(e)
	(&statisticsPages{s}).routes(e)
	e.GET("/insurer/support", s.PageFor(auth.Clerk, s.supportPage))
}

// chosenInsurer returns the clerk's insurer, and all that the page offers to choose from.
func (s *BackOffice) chosenInsurer(
	c echo.Context, clerk staff.Clerk,
) (insurer.Insurer, []kit.InsurerView, error) {
	all, err := s.Insurer.Directory.All(c.Request().Context())
	if err != nil {
		return insurer.Insurer{}, nil, err
	}
	var views []kit.InsurerView
	var found insurer.Insurer
	for _, in := range all {
		views = append(views, kit.InsurerView(in.Contact()))
		if in.Number == clerk.Insurer {
			found = in
		}
	}
	if found.Number == "" {
		_, err = s.Insurer.Directory.Insurer(c.Request().Context(), clerk.Insurer)
	}
	return found, views, err
}

// registerRows is how many people the clerk's page lists.
const registerRows = 50

func (s *BackOffice) registerPage(c echo.Context, clerk staff.Clerk) error {
	in, insurers, err := s.chosenInsurer(c, clerk)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	query := strings.TrimSpace(c.QueryParam("q"))
	number, _ := strconv.Atoi(c.QueryParam("page")) // anything else is the first
	number = min(max(number, 1), 1_000_000)
	people, found, err := s.Insurer.Register.Search(ctx, clerk, insurer.PeopleQuery{
		Text:  query,
		Limit: registerRows,
		Skip:  (number - 1) * registerRows,
	})
	if err != nil {
		return err
	}
	count, err := s.Insurer.Register.Count(ctx, clerk)
	if err != nil {
		return err
	}
	view := RegisterView{
		Page:     s.NewPage(c, message.New("staff.title.insurerSOffice", nil)),
		Staff:    s.Named(c, clerk.Staff),
		Insurers: insurers,
		Current:  string(in.Number),
		Count:    count,
		Query:    query,
		Said:     c.QueryParam("said"),
		Found:    found,
	}
	view.Insurer = kit.InsurerView(in.Contact())
	view.setPage(number)
	for _, r := range people {
		view.People = append(view.People, s.personRow(r))
	}
	return s.Show(c, http.StatusOK, "insurer", view)
}

func (s *BackOffice) personRow(r insurer.PersonRecord) PersonRow {
	p := r.Person
	row := PersonRow{
		ID:         string(r.ID),
		Name:       p.Name,
		Kana:       p.Kana,
		Birth:      p.BirthDate.Japanese(),
		Symbol:     p.Symbol,
		Number:     p.Number,
		Branch:     p.BranchNumber,
		Registered: eligibility.DateOf(r.RegisteredAt).Japanese(),
	}
	if shares, err := eligibility.SharesOn(p, s.Today()); err == nil {
		row.Share = kit.SharesText(shares)
	}
	return row
}

func (s *BackOffice) sample(c echo.Context, clerk staff.Clerk) error {
	data := insuredcsv.SampleFile(clerk.Insurer)
	if data == nil {
		return kit.ErrNoPage
	}
	return kit.CsvFile(c, "mihon-"+clerk.Insurer.Paper()+".csv", append([]byte(csvfile.Mark), data...))
}
