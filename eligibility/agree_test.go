package eligibility

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// An insurer of each kind (法別番号), and none. The numbers pass the check digit.
var eachInsurer = func() []InsurerNumber {
	all := []InsurerNumber{""}
	for _, law := range slices.Sorted(maps.Keys(systems)) {
		body := law + "13999"
		all = append(all, InsurerNumber(body+string(checkDigit(body))))
	}
	slices.Sort(all)
	return all
}()

// agrees compares share (ForecastShare), methods and A1 about one person on one day.
func agrees(t *testing.T, p Person, on Date) {
	t.Helper()
	f, shareErr := ForecastShare(p, on)
	unread := Situation{
		Day:       on,
		BirthDate: p.BirthDate,
		Insurer:   p.Insurer,
		Card: CardFacts{Present: Yes,
			Reads: No},
	}
	if on.Day()%2 == 0 { // the other reason for a declaration
		unread.Card.Reads, unread.OQSAnswer = Yes, OQSInvalid
	}
	o, err := Methods(unread)
	if errors.Is(shareErr, ErrElderlyTooYoung) || errors.Is(shareErr, ErrBeforeBirth) {
		if !errors.Is(err, shareErr) {
			t.Fatalf("%s %s on %s: share %v, methods %v", p.Insurer, p.BirthDate, on, shareErr, err)
		}
		return
	}
	if shareErr != nil || err != nil {
		t.Fatalf("%s %s on %s: share %v, methods %v", p.Insurer, p.BirthDate, on, shareErr, err)
	}
	if p.Insurer.PublicExpense() {
		if len(o.Provisional) != 0 {
			t.Fatalf("%s: 医療扶助 has a share: %v", p.Insurer, o.Provisional)
		}
		return
	}
	shares := f.Percents
	if p.AssignedShare != 0 {
		if !slices.Equal(shares, []int{p.AssignedShare}) {
			t.Fatalf("%+v on %s: %v", p, on, shares)
		}
		p.AssignedShare = 0
		if f, err = ForecastShare(p, on); err != nil {
			t.Fatal(err)
		}
		shares = f.Percents
	}
	if !slices.Equal(o.Provisional, shares) {
		t.Fatalf("%s %s on %s: share %v, methods %v", p.Insurer, p.BirthDate, on, shares, o.Provisional)
	}
	for i := range o.Methods {
		m := &o.Methods[i]
		if m.Code == "A1" && m.Accepted && !p.BirthDate.IsZero() &&
			!strings.Contains(m.Next.Ja(), percents(shares)) {
			t.Fatalf("%s %s on %s: share %v, A1 says %s", p.Insurer, p.BirthDate, on, shares, m.Next.Ja())
		}
	}
}

func codeIndex(code MethodCode) int {
	return slices.IndexFunc(ruleTable[:], func(r Rule) bool { return r.Code == code })
}

// 健康保険法 74条, 国民健康保険法 42条, 高齢者医療確保法 50, 52, 67条: share, methods and A1 say the same about everybody.
func TestShareMethodsAndTheDeclarationAgree(t *testing.T) {
	first, last := day("2024-12-01"), day("2028-12-31")
	births := []string{"", "1930-06-15", "1940-08-01", "1951-11-22", "1951", "1951-11", "1952-02-29", "1954",
		"1955-07-01", "1956-12",
		"1958-01-31", "1961", "1961-11", "1961-11-22", "1963-12-31", "1980-02-17", "1980", "2020-04-01",
		"2020-04-02", "2021", "2024-12-01"}
	date := func(s string) Date {
		if s == "" {
			return Date{}
		}
		return day(s)
	}
	t.Run("everybody every eleventh day", func(t *testing.T) {
		for _, insurer := range eachInsurer {
			for _, b := range births {
				for _, assigned := range []int{0, 10, 20, 30} {
					for on := first; !on.After(last); on = on.AddDays(11 + 23*min(assigned, 1)) {
						agrees(t, Person{Insurer: insurer, BirthDate: date(b), AssignedShare: assigned}, on)
					}
				}
			}
		}
	})
	t.Run("every day of some", func(t *testing.T) {
		for _, insurer := range []InsurerNumber{"", "00138990", "06139992", "39139993"} {
			for _, b := range []string{"1951", "1951-11-22", "1956-12-01", "1961-11", "2021-04-01"} {
				for on := first; !on.After(last); on = on.AddDays(1) {
					agrees(t, Person{Insurer: insurer, BirthDate: date(b)}, on)
				}
			}
		}
	})
	t.Run("around every boundary of age", func(t *testing.T) {
		for _, age := range []int{6, 65, 70, 75, 85} {
			for on := first; !on.After(last); on = on.AddDays(1) {
				birth := Date{int16(on.Year() - age), uint8(on.Month()), uint8(min(on.Day(), 28))}
				for _, b := range []Date{birth, {birth.year, birth.month, 0}, {birth.year, 0, 0}} {
					for _, near := range []int{-1, 0, 1} {
						agrees(t, Person{Insurer: eachInsurer[(on.Day()+age)%len(eachInsurer)], BirthDate: b},
							on.AddDays(near))
					}
				}
			}
		}
	})
}

// Who knows less of a date of birth gets no answer that somebody born on a day of it would not get.
func TestAPartlyKnownBirthDateAnswersForEveryDayThatItMayBe(t *testing.T) {
	for _, on := range []string{"2026-11-21", "2026-11-22", "2026-12-01", "2027-04-01", "2028-03-31"} {
		for _, year := range []int{1951, 1952, 1956, 1957, 1961, 1962, 2020, 2021} {
			for _, insurer := range []InsurerNumber{"", "00138990", "39139993"} {
				partial := Person{Insurer: insurer, BirthDate: day(fmt.Sprint(year))}
				wide, wideErr := SharesOn(partial, day(on))
				last := partial.BirthDate.Latest()
				for b := partial.BirthDate.Earliest(); !b.After(last); b = b.AddDays(1) {
					shares, err := SharesOn(Person{Insurer: insurer, BirthDate: b}, day(on))
					if err != nil {
						continue
					}
					for _, s := range shares {
						if wideErr != nil || !slices.Contains(wide, s) {
							t.Fatalf("%s %d on %s: %v (%v), born on %s: %v", insurer, year, on, wide, wideErr,
								b, shares)
						}
					}
				}
			}
		}
	}
}

// 高齢者医療確保法 50条: from 65 with a certificate of disability; the same at 64 and at 30.
func TestANumberOf後期BelowSixtyFiveIsNobodys(t *testing.T) {
	for _, c := range []struct {
		birth string
		young bool
		asked bool
	}{
		{"1996-01-01", true, false},
		{"1961-11-23", true, false},
		{"1961-11-22", false, false},
		{"1961-12",
			true, false},
		{"1961-11", false, true},
		{"1961", false, true},
		{"1962", true, false},
		{"1960", false, false},
		{"",
			false, false},
	} {
		t.Run(c.birth, func(t *testing.T) {
			p := Person{Insurer: "39139993"}
			if c.birth != "" {
				p.BirthDate = day(c.birth)
			}
			_, err := SharesOn(p, day("2026-11-22"))
			if errors.Is(err, ErrElderlyTooYoung) != c.young ||
				(len(p.Questions(day("2026-11-22"))) > 0) != c.asked {
				t.Errorf("%v, %v", err, p.Questions(day("2026-11-22")))
			}
			papers := PapersFor(p, day("2026-11-22"))
			if c.young && (papers.Certificate || papers.Notice || papers.Says.NextStep("ja") == "") {
				t.Errorf("%+v", papers)
			}
		})
	}
}
