package eligibility

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func day(s string) Date { return MustDate(s) }

// docs/facts/insurer-numbers.md: the example of #check-digit and the table of #system-numbers; the
// numbers are those of docs/facts/test-people.md#insurers.
func TestInsurerNumbers(t *testing.T) {
	for _, c := range []struct{ in, want, paper, kind, prefecture string }{
		{"33120015", "33120015", "33120015", "警察共済組合", "千葉県"},
		{"138990", "00138990", "138990", "国民健康保険", "東京都"},
		{"00138990", "00138990", "138990", "国民健康保険", "東京都"},
		{"１３８９９０", "00138990", "138990", "国民健康保険", "東京都"},
		{"273995", "00273995", "273995", "国民健康保険", "大阪府"},
		{"019992", "00019992", "019992", "国民健康保険", "北海道"},
		{"478990", "00478990", "478990", "国民健康保険", "沖縄県"},
		{"139394", "00139394", "139394", "国民健康保険", "東京都"},
		{"06139992", "06139992", "06139992", "組合管掌健康保険", "東京都"},
		{"3913-9993", "39139993", "39139993", "後期高齢者医療", "東京都"},
		{"01139997", "01139997", "01139997", "全国健康保険協会（協会けんぽ）", "東京都"},
		{"67138990", "67138990", "67138990", "国民健康保険（退職者医療）", "東京都"},
		{"72139991", "72139991", "72139991", "国家公務員特定共済組合（特例退職）", "東京都"},
		{"33999996", "33999996", "33999996", "警察共済組合", ""},
		{"34139923", "34139923", "34139923", "公立学校共済組合・日本私立学校振興・共済事業団", "東京都"},
	} {
		t.Run(c.in, func(t *testing.T) {
			n, err := ParseInsurerNumber(c.in)
			if err != nil || string(n) != c.want || n.Paper() != c.paper || n.Kind() != c.kind ||
				n.Prefecture() != c.prefecture {
				t.Errorf("%s %s %s %s %v", n, n.Paper(), n.Kind(), n.Prefecture(), err)
			}
		})
	}
	for _, bad := range []string{"", "1", "138991", "0613999", "061399920", "abcdefgh", "00000000",
		"000000"} {
		if _, err := ParseInsurerNumber(bad); !errors.Is(err, ErrInsurerNumber) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, short := range []InsurerNumber{"", "1", "0613999x", "06xx9992"} {
		if short.Prefecture() != "" && short != "0613999x" || len(short) != 8 && short.Kind() != "" {
			t.Errorf("%q has a kind or a prefecture", short)
		}
	}
	if InsurerNumber("00138990").MayBeAssociation() || !InsurerNumber("00133033").MayBeAssociation() {
		t.Error("third digit 3: 国民健康保険組合")
	}
}

// docs/facts/insurer-numbers.md#symbol-number-branch: widths, hyphens, leading zeros, missing parts.
func TestIdentifiersAreComparedNormalised(t *testing.T) {
	normalised := func(p Person) [4]string {
		return [4]string{string(p.Insurer), NormaliseSymbol(p.Symbol), NormaliseNumber(p.Number),
			NormaliseBranch(p.BranchNumber)}
	}
	a := Person{Insurer: "06139992", Symbol: "１２３－４", Number: "５６７", BranchNumber: "01"}
	for _, b := range []Person{
		{Insurer: "06139992", Symbol: "123-4", Number: "567", BranchNumber: "01"},
		{Insurer: "06139992", Symbol: "123‐4", Number: "0567", BranchNumber: "1"},
		{Insurer: "06139992", Symbol: "123ー4", Number: "000567", BranchNumber: "０１"},
	} {
		if normalised(a) != normalised(b) {
			t.Errorf("%+v is another", b)
		}
	}
	for _, b := range []Person{
		{Insurer: "01139997", Symbol: "123-4", Number: "567", BranchNumber: "01"},
		{Insurer: "06139992", Symbol: "1234", Number: "567", BranchNumber: "01"},
		{Insurer: "06139992", Symbol: "123-4", Number: "568", BranchNumber: "01"},
		{Insurer: "06139992", Symbol: "123-4", Number: "567", BranchNumber: "00"},
	} {
		if normalised(a) == normalised(b) {
			t.Errorf("%+v is the same", b)
		}
	}
	if NormaliseNumber("000") != "000" || NormaliseSymbol("国・１３") != "国.13" {
		t.Error(NormaliseNumber("000"), NormaliseSymbol("国・１３"))
	}
	if s, n := OneWidth("12-34", "５６７"); s != "12-34" || n != "567" {
		t.Error(s, n)
	}
}

// docs/facts/cards-and-certificates.md#three-months-of-grace: 2026-05-15 → 2026-08-31, and three plain
// months.
func TestGraceOfACertificate(t *testing.T) {
	for _, c := range []struct{ until, warn, last, r90 string }{
		{"2026-05-15", "2026-08-15", "2026-08-31", "2026-02-14"},
		{"2026-11-30", "2027-02-28", "2027-02-28", "2026-09-01"},
		{"2026-12-31", "2027-03-31", "2027-03-31", "2026-10-02"},
		{"2027-11-01", "2028-02-01", "2028-02-29", "2027-08-03"},
	} {
		t.Run(c.until, func(t *testing.T) {
			g := GraceOf(day(c.until))
			if g.WarnUntil.String() != c.warn || g.MayWorkTo.String() != c.last ||
				g.Reminders[0].String() != c.r90 {
				t.Errorf("%s %s %s", g.WarnUntil, g.MayWorkTo, g.Reminders[0])
			}
			for _, row := range []struct {
				on   Date
				want CertificateState
			}{
				{g.Until, CertificateValid},
				{g.Until.AddDays(1), CertificateGrace},
				{g.MayWorkTo, CertificateGrace},
				{g.MayWorkTo.AddDays(1), CertificateExpired},
			} {
				t.Run(fmt.Sprint(row.on), func(t *testing.T) {
					if got := g.On(row.on); got != row.want {
						t.Errorf("%s on %s: %s, want %s", c.until, row.on, got, row.want)
					}
				})
			}
		})
	}
	if (Grace{}).On(day("2026-11-22")) != "" {
		t.Error("an unknown certificate has a state")
	}
}

// docs/facts/insurers-and-papers.md#three-documents (対比表), #calendar-of-insurers and
// #elderly-from-august-2026; docs/facts/cards-and-certificates.md for grace and special people. Each
// case names its row.
func TestWhoGetsWhichPaper(t *testing.T) {
	d := func(s string) Date { return day(s) }
	for _, c := range []struct {
		row  string
		p    Person
		on   string
		want string
		sure Confidence
	}{
		{"対比表: マイナ保険証 holder", Person{Insurer: "06139992", Registered: Yes}, "2026-11-22", "N", Certain},
		{"対比表: no マイナ保険証", Person{Insurer: "06139992", Registered: No}, "2026-11-22", "C", Certain},
		{"unknown registration is never 'no'", Person{Insurer: "06139992"}, "2026-11-22", "N", Unverified},
		{"要配慮者", Person{Insurer: "06139992", Registered: Yes, NeedsCare: Yes}, "2026-11-22", "NC",
			Certain},
		{"DV", Person{Insurer: "06139992", Registered: Yes, Withheld: Yes}, "2026-11-22", "C", Likely},
		{"in the grace", Person{Insurer: "06139992", Registered: Yes, CertificateUntil: d("2026-10-01")},
			"2026-11-22", "NC", Likely},
		{"grace over", Person{Insurer: "06139992", Registered: Yes, CertificateUntil: d("2026-05-15")},
			"2026-09-01", "C", Certain},
		{"last day of the grace",
			Person{Insurer: "06139992", Registered: Yes, CertificateUntil: d("2026-05-15")}, "2026-08-31",
			"NC", Likely},
		{"被用者 notices from 2024-09", Person{Insurer: "01139997", Registered: No}, "2024-09-01", "N", Certain},
		{"被用者 before", Person{Insurer: "01139997"}, "2024-08-31", "", Certain},
		{"国保 before 2024-12-02", Person{Insurer: "00138990", Registered: Yes}, "2024-12-01", "", Certain},
		{"国保 from 2024-12-02", Person{Insurer: "00138990", Registered: Yes}, "2024-12-02", "N", Certain},
		{"lost", Person{Insurer: "00138990", Registered: Yes, LostOn: d("2026-11-22")}, "2026-11-22", "",
			Certain},
		{"not begun", Person{Insurer: "00138990", Registered: Yes, QualifiedOn: d("2026-11-23")},
			"2026-11-22", "", Certain},
		{"医療扶助 is no insurance", Person{Insurer: "12130000"}, "2026-11-22", "", Certain},
		{"75 and over belongs to 後期",
			Person{Insurer: "72139991", Registered: Yes, BirthDate: d("1951-11-22")}, "2026-11-22", "",
			Certain},
		{"the day before", Person{Insurer: "72139991", Registered: Yes, BirthDate: d("1951-11-22")},
			"2026-11-21", "N", Certain},
		{"後期 interim",
			Person{Insurer: "39139993", Registered: Yes, FrequentUse: Yes, BirthDate: d("1944-02-29")},
			"2026-07-31", "C", Certain},
		{"後期 85 on August 1st",
			Person{Insurer: "39139993", Registered: Yes, FrequentUse: Yes, BirthDate: d("1941-08-01")},
			"2026-08-01", "C", Certain},
		{"後期 84, used 6 and 3",
			Person{Insurer: "39139993", Registered: Yes, FrequentUse: Yes, BirthDate: d("1941-08-02")},
			"2026-08-01", "N", Likely},
		{"後期 84, used seldom",
			Person{Insurer: "39139993", Registered: Yes, FrequentUse: No, BirthDate: d("1944-02-29")},
			"2026-08-01", "C", Likely},
		{"後期 use unknown", Person{Insurer: "39139993", Registered: Yes, BirthDate: d("1944-02-29")},
			"2026-11-22", "C", Likely},
		{"後期 not registered", Person{Insurer: "39139993", Registered: No}, "2026-11-22", "C", Certain},
		{"後期 要配慮", Person{Insurer: "39139993", Registered: Yes, NeedsCare: Yes}, "2026-11-22", "C", Certain},
		{"後期 DV", Person{Insurer: "39139993", Withheld: Yes}, "2026-11-22", "C", Likely},
		{"後期 after the rule's first year", Person{Insurer: "39139993", Registered: No}, "2027-11-22", "C",
			Likely},
	} {
		t.Run(c.row, func(t *testing.T) {
			got := PapersFor(c.p, d(c.on))
			papers := ""
			if got.Notice {
				papers += "N"
			}
			if got.Certificate {
				papers += "C"
			}
			if papers != c.want || got.Confidence != c.sure || got.Says.Sentence("ja") == "" ||
				got.Source.Title == "" {
				t.Errorf("%q %s %s", papers, got.Confidence, got.Says.Text("ja"))
			}
		})
	}
}

// The last day printed: docs/facts/official-forms.md#validity-of-a-notice, #validity-of-a-certificate.
func TestHowLongPapersAreValid(t *testing.T) {
	on := day("2026-11-22")
	for _, c := range []struct{ name, birth, insurer, notice, certificate string }{
		{"under 70, 国保", "1986-04-12", "00138990", "", "2027-07-31"},
		{"under 70, employees: five years at most", "1986-04-12", "06139992", "", "2031-11-21"},
		{"70 to 74", "1955-07-01", "00138990", "2027-07-31", "2027-07-31"},
		{"75 before July", "1952-03-10", "00138990", "2027-03-09", "2027-03-09"},
		{"70 before July", "1956-12-10", "00138990", "", "2026-12-31"},
		{"後期", "1944-02-29", "39139993", "2027-07-31", "2027-07-31"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Person{BirthDate: day(c.birth), Insurer: InsurerNumber(c.insurer)}
			n, e := NoticeUntil(p, on).String(), CertificateValidUntil(p, on).String()
			if n != c.notice || e != c.certificate {
				t.Errorf("notice %q, certificate %q", n, e)
			}
		})
	}
	if got := CertificateValidUntil(Person{Insurer: "06139992"}, on).String(); got != "2031-11-21" {
		t.Error(got)
	}
}

// The contract of `server share`; 健康保険法74条, 国民健康保険法42条, 高確法67条.
func TestForecastOfTheShare(t *testing.T) {
	for _, c := range []struct {
		birth, on, insurer string
		assigned           int
		want               string
	}{
		{"1955-07-01", "2026-11-22", "", 0,
			`{"percents":[20,30],"basis":"age only","changesOn":"2030-07-01","then":[10,20,30],` +
				`"reviewOn":"2027-08-01"}`},
		{"1955-07-01", "2026-11-22", "", 30,
			`{"percents":[30],"basis":"assigned","changesOn":"2030-07-01","then":[10,20,30],` +
				`"reviewOn":"2027-08-01"}`},
		{"2021-04-01", "2026-11-22", "", 0,
			`{"percents":[20],"basis":"age only","changesOn":"2027-04-01","then":[30],"reviewOn":null}`},
		{"1986-04-12", "2026-11-22", "", 0,
			`{"percents":[30],"basis":"age only","changesOn":"2056-05-01","then":[20,30],"reviewOn":null}`},
		{"1944-02-29", "2026-08-01", "39139993", 10,
			`{"percents":[10],"basis":"assigned","changesOn":null,"then":null,"reviewOn":"2027-08-01"}`},
		{"1944-02-29", "2026-07-31", "", 0,
			`{"percents":[10,20,30],"basis":"age only","changesOn":null,"then":null,` +
				`"reviewOn":"2026-08-01"}`},
		{"1956", "2026-11-22", "", 0,
			`{"percents":[20,30],"basis":"age only","changesOn":"2027-01-01","then":[20,30],` +
				`"reviewOn":"2027-08-01"}`},
	} {
		t.Run(c.birth, func(t *testing.T) {
			f, err := ForecastShare(Person{BirthDate: day(c.birth), AssignedShare: c.assigned,
				Insurer: InsurerNumber(c.insurer)}, day(c.on))
			got, _ := json.Marshal(f)
			if err != nil || string(got) != c.want {
				t.Errorf("%s on %s: %s %v", c.birth, c.on, got, err)
			}
		})
	}
	_, err := ForecastShare(Person{BirthDate: day("2027-01-01")}, day("2026-11-22"))
	if !errors.Is(err, ErrBeforeBirth) {
		t.Error(err)
	}
	f, err := ForecastShare(Person{}, day("2026-11-22"))
	if err != nil || f.ChangesOn != nil || len(f.Percents) != 3 {
		t.Errorf("%+v %v", f, err)
	}
	if !NextShareChange(Person{}, day("2026-11-22")).IsZero() {
		t.Error("a change for an unknown birth date")
	}
}

// Shares change only on the listed days: a band's first day
// (docs/facts/shares-and-limits.md#share-by-age), whoever is born when.
func TestSharesChangeOnlyOnListedDays(t *testing.T) {
	for _, birth := range []string{"2021-04-01", "2021-04-02", "2020-02-29", "1956-11-15", "1955-07-01",
		"1951-11-22", "1952-02-29", "1957-01-31"} {
		p := Person{BirthDate: day(birth)}
		before, _ := SharesOn(p, day("2024-12-01"))
		for d := day("2024-12-02"); !d.After(day("2029-12-31")); d = d.AddDays(1) {
			now, err := SharesOn(p, d)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(now, before) && NextShareChange(p, d.AddDays(-1)) != d {
				t.Errorf("%s: %v to %v on %s, not a listed day", birth, before, now, d)
			}
			before = now
		}
	}
}

func TestAnErrorSaysWhereAndWhy(t *testing.T) {
	cause := errors.New("a cause")
	err := ErrDate.In("day").Because(cause)
	if !errors.Is(err, ErrDate) || !errors.Is(err, cause) || errors.Is(err, ErrInsurerNumber) ||
		err.Is(cause) {
		t.Error(err)
	}
	s := err.Error()
	if !strings.HasPrefix(s, "day: date.impossible: ") || !strings.HasSuffix(s, ": a cause") {
		t.Error(s)
	}
}

func TestWordsOfPapers(t *testing.T) {
	if Male.Japanese()+Female.Japanese()+SexUnknown.Japanese() != "男女" ||
		Subscriber.Japanese()+Dependent.Japanese()+RelationUnknown.Japanese() != "本人家族" {
		t.Error("性別, 本人家族区分")
	}
	// docs/facts/shares-and-limits.md#limit-classes
	if LimitClass("A03").Japanese() != "ウ" || !LimitClass("B10").Valid() || LimitClass("C01").Valid() {
		t.Error("限度額適用区分")
	}
	if Certain.Japanese()+Likely.Japanese()+Unverified.Japanese() != "確実推定未確認" ||
		weaker(Certain, Unverified) != Unverified || weaker(Likely, Certain) != Likely ||
		weaker(Certain, Certain) != Certain {
		t.Error("確度")
	}
	if m, ok := Validity("3").MeaningOf(); !ok || m.Ja != "無効（新しい資格あり）" { // OQSCD006
		t.Error(m)
	}
	if m, ok := LossReason("02"); !ok || m.Ja != "生活保護受給開始" {
		t.Error(m)
	}
	if _, ok := Validity("7").MeaningOf(); ok {
		t.Error("7 is no state")
	}
}

func FuzzParseInsurerNumber(f *testing.F) {
	f.Add("06139992")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseInsurerNumber(text)
		if err != nil {
			return
		}
		if again, err := ParseInsurerNumber(n.Paper()); err != nil || again != n {
			t.Fatalf("%q: %s", text, n)
		}
	})
}
