package eligibility

import (
	"fmt"
	"strings"
	"testing"
)

// Takatsuki and Matsuyama : renewal opens the day after "three months before"; a certificate that
// ends on 2026-11-30 is renewed from 2026-08-31. 民法 143条2項 for months that lack the day.
func TestRenewalOpensTheDayAfterThreeMonthsBefore(t *testing.T) {
	for _, c := range []struct {
		until string
		want  string
	}{
		{"2026-11-30", "2026-08-31"},
		{"2027-05-15", "2027-02-16"},
		{"2026-12-31", "2026-10-01"},
		{"2027-05-31", "2027-03-01"},
		{"2028-05-31", "2028-03-01"},
		{"2027-02-28", "2026-11-29"},
		{"2027-01-01", "2026-10-02"},
		{"2026-08-10", "2026-05-11"},
	} {
		t.Run(c.until, func(t *testing.T) {
			if got := GraceOf(day(c.until)).RenewFrom.String(); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// The two readings of the grace differ from three months after to that month's end (MHLW; IWAKI).
func TestTheTwoReadingsOfTheGrace(t *testing.T) {
	g := GraceOf(day("2026-05-15"))
	for _, c := range []struct {
		on   string
		want bool
	}{
		{"2026-05-15", false},
		{"2026-08-15", false},
		{"2026-08-16", true},
		{"2026-08-31", true},
		{"2026-09-01", false},
	} {
		t.Run(c.on, func(t *testing.T) {
			if g.Between(day(c.on)) != c.want {
				t.Errorf("%v", !c.want)
			}
		})
	}
	if (Grace{}).Between(day("2026-08-16")) {
		t.Error("an unknown certificate")
	}
}

// SAITAMA, 医療保険部会 2025-12-18, 三種町: 85 on 2026-08-01, not from 08-02 on; the use rule is the 広域連合's; a
// certificate long over ends the registration.
func TestPapersOf後期From2026August(t *testing.T) {
	for _, c := range []struct {
		name   string
		p      Person
		on     string
		notice bool
		sure   Confidence
	}{
		{"85 on the day", Person{BirthDate: day("1941-08-01"), FrequentUse: Yes}, "2026-08-01", false,
			Certain},
		{"85 on the day, in the next spring", Person{BirthDate: day("1941-08-01"), FrequentUse: Yes},
			"2027-03-01", false, Certain},
		{"85 a day later", Person{BirthDate: day("1941-08-02"), FrequentUse: Yes}, "2026-08-02", true,
			Likely},
		{"85 in the winter", Person{BirthDate: day("1941-12-01"), FrequentUse: Yes}, "2026-12-01", true,
			Likely},
		{"the next August", Person{BirthDate: day("1941-12-01"), FrequentUse: Yes}, "2027-08-01", false,
			Likely},
		{"perhaps 85", Person{BirthDate: day("1941"), FrequentUse: Yes}, "2026-11-22", false, Likely},
		{"used seldom", Person{BirthDate: day("1950-01-01"), FrequentUse: No}, "2026-11-22", false, Likely},
		{"use unknown", Person{BirthDate: day("1950-01-01")}, "2026-11-22", false, Likely},
		{"used enough, certificate long over", Person{BirthDate: day("1950-01-01"), FrequentUse: Yes,
			CertificateUntil: day("2026-05-15")},
			"2026-11-22", false, Likely},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.p.Insurer, c.p.Registered = "39139993", Yes
			got := PapersFor(c.p, day(c.on))
			if got.Notice != c.notice || got.Certificate == c.notice || got.Confidence != c.sure {
				t.Errorf("%+v", got)
			}
		})
	}
}

// 三種町 (2026-03-06): six uses in twelve months and one in the last three. Another 広域連合 has another rule.
func TestTheUseRuleIsTheInsurersData(t *testing.T) {
	other := UseRule{InYear: 4, InThreeMonths: 0}
	if !strings.Contains(UsualUse.Told().Text("ja"), "年6回") ||
		!strings.Contains(other.Told().Text("ja"), "年4回") {
		t.Error(UsualUse.Told().Text("ja"))
	}
}

// 高額療養費 (令和8年・令和9年の見直し): five classes below 70, thirteen from 2027-08, whose names are not known.
func TestLimitClassesByDate(t *testing.T) {
	for _, c := range []struct {
		class LimitClass
		on    string
		want  Answer
	}{
		{"A03", "2026-07-31", Yes},
		{"A03", "2026-08-01", Yes},
		{"A03", "2027-07-31", Yes},
		{"A03",
			"2027-08-01", Unknown},
		{"A01", "2027-07-31", Yes},
		{"A05", "2028-01-01", Unknown},
		{"B02", "2026-08-01", Unknown},
		{"",
			"2026-08-01", Unknown},
	} {
		t.Run(fmt.Sprint(c.class), func(t *testing.T) {
			if got := c.class.HoldsOn(day(c.on)); got != c.want {
				t.Errorf("%s on %s: %q", c.class, c.on, got)
			}
		})
	}
	for _, c := range []struct {
		on   string
		want int
	}{
		{"2027-07-31", 5},
		{"2027-08-01", 13},
	} {
		t.Run(c.on, func(t *testing.T) {
			for _, table := range LimitTables {
				if table.On(day(c.on)) && table.Count != c.want {
					t.Errorf("%d classes", table.Count)
				}
			}
		})
	}
}

// The rules were read on 2026-11-28 from texts that reach early October; every answer and every printed page
// says so.
func TestHowFarTheRulesAreKnownIsSaid(t *testing.T) {
	o, err := Methods(Situation{Day: day("2028-01-01")})
	if err != nil || o.CheckedUntil != day("2026-10-01") || o.ReadOn != day("2026-11-28") {
		t.Error(o.CheckedUntil, o.ReadOn, err)
	}
	known := RulesKnown().Text("ja")
	var page strings.Builder
	err = WriteRules(&page)
	if err != nil || !strings.Contains(page.String(), known) ||
		!strings.Contains(known, "令和8年10月上旬") {
		t.Error(known, err)
	}
}

// Articles and links as docs/facts/eligibility-methods.md#sources and
// docs/facts/insurers-and-papers.md#law have them.
func TestSourcesNameTheirArticleAndLink(t *testing.T) {
	for _, c := range []struct {
		source   Source
		contains string
		link     string
	}{
		{srcElderlyLaw, "第50条・第52条", "https://"},
		{srcSpecial, "第54条の3", "https://"},
		{srcShare, "健康保険法第74条",
			"https://"},
		{srcShare, "国民健康保険法第42条", "https://"},
		{srcProof, "第50条の2", "https://www.nenkin.go.jp"},
		{src0710, "保発0710第1号", "https://www.fujifilm-kenpo.or.jp/news/5611"},
		{srcNotice, "第349号・第351号",
			"dataId=84ac0107"},
		{srcElderly, "令和7年12月18日", "22889/11"},
		{srcInterim, "令和7年11月12日", "2025-11-12-4"},
	} {
		t.Run(fmt.Sprint(c.source), func(t *testing.T) {
			if !strings.Contains(c.source.Title, c.contains) || !strings.Contains(c.source.URL, c.link) {
				t.Errorf("%+v", c.source)
			}
		})
	}
}
