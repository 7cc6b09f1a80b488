package clerk

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"madoguchi/message"
	"madoguchi/server/csvfile"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// StatisticsView is an insurer's numbers (/insurer/statistics). Small ones are hidden: few people might be
// known by them.
type StatisticsView struct {
	kit.Page
	Day    string
	Groups []NumberGroup
	Days   []DayRow // one a day: screens, copies, logins, receipts
}

// NumberGroup is a table of numbers under a heading.
type NumberGroup struct {
	Label message.Message
	Rows  []NumberRow
}

// NumberRow is a label with its numbers as they may be shown.
type NumberRow struct {
	Label message.Message
	Cells []string
}

// DayRow is a day with its numbers.
type DayRow struct {
	Ja, En string // the day
	Cells  []string
}

// smallest is the first number that is shown as it is; 0 tells of nobody.
const smallest = 10

func shownCount(n int) string {
	if n > 0 && n < smallest {
		return sentence("staff.statistics.below_ten").Text("ja")
	}
	return strconv.Itoa(n)
}

// shownParts hides small parts of a whole that is shown too: were only one hidden, it could be had by
// subtracting, so the smallest of the others goes with it.
func shownParts(parts []int) []string {
	out := make([]string, len(parts))
	hidden, next := 0, -1
	for i, n := range parts {
		out[i] = shownCount(n)
		switch {
		case n > 0 && n < smallest:
			hidden++
		case n > 0 && (next < 0 || n < parts[next]):
			next = i
		}
	}
	if hidden == 1 && next >= 0 {
		out[next] = sentence("staff.statistics.hidden").Text("ja")
	}
	return out
}

func (s *statisticsPages) routes(r *kit.Router) {
	r.Clerk("GET /insurer/statistics", s.clerk(ofInsurer, s.statisticsPage))
	r.Clerk("GET /insurer/statistics.csv", s.clerk(ofInsurer, s.statisticsFile))
}

func (s *statisticsPages) statistics(c echo.Context, clerk staff.Clerk) (StatisticsView, error) {
	in, _, err := s.chosenInsurer(c, clerk)
	if err != nil {
		return StatisticsView{}, err
	}
	s.allowLong(c)
	numbers, err := s.Insurer.Usage.Statistics(c.Request().Context(), clerk)
	if err != nil {
		return StatisticsView{}, err
	}
	view := StatisticsView{
		Page:   s.NewPage(c, message.New("staff.title.statistics", nil)),
		Day:    s.Today().Japanese(),
		Groups: numberGroups(numbers),
	}
	view.Insurer = kit.InsurerView(in.Contact())
	for _, d := range numbers.Days {
		view.Days = append(
			view.Days,
			DayRow{
				d.Day.Japanese(),
				d.Day.String(),
				[]string{shownCount(d.Screens), shownCount(d.Copies), shownCount(d.Logins),
					shownCount(d.Receipts)},
			},
		)
	}
	return view, nil
}

func numberGroups(n insurer.Statistics) []NumberGroup {
	rows := func(labels []string, cells []string) (rows []NumberRow) {
		for i, l := range labels {
			rows = append(rows, NumberRow{sentence(l), cells[i : i+1]})
		}
		return rows
	}
	parts := func(whole string, labels []string, numbers ...int) []NumberRow {
		sum := 0
		for _, n := range numbers {
			sum += n
		}
		return append(
			[]NumberRow{{sentence(whole), []string{shownCount(sum)}}},
			rows(labels, shownParts(numbers))...)
	}
	plain := func(labels []string, numbers ...int) []NumberRow {
		var cells []string
		for _, n := range numbers {
			cells = append(cells, shownCount(n))
		}
		return rows(labels, cells)
	}
	return []NumberGroup{
		{sentence("staff.statistics.groupPeopleByShare"),
			parts("staff.statistics.rowWithEligibility", []string{
				"staff.statistics.row10",
				"staff.statistics.row20",
				"staff.statistics.row30",
				"staff.statistics.rowUndecided",
			}, n.Shares[10], n.Shares[20], n.Shares[30], n.Shares[0])},
		{sentence("staff.statistics.groupPeopleByAge"), parts("staff.statistics.rowWithEligibility", []string{
			"staff.statistics.rowUnder70",
			"staff.statistics.row70To74",
			"staff.statistics.row75AndOver",
		}, n.People-n.From70-n.From75, n.From70, n.From75)},
		{sentence("staff.statistics.groupNoticeCodes"), parts("staff.statistics.rowCodesMade", []string{
			"staff.statistics.rowNotUsedYet",
			"staff.statistics.rowUsed",
			"staff.statistics.rowReplacedUnused",
		}, n.NoticesOpen, n.NoticesUsed, n.NoticesVoid)},
		{sentence("staff.statistics.groupLoginsAndCopies"), plain([]string{
			"staff.statistics.rowLogins",
			"staff.statistics.rowCopiesThatHaveNotEnded",
			"staff.statistics.rowOfThoseRevoked",
			"staff.statistics.rowReceipts90Days",
			"staff.statistics.rowRecordsWithoutEligibility",
		},
			n.Logins, n.Copies, n.CopiesRevoked, n.Receipts, n.Lost)},
	}
}

func (s *statisticsPages) statisticsPage(c echo.Context, clerk staff.Clerk) error {
	view, err := s.statistics(c, clerk)
	if err != nil {
		return err
	}
	return s.Show(c, http.StatusOK, "statistics", view)
}

// statisticsFile is the page as a CSV for spreadsheets. Its headings are the file's form.
func (s *statisticsPages) statisticsFile(c echo.Context, clerk staff.Clerk) error {
	view, err := s.statistics(c, clerk)
	if err != nil {
		return err
	}
	lines := [][]string{{"保険者", view.Insurer.Name, view.Insurer.NumberOnPaper}, {"日", view.Day}}
	for _, group := range view.Groups {
		for _, row := range group.Rows {
			lines = append(
				lines,
				append([]string{group.Label.Text("ja"), row.Label.Text("ja")}, row.Cells...),
			)
		}
	}
	lines = append(lines, []string{"日", "画面を出した回数", "保存された写し", "登録", "受付からの控え"})
	for _, row := range view.Days {
		lines = append(lines, append([]string{row.En}, row.Cells...))
	}
	return kit.CsvFile(c, "toukei-"+s.Today().String()+".csv", csvfile.Table(lines))
}
