package insurer_test

import (
	"errors"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// A stored member works for its own insurer and no other; whoever is of no insurer's staff works for none.
func TestAMemberWorksForItsOwnInsurer(t *testing.T) {
	w := newWorld(t)
	member := func(of staff.Organisation) staff.Member {
		return staff.Member{
			ID:           "AAAAAAAAAAAAAAAA",
			Organisation: of,
			Name:         "鈴木",
			Role:         staff.RoleInsurerClerk,
		}
	}
	its, another := member(staff.OfInsurer(city)), member(staff.OfInsurer(kumiai))
	refused := 0
	for _, c := range []struct {
		name   string
		member staff.Member
		about  insurer.RequestTarget
		want   eligibility.InsurerNumber // empty: not found
	}{
		{"nothing", its, insurer.RequestTarget{}, city},
		{"nothing, another's member", another, insurer.RequestTarget{}, kumiai},
		{"the insurer", its, insurer.RequestTarget{Insurer: city}, city},
		{"a person", its, insurer.RequestTarget{Person: w.person.ID}, city},
		{"a run", its, insurer.RequestTarget{Run: w.run}, city},
		{"another insurer", its, insurer.RequestTarget{Insurer: kumiai}, ""},
		{"another's insurer", another, insurer.RequestTarget{Insurer: city}, ""},
		{"another's person", another, insurer.RequestTarget{Person: w.person.ID}, ""},
		{"another's run", another, insurer.RequestTarget{Run: w.run}, ""},
		{"another's file", another, insurer.RequestTarget{Preview: w.preview}, ""},
		{"nothing, a facility's member", member(staff.OfFacility("1319999991")), insurer.RequestTarget{}, ""},
		{"an insurer, a facility's member", member(staff.OfFacility(string(city))),
			insurer.RequestTarget{Insurer: city}, ""},
		{"an insurer, the operator's member", member(staff.TheOperator),
			insurer.RequestTarget{Insurer: city}, ""},
		{"an insurer, a member of nothing", member(staff.Organisation{}),
			insurer.RequestTarget{Insurer: city}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			clerk, err := w.Directory.Clerk(ctx, c.member, c.about)
			if c.want == "" {
				refused++
				var e *eligibility.Error
				if !errors.As(err, &e) || e.Code != eligibility.NotFound || clerk != (staff.Clerk{}) {
					t.Errorf("%+v %v", clerk, err)
				}
				return
			}
			want := staff.Clerk{Staff: string(c.member.ID), Insurer: c.want, Role: staff.RoleInsurerClerk}
			if err != nil || clerk != want {
				t.Errorf("%+v %v", clerk, err)
			}
		})
	}
	testenv.Refused(t, testenv.Staff, refused)
}

// What is another insurer's is answered as what nobody has: nothing tells that it is there.
func TestAnothersRecordIsAnsweredAsOneThatIsNotThere(t *testing.T) {
	w := newWorld(t)
	another := staff.Member{
		ID:           "AAAAAAAAAAAAAAAA",
		Organisation: staff.OfInsurer(kumiai),
		Name:         "鈴木",
		Role:         staff.RoleInsurerAdmin,
	}
	for _, c := range []struct {
		name           string
		its, nobodysOf insurer.RequestTarget
	}{
		{"a person", insurer.RequestTarget{Person: w.person.ID}, insurer.RequestTarget{Person: "NOBODY"}},
		{"a run", insurer.RequestTarget{Run: w.run}, insurer.RequestTarget{Run: "NONE"}},
		{"a file", insurer.RequestTarget{Preview: w.preview}, insurer.RequestTarget{Preview: "NONE"}},
		{"an insurer", insurer.RequestTarget{Insurer: city}, insurer.RequestTarget{Insurer: "01139997"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, its := w.Directory.Clerk(ctx, another, c.its)
			_, nobodys := w.Directory.Clerk(ctx, another, c.nobodysOf)
			var a, b *eligibility.Error
			if !errors.As(its, &a) || !errors.As(nobodys, &b) || a.Key != b.Key || a.Field != b.Field ||
				a.Code != eligibility.NotFound || b.Code != eligibility.NotFound || len(a.Args) != 0 {
				t.Errorf("%v, and of nobody %v", its, nobodys)
			}
		})
	}
}

// Outside the demo nobody is picked by name: whoever has no ID works for no insurer.
func TestOutsideTheDemoAMemberWithoutAnIDIsNobody(t *testing.T) {
	w := newWorld(t)
	live := insurer.New(insurer.Config{
		Stores:  w.store.ForInsurer(),
		Host:    "https://insurer.example",
		Address: "https://insurer.example",
		Now:     func() time.Time { return now },
	})
	members := []staff.Member{
		{},
		{Name: "鈴木", Role: staff.Everything},
		{Name: "鈴木", Role: staff.Everything, Organisation: staff.OfInsurer(city)},
		{Role: staff.RoleInsurerAdmin, Organisation: staff.OfInsurer(city)},
	}
	abouts := []insurer.RequestTarget{
		{},
		{Insurer: city},
		{Person: w.person.ID},
		{Run: w.run},
		{Preview: w.preview},
	}
	testenv.Refused(t, testenv.Staff, len(members)*len(abouts))
	for _, member := range members {
		for _, about := range abouts {
			clerk, err := live.Directory.Clerk(ctx, member, about)
			var e *eligibility.Error
			if !errors.As(err, &e) || e.Code != eligibility.NotFound || clerk != (staff.Clerk{}) {
				t.Errorf("%+v about %+v: %+v %v", member, about, clerk, err)
			}
		}
	}
}
