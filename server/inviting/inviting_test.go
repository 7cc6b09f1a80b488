package inviting

import (
	"errors"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
)

func TestTheFlagsSayWhoseStaffItIsAndWho(t *testing.T) {
	for _, c := range []struct {
		name string
		give Command
		want staff.Organisation
		err  error
	}{
		{"a clerk", Command{Insurer: "138990", Role: "insurer-clerk", Name: "鈴木"},
			staff.OfInsurer("00138990"), nil},
		{"a reception", Command{Facility: "1319999991", Role: "reception", Name: "鈴木"},
			staff.OfFacility("1319999991"), nil},
		{"the operator", Command{Operator: true, Role: "operator", Name: "鈴木"}, staff.TheOperator, nil},
		{"a recovery", Command{Insurer: "00138990", Recover: "ABCDEFGHIJKLMNOP"},
			staff.OfInsurer("00138990"), nil},
		{"nobody's", Command{Role: "operator", Name: "鈴木"}, staff.Organisation{}, errWhose},
		{"of two", Command{Operator: true, Insurer: "00138990", Role: "operator", Name: "鈴木"},
			staff.Organisation{}, errWhose},
		{"nobody", Command{Operator: true}, staff.Organisation{}, errWho},
		{"a recovery with a name", Command{Operator: true, Recover: "ABCDEFGHIJKLMNOP", Name: "鈴木"},
			staff.Organisation{}, errWho},
		{"no insurer's number", Command{Insurer: "138991", Role: "insurer-clerk", Name: "鈴木"},
			staff.Organisation{}, eligibility.ErrInsurerNumber},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.give.Organisation()
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("%+v %v, want %+v %v", got, err, c.want, c.err)
			}
		})
	}
}

// Live, each half has its data folder; the demo has one for both.
func TestEachOrganisationsStaffIsInItsHalfsFolder(t *testing.T) {
	for _, c := range []struct {
		of                staff.Organisation
		mode, named, want string
	}{
		{staff.OfInsurer("00138990"), settings.Live, "all", "insurer"},
		{staff.OfFacility("1319999991"), settings.Live, "all", "counter"},
		{staff.TheOperator, settings.Live, "counter", "counter"},
		{staff.TheOperator, settings.Live, "insurer", "insurer"},
		{staff.OfFacility("1319999991"), settings.Demo, "all", "all"},
	} {
		if got := DataRole(c.mode, c.of, c.named); got != c.want {
			t.Errorf("%+v %s %s: %s, want %s", c.of, c.mode, c.named, got, c.want)
		}
	}
}
