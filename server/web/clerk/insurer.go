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
func (s *BackOffice) Routes(r *kit.Router) {
	r.Clerk("GET /insurer", s.clerk(ofInsurer, s.homePage))
	s.StaffRoutes(r, auth.Clerk)
	r.Clerk("GET /insurer/sample.csv", s.clerk(ofInsurer, s.sample))
	(&importPages{s}).routes(r)
	prints := &printPages{s}
	prints.runRoutes(r)
	prints.paperRoutes(r)
	(&personPages{s}).routes(r)
	(&statisticsPages{s}).routes(r)
	r.Clerk("GET /insurer/support", s.clerk(ofInsurer, s.supportPage))
}

// chosenInsurer returns the clerk's insurer, and those that the page offers to choose from: a member's own
// one.
func (s *BackOffice) chosenInsurer(
	c echo.Context, clerk staff.Clerk,
) (insurer.Insurer, []kit.InsurerView, error) {
	in, err := s.Insurer.Directory.Insurer(c.Request().Context(), clerk.Insurer)
	if err != nil {
		return insurer.Insurer{}, nil, err
	}
	choices, err := s.Insurer.Directory.Choices(c.Request().Context(), clerk)
	var views []kit.InsurerView
	for _, choice := range choices {
		views = append(views, kit.InsurerView(choice.Contact()))
	}
	return in, views, err
}

// registerRows is how many people the clerk's page lists.
const registerRows = 50

// foundPage lists whom a search finds, or whom many phones show. Both are audited.
func (s *BackOffice) foundPage(c echo.Context, clerk staff.Clerk) error {
	view, err := s.registerView(c, clerk)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	view.Searched, view.Query = true, strings.TrimSpace(c.QueryParam("q"))
	number, _ := strconv.Atoi(c.QueryParam("page")) // anything else is the first
	number = min(max(number, 1), 1_000_000)
	var people []insurer.PersonRecord
	if view.Query == "" {
		view.ManyPhones = message.New("staff.home.phonesFound", phoneArgs())
		people, view.Found, err = s.Insurer.Tasks.PeopleOfManyPhones(ctx, clerk, registerRows)
	} else {
		people, view.Found, err = s.Insurer.Register.Search(ctx, clerk, insurer.PeopleQuery{
			Text:  view.Query,
			Limit: registerRows,
			Skip:  (number - 1) * registerRows,
		})
	}
	if err != nil {
		return err
	}
	view.setPage(number)
	view.Asked = c.QueryParam("said") == "asked"
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
