package eligibility

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestVisitCheck(t *testing.T) {
	keys := func(v Visit) string {
		items, err := CheckVisit(v)
		if err != nil {
			return err.Error()
		}
		s := ""
		for _, i := range items {
			s += i.Key + ":" + i.State + " "
		}
		return strings.TrimSpace(s)
	}
	adult := Person{BirthDate: day("1986-04-12"), Insurer: "06139992"}
	for _, c := range []struct {
		v    Visit
		want string
	}{
		{Visit{
			Day:              day("2026-11-22"),
			Person:           adult,
			CertificateUntil: day("2027-04-12"),
			CardUntil:        day("2031-04-12"),
		}, "certificate:ok card:ok share:ok"},
		{Visit{Day: day("2026-11-22"), CertificateUntil: day("2026-10-10")}, "certificate:care"},
		{Visit{Day: day("2026-11-22"), CertificateUntil: day("2026-08-10")}, "certificate:care"},
		{Visit{
			Day:              day("2026-12-01"),
			CertificateUntil: day("2026-08-10"),
			CardUntil:        day("2026-08-10"),
			PaperUntil:       day("2026-11-30"),
		}, "certificate:no card:no paper:no"},
		{Visit{Day: day("2026-12-01"), PaperUntil: day("2027-07-31")}, "paper:ok"},
		{Visit{Day: day("2026-11-22"), SavedOn: day("2026-11-01"),
			Person: Person{BirthDate: day("1951-11-22"), Insurer: "72139991"}},
			"insurer:no pdf:no share:care"},
		{Visit{Day: day("2026-08-01"), SavedOn: day("2026-07-31"),
			Person: Person{BirthDate: day("1955-07-01"), AssignedShare: 20}}, "pdf:no share:ok"},
		{Visit{Day: day("2026-11-22"), SavedOn: day("2026-11-01"), Person: adult}, "pdf:care share:ok"},
	} {
		t.Run(fmt.Sprint(c.v), func(t *testing.T) {
			if got := keys(c.v); got != c.want {
				t.Errorf("%+v: %s, want %s", c.v, got, c.want)
			}
		})
	}
	if _, err := CheckVisit(Visit{}); !errors.Is(err, ErrDayMissing) {
		t.Error(err)
	}
	if _, err := CheckVisit(Visit{Day: day("1980-01-01"), Person: adult}); !errors.Is(err, ErrBeforeBirth) {
		t.Error(err)
	}
}
