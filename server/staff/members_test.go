package staff_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"madoguchi/auth"
	"madoguchi/internal/testenv"
	"madoguchi/server/staff"
)

// An organisation keeps somebody who can let others in. A command is not bound by it: it brings the next one.
func TestTheLastAdministratorStays(t *testing.T) {
	changes := []struct {
		name string
		do   func(w *world, by staff.Principal, m staff.Member) error
	}{
		{"removed", func(w *world, by staff.Principal, m staff.Member) error {
			return w.Members.Remove(ctx, by, m.ID)
		}},
		{"locked", func(w *world, by staff.Principal, m staff.Member) error {
			return w.Members.Lock(ctx, by, m.ID)
		}},
		{"given another role", func(w *world, by staff.Principal, m staff.Member) error {
			lower := map[staff.Role]staff.Role{
				staff.RoleInsurerAdmin:  staff.RoleInsurerClerk,
				staff.RoleFacilityAdmin: staff.RoleReception,
			}
			return w.Members.ChangeRole(ctx, by, m.ID, lower[m.Role])
		}},
	}
	tried := 0
	for _, who := range []struct {
		name   string
		member func(w *world) staff.Member
	}{
		{"an insurer's", func(w *world) staff.Member { return w.admin }},
		{"a facility's", func(w *world) staff.Member { return w.facilityAdmin }},
		{"the operator's", func(w *world) staff.Member { return w.operator }},
	} {
		for _, c := range changes {
			if who.name == "the operator's" && c.name == "given another role" {
				continue // there is none
			}
			tried++
			t.Run(who.name+" "+c.name, func(t *testing.T) {
				w := newWorld(t)
				m := who.member(w)
				before := w.dump(t)
				if err := c.do(w, m, m); !errors.Is(err, staff.ErrLastAdmin) || w.dump(t) != before {
					t.Errorf("%v", err)
				}
				wanted := staff.NewMember{Organisation: m.Organisation, Name: "中村 八雲", Role: m.Role}
				second := w.join(t, m, wanted)
				if err := c.do(w, second, m); err != nil {
					t.Errorf("with a second one: %v", err)
				}
				if err := c.do(w, second, second); !errors.Is(err, staff.ErrLastAdmin) {
					t.Errorf("then the second one: %v", err)
				}
				if err := c.do(w, command, second); err != nil {
					t.Errorf("by a command: %v", err)
				}
			})
		}
	}
	testenv.Refused(t, testenv.Staff, 2*tried)
}

// Two administrators who remove each other at the same time: one of them stays.
func TestTwoAdministratorsDoNotRemoveEachOther(t *testing.T) {
	w := newWorld(t)
	second := w.join(t, w.admin, staff.NewMember{
		Organisation: staff.OfInsurer(city),
		Name:         "小林 九",
		Role:         staff.RoleInsurerAdmin,
	})
	errs := make([]error, 2)
	var both sync.WaitGroup
	both.Go(func() { errs[0] = w.Members.Remove(ctx, w.admin, second.ID) })
	both.Go(func() { errs[1] = w.Members.Remove(ctx, second, w.admin.ID) })
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("%v", errs)
	}
}

func TestARemovedMemberIsRemovedForGood(t *testing.T) {
	w := newWorld(t)
	fatal(t, w.Members.Remove(ctx, w.admin, w.clerk.ID))
	for _, c := range []struct {
		name string
		do   func(by staff.Principal) error
	}{
		{"rename", func(by staff.Principal) error { return w.Members.Rename(ctx, by, w.clerk.ID, "佐藤") }},
		{"role", func(by staff.Principal) error {
			return w.Members.ChangeRole(ctx, by, w.clerk.ID, staff.RoleInsurerAdmin)
		}},
		{"lock", func(by staff.Principal) error { return w.Members.Lock(ctx, by, w.clerk.ID) }},
		{"unlock", func(by staff.Principal) error { return w.Members.Unlock(ctx, by, w.clerk.ID) }},
		{"remove", func(by staff.Principal) error { return w.Members.Remove(ctx, by, w.clerk.ID) }},
		{"recover", func(by staff.Principal) error {
			_, _, err := w.Members.Recover(ctx, by, w.clerk.ID)
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, by := range []staff.Principal{w.admin, command} {
				if err := c.do(by); !errors.Is(err, staff.ErrRemoved) {
					t.Errorf("%v", err)
				}
			}
		})
	}
	names, err := w.Members.Names(ctx, w.admin, staff.OfInsurer(city))
	if err != nil || names[w.clerk.ID] != "佐藤 二葉" || len(names) != 2 {
		t.Errorf("%v %v", names, err)
	}
	all, err := w.Members.List(ctx, w.admin, staff.OfInsurer(city))
	if err != nil || len(all) != 2 || all[1].State != staff.Removed || all[0].ID != w.admin.ID {
		t.Errorf("%+v %v", all, err)
	}
}

func TestRolesKeepToTheirOrganisation(t *testing.T) {
	w := newWorld(t)
	for _, role := range []staff.Role{
		staff.RoleReception, staff.RoleFacilityAdmin, staff.RoleOperator, staff.Everything, "",
	} {
		t.Run(string(role), func(t *testing.T) {
			err := w.Members.ChangeRole(ctx, w.admin, w.clerk.ID, role)
			if !errors.Is(err, staff.ErrRole) || w.member(t, w.clerk) != w.clerk {
				t.Errorf("%v", err)
			}
		})
	}
	w.open12Hours(t, w.clerk)
	fatal(t, w.Members.ChangeRole(ctx, w.admin, w.clerk.ID, staff.RoleInsurerAdmin))
	if m := w.member(t, w.clerk); m.Role != staff.RoleInsurerAdmin || w.sessions(t, w.clerk) != 0 {
		t.Errorf("%+v", m)
	}
}

// An administrator may what the other role of its organisation may, and nobody what another kind's may.
func TestWhatRolesMay(t *testing.T) {
	all := []staff.Role{
		staff.RoleReception, staff.RoleFacilityAdmin, staff.RoleInsurerClerk, staff.RoleInsurerAdmin,
		staff.RoleOperator,
	}
	more := map[staff.Role]staff.Role{
		staff.RoleFacilityAdmin: staff.RoleReception,
		staff.RoleInsurerAdmin:  staff.RoleInsurerClerk,
	}
	for _, has := range append(all, staff.Everything, "", "root") {
		for _, needed := range all {
			want := has == needed || more[has] == needed || has == staff.Everything
			if has.May(needed) != want {
				t.Errorf("%q may what %q may: %v", has, needed, !want)
			}
		}
		if has != staff.Everything && has != "root" && has.May("") {
			t.Errorf("%q may what nobody may", has)
		}
	}
}

// As principals of the two halves members see their own organisation's and nothing else.
func TestMembersBecomePrincipals(t *testing.T) {
	w := newWorld(t)
	clerk := staff.Clerk{Staff: string(w.clerk.ID), Insurer: city, Role: staff.RoleInsurerClerk}
	admin := staff.Clerk{Staff: string(w.admin.ID), Insurer: city, Role: staff.RoleInsurerAdmin}
	facilityAdmin := staff.Reception{
		Staff:    string(w.facilityAdmin.ID),
		Facility: clinic,
		Role:     staff.RoleFacilityAdmin,
	}
	locked := w.clerk
	locked.State = staff.Locked
	reception := staff.Reception{Staff: string(w.reception.ID), Facility: clinic, Role: staff.RoleReception}
	for _, c := range []struct {
		name      string
		member    staff.Member
		clerk     staff.Clerk
		reception staff.Reception
		actor     string
		holds     []auth.Kind
	}{
		{"a clerk", w.clerk, clerk, staff.Reception{}, "clerk:" + string(w.clerk.ID),
			[]auth.Kind{auth.Clerk}},
		{"who administers an insurer", w.admin, admin, staff.Reception{}, "clerk:" + string(w.admin.ID),
			[]auth.Kind{auth.Clerk}},
		{"a locked clerk", locked, clerk, staff.Reception{}, "clerk:" + string(w.clerk.ID), nil},
		{"who administers a facility", w.facilityAdmin, staff.Clerk{}, facilityAdmin,
			"reception:" + string(w.facilityAdmin.ID), []auth.Kind{auth.Counter, auth.Admin}},
		{"a reception", w.reception, staff.Clerk{}, reception, "reception:" + string(w.reception.ID),
			[]auth.Kind{auth.Counter}},
		{"an operator", w.operator, staff.Clerk{}, staff.Reception{}, "operator:" + string(w.operator.ID),
			[]auth.Kind{auth.Operator}},
		{"the demo's", staff.Member{Name: "鈴木", Role: staff.Everything}, staff.Clerk{}, staff.Reception{},
			"clerk:鈴木", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.member.Clerk(); got != c.clerk {
				t.Errorf("%+v", got)
			}
			if got := c.member.Reception(); got != c.reception {
				t.Errorf("%+v", got)
			}
			if got := c.member.Actor(); string(got) != c.actor {
				t.Errorf("%q", got)
			}
			for _, kind := range []auth.Kind{
				auth.Patient, auth.Clerk, auth.Counter, auth.Device, auth.Admin, auth.Operator, "",
			} {
				if want := slices.Contains(c.holds, kind); c.member.MayHold(kind) != want {
					t.Errorf("a session of the kind %q: %v", kind, !want)
				}
			}
		})
	}
}
