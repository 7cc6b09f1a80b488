package insurer

import (
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// A saved copy ends at the beginning, in Japan, of the first day of the fourth month after its making, or
// sooner: at a change of the share (健康保険法 74条: the month after the 70th birthday's;
// 高齢者の医療の確保に関する法律 67条, at 75), the yearly review of August 1st from 70 on
// (eligibility.NextReview), the day after 有効期限, or the day of loss.
func TestACopyEndsOnTheDayThatTheRulesSay(t *testing.T) {
	young := eligibility.Person{BirthDate: eligibility.MustDate("1980-02-17")}
	old := eligibility.Person{BirthDate: eligibility.MustDate("1955-07-01"), AssignedShare: 20}
	until := func(p eligibility.Person,
		day string) eligibility.Person {
		p.ValidUntil = eligibility.MustDate(day)
		return p
	}
	lost := func(p eligibility.Person,
		day string) eligibility.Person {
		p.LostOn = eligibility.MustDate(day)
		return p
	}
	for _, c := range []struct {
		name   string
		person eligibility.Person
		day    string
		want   string
	}{
		{"an ordinary day", young, "2026-11-22", "2027-03-01"},
		{"the first of a month", young, "2026-11-01", "2027-03-01"},
		{"the last of a month before shorter ones", young, "2026-10-31", "2027-02-01"},
		{"New Year's Eve", young, "2026-12-31", "2027-04-01"},
		{"New Year", young, "2027-01-01", "2027-05-01"},
		{"a leap day", young, "2028-02-29", "2028-06-01"},
		{"four months before a leap day", young, "2027-10-31", "2028-02-01"},
		{"the end of the fiscal year", young, "2027-03-31", "2027-07-01"},
		{"below 70 on July 31st", young, "2027-07-31", "2027-11-01"},
		{"from 70 on, in April", old, "2027-04-01", "2027-08-01"},
		{"from 70 on, in May", old, "2027-05-31", "2027-08-01"},
		{"from 70 on, on July 30th", old, "2027-07-30", "2027-08-01"},
		{"from 70 on, on July 31st", old, "2027-07-31", "2027-08-01"},
		{"from 70 on, on the day of the review", old, "2027-08-01", "2027-12-01"},
		{"in the month of the 70th birthday",
			eligibility.Person{BirthDate: eligibility.MustDate("1957-07-31")}, "2027-07-31", "2027-08-01"},
		{"valid until that day", until(young, "2027-03-31"), "2027-03-31", "2027-04-01"},
		{"valid until a leap day", until(young, "2028-02-29"), "2028-02-28", "2028-03-01"},
		{"valid until after the fourth month", until(young, "2027-12-31"), "2027-03-31", "2027-07-01"},
		{"lost tomorrow", lost(young, "2027-04-01"), "2027-03-31", "2027-04-01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			day := eligibility.MustDate(c.day)
			end := savedCopyEnd(c.person, day)
			if end != eligibility.MustDate(c.want) {
				t.Errorf("it ends on %s, want %s", end, c.want)
			}
			for _, second := range []time.Duration{0, 24*time.Hour - time.Second} { // of that day in Japan
				made := day.Time().Add(second)
				if last := credential.LatestEnd(made); eligibility.DateOf(made) != day ||
					end.Time().After(last) || !end.Time().After(made) {
					t.Errorf("made at %s it ends at %s; no copy may live beyond %s", made, end.Time(), last)
				}
			}
		})
	}
}
