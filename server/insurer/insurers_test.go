package insurer_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// given is a whole insurer of a name as a command says it.
func given(name string) insurer.Given {
	issuer, telephone := name+"理事長", "03-0000-0001"
	return insurer.Given{Name: &name, Issuer: &issuer, Telephone: &telephone}
}

const another = eligibility.InsurerNumber("01139997") // not of the world yet

func TestAnInsurerIsAddedOnceAndChangedInWhatIsGiven(t *testing.T) {
	w := newWorld(t)
	in, err := w.Directory.AddInsurer(ctx, staff.Operator{}, another, given("架空協会けんぽ"))
	fatal(t, err)
	stored, err := w.Directory.Insurer(ctx, another)
	fatal(t, err)
	if stored != in || stored.Name != "架空協会けんぽ" || stored.Issuer != "架空協会けんぽ理事長" {
		t.Errorf("%+v, stored %+v", in, stored)
	}
	if _, err := w.Directory.AddInsurer(ctx, staff.Operator{}, another, given("別の名前")); !errors.Is(err,
		insurer.ErrKnownInsurer) {
		t.Errorf("for the second time: %v", err)
	}

	operator := staff.Operator{Insurer: another}
	unit, hours := " 資格課 ", "9時から17時"
	_, err = w.Directory.SetInsurer(ctx, operator, another, insurer.Given{Unit: &unit, Hours: &hours})
	fatal(t, err)
	none := ""
	_, err = w.Directory.SetInsurer(ctx, operator, another, insurer.Given{Hours: &none})
	fatal(t, err)
	want := in
	want.Branding.Unit = "資格課"
	if stored, err = w.Directory.Insurer(ctx, another); err != nil || stored != want {
		t.Errorf("%+v %v", stored, err)
	}

	actors := texts(t, w.open(t), `SELECT actor || ' ' || action FROM audit WHERE action LIKE 'insurer.%'
		AND detail LIKE '%01139997%' ORDER BY seq`)
	if strings.Join(
		actors,
		", ",
	) != "operator insurer.add, operator insurer.settings, operator insurer.settings" {
		t.Errorf("the audit tells of %v", actors)
	}
}

func TestWhatNoInsurerCanBeIsRefused(t *testing.T) {
	w := newWorld(t)
	operator := staff.Operator{Insurer: city}
	before, told := w.dump(t)
	text := func(s string) *string { return &s }
	cases := []struct {
		name string
		do   func() error
		key  string
	}{
		{"no name", func() error {
			g := given("")
			_, err := w.Directory.AddInsurer(ctx, staff.Operator{}, another, g)
			return err
		}, "look.missing"},
		{"no issuer", func() error {
			g := given("架空")
			g.Issuer = nil
			_, err := w.Directory.AddInsurer(ctx, staff.Operator{}, another, g)
			return err
		}, "look.missing"},
		{"a name that is too long", func() error {
			_, err := w.Directory.SetInsurer(
				ctx,
				operator,
				city,
				insurer.Given{Name: text(strings.Repeat("架", 61))},
			)
			return err
		}, "look.long"},
		{"a name that is taken away", func() error {
			_, err := w.Directory.SetInsurer(ctx, operator, city, insurer.Given{Name: text("　 ")})
			return err
		}, "look.missing"},
		{"no colour", func() error {
			_, err := w.Directory.SetInsurer(ctx, operator, city, insurer.Given{Colour: text("blue")})
			return err
		}, "look.colour"},
		{"another's address for code ①", func() error {
			_, err := w.Directory.SetInsurer(
				ctx,
				operator,
				city,
				insurer.Given{State: text("https://state.example/")},
			)
			return err
		}, "look.state"},
		{"nothing given", func() error {
			_, err := w.Directory.SetInsurer(ctx, operator, city, insurer.Given{})
			return err
		}, "insurer.no_change"},
		{"an insurer that is not here", func() error {
			_, err := w.Directory.SetInsurer(ctx, staff.Operator{Insurer: another}, another, given("架空"))
			return err
		}, "insurer.unknown"},
		{"no insurer", func() error {
			_, err := w.Directory.SetInsurer(ctx, staff.Operator{}, "", given("架空"))
			return err
		}, "insurer.unknown"},
	}
	testenv.Refused(t, testenv.Staff, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var e *eligibility.Error
			if err := c.do(); !errors.As(err, &e) || e.Key != c.key {
				t.Errorf("%v, want %s", err, c.key)
			}
		})
	}
	if after, tells := w.dump(t); after != before || len(tells) != len(told) {
		t.Error("a refusal changed something")
	}
}

// 法別番号: docs/facts/insurer-numbers.md#system-numbers. The check digits are right in all but the first.
func TestOnlyAHealthInsurersNumberIsRead(t *testing.T) {
	for text, key := range map[string]string{
		"138991":     "insurer.number",
		"12130001":   "insurer.assistance",
		"12138996":   "insurer.assistance",
		"80139991":   "import.no_system",
		"0613999 2x": "insurer.number",
		"":           "insurer.number",
	} {
		var e *eligibility.Error
		if number, err := insurer.ReadNumber(text); !errors.As(err, &e) || e.Key != key ||
			e.Field != "NUMBER" {
			t.Errorf("%q: %q %v, want %s", text, number, err, key)
		}
	}
	testenv.Refused(t, testenv.Boundaries, 6)
	for text, want := range map[string]eligibility.InsurerNumber{
		"138990": city, "００１３８９９０": city, "0613-9992": kumiai,
	} {
		if number, err := insurer.ReadNumber(text); err != nil || number != want {
			t.Errorf("%q: %q %v", text, number, err)
		}
	}
}

// The demo's staff, who are picked by name, choose among all insurers; a member has the own one alone.
func TestAMemberChoosesAmongItsOwnInsurerAlone(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		clerk staff.Clerk
		want  int
	}{
		{staff.Clerk{Staff: "鈴木", Insurer: city, Role: staff.Everything}, 2},
		{staff.Clerk{Staff: "AAAAAAAAAAAAAAAA", Insurer: city, Role: staff.RoleInsurerClerk}, 1},
		{staff.Clerk{Staff: "AAAAAAAAAAAAAAAA", Insurer: city, Role: staff.RoleInsurerAdmin}, 1},
		{staff.Clerk{Staff: "AAAAAAAAAAAAAAAA", Role: staff.RoleInsurerClerk}, 0},
	} {
		all, err := w.Directory.Choices(ctx, c.clerk)
		if len(all) != c.want || (err != nil) != (c.want == 0) || len(all) > 0 && all[0].Number != city {
			t.Errorf("%+v: %+v %v", c.clerk, all, err)
		}
	}
}

// Who looks after insurers is judged by the operator's members as they are stored, and the audit names who
// it was. An insurer's own administrator adds none, and sets its own by its papers' settings alone.
func TestTheOperatorsStaffLooksAfterInsurers(t *testing.T) {
	w := newWorld(t)
	clock := func() time.Time { return now }
	members := staff.New(staff.Config{Stores: w.store.ForStaff(), Now: clock}).Members
	invited := func(of staff.Organisation, role staff.Role) staff.Member {
		_, v, err := members.Invite(ctx, staff.Operator{}, staff.NewMember{
			Organisation: of,
			Name:         "高橋 五郎",
			Role:         role,
		})
		fatal(t, err)
		return staff.Member{ID: v.Member, Organisation: of, Role: role, State: staff.Active}
	}
	notYet := invited(staff.TheOperator, staff.RoleOperator) // has not accepted: no member
	for _, by := range []staff.Member{
		notYet,
		invited(staff.OfInsurer(city), staff.RoleInsurerAdmin),
		{Organisation: staff.TheOperator, Role: staff.RoleOperator, State: staff.Active},
		{Name: "鈴木", Role: staff.Everything},
		{},
	} {
		if _, err := w.Directory.AddInsurer(ctx, by, another, given("架空")); err == nil {
			t.Errorf("%+v added one", by)
		}
		if _, err := w.Directory.SetInsurer(ctx, by, city, given("架空")); err == nil {
			t.Errorf("%+v set one", by)
		}
	}
}
