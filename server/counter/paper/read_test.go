package paper

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

var today = eligibility.MustDate("2026-11-22")

// people are some of docs/facts/test-people.md as staff type them, and as they are meant.
var people = []struct {
	name  string
	typed Typed
	want  credential.Eligibility
}{
	{"1, half width",
		Typed{InsurerNumber: "01139997", Symbol: "13990001", Number: "1234", Branch: "00",
			BirthDate: "19860412"},
		credential.Eligibility{Insurer: "01139997", Symbol: "13990001", Number: "1234", BranchNumber: "00",
			BirthDate: eligibility.MustDate("1986-04-12")}},
	{"2, as printed in full width",
		Typed{InsurerNumber: "０６１３９９９２", Symbol: "１２３－４", Number: "５６７", Branch: "０１",
			BirthDate: "昭和６３年１１月３０日"},
		credential.Eligibility{Insurer: "06139992", Symbol: "123-4", Number: "567", BranchNumber: "01",
			BirthDate: eligibility.MustDate("1988-11-30")}},
	{"3, six digits, a kanji in 記号, zeros in front",
		Typed{InsurerNumber: "138990", Symbol: "国１３", Number: "０００１２３４", Branch: "2",
			BirthDate: "S30.7.1", Name: " 髙橋　德一 "},
		credential.Eligibility{Insurer: "00138990", Symbol: "国13", Number: "0001234", BranchNumber: "02",
			BirthDate: eligibility.MustDate("1955-07-01"), Name: "髙橋 德一"}},
	{"4, neither 記号 nor 枝番, born on a leap day",
		Typed{InsurerNumber: "39139993", Number: "09999996", BirthDate: "3190229"},
		credential.Eligibility{Insurer: "39139993", Number: "09999996",
			BirthDate: eligibility.MustDate("1944-02-29")}},
	{"5, hyphens, 令和",
		Typed{InsurerNumber: "3399-9996", Symbol: "9ー9", Number: "77", Branch: "03", BirthDate: "R3/4/1"},
		credential.Eligibility{Insurer: "33999996", Symbol: "9-9", Number: "77", BranchNumber: "03",
			BirthDate: eligibility.MustDate("2021-04-01")}},
	{"6, no 記号",
		Typed{InsurerNumber: "273995", Number: "998877", Branch: "00", BirthDate: "1995-01-15",
			Name: "NGUYEN TEST AN"},
		credential.Eligibility{Insurer: "00273995", Number: "998877", BranchNumber: "00",
			BirthDate: eligibility.MustDate("1995-01-15"), Name: "NGUYEN TEST AN"}},
}

func TestPeopleAreReadAsTheyArePrinted(t *testing.T) {
	for _, kind := range Kinds {
		for _, p := range people {
			t.Run(fmt.Sprint(kind, " ", p.name), func(t *testing.T) {
				typed := p.typed
				typed.Kind = kind
				got, err := Read(typed, today)
				if err != nil || got.Kind != kind || got.Shows != p.want {
					t.Errorf("%v\n%+v, want\n%+v", err, got.Shows, p.want)
				}
			})
		}
	}
}

// The eras as docs/facts/shares-and-limits.md#eras has them; the digits before a date as receipt computers
// take eras: 1 明治, 2 大正, 3 昭和, 4 平成, 5 令和.
func TestBirthDatesInEveryForm(t *testing.T) {
	for day, forms := range map[string][]string{
		"1955-07-01": {"S30.7.1", "s30.07.01", "S300701", "S30/7/1", "S30-7-1", "昭和30年7月1日", "昭和３０年７月１日",
			"昭30.7.1", "19550701", "１９５５０７０１", "1955.7.1", "1955/07/01", "1955-07-01", "1955年7月1日",
			"3300701", "３３００７０１", " S30. 7. 1 ", "昭和30年7月1日生"},
		"1926-12-24": {"T15.12.24", "大正15年12月24日", "2151224"},
		"1926-12-25": {"S1.12.25", "昭和元年12月25日", "3011225"},
		"1989-01-07": {"S64.1.7", "3640107"},
		"1989-01-08": {"H1.1.8", "平成元年1月8日", "4010108"},
		"2019-05-01": {"R1.5.1", "令和元年5月1日", "5010501"},
		"1955-07":    {"昭和30年7月（日不詳）", "S300700"},
	} {
		for _, form := range forms {
			t.Run(form, func(t *testing.T) {
				typed := people[0].typed
				typed.Kind, typed.BirthDate = Notice, form
				got, err := Read(typed, today)
				if err != nil || got.Shows.BirthDate.String() != day {
					t.Errorf("%v, %v, want %s", got.Shows.BirthDate, err, day)
				}
			})
		}
	}
}

// aMyNumber makes one (docs/facts/law-and-privacy.md): none stands in any file.
func aMyNumber() string {
	body, sum := "12345678901", 0
	for i := range body {
		q := i + 2
		if i >= 6 {
			q = i - 4
		}
		sum += int(body[len(body)-1-i]-'0') * q
	}
	check := 0
	if r := sum % 11; r > 1 {
		check = 11 - r
	}
	return fmt.Sprint(body, check)
}

func TestWhatCannotBeRightNamesItsField(t *testing.T) {
	my := aMyNumber()
	elderly := func(change func(*Typed)) func(*Typed) {
		return func(t *Typed) {
			*t = Typed{Kind: t.Kind, InsurerNumber: "39139993", Number: "09999996", BirthDate: "19440229"}
			change(t)
		}
	}
	for _, c := range []struct {
		name, field, key string
		change           func(*Typed)
	}{
		{"no kind", "kind", "paper.kind", func(t *Typed) { t.Kind = "" }},
		{"a way that is no paper", "kind", "paper.kind", func(t *Typed) { t.Kind = "M1" }},
		{"a check digit", "insurerNumber", "insurer.number", func(t *Typed) { t.InsurerNumber = "01139998" }},
		{"two digits swapped", "insurerNumber", "insurer.number",
			func(t *Typed) { t.InsurerNumber = "10139997" }},
		{"seven digits", "insurerNumber", "insurer.number", func(t *Typed) { t.InsurerNumber = "0113999" }},
		{"no number of an insurer", "insurerNumber", "insurer.number",
			func(t *Typed) { t.InsurerNumber = "" }},
		{"a 公費負担者番号 of no system", "insurerNumber", "insurer.no_system",
			func(t *Typed) { t.InsurerNumber = "80130123" }},
		{"a sign in 記号", "symbol", "paper.symbol", func(t *Typed) { t.Symbol = "13<1" }},
		{"39 characters of 記号", "symbol", "paper.symbol",
			func(t *Typed) { t.Symbol = strings.Repeat("1", 39) }},
		{"no 番号", "number", "paper.number", func(t *Typed) { t.Number = "　" }},
		{"a sign in 番号", "number", "paper.number", func(t *Typed) { t.Number = "12,3" }},
		{"three digits of 枝番", "branch", "paper.branch", func(t *Typed) { t.Branch = "002" }},
		{"a letter in 枝番", "branch", "paper.branch", func(t *Typed) { t.Branch = "A" }},
		{"no birth date", "birthDate", "paper.birth_date", func(t *Typed) { t.BirthDate = "" }},
		{"February 30th", "birthDate", "paper.birth_date", func(t *Typed) { t.BirthDate = "19860230" }},
		{"no leap year", "birthDate", "paper.birth_date", func(t *Typed) { t.BirthDate = "S30.2.29" }},
		{"a day after 昭和", "birthDate", "paper.birth_date", func(t *Typed) { t.BirthDate = "S64.1.8" }},
		{"an era without a letter", "birthDate", "paper.birth_date",
			func(t *Typed) { t.BirthDate = "30.7.1" }},
		{"no such era", "birthDate", "paper.birth_date", func(t *Typed) { t.BirthDate = "6010501" }},
		{"tomorrow", "birthDate", "paper.birth_date", func(t *Typed) { t.BirthDate = "20261123" }},
		{"131 years ago", "birthDate", "paper.birth_date", func(t *Typed) { t.BirthDate = "M28.11.22" }},
		{"101 letters of a name", "name", "paper.name", func(t *Typed) { t.Name = strings.Repeat("試", 101) }},
		{"a control character", "kana", "paper.name", func(t *Typed) { t.Kana = "シケン\u0007" }},
		{"an expiry without its day", "until", "paper.until", func(t *Typed) { t.Until = "R9.7" }},
		{"an expiry of no calendar", "until", "paper.until", func(t *Typed) { t.Until = "R9.6.31" }},
		{"a share of 25 percent", "share", "paper.share", func(t *Typed) { t.Share = 25 }},
		{"後期 with seven digits", "number", "paper.elderly_number",
			elderly(func(t *Typed) { t.Number = "9999996" })},
		{"後期 with 記号", "symbol", "paper.elderly_fields", elderly(func(t *Typed) { t.Symbol = "1" })},
		{"後期 with 枝番", "branch", "paper.elderly_fields", elderly(func(t *Typed) { t.Branch = "00" })},
		{"a My Number for the insurer's", "insurerNumber", "paper.my_number",
			func(t *Typed) { t.InsurerNumber = my }},
		{"a My Number in 番号", "number", "paper.my_number", func(t *Typed) { t.Number = my }},
		{"a My Number beside the name", "name", "paper.my_number",
			func(t *Typed) { t.Name = "試験 " + my[:4] + " " + my[4:8] + " " + my[8:] }},
	} {
		for _, kind := range Kinds {
			t.Run(fmt.Sprint(kind, " ", c.name), func(t *testing.T) {
				typed := people[0].typed
				typed.Kind = kind
				c.change(&typed)
				_, err := Read(typed, today)
				var e *eligibility.Error
				if !errors.As(err, &e) || e.Field != c.field || e.Key != c.key || e.Ja() == "" ||
					e.En() == "" {
					t.Fatalf("%v, want %s in %s", err, c.key, c.field)
				}
				if strings.Contains(err.Error(), my) {
					t.Error("it repeats the number")
				}
			})
		}
	}
}

// What is not typed yet is not wrong, and what is typed is told at once.
func TestAFormThatIsBeingTyped(t *testing.T) {
	for _, c := range []struct {
		name  string
		typed Typed
		wrong []string
		whole bool
	}{
		{"empty", Typed{Kind: Notice}, nil, false},
		{"the insurer's number alone", Typed{Kind: Notice, InsurerNumber: "138990"}, nil, false},
		{"a wrong one", Typed{Kind: Notice, InsurerNumber: "138991"}, []string{"insurerNumber"}, false},
		{"two wrong", Typed{Kind: Notice, InsurerNumber: "138991", BirthDate: "S64.1.8"},
			[]string{"birthDate", "insurerNumber"}, false},
		{"everything", Typed{Kind: Notice, InsurerNumber: "138990", Number: "1", BirthDate: "S30.7.1"},
			nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := ReadSoFar(c.typed, today)
			if got := slices.Sorted(maps.Keys(s.Wrong)); !slices.Equal(got, c.wrong) || s.Whole() != c.whole {
				t.Errorf("%q, whole: %v", got, s.Whole())
			}
		})
	}
}
