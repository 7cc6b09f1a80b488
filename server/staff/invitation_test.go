package staff_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/auth/passkey"
	"madoguchi/eligibility"
	"madoguchi/internal/passkeytest"
	"madoguchi/internal/testenv"
	"madoguchi/server/staff"
)

// newcomer is somebody whom the city's administrator invites.
var newcomer = staff.NewMember{
	Organisation: staff.OfInsurer(city),
	Name:         "中村 八雲",
	Role:         staff.RoleInsurerClerk,
}

func (w *world) invite(t *testing.T) string {
	t.Helper()
	code, _, err := w.Members.Invite(ctx, w.admin, newcomer)
	fatal(t, err)
	return code
}

func TestAnInvitedPersonBecomesAMember(t *testing.T) {
	w := newWorld(t)
	told := len(w.entries(t, 0))
	code := w.invite(t)
	if v, err := w.Members.Invitation(ctx, code); err != nil || v.Name != newcomer.Name ||
		v.Role != newcomer.Role || v.Organisation != newcomer.Organisation || v.Recovery ||
		!v.ExpiresAt.Equal(noon.Add(30*time.Minute)) {
		t.Errorf("%+v %v", v, err)
	}
	w.now = noon.Add(30*time.Minute - time.Second)
	m, err := w.accept(code, newDevice())
	if err != nil || m.State != staff.Active || m.Role != newcomer.Role ||
		m.Organisation != newcomer.Organisation ||
		len(m.ID) != 16 {
		t.Fatalf("%+v %v", m, err)
	}
	if got, err := w.signIn(m.ID); err != nil || got != m {
		t.Errorf("%+v %v", got, err)
	}
	want := []string{
		"clerk:" + string(w.admin.ID) + " member.invite " + string(m.ID) + " insurer-clerk",
		"clerk:" + string(m.ID) + " member.accept " + string(m.ID) + " insurer-clerk",
		"clerk:" + string(m.ID) + " member.signin " + string(m.ID),
	}
	if got := w.entries(t, told); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
	if n, err := w.store.VerifyAudit(ctx); err != nil || n != told+3 {
		t.Errorf("%d entries, %v", n, err)
	}
}

// A link lets one person in, once, within 30 minutes, while who invited may invite. Every other link is
// answered alike.
func TestOnlyAGoodInvitationLetsIn(t *testing.T) {
	admin2 := staff.NewMember{
		Organisation: staff.OfInsurer(city),
		Name:         "小林 九",
		Role:         staff.RoleInsurerAdmin,
	}
	cases := []struct {
		name string
		code func(t *testing.T, w *world) string
	}{
		{"made up", func(*testing.T, *world) string { return strings.Repeat("A", 43) }},
		{"empty", func(*testing.T, *world) string { return "" }},
		{"its last letter is another", func(t *testing.T, w *world) string {
			code := w.invite(t)
			return code[:42] + string(code[42]^1)
		}},
		{"30 minutes old", func(t *testing.T, w *world) string {
			code := w.invite(t)
			w.now = w.now.Add(staff.InvitationLife)
			return code
		}},
		{"used", func(t *testing.T, w *world) string {
			code := w.invite(t)
			_, err := w.accept(code, newDevice())
			fatal(t, err)
			return code
		}},
		{"swept", func(t *testing.T, w *world) string {
			code := w.invite(t)
			fatal(t, w.store.ExpireStaff(ctx, w.now.Add(time.Hour)))
			return code
		}},
		{"of an administrator who was locked", func(t *testing.T, w *world) string {
			code := w.invite(t)
			fatal(t, w.Members.Lock(ctx, command, w.admin.ID))
			return code
		}},
		{"of an administrator who was locked and unlocked", func(t *testing.T, w *world) string {
			code := w.invite(t)
			fatal(t, w.Members.Lock(ctx, command, w.admin.ID))
			fatal(t, w.Members.Unlock(ctx, command, w.admin.ID))
			return code
		}},
		{"of an administrator who was removed", func(t *testing.T, w *world) string {
			code := w.invite(t)
			fatal(t, w.Members.Remove(ctx, command, w.admin.ID))
			return code
		}},
		{"of an administrator who is none any more", func(t *testing.T, w *world) string {
			code := w.invite(t)
			fatal(t, w.Members.ChangeRole(ctx, command, w.admin.ID, staff.RoleInsurerClerk))
			return code
		}},
		{"of an administrator whom wrong passkeys locked", func(t *testing.T, w *world) string {
			code := w.invite(t)
			for range 5 {
				_, _ = w.signIn(w.admin.ID, damaged)
			}
			return code
		}},
		{"of an administrator who was recovered", func(t *testing.T, w *world) string {
			code := w.invite(t)
			again, _, err := w.Members.Recover(ctx, command, w.admin.ID)
			fatal(t, err)
			_, err = w.accept(again, newDevice())
			fatal(t, err)
			return code
		}},
		{"a recovery of who was removed", func(t *testing.T, w *world) string {
			code, _, err := w.Members.Recover(ctx, w.admin, w.clerk.ID)
			fatal(t, err)
			fatal(t, w.Members.Remove(ctx, w.admin, w.clerk.ID))
			return code
		}},
		{"a recovery of who was locked afterwards", func(t *testing.T, w *world) string {
			code, _, err := w.Members.Recover(ctx, w.admin, w.clerk.ID)
			fatal(t, err)
			fatal(t, w.Members.Lock(ctx, w.admin, w.clerk.ID))
			return code
		}},
		{"the first of two recoveries", func(t *testing.T, w *world) string {
			code, _, err := w.Members.Recover(ctx, w.admin, w.clerk.ID)
			fatal(t, err)
			second, _, err := w.Members.Recover(ctx, w.admin, w.clerk.ID)
			fatal(t, err)
			_, err = w.accept(second, newDevice())
			fatal(t, err)
			return code
		}},
		{"of a second administrator who was removed", func(t *testing.T, w *world) string {
			by := w.join(t, w.admin, admin2)
			code, _, err := w.Members.Invite(ctx, by, newcomer)
			fatal(t, err)
			fatal(t, w.Members.Remove(ctx, w.admin, by.ID))
			return code
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			// begun while the link was good
			began, err := w.Members.BeginAccept(ctx, w.invite(t))
			fatal(t, err)
			answer, err := newDevice().Create(began.Options)
			fatal(t, err)
			code := c.code(t, w)
			before := w.dump(t)
			_, looked := w.Members.Invitation(ctx, code)
			_, begun := w.Members.BeginAccept(ctx, code)
			_, accepted := w.Members.Accept(ctx, code, staff.Answer{Ref: began.Ref, Credential: answer})
			for _, err := range []error{looked, begun, accepted} {
				var e *eligibility.Error
				if !errors.As(err, &e) || e.Key != "staff.invitation" || e.Says != "" || e.Args != nil ||
					e.Code != eligibility.NotFound {
					t.Errorf("%v", err)
				}
			}
			if w.dump(t) != before {
				t.Error("it changed something")
			}
		})
	}
	testenv.Refused(t, testenv.Staff, 3*len(cases))
}

// damaged is an answer whose signature is not the passkey's.
func damaged(a *passkeytest.Answer) {
	a.Damage = func(signature []byte) { signature[len(signature)-1] ^= 1 }
}

func TestAnAnswerIsForOneInvitation(t *testing.T) {
	w := newWorld(t)
	mine, theirs := w.invite(t), w.invite(t)
	began, err := w.Members.BeginAccept(ctx, theirs)
	fatal(t, err)
	answer, err := newDevice().Create(began.Options)
	fatal(t, err)
	if _, err := w.Members.Accept(ctx, mine, staff.Answer{Ref: began.Ref, Credential: answer}); !errors.Is(
		err,
		passkey.ErrRefused,
	) {
		t.Errorf("%v", err)
	}
	if _, err := w.accept(mine, newDevice()); err != nil {
		t.Errorf("the link is good still: %v", err)
	}
}

// A passkey that somebody has already is nobody else's, and leaves the link good.
func TestAnotherMembersPasskeyIsNotAccepted(t *testing.T) {
	w := newWorld(t)
	code := w.invite(t)
	known := w.devices[w.clerk.ID].Keys[0].ID
	before := w.member(t, w.clerk)
	_, err := w.accept(code, newDevice(), func(a *passkeytest.Answer) { a.ID = known })
	if !errors.Is(err, passkey.ErrKnown) {
		t.Errorf("%v", err)
	}
	if _, err := w.signIn(w.clerk.ID); err != nil || w.member(t, w.clerk) != before {
		t.Errorf("its owner: %v", err)
	}
	if _, err := w.accept(code, newDevice()); err != nil {
		t.Errorf("the link is good still: %v", err)
	}
}

func TestOfTwoWhoAcceptAtOnceOneDoes(t *testing.T) {
	w := newWorld(t)
	code := w.invite(t)
	var both sync.WaitGroup
	errs := make([]error, 8)
	answers := make([]staff.Answer, len(errs))
	for i := range errs {
		began, err := w.Members.BeginAccept(ctx, code)
		fatal(t, err)
		answer, err := newDevice().Create(began.Options)
		fatal(t, err)
		answers[i] = staff.Answer{Ref: began.Ref, Credential: answer}
	}
	for i := range errs {
		both.Go(func() { _, errs[i] = w.Members.Accept(ctx, code, answers[i]) })
	}
	both.Wait()
	in := 0
	for _, err := range errs {
		if err == nil {
			in++
		} else if !errors.Is(err, staff.ErrInvitation) {
			t.Errorf("%v", err)
		}
	}
	if in != 1 {
		t.Errorf("%d got in", in)
	}
}

func TestWhoIsInvitedMustFit(t *testing.T) {
	cases := []struct {
		name   string
		change func(*staff.NewMember)
		key    string
	}{
		{"a facility's role at an insurer",
			func(n *staff.NewMember) { n.Role = staff.RoleReception }, "staff.role"},
		{"the operator's role at an insurer",
			func(n *staff.NewMember) { n.Role = staff.RoleOperator }, "staff.role"},
		{"the demo's role", func(n *staff.NewMember) { n.Role = staff.Everything }, "staff.role"},
		{"no role", func(n *staff.NewMember) { n.Role = "" }, "staff.role"},
		{"no name", func(n *staff.NewMember) { n.Name = "　 " }, "staff.name"},
		{"a name of 41 characters",
			func(n *staff.NewMember) { n.Name = strings.Repeat("鈴", 41) }, "staff.name"},
		{"a My Number as the name", func(n *staff.NewMember) { n.Name = "鈴木 1234-5678-9018" },
			"typed.my_number"},
		{"a name of two lines", func(n *staff.NewMember) { n.Name = "鈴木\n一郎" }, "staff.name"},
		{"a name that runs backwards", func(n *staff.NewMember) { n.Name = "鈴木\u202e" }, "staff.name"},
		{"an insurer that is not here",
			func(n *staff.NewMember) { n.Organisation = staff.OfInsurer("01139997") },
			"staff.no_organisation"},
		{"a facility that is not here", func(n *staff.NewMember) {
			n.Organisation, n.Role = staff.OfFacility("1310000000"), staff.RoleReception
		}, "staff.no_organisation"},
		{"an operator with a number", func(n *staff.NewMember) {
			n.Organisation = staff.Organisation{Kind: staff.KindOperator, Number: "1"}
			n.Role = staff.RoleOperator
		}, "staff.no_organisation"},
		{"an organisation of no kind",
			func(n *staff.NewMember) { n.Organisation = staff.Organisation{} }, "staff.role"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			before := w.dump(t)
			wanted := newcomer
			c.change(&wanted)
			_, _, err := w.Members.Invite(ctx, command, wanted)
			var e *eligibility.Error
			if !errors.As(err, &e) || e.Key != c.key {
				t.Errorf("%v", err)
			}
			if w.dump(t) != before {
				t.Error("it changed something")
			}
		})
	}
	testenv.Refused(t, testenv.Staff, len(cases))
}

// Who lost a passkey gets a new one by a colleague's link; with it everything of before ends.
func TestARecoveryEndsWhatTheMemberHad(t *testing.T) {
	for _, by := range []string{"an administrator", "a command"} {
		t.Run(by, func(t *testing.T) {
			w := newWorld(t)
			fatal(t, w.PINs.Set(ctx, w.reception, "2580"))
			_, err := w.browser.StartProved(ctx, httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil),
				auth.Counter, string(w.reception.ID), nil)
			fatal(t, err)
			fatal(t, w.Members.Lock(ctx, w.facilityAdmin, w.reception.ID))
			old := w.devices[w.reception.ID]
			who := map[string]staff.Principal{"an administrator": w.facilityAdmin, "a command": command}[by]
			code, v, err := w.Members.Recover(ctx, who, w.reception.ID)
			if err != nil || !v.Recovery || v.Name != w.reception.Name || v.Member != w.reception.ID {
				t.Fatalf("%+v %v", v, err)
			}
			if _, err := w.signIn(w.reception.ID); !errors.Is(err, staff.ErrLocked) {
				t.Errorf("the link alone lets in: %v", err)
			}
			m, err := w.accept(code, newDevice())
			if err != nil || m != w.reception {
				t.Fatalf("%+v %v", m, err)
			}
			if _, err := w.signIn(m.ID); err != nil {
				t.Errorf("the new passkey: %v", err)
			}
			w.devices[m.ID] = old
			if _, err := w.signIn(m.ID); !errors.Is(err, passkey.ErrRefused) {
				t.Errorf("the old passkey: %v", err)
			}
			if all, err := w.Sessions.List(ctx, staff.Operator{}, m.ID); err != nil || len(all) != 0 {
				t.Errorf("%d sessions, %v", len(all), err)
			}
			if _, err := w.PINs.Check(ctx, w.facilityAdmin, m.ID, "2580"); !errors.Is(err, staff.ErrNoPIN) {
				t.Errorf("the old PIN: %v", err)
			}
		})
	}
}

// The files of the database hold neither a link's code nor anybody's name.
func TestTheDatabaseTellsNoCodeAndNoName(t *testing.T) {
	w := newWorld(t)
	code := w.invite(t)
	began, err := w.SignIn.Begin(ctx)
	fatal(t, err)
	fatal(t, w.PINs.Set(ctx, w.reception, "2580"))
	files, err := filepath.Glob(w.file + "*")
	fatal(t, err)
	var all strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		fatal(t, err)
		all.Write(data)
	}
	if !strings.Contains(all.String(), string(w.admin.ID)) {
		t.Fatal("the search looks in the wrong place")
	}
	for _, secret := range []string{code, began.Ref, newcomer.Name, w.admin.Name, "argon2"} {
		if strings.Contains(all.String(), secret) {
			t.Errorf("%s lies in the files", secret)
		}
	}
}
