package clerk

import (
	"fmt"
	"slices"

	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// Weeks and ages of an insurer's statistics: what happened from the notice to the counter, each as a small
// picture, and all of it in a table beside them.

// shownCounts are numbers as they may be shown.
func shownCounts(numbers ...int) (all []string) {
	for _, n := range numbers {
		all = append(all, kit.ShownCount(n))
	}
	return all
}

// ofWeeks are what is drawn of weeks, in the order in which it happens to somebody.
var ofWeeks = []struct {
	id, title string
	of        func(insurer.Day) int
}{
	{"chart-notices", "staff.statistics.chartNotices", func(d insurer.Day) int { return d.Notices }},
	{"chart-enrolled", "staff.statistics.chartEnrolled", func(d insurer.Day) int { return d.Logins }},
	{"chart-shown", "staff.statistics.chartShown", func(d insurer.Day) int { return d.People }},
	{"chart-copies", "staff.statistics.chartCopies", func(d insurer.Day) int { return d.Copies }},
	{"chart-checks", "staff.statistics.chartChecks", func(d insurer.Day) int { return d.Receipts }},
}

// weekNumber is a week's number of one kind, cut to tens where a day of it is hidden.
func weekNumber(w insurer.Week, of func(insurer.Day) int) int {
	var days []int
	for _, d := range w.Days {
		days = append(days, of(d))
	}
	return kit.SumOf(days)
}

// setWeeks fills in the weeks, as a table and, oldest first, as pictures.
func (v *StatisticsView) setWeeks(weeks []insurer.Week) {
	var labels []string
	for i, w := range weeks {
		row := kit.DayRow{Ja: w.First.Japanese() + "〜", En: w.First.String()}
		for _, kind := range ofWeeks {
			row.Cells = append(row.Cells, kit.ShownCount(weekNumber(w, kind.of)))
		}
		v.Weeks = append(v.Weeks, row)
		label := "" // every second one has room
		if i%2 == 0 {
			label = fmt.Sprintf("%d/%d", w.First.Month(), w.First.Day())
		}
		labels = append(labels, label)
	}
	slices.Reverse(labels)
	for _, kind := range ofWeeks {
		var numbers []int
		for _, w := range weeks {
			numbers = append(numbers, weekNumber(w, kind.of))
		}
		slices.Reverse(numbers)
		v.Small = append(v.Small, kit.NewBarChart(kit.Series{
			ID:      kind.id,
			Title:   sentence(kind.title),
			Numbers: numbers,
			Labels:  labels,
			Half:    true,
		}))
	}
}

// ageKeys are the names of the groups of ages.
var ageKeys = [insurer.AgeGroups]string{
	"staff.statistics.ageUnder20",
	"staff.statistics.age20To39",
	"staff.statistics.age40To64",
	"staff.statistics.age65To69",
	"staff.statistics.age70To74",
	"staff.statistics.age75AndOver",
	"staff.statistics.ageUnknown",
}

// setAges fills in who is enrolled by age, as a table and as a picture. Both columns have a whole that is
// shown elsewhere; of those whom a login shows, some are in no group: they have lost their eligibility.
func (v *StatisticsView) setAges(n insurer.Statistics) {
	var people, enrolled []int
	var labels []string
	rest := n.Enrolled
	for i, g := range n.Ages {
		people, enrolled = append(people, g.People), append(enrolled, g.Enrolled)
		labels = append(labels, sentence(ageKeys[i]).Text("ja"))
		rest -= g.Enrolled
	}
	enrolled = append(enrolled, max(rest, 0))
	shownPeople, shownEnrolled := kit.ShownParts(people), kit.ShownParts(enrolled)
	shown := len(ageKeys)
	if n.Ages[shown-1] == (insurer.AgeGroup{}) { // hardly any insurer has somebody without a birth date
		shown--
	}
	for i := range shown {
		v.Ages = append(v.Ages, kit.NumberRow{
			Label: sentence(ageKeys[i]),
			Cells: []string{shownPeople[i], shownEnrolled[i]},
		})
	}
	v.Small = append(v.Small, kit.NewBarChart(kit.Series{
		ID:      "chart-ages",
		Title:   sentence("staff.statistics.chartAges"),
		Numbers: kit.HideParts(enrolled)[:shown],
		Labels:  labels[:shown],
		Half:    true,
	}))
}

// peopleByAge are the people of each age, as the table of ages has them.
func (v *StatisticsView) peopleByAge() kit.NumberGroup {
	group := kit.NumberGroup{Label: sentence("staff.statistics.groupPeopleByAge")}
	for _, row := range v.Ages {
		group.Rows = append(group.Rows, kit.NumberRow{Label: row.Label, Cells: row.Cells[:1]})
	}
	return group
}
