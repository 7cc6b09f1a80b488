package staff_test

import (
	"errors"
	"testing"
	"time"

	"madoguchi/internal/testenv"
	"madoguchi/server/staff"
)

// adminOf is the world's administrator of the city or the clinic.
func (w *world) adminOf(of staff.Organisation) staff.Member {
	if of.Kind == staff.KindFacility {
		return w.facilityAdmin
	}
	return w.admin
}

// nobodyAdministers locks whoever administers a member's organisation.
func nobodyAdministers(t *testing.T, w *world, about staff.Member) {
	t.Helper()
	fatal(t, w.Members.Lock(ctx, command, w.adminOf(about.Organisation).ID))
}

// firstOf is the administrator whom the operator invites.
func firstOf(of staff.Organisation, role staff.Role) staff.NewMember {
	return staff.NewMember{Organisation: of, Name: "山田 千代", Role: role}
}

func TestTheOperatorInvitesAnOrganisationsFirstAdministratorOnly(t *testing.T) {
	w := newWorld(t)
	of := staff.OfFacility("1319999993")
	fatal(t, w.Facilities.Add(ctx, w.operator, staff.Facility{Code: of.Number, Name: "架空薬局"}))
	told := len(w.entries(t, 0))
	wanted := firstOf(of, staff.RoleFacilityAdmin)
	code, v, err := w.Members.InviteFirst(ctx, w.operator, wanted)
	fatal(t, err)
	second, _, err := w.Members.InviteFirst(ctx, w.operator, wanted)
	fatal(t, err)
	if v.ExpiresAt.Sub(w.now) != 30*time.Minute || v.By != w.operator.ID {
		t.Errorf("%+v", v)
	}
	m, err := w.accept(code, newDevice())
	if err != nil || m.Organisation != of || m.Role != staff.RoleFacilityAdmin {
		t.Fatalf("%+v %v", m, err)
	}
	want := "operator:" + string(w.operator.ID) + " member.invite " + string(m.ID) + " facility-admin"
	if got := w.entries(t, told); got[0] != want {
		t.Errorf("%q, want %q", got, want)
	}

	// from now on the organisation has somebody who invites
	if _, err := w.accept(second, newDevice()); !errors.Is(err, staff.ErrInvitation) {
		t.Errorf("the second link: %v", err)
	}
	if _, _, err := w.Members.InviteFirst(ctx, w.operator, wanted); !errors.Is(err, staff.ErrHasAdmin) {
		t.Errorf("another one: %v", err)
	}
	n, err := w.Members.Administration(ctx, w.operator, of)
	if err != nil || n != (staff.Administration{Active: 1}) {
		t.Errorf("%+v %v", n, err)
	}
}

func TestTheOperatorRecoversTheOnlyAdministrator(t *testing.T) {
	w := newWorld(t)
	of := w.admin.Organisation
	fatal(t, w.Members.Lock(ctx, command, w.admin.ID))
	n, err := w.Members.Administration(ctx, w.operator, of)
	if err != nil || n != (staff.Administration{Locked: 1}) {
		t.Errorf("%+v %v", n, err)
	}
	code, v, err := w.Members.RecoverLast(ctx, w.operator, of, " "+w.admin.Name+" ")
	if err != nil || !v.Recovery || v.Member != w.admin.ID {
		t.Fatalf("%+v %v", v, err)
	}
	m, err := w.accept(code, newDevice())
	if err != nil || m.ID != w.admin.ID || m.State != staff.Active {
		t.Errorf("%+v %v", m, err)
	}
}

// Whom the operator may not invite or recover. Nothing is stored.
func TestTheOperatorDoesNothingElseWithMembers(t *testing.T) {
	cityStaff, clinicStaff := staff.OfInsurer(city), staff.OfFacility(clinic)
	invite := func(wanted staff.NewMember) func(*world) error {
		return func(w *world) error {
			_, _, err := w.Members.InviteFirst(ctx, w.operator, wanted)
			return err
		}
	}
	recoverAs := func(of staff.Organisation, name func(*world) string) func(*world) error {
		return func(w *world) error {
			_, _, err := w.Members.RecoverLast(ctx, w.operator, of, name(w))
			return err
		}
	}
	cases := []struct {
		name string
		do   func(*world) error
		want error
	}{
		{"a clerk", invite(firstOf(cityStaff, staff.RoleInsurerClerk)), staff.ErrRole},
		{"another kind's administrator", invite(firstOf(cityStaff, staff.RoleFacilityAdmin)), staff.ErrRole},
		{"an operator", invite(firstOf(staff.TheOperator, staff.RoleOperator)), staff.ErrNoOrganisation},
		{"one more administrator", invite(firstOf(clinicStaff, staff.RoleFacilityAdmin)), staff.ErrHasAdmin},
		{"nobody's", invite(firstOf(staff.OfFacility("1319999999"), staff.RoleFacilityAdmin)),
			staff.ErrNoOrganisation},
		{"by the ordinary way", func(w *world) error {
			_, _, err := w.Members.Invite(ctx, w.operator, firstOf(cityStaff, staff.RoleInsurerAdmin))
			return err
		}, staff.ErrNoOrganisation},
		{"by the ordinary way, as if the operator were the city's", func(w *world) error {
			pretends := w.operator
			pretends.Organisation = cityStaff
			_, _, err := w.Members.Invite(ctx, pretends, firstOf(cityStaff, staff.RoleInsurerAdmin))
			return err
		}, staff.ErrRefused},
		{"recovers a clerk", recoverAs(cityStaff, func(w *world) string { return w.clerk.Name }),
			staff.ErrNoMember},
		{"recovers another one's administrator",
			recoverAs(cityStaff, func(w *world) string { return w.unionAdmin.Name }), staff.ErrNoMember},
		{"recovers nobody", recoverAs(cityStaff, func(*world) string { return "" }), staff.ErrName},
		{"recovers one of the operator's",
			recoverAs(staff.TheOperator, func(w *world) string { return w.operator.Name }),
			staff.ErrNoOrganisation},
		{"recovers one whom a colleague could", func(w *world) error {
			wanted := firstOf(cityStaff, staff.RoleInsurerAdmin)
			code, _, err := w.Members.Invite(ctx, w.admin, wanted)
			if err == nil {
				_, err = w.accept(code, newDevice())
			}
			if err != nil {
				return err
			}
			_, _, err = w.Members.RecoverLast(ctx, w.operator, cityStaff, w.admin.Name)
			return err
		}, staff.ErrHasAdmin},
	}
	testenv.Refused(t, testenv.Staff, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if err := c.do(w); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// A link of an operator who was locked since lets nobody in.
func TestALockedOperatorsLinkIsWorthNothing(t *testing.T) {
	w := newWorld(t)
	nobodyAdministers(t, w, w.clerk)
	wanted := firstOf(w.clerk.Organisation, staff.RoleInsurerAdmin)
	code, _, err := w.Members.InviteFirst(ctx, w.operator, wanted)
	fatal(t, err)
	fatal(t, w.Members.Lock(ctx, command, w.operator.ID))
	if _, err := w.accept(code, newDevice()); !errors.Is(err, staff.ErrInvitation) {
		t.Errorf("%v", err)
	}
}
