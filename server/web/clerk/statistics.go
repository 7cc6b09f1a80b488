package clerk

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"madoguchi/server/csvfile"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// StatisticsView is an insurer's numbers (/insurer/statistics). Small ones are hidden: few people might be known by them.
type StatisticsView struct {
	kit.Page
	Day    string
	Groups []NumberGroup
	Days   []NumberRow // one a day: screens, copies, logins, receipts
}

// NumberGroup is a table of numbers under a heading.
type NumberGroup struct {
	Ja, En string
	Rows   []NumberRow
}

// NumberRow is a label with its numbers as they may be shown.
type NumberRow struct {
	Ja, En string
	Cells  []string
}

// smallest is the first number that is shown as it is; 0 tells of nobody.
const smallest = 10

func shown(n int) string {
	if n > 0 && n < smallest {
		return "10未満"
	}
	return strconv.Itoa(n)
}

// shownParts hides small parts of a whole that is shown too: were only one hidden, it could be had by subtracting, so the
// smallest of the others goes with it.
func shownParts(parts []int) []string {
	out := make([]string, len(parts))
	hidden, next := 0, -1
	for i, n := range parts {
		out[i] = shown(n)
		switch {
		case n > 0 && n < smallest:
			hidden++
		case n > 0 && (next < 0 || n < parts[next]):
			next = i
		}
	}
	if hidden == 1 && next >= 0 {
		out[next] = "非表示"
	}
	return out
}

func (s *Pages) statisticsRoutes(e *echo.Echo) {
	e.GET("/insurer/statistics", s.page(ofInsurer, s.statisticsPage))
	e.GET("/insurer/statistics.csv", s.page(ofInsurer, s.statisticsFile))
}

func (s *Pages) statistics(c echo.Context, clerk staff.Clerk) (StatisticsView, error) {
	in, _, err := s.chosen(c, clerk)
	if err != nil {
		return StatisticsView{}, err
	}
	s.allowLong(c)
	numbers, err := s.Insurer.Usage.Statistics(c.Request().Context(), clerk)
	if err != nil {
		return StatisticsView{}, err
	}
	view := StatisticsView{Page: s.NewPage(c, "統計", "Statistics"), Day: s.Today().Japanese(), Groups: numberGroups(numbers)}
	view.Insurer = insurerView(in)
	for _, d := range numbers.Days {
		view.Days = append(view.Days, NumberRow{d.Day.Japanese(), d.Day.String(), []string{shown(d.Screens), shown(d.Copies), shown(d.Logins), shown(d.Receipts)}})
	}
	return view, nil
}

func numberGroups(n insurer.Statistics) []NumberGroup {
	rows := func(labels [][2]string, cells []string) (rows []NumberRow) {
		for i, l := range labels {
			rows = append(rows, NumberRow{l[0], l[1], cells[i : i+1]})
		}
		return rows
	}
	parts := func(whole [2]string, labels [][2]string, numbers ...int) []NumberRow {
		sum := 0
		for _, n := range numbers {
			sum += n
		}
		return append([]NumberRow{{whole[0], whole[1], []string{shown(sum)}}}, rows(labels, shownParts(numbers))...)
	}
	plain := func(labels [][2]string, numbers ...int) []NumberRow {
		var cells []string
		for _, n := range numbers {
			cells = append(cells, shown(n))
		}
		return rows(labels, cells)
	}
	return []NumberGroup{
		{"加入者（負担割合）", "People by share", parts([2]string{"いま資格のある人", "With eligibility"}, [][2]string{{"1割", "10 %"}, {"2割", "20 %"}, {"3割", "30 %"}, {"所得で決まり、名簿に割合がない", "Undecided"}},
			n.Shares[10], n.Shares[20], n.Shares[30], n.Shares[0])},
		{"加入者（年齢）", "People by age", parts([2]string{"いま資格のある人", "With eligibility"}, [][2]string{{"70歳未満", "Under 70"}, {"70〜74歳", "70 to 74"}, {"75歳以上", "75 and over"}}, n.People-n.From70-n.From75, n.From70, n.From75)},
		{"お知らせのコード", "Notice codes", parts([2]string{"出したコード", "Codes made"}, [][2]string{{"まだ使われていない", "Not used yet"}, {"登録に使われた", "Used"}, {"使われずに新しいものに替わった", "Replaced unused"}}, n.NoticesOpen, n.NoticesUsed, n.NoticesVoid)},
		{"登録と写し", "Logins and copies", plain([][2]string{{"画面を登録したログイン", "Logins"}, {"期限の来ていない写し", "Copies that have not ended"}, {"そのうち取り消したもの", "Of those, revoked"}, {"受付から届いた控え（90日分）", "Receipts (90 days)"}, {"資格を失った人の記録", "Records without eligibility"}},
			n.Logins, n.Copies, n.CopiesRevoked, n.Receipts, n.Lost)},
	}
}

func (s *Pages) statisticsPage(c echo.Context, clerk staff.Clerk) error {
	view, err := s.statistics(c, clerk)
	if err != nil {
		return err
	}
	return s.Show(c, http.StatusOK, "statistics", view)
}

// statisticsFile is the page as a CSV for spreadsheets.
func (s *Pages) statisticsFile(c echo.Context, clerk staff.Clerk) error {
	view, err := s.statistics(c, clerk)
	if err != nil {
		return err
	}
	lines := [][]string{{"保険者", view.Insurer.Name, view.Insurer.NumberOnPaper}, {"日", view.Day}}
	for _, group := range view.Groups {
		for _, row := range group.Rows {
			lines = append(lines, append([]string{group.Ja, row.Ja}, row.Cells...))
		}
	}
	lines = append(lines, []string{"日", "画面を出した回数", "保存された写し", "登録", "受付からの控え"})
	for _, row := range view.Days {
		lines = append(lines, append([]string{row.En}, row.Cells...))
	}
	return kit.CsvFile(c, "toukei-"+s.Today().String()+".csv", csvfile.Table(lines))
}
