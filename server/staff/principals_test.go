package staff_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"reflect"
	"slices"
	"testing"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/principaltest"
	"madoguchi/internal/testenv"
	"madoguchi/server/staff"
)

// target is whose organisation a method is called for, and who of it and of others call it.
type target struct {
	name         string
	kind         staff.Kind
	lower, admin func(w *world) staff.Member // lower is the member that a method is about
	stranger     func(w *world) staff.Member // administers another organisation of the same kind
	elsewhere    func(w *world) staff.Member // administers an organisation of another kind
}

var targets = []target{
	{
		name:      "an insurer's",
		kind:      staff.KindInsurer,
		lower:     func(w *world) staff.Member { return w.clerk },
		admin:     func(w *world) staff.Member { return w.admin },
		stranger:  func(w *world) staff.Member { return w.unionAdmin },
		elsewhere: func(w *world) staff.Member { return w.facilityAdmin },
	},
	{
		name:      "a facility's",
		kind:      staff.KindFacility,
		lower:     func(w *world) staff.Member { return w.reception },
		admin:     func(w *world) staff.Member { return w.facilityAdmin },
		stranger:  func(w *world) staff.Member { return w.otherAdmin },
		elsewhere: func(w *world) staff.Member { return w.admin },
	},
}

// Who may call a method.
const (
	anAdmin     = "an administrator of the organisation"
	aColleague  = "a colleague without that role"
	itself      = "the member itself"
	theCommand  = "a command"
	theOperator = "the operator's staff"
)

// caller is who calls a method.
type caller struct {
	name string
	by   staff.Principal
	// outside: of another organisation, which there is not for them; others are denied
	outside bool
}

// callers returns everybody who could call a method for a target, the rightful and the others, in a new
// world.
func (x target) callers(t *testing.T, w *world) []caller {
	t.Helper()
	lower, admin := x.lower(w), x.admin(w)
	of := lower.Organisation
	newcomer := func(name string, role staff.Role) staff.Member {
		return w.join(t, admin, staff.NewMember{Organisation: of, Name: name, Role: role})
	}
	colleague := newcomer("中村 八雲", lower.Role)
	locked := newcomer("小林 九", admin.Role)
	fatal(t, w.Members.Lock(ctx, admin, locked.ID))
	removed := newcomer("加藤 十和", admin.Role)
	fatal(t, w.Members.Remove(ctx, admin, removed.ID))
	demoted := newcomer("吉田 百恵", admin.Role)
	fatal(t, w.Members.ChangeRole(ctx, admin, demoted.ID, lower.Role))
	pretends := colleague
	pretends.Role = admin.Role
	intruder := x.stranger(w)
	intruder.Organisation = of
	return []caller{
		{anAdmin, admin, false},
		{aColleague, colleague, false},
		{itself, lower, false},
		{theCommand, command, false},
		{theOperator, w.operator, true},
		{"an administrator of another organisation", x.stranger(w), true},
		{"an administrator of another kind of organisation", x.elsewhere(w), true},
		{"an administrator of another one who names this one", intruder, false},
		{"a colleague who says that it is an administrator", pretends, false},
		{"an administrator who was locked since", locked, false},
		{"an administrator who was removed since", removed, false},
		{"an administrator who was given another role since", demoted, false},
		{"a command for another insurer", staff.Operator{Insurer: union}, true},
		{"nobody", staff.Member{}, true},
		{"nobody of this organisation", staff.Member{Organisation: of, Role: admin.Role}, false},
		{"the demo's, by name", staff.Member{Name: admin.Name, Role: staff.Everything}, true},
	}
}

// row is a method of a service with a principal.
type row struct {
	method string
	may    []string
	// before prepares what the method needs
	before func(t *testing.T, w *world, about staff.Member)
	call   func(w *world, by staff.Principal, about staff.Member) error
	only   staff.Kind // of the target; empty: both
	own    string     // why there is nothing of others to refuse
	// denied: also those outside are denied, since it is no secret that there is something
	denied bool
}

// demoted holds the lower role and so passes where aColleague does.
var alsoColleagues = []string{
	"a colleague who says that it is an administrator",
	"an administrator who was given another role since",
}

var (
	admins = []string{anAdmin, theCommand}
	anyone = []string{anAdmin, theCommand, itself, aColleague}
	selves = []string{anAdmin, theCommand, itself}
)

func signedIn(t *testing.T, w *world, about staff.Member) {
	t.Helper()
	_, err := w.browser.StartProved(ctx, httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil),
		auth.Clerk, string(about.ID), nil)
	fatal(t, err)
}

func withPIN(t *testing.T, w *world, about staff.Member) {
	t.Helper()
	fatal(t, w.PINs.Set(ctx, about, "2580"))
}

// asMember has a method that takes a Member called by one.
func asMember(by staff.Principal, call func(staff.Member) error) error {
	m, ok := by.(staff.Member)
	if !ok {
		return staff.ErrRefused // no command can call it
	}
	return call(m)
}

var rows = []row{
	{method: "Facilities.Add", denied: true, may: []string{theOperator, theCommand}, only: staff.KindFacility,
		call: func(w *world, by staff.Principal, _ staff.Member) error {
			return w.Facilities.Add(ctx, by, staff.Facility{Code: "1319999993", Name: "架空薬局"})
		}},
	{method: "Facilities.List", denied: true, may: []string{theOperator, theCommand},
		call: func(w *world, by staff.Principal, _ staff.Member) error {
			_, err := w.Facilities.List(ctx, by)
			return err
		}},
	{method: "Facilities.Facility", may: append([]string{theOperator}, anyone...), only: staff.KindFacility,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			_, err := w.Facilities.Facility(ctx, by, about.Organisation.Number)
			return err
		}},
	{method: "Facilities.Set", may: []string{anAdmin, theOperator, theCommand}, only: staff.KindFacility,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			return w.Facilities.Set(ctx, by, staff.Facility{Code: about.Organisation.Number, Name: "別の医院"})
		}},
	{method: "Facilities.Change", may: []string{anAdmin, theOperator, theCommand}, only: staff.KindFacility,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			name := "別の医院"
			_, err := w.Facilities.Change(
				ctx,
				by,
				about.Organisation.Number,
				staff.GivenFacility{Name: &name},
			)
			return err
		}},

	{method: "Members.List", may: admins,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			_, err := w.Members.List(ctx, by, about.Organisation)
			return err
		}},
	{method: "Members.Names", may: anyone,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			names, err := w.Members.Names(ctx, by, about.Organisation)
			if err == nil && names[about.ID] != about.Name {
				return fmt.Errorf("%v", names)
			}
			return err
		}},
	{method: "Members.Invite", may: admins,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			_, _, err := w.Members.Invite(ctx, by, staff.NewMember{
				Organisation: about.Organisation,
				Name:         "山田 千代",
				Role:         about.Role,
			})
			return err
		}},
	{method: "Members.Recover", may: admins,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			_, _, err := w.Members.Recover(ctx, by, about.ID)
			return err
		}},
	{method: "Members.Rename", may: selves,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			return w.Members.Rename(ctx, by, about.ID, "佐々木 万里")
		}},
	{method: "Members.ChangeRole", may: admins,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			higher := map[staff.Role]staff.Role{
				staff.RoleInsurerClerk: staff.RoleInsurerAdmin,
				staff.RoleReception:    staff.RoleFacilityAdmin,
			}
			return w.Members.ChangeRole(ctx, by, about.ID, higher[about.Role])
		}},
	{method: "Members.Lock", may: admins,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			return w.Members.Lock(ctx, by, about.ID)
		}},
	{method: "Members.Unlock", may: admins,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			return w.Members.Unlock(ctx, by, about.ID)
		}},
	{method: "Members.Remove", may: admins,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			return w.Members.Remove(ctx, by, about.ID)
		}},

	{method: "Members.Administration", denied: true, may: []string{theOperator, theCommand},
		call: func(w *world, by staff.Principal, about staff.Member) error {
			_, err := w.Members.Administration(ctx, by, about.Organisation)
			return err
		}},
	{method: "Members.InviteFirst", denied: true, may: []string{theOperator, theCommand},
		before: nobodyAdministers,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			_, _, err := w.Members.InviteFirst(ctx, by, staff.NewMember{
				Organisation: about.Organisation,
				Name:         "山田 千代",
				Role:         w.adminOf(about.Organisation).Role,
			})
			return err
		}},
	{method: "Members.RecoverLast", denied: true, may: []string{theOperator, theCommand},
		call: func(w *world, by staff.Principal, about staff.Member) error {
			of := about.Organisation
			_, _, err := w.Members.RecoverLast(ctx, by, of, w.adminOf(of).Name)
			return err
		}},

	{method: "Sessions.List", may: selves, before: signedIn,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			all, err := w.Sessions.List(ctx, by, about.ID)
			if err == nil && len(all) != 1 {
				return fmt.Errorf("%d sessions", len(all))
			}
			return err
		}},
	{method: "Sessions.End", may: selves, before: signedIn,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			all, err := w.Sessions.List(ctx, staff.Operator{}, about.ID)
			if err != nil {
				return err
			}
			return w.Sessions.End(ctx, by, about.ID, all[0].Ref)
		}},
	{method: "Sessions.EndAll", may: selves, before: signedIn,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			n, err := w.Sessions.EndAll(ctx, by, about.ID)
			if err == nil && n != 1 {
				return fmt.Errorf("%d sessions", n)
			}
			return err
		}},

	{method: "PINs.Check", denied: true, may: []string{anAdmin, aColleague, itself}, only: staff.KindFacility,
		before: withPIN,
		call: func(w *world, by staff.Principal, about staff.Member) error {
			return asMember(by, func(m staff.Member) error {
				_, err := w.PINs.Check(ctx, m, about.ID, "2580")
				return err
			})
		}},
	{method: "PINs.Tiles", own: "they are those of the asker's own facility",
		call: func(w *world, by staff.Principal, about staff.Member) error {
			return asMember(by, func(m staff.Member) error {
				tiles, err := w.PINs.Tiles(ctx, m)
				its := slices.ContainsFunc(tiles, func(x staff.Tile) bool { return x.ID == about.ID })
				if its && m.Organisation != about.Organisation {
					return errors.New("another's member was shown")
				}
				return err
			})
		}},
	{method: "PINs.Set", own: "it is the asker's own",
		call: func(w *world, by staff.Principal, about staff.Member) error {
			return asMember(by, func(m staff.Member) error { return w.PINs.Set(ctx, m, "2580") })
		}},

	{method: "SignIn.BeginProof", own: "it is the asker's own",
		call: func(w *world, by staff.Principal, about staff.Member) error {
			return asMember(by, func(m staff.Member) error {
				_, err := w.SignIn.BeginProof(ctx, m)
				return err
			})
		}},
	{method: "SignIn.FinishProof", own: "it is the asker's own",
		call: func(w *world, by staff.Principal, about staff.Member) error {
			return asMember(by, func(m staff.Member) error {
				began, err := w.SignIn.BeginProof(ctx, about)
				if err != nil {
					return err
				}
				answer, err := w.devices[about.ID].Get(began.Options)
				if err != nil {
					return err
				}
				got, err := w.SignIn.FinishProof(ctx, m, staff.Answer{Ref: began.Ref, Credential: answer})
				if (err == nil) != (m.ID == about.ID) || err == nil && got.ID != m.ID {
					return fmt.Errorf("%s was proved by the passkey of %s: %w", m.ID, about.ID, err)
				}
				return nil
			})
		}},
	{method: "SignIn.Passkeys", own: "they are the asker's own",
		call: func(w *world, by staff.Principal, about staff.Member) error {
			return asMember(by, func(m staff.Member) error {
				all, err := w.SignIn.Passkeys(ctx, m)
				if len(all) > 0 && all[0].Member != m.ID {
					return errors.New("another's passkey was shown")
				}
				return err
			})
		}},
}

// withoutPrincipal are the methods that take none, each with its reason.
var withoutPrincipal = map[string]string{
	"Members.Invitation":  "the link's code is the proof",
	"Members.BeginAccept": "the link's code is the proof",
	"Members.Accept":      "the link's code is the proof",
	"SignIn.Begin":        "it concerns nobody yet",
	"SignIn.Finish":       "it proves who there is",
	"SignIn.Member":       "it makes the principal",
	"Sessions.EndStolen":  "nobody has proved who they are",
}

// Every method of every service takes a principal first and has a row above, or stands among those that need
// none.
func TestEveryMethodOfAServiceAsksWhoAsks(t *testing.T) {
	var methods []string
	for _, r := range rows {
		methods = append(methods, r.method)
	}
	principaltest.Half{
		Services:   reflect.TypeFor[staff.Services](),
		Principals: []reflect.Type{reflect.TypeFor[staff.Principal](), reflect.TypeFor[staff.Member]()},
		Rows:       methods,
		Open:       withoutPrincipal,
	}.Check(t)
}

// What is another organisation's is not found, and what the role does not allow is denied: nothing changes,
// and the audit tells of no change. Who may do it, does.
func TestRolesMayWhatTheTableSays(t *testing.T) {
	tries := 0
	for _, r := range rows {
		for _, x := range targets {
			if r.only == "" || r.only == x.kind {
				t.Run(r.method+", "+x.name, func(t *testing.T) { tries += r.try(t, x) })
			}
		}
	}
	testenv.Refused(t, testenv.Staff, tries)
}

// allowed are the names of all who may call the method.
func (r row) allowed() []string {
	if slices.Contains(r.may, aColleague) {
		return append(slices.Clone(r.may), alsoColleagues...)
	}
	return r.may
}

// try calls the method as everybody, and returns how many had to be refused.
func (r row) try(t *testing.T, x target) (refused int) {
	w := newWorld(t)
	callers := x.callers(t, w)
	about := x.lower(w)
	if r.before != nil {
		r.before(t, w, about)
	}
	before, told := w.dump(t), len(w.entries(t, 0))
	for _, c := range callers {
		if slices.Contains(r.allowed(), c.name) {
			continue
		}
		err := r.call(w, c.by, about)
		if r.own != "" {
			continue
		}
		var e *eligibility.Error
		want := eligibility.Denied
		if c.outside && !r.denied {
			want = eligibility.NotFound
		}
		if !errors.As(err, &e) || e.Code != want && !(r.denied && e.Code == eligibility.NotFound) {
			t.Errorf("%s: %v", c.name, err)
		}
		refused++
	}
	if r.own == "" && (w.dump(t) != before || len(w.entries(t, 0)) != told) {
		t.Error("it changed something")
	}
	if now := w.member(t, about); now != about {
		t.Errorf("it changed the member: %+v", now)
	}
	for i, c := range callers {
		if !slices.Contains(r.allowed(), c.name) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			callers := x.callers(t, w)
			about := x.lower(w)
			if r.before != nil {
				r.before(t, w, about)
			}
			if err := r.call(w, callers[i].by, about); err != nil {
				t.Error(err)
			}
		})
	}
	return refused
}
