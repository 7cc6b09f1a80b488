package clerk

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
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
	Day       string
	Sentences []message.Message // the answer to a council's question
	Charts    []kit.BarChart    // of days, and of months
	Small     []kit.BarChart    // of weeks, and of ages
	Groups    []kit.NumberGroup
	Days      []kit.DayRow    // one a day, newest first: people, logins, copies, receipts
	Months    []kit.DayRow    // one a month, newest first: people, logins
	Weeks     []kit.DayRow    // one a week, newest first: codes, logins, people, copies, receipts
	Ages      []kit.NumberRow // one a group: people, enrolled
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
	view.Sentences = numberSentences(numbers)
	view.setTimes(numbers)
	view.setWeeks(numbers.Weeks)
	view.setAges(numbers)
	return view, nil
}

// setTimes fills in days and months, each as a table and, oldest first, as a picture.
func (v *StatisticsView) setTimes(numbers insurer.Statistics) {
	var people []int
	var days []eligibility.Date
	for _, d := range numbers.Days {
		people, days = append(people, d.People), append(days, d.Day)
		v.Days = append(v.Days, kit.DayRow{
			Ja:    d.Day.Japanese(),
			En:    d.Day.String(),
			Cells: shownCounts(d.People, d.Logins, d.Copies, d.Receipts),
		})
	}
	v.addChart("chart-days", "staff.statistics.chartDays", people, kit.DayLabels(days))
	people = nil
	var labels []string
	for _, m := range numbers.Months {
		month := m.First.String()[:len("2026-11")]
		sum := kit.SumOf(m.People)
		people = append(people, sum)
		labels = append(labels, strconv.Itoa(m.First.Month()))
		ja := strings.TrimSuffix(m.First.Japanese(), "1日")
		v.Months = append(v.Months, kit.DayRow{
			Ja:    ja,
			En:    month,
			Cells: shownCounts(sum, kit.SumOf(m.Logins)),
		})
	}
	v.addChart("chart-months", "staff.statistics.chartMonths", people, labels)
}

func (v *StatisticsView) addChart(id, title string, numbers []int, labels []string) {
	slices.Reverse(numbers)
	slices.Reverse(labels)
	v.Charts = append(v.Charts, kit.NewBarChart(kit.Series{
		ID:      id,
		Title:   sentence(title),
		Numbers: numbers,
		Labels:  labels,
	}))
}

// numberSentences answer what a council asks: how many use it, how much, and what is new.
func numberSentences(n insurer.Statistics) []message.Message {
	var people, logins, copies []int
	var best insurer.Day
	for _, d := range n.Days {
		people, logins, copies = append(people, d.People), append(logins, d.Logins), append(copies, d.Copies)
		if d.People > best.People {
			best = d
		}
	}
	enrolled := message.Args{"people": kit.SaidPeople(n.People), "enrolled": kit.SaidPeople(n.Enrolled)}
	first := message.New("staff.statistics.sayEnrolled", enrolled)
	if n.Enrolled >= kit.Smallest && n.People >= n.Enrolled {
		enrolled["percent"] = message.Number((100*n.Enrolled + n.People/2) / n.People)
		first = message.New("staff.statistics.sayEnrolledPart", enrolled)
	}
	second := sentence("staff.statistics.sayNobodyShown")
	if best.People > 0 {
		second = message.New("staff.statistics.sayShown", message.Args{
			"people": kit.SaidPeople(kit.SumOf(people)),
			"day":    best.Day.Value(),
			"most":   kit.SaidPeople(best.People),
		})
	}
	return []message.Message{first, second, message.New("staff.statistics.sayNew", message.Args{
		"logins": kit.SaidItems(kit.SumOf(logins)),
		"copies": kit.SaidItems(kit.SumOf(copies)),
	})}
}

func numberGroups(n insurer.Statistics) []kit.NumberGroup {
	rows := func(labels []string, cells []string) (rows []kit.NumberRow) {
		for i, l := range labels {
			rows = append(rows, kit.NumberRow{Label: sentence(l), Cells: cells[i : i+1]})
		}
		return rows
	}
	parts := func(whole string, labels []string, numbers ...int) []kit.NumberRow {
		sum := 0
		for _, n := range numbers {
			sum += n
		}
		return append(
			[]kit.NumberRow{{Label: sentence(whole), Cells: []string{kit.ShownCount(sum)}}},
			rows(labels, kit.ShownParts(numbers))...)
	}
	plain := func(labels []string, numbers ...int) []kit.NumberRow {
		var cells []string
		for _, n := range numbers {
			cells = append(cells, kit.ShownCount(n))
		}
		return rows(labels, cells)
	}
	return []kit.NumberGroup{
		{Label: sentence("staff.statistics.groupPeopleByShare"),
			Rows: parts("staff.statistics.rowWithEligibility", []string{
				"staff.statistics.row10",
				"staff.statistics.row20",
				"staff.statistics.row30",
				"staff.statistics.rowUndecided",
			}, n.Shares[10], n.Shares[20], n.Shares[30], n.Shares[0])},
		{Label: sentence("staff.statistics.groupNoticeCodes"),
			Rows: parts("staff.statistics.rowCodesMade", []string{
				"staff.statistics.rowNotUsedYet",
				"staff.statistics.rowUsed",
				"staff.statistics.rowReplacedUnused",
			}, n.NoticesOpen, n.NoticesUsed, n.NoticesVoid)},
		{Label: sentence("staff.statistics.groupLoginsAndCopies"), Rows: plain([]string{
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
	for _, group := range append(view.Groups, view.peopleByAge()) {
		for _, row := range group.Rows {
			lines = append(
				lines,
				append([]string{group.Label.Text("ja"), row.Label.Text("ja")}, row.Cells...),
			)
		}
	}
	lines = append(lines, []string{"日", "画面を出した人", "登録", "保存された写し", "受付からの控え"})
	for _, row := range view.Days {
		lines = append(lines, append([]string{row.En}, row.Cells...))
	}
	lines = append(lines, []string{"週", "出したコード", "登録", "画面を出した人（日ごとの人数の合計）", "保存された写し", "受付からの控え"})
	for _, row := range view.Weeks {
		lines = append(lines, append([]string{row.En}, row.Cells...))
	}
	lines = append(lines, []string{"年齢", "加入者", "登録した人"})
	for _, row := range view.Ages {
		lines = append(lines, append([]string{row.Label.Text("ja")}, row.Cells...))
	}
	lines = append(lines, []string{"月", "画面を出した人（日ごとの人数の合計）", "登録"})
	for _, row := range view.Months {
		lines = append(lines, append([]string{row.En}, row.Cells...))
	}
	return kit.CsvFile(c, "toukei-"+s.Today().String()+".csv", csvfile.Table(lines))
}
