package insurer

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// Ground is why somebody may show another's screen.
type Ground string

// Grounds of a representation. The first two end with the child's majority.
const (
	ByParent            Ground = "parent"             // 親権者 (民法818条, 824条)
	ByMinorGuardian     Ground = "minor_guardian"     // 未成年後見人 (民法838条1号, 859条)
	ByAdultGuardian     Ground = "adult_guardian"     // 成年後見人 (民法8条, 859条)
	ByCurator           Ground = "curator"            // 保佐人・補助人 with 代理権 (民法876条の4, 876条の9)
	ByVoluntaryGuardian Ground = "voluntary_guardian" // 任意後見人 (任意後見契約に関する法律2条4号)
	ByMandate           Ground = "mandate"            // 委任による代理人 (民法99条, 643条)
)

// groundRule is how long a ground holds at most, in years from the day on which the clerk looked at the
// papers: nobody tells the insurer when a court or a person takes a power back, so it is looked at again.
type groundRule struct {
	ground Ground
	years  int
	minor  bool // the person is a minor, and the ground ends with that
}

var groundRules = []groundRule{
	{ByParent, 5, true},
	{ByMinorGuardian, 5, true},
	{ByAdultGuardian, 3, false},
	{ByCurator, 3, false},
	{ByVoluntaryGuardian, 3, false},
	{ByMandate, 1, false},
}

// Grounds returns all grounds, those that the law gives first.
func Grounds() []Ground {
	all := make([]Ground, len(groundRules))
	for i, r := range groundRules {
		all[i] = r.ground
	}
	return all
}

// RepresentWish is what the clerk states of a representative: what the papers and the card show.
type RepresentWish struct {
	Ground Ground
	Name   string           // of the representative, as the card has it; the login must have the same
	Seen   string           // which papers the clerk saw, in the clerk's words
	Last   eligibility.Date // the last day
}

// Representation is what is kept, sealed, of a representative: nothing else is known of them here.
type Representation struct {
	Ground Ground `json:"ground"`
	Name   string `json:"name"`
	Seen   string `json:"seen"`
}

// Representative is a login that shows a person as the person's representative (代理人).
type Representative struct {
	Representation
	Number int64     // of the login, as PersonFile has it
	Since  time.Time // of the first binding
	Until  time.Time // the first moment at which the person is not shown any more
}

// Last is the last day on which the representative shows the person.
func (r Representative) Last() eligibility.Date { return lastDayBefore(r.Until) }

// LastRepresented is the last day on which a representative's login shows the person, zero for the person's
// own login.
func (r PersonRecord) LastRepresented() eligibility.Date { return lastDayBefore(r.RepresentedUntil) }

// IsRepresented reports whether the login by which a record was read is a representative's.
func (r PersonRecord) IsRepresented() bool { return !r.RepresentedUntil.IsZero() }

func lastDayBefore(until time.Time) eligibility.Date {
	if until.IsZero() {
		return eligibility.Date{}
	}
	return eligibility.DateOf(until).AddDays(-1)
}

// shownBy is who acts for a record: the person, or a representative.
func (r PersonRecord) shownBy() audit.Actor {
	if r.IsRepresented() {
		return audit.ActorRepresentative
	}
	return audit.ActorPatient
}

// Lengths of what a clerk types, in characters.
const (
	maxRepresentName = 60
	maxRepresentSeen = 60
)

var (
	errRepresentGround = badRepresentation("representing.ground", "ground")
	errRepresentName   = badRepresentation("representing.name", "name")
	errRepresentSeen   = badRepresentation("representing.seen", "seen")
	errRepresentLast   = badRepresentation("representing.last", "last")
	errRepresentPast   = badRepresentation("representing.past", "last")
	errRepresentAdult  = badRepresentation("representing.adult", "ground")
)

// badRepresentation is a refusal of what a clerk typed into a field.
func badRepresentation(key, field string) *eligibility.Error {
	return &eligibility.Error{Code: eligibility.Invalid, Key: key, Field: field}
}

// tidied is the wish without what typing adds.
func (w RepresentWish) tidied() RepresentWish {
	w.Name = strings.Join(strings.Fields(w.Name), " ")
	w.Seen = strings.Join(strings.Fields(w.Seen), " ")
	return w
}

// check refuses a wish that the papers cannot bear out, made on a day.
func (w RepresentWish) check(p eligibility.Person, day eligibility.Date) error {
	last, err := LastDayOf(w.Ground, p.BirthDate, day)
	switch {
	case err != nil:
		return err
	case !isShortText(w.Name, maxRepresentName):
		return errRepresentName
	case !isShortText(w.Seen, maxRepresentSeen):
		return errRepresentSeen
	case w.Last.IsZero(), !w.Last.Exact(), w.Last.Before(day):
		return errRepresentPast
	case w.Last.After(last):
		return errRepresentLast
	}
	return nil
}

// isShortText reports whether a clerk's words are there, short, on one line, and hold no My Number.
func isShortText(text string, most int) bool {
	hasControl := strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
	return text != "" && utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && !hasControl &&
		!eligibility.HoldsMyNumber(text)
}

// LastDayOf returns the last day that a representation of a ground may have when it begins on day: the
// ground's years later, and for a minor at the latest the day before the 18th birthday, at the end of which
// the age is reached (民法4条; 年齢計算ニ関する法律1項, 民法143条). Of a birth date that is known in part the
// earliest day counts. It refuses an unknown ground, and a minor's ground for an adult.
func LastDayOf(ground Ground, birth, day eligibility.Date) (eligibility.Date, error) {
	i := slices.IndexFunc(groundRules, func(r groundRule) bool { return r.ground == ground })
	if i < 0 {
		return eligibility.Date{}, errRepresentGround
	}
	rule := groundRules[i]
	last := anniversary(day, rule.years).AddDays(-1)
	if !rule.minor {
		return last, nil
	}
	majority := anniversary(birth.Earliest(), 18)
	if !day.Before(majority) {
		return eligibility.Date{}, errRepresentAdult
	}
	if end := majority.AddDays(-1); end.Before(last) {
		last = end
	}
	return last, nil
}

// anniversary is the same day some years later; March 1st for a February 29th where there is none, so that
// the day before it is the last of the month (民法143条2項).
func anniversary(d eligibility.Date, years int) eligibility.Date {
	later, err := eligibility.NewDate(d.Year()+years, d.Month(), d.Day())
	if err != nil {
		return eligibility.MustDate(fmt.Sprintf("%04d-03-01", d.Year()+years))
	}
	return later
}
