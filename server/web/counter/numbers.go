package counter

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// period is a time of which the numbers page tells: a month day by day, or the twelve months that end with
// it month by month.
type period struct {
	first eligibility.Date // of the month
	year  bool
}

func monthOf(day eligibility.Date) period { return period{first: day.AddDays(1 - day.Day())} }

// readPeriod is the period that a page's address asks for, the month of today where it asks for none.
func readPeriod(query url.Values, today eligibility.Date) period {
	p := monthOf(today)
	if day, err := eligibility.ParseDate(query.Get("month") + "-01"); err == nil && day.Exact() &&
		!day.After(today) {
		p.first = day
	}
	p.year = query.Get("of") == "year"
	return p
}

func (p period) span() counter.Span {
	s := counter.Span{From: p.first, Until: p.first.AddMonths(1).AddDays(-1), ByMonth: p.year}
	if p.year {
		s.From = p.first.AddMonths(-11)
	}
	return s
}

// moved is the period of some months later.
func (p period) moved(months int) period { return period{p.first.AddMonths(months), p.year} }

func (p period) address() string {
	q := url.Values{"month": {p.first.String()[:len("2026-11")]}}
	if p.year {
		q.Set("of", "year")
	}
	return "/counter/numbers?" + q.Encode()
}

// monthText is a month as staff read it.
func monthText(first eligibility.Date) (ja, en string) {
	ja, _, _ = strings.Cut(first.Japanese(), "月")
	return ja + "月", first.String()[:len("2026-11")]
}

func (p period) message() message.Message {
	ja, en := monthText(p.first)
	month := message.Args{"month": message.Writing(ja, en)}
	if p.year {
		return message.New("staff.numbers.year", month)
	}
	return message.New("staff.numbers.month", month)
}

// numbersPage tells a facility its own numbers. There is nobody in them, so small ones are not hidden.
func (s places) numbersPage(c echo.Context, reception staff.Reception) error {
	ctx := c.Request().Context()
	facility, err := s.counter.FacilityOf(ctx, reception)
	if err != nil {
		return err
	}
	p := readPeriod(c.QueryParams(), s.Today())
	whole, parts, err := counter.CountsOf(s.counter).Of(ctx, reception, p.span())
	if err != nil {
		return err
	}
	other := period{p.first, !p.year}
	view := NumbersView{
		Page:   s.NewPage(c, message.New("staff.title.numbers", nil)),
		Name:   facility.Name,
		Period: p.message(),
		Year:   p.year,
		Back:   p.moved(-1).address(),
		Other:  other.address(),
		Says:   saysOf(p, whole),
		Bars:   barsOf(p, whole, parts),
		Total:  numbersRow("", "", whole),
	}
	if next := p.moved(1); !next.first.After(s.Today()) {
		view.On = next.address()
	}
	for _, part := range parts {
		ja, en := partText(p, part.Day)
		view.Rows = append(view.Rows, numbersRow(ja, en, part))
	}
	return s.Show(c, http.StatusOK, "numbers", view)
}

// partText is a day or a month of a period.
func partText(p period, day eligibility.Date) (ja, en string) {
	if p.year {
		return monthText(day)
	}
	return fmt.Sprintf("%d日", day.Day()), day.String()
}

// saysOf are the sentences that come first: how many, by which way, and how long where they are not few.
func saysOf(p period, n counter.Numbers) []message.Message {
	of := message.Nested(p.message())
	if n.Recorded() == 0 {
		return []message.Message{message.New("staff.numbers.none", message.Args{"period": of})}
	}
	ways := message.New("staff.numbers.no_way", nil)
	if len(n.Methods) > 0 {
		most := n.Methods[0]
		ways = message.New("staff.numbers.way", message.Args{
			"method": message.Nested(eligibility.MethodName(most.What)),
			"n":      message.Number(most.N),
		})
	}
	says := []message.Message{
		message.New("staff.numbers.recorded", message.Args{
			"period":   of,
			"n":        message.Number(n.Recorded()),
			"accepted": message.Number(n.Outcomes[hostapi.Accepted]),
			"refused":  message.Number(n.Outcomes[hostapi.Refused]),
			"parked":   message.Number(n.Outcomes[hostapi.Parked]),
		}),
		ways,
	}
	if n.Recorded() < enoughForParts {
		return says
	}
	return append(says, message.New("staff.numbers.took", message.Args{
		"half": message.Nested(tookOf(n, 50)),
		"most": message.Nested(tookOf(n, 90)),
	}))
}

// enoughForParts is from how many records on half of them, and nine out of ten, are spoken of.
const enoughForParts = 10

// tookOf says within which time so many of a hundred cases were recorded.
func tookOf(n counter.Numbers, percent int) message.Message {
	if n.Recorded() < enoughForParts {
		return tookText(0)
	}
	return tookText(n.Within(percent))
}

// tookText says within how many seconds cases were recorded.
func tookText(seconds int) message.Message {
	args := message.Args{"seconds": message.Number(seconds % 60), "minutes": message.Number(seconds / 60)}
	switch {
	case seconds == 0:
		return message.New("staff.numbers.no_time", nil)
	case seconds == counter.LongerThanAllBounds:
		return message.New("staff.numbers.over_two_hours", nil)
	case seconds < 60:
		return message.New("staff.numbers.seconds", message.Args{"seconds": message.Number(seconds)})
	case seconds%60 == 0:
		return message.New("staff.numbers.minutes", message.Args{"minutes": args["minutes"]})
	}
	return message.New("staff.numbers.minutes_seconds", args)
}

func numbersRow(ja, en string, n counter.Numbers) NumbersRow {
	return NumbersRow{
		Ja:       ja,
		En:       en,
		Recorded: n.Recorded(),
		Accepted: n.Outcomes[hostapi.Accepted],
		Refused:  n.Outcomes[hostapi.Refused],
		Parked:   n.Outcomes[hostapi.Parked],
		Troubled: n.Troubled(),
		Half:     tookOf(n, 50),
		Most:     tookOf(n, 90),
	}
}

// barsOf are a period's bars: which way how often, why readers did not answer, and how many a day or month.
func barsOf(p period, whole counter.Numbers, parts []counter.Numbers) []BarGroup {
	ways := BarGroup{ID: "ways", Heading: message.New("staff.numbers.ways", nil)}
	for _, m := range whole.Methods {
		name := eligibility.MethodName(m.What)
		ways.add(string(m.What)+"　"+name.Text("ja"), string(m.What)+" "+name.Text("en"), m.N)
	}
	troubles := BarGroup{ID: "troubles", Heading: message.New("staff.numbers.troubles", nil)}
	for _, t := range whole.Troubles {
		why := message.New(t.What, nil)
		troubles.add(why.Sentence("ja"), why.Sentence("en"), t.N)
	}
	when := BarGroup{ID: "days", Heading: message.New("staff.numbers.by_day", nil)}
	if p.year {
		when.Heading = message.New("staff.numbers.by_month", nil)
	}
	for _, part := range parts {
		ja, en := partText(p, part.Day)
		when.add(ja, en, part.Recorded())
	}
	var groups []BarGroup
	for _, group := range []BarGroup{ways, troubles, when} {
		if len(group.Bars) > 0 {
			groups = append(groups, group.scaled())
		}
	}
	return groups
}

// add adds a bar; its Percent is the number until scaled.
func (g *BarGroup) add(ja, en string, n int) {
	cases := message.New("staff.numbers.cases", message.Args{"n": message.Number(n)})
	g.Bars = append(g.Bars, Bar{Ja: ja, En: en, Value: cases, Percent: n})
}

// scaled returns the group with bars as long as their share of the longest.
func (g BarGroup) scaled() BarGroup {
	longest := 0
	for _, bar := range g.Bars {
		longest = max(longest, bar.Percent)
	}
	for i := range g.Bars {
		g.Bars[i].Percent = max(1, g.Bars[i].Percent*100/longest)
	}
	return g
}
