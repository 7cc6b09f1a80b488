package insurer_test

import (
	"errors"
	"testing"

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
