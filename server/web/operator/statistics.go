package operator

import (
	"context"
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

// StatisticsView is how much the server is used (/operator/statistics). Small numbers are hidden as on an
// insurer's page.
type StatisticsView struct {
	kit.Page
	Day         string
	HasInsurers bool            // the server runs an insurer's half
	Charts      []kit.BarChart  // of days, and of months
	Days        []kit.DayRow    // newest first: people, logins, copies, receipts
	Months      []kit.DayRow    // newest first: people, logins
	Insurers    []StatisticsRow // people, enrolled, shown in the last 31 days
	Facilities  []StatisticsRow // readers connected
}

// StatisticsRow is an organisation's line.
type StatisticsRow struct {
	Name  string
	Cells []string
}

// statisticsRoutes adds the page and its file.
func (s *Office) statisticsRoutes(r *kit.Router) {
	r.Member("GET /operator/statistics", s.guard, s.statisticsPage)
	r.Member("GET /operator/statistics.csv", s.guard, s.statisticsFile)
}

// numbersOf adds up a number of all insurers on one day or in one month, cut to tens where an insurer's is
// hidden.
func numbersOf(all []insurer.Overview, of func(insurer.Overview) int) int {
	var parts []int
	for _, one := range all {
		parts = append(parts, of(one))
	}
	return kit.SumOf(parts)
}

func (s *Office) statistics(ctx context.Context, c echo.Context, v kit.SignedIn) (StatisticsView, error) {
	view := StatisticsView{
		Page: s.NewPage(c, message.New("operator.title.statistics", nil)),
		Day:  s.Today().Japanese(),
	}
	if s.Numbers != nil {
		all, err := s.Numbers(ctx, v.Member)
		if err != nil {
			return view, err
		}
		view.HasInsurers = true
		view.setTimes(all)
		for _, one := range all {
			var people []int
			for _, d := range one.Days {
				people = append(people, d.People)
			}
			view.Insurers = append(view.Insurers, StatisticsRow{one.Insurer.Name, []string{
				kit.ShownCount(one.People), kit.ShownCount(one.Enrolled), kit.ShownCount(kit.SumOf(people)),
			}})
		}
	}
	for _, of := range s.all() {
		if of.kind() != staff.KindFacility {
			continue
		}
		known, err := of.list(ctx, v.Member)
		if err != nil {
			return view, err
		}
		for _, o := range known {
			cells := []string{strconv.Itoa(s.Readers(o.Number))}
			view.Facilities = append(view.Facilities, StatisticsRow{o.Name, cells})
		}
	}
	return view, nil
}

// setTimes fills in days and months of all insurers, each as a table and, oldest first, as a picture.
func (v *StatisticsView) setTimes(all []insurer.Overview) {
	if len(all) == 0 {
		return
	}
	var people []int
	var days []eligibility.Date
	for i, d := range all[0].Days {
		sum := func(of func(insurer.Day) int) int {
			return numbersOf(all, func(o insurer.Overview) int { return of(o.Days[i]) })
		}
		shown := sum(func(d insurer.Day) int { return d.People })
		people, days = append(people, shown), append(days, d.Day)
		v.Days = append(v.Days, kit.DayRow{Ja: d.Day.Japanese(), En: d.Day.String(), Cells: []string{
			kit.ShownCount(shown),
			kit.ShownCount(sum(func(d insurer.Day) int { return d.Logins })),
			kit.ShownCount(sum(func(d insurer.Day) int { return d.Copies })),
			kit.ShownCount(sum(func(d insurer.Day) int { return d.Receipts })),
		}})
	}
	v.addChart("chart-days", "staff.statistics.chartDays", people, kit.DayLabels(days))
	people = nil
	var labels []string
	for i, m := range all[0].Months {
		var shown, logins []int
		for _, one := range all {
			shown = append(shown, one.Months[i].People...)
			logins = append(logins, one.Months[i].Logins...)
		}
		people = append(people, kit.SumOf(shown))
		labels = append(labels, strconv.Itoa(m.First.Month()))
		v.Months = append(v.Months, kit.DayRow{
			Ja:    strings.TrimSuffix(m.First.Japanese(), "1日"),
			En:    m.First.String()[:len("2026-11")],
			Cells: []string{kit.ShownCount(kit.SumOf(shown)), kit.ShownCount(kit.SumOf(logins))},
		})
	}
	v.addChart("chart-months", "staff.statistics.chartMonths", people, labels)
}

func (v *StatisticsView) addChart(id, title string, numbers []int, labels []string) {
	slices.Reverse(numbers)
	slices.Reverse(labels)
	v.Charts = append(v.Charts, kit.NewBarChart(kit.Series{
		ID:      id,
		Title:   message.New(title, nil),
		Numbers: numbers,
		Labels:  labels,
	}))
}

func (s *Office) statisticsPage(c echo.Context, v kit.SignedIn) error {
	view, err := s.statistics(c.Request().Context(), c, v)
	if err != nil {
		return err
	}
	return s.Show(c, http.StatusOK, "operatorstatistics", view)
}

// statisticsFile is the page as a CSV for spreadsheets. Its headings are the file's form.
func (s *Office) statisticsFile(c echo.Context, v kit.SignedIn) error {
	view, err := s.statistics(c.Request().Context(), c, v)
	if err != nil {
		return err
	}
	lines := [][]string{{"日", view.Day}, {"保険者", "加入者", "登録した人", "31日間に画面を出した人（日ごとの人数の合計）"}}
	for _, row := range view.Insurers {
		lines = append(lines, append([]string{row.Name}, row.Cells...))
	}
	lines = append(lines, []string{"医療機関", "つながっている読み取り機"})
	for _, row := range view.Facilities {
		lines = append(lines, append([]string{row.Name}, row.Cells...))
	}
	lines = append(lines, []string{"日", "画面を出した人", "登録", "保存された写し", "受付からの控え"})
	for _, row := range view.Days {
		lines = append(lines, append([]string{row.En}, row.Cells...))
	}
	lines = append(lines, []string{"月", "画面を出した人（日ごとの人数の合計）", "登録"})
	for _, row := range view.Months {
		lines = append(lines, append([]string{row.En}, row.Cells...))
	}
	return kit.CsvFile(c, "unei-"+s.Today().String()+".csv", csvfile.Table(lines))
}
