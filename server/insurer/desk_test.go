package insurer_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// deskClerk is a member of 架空市's staff, as passkeys know them.
var deskClerk = staff.Clerk{Staff: "M-SUZUKI", Insurer: city, Role: staff.RoleInsurerClerk}

// visitor is a person of 架空市 who has not enrolled yet, with the login that is theirs.
func visitor(t *testing.T, w *world) (insurer.PersonRecord, insurer.Viewer) {
	t.Helper()
	found, _, err := w.Register.Search(ctx, deskClerk, insurer.PeopleQuery{Limit: 3})
	fatal(t, err)
	r := found[2]
	return r, insurer.Viewer{Login: &auth.Identity{
		Subject:   "op|c",
		Name:      r.Person.Name,
		BirthDate: r.Person.BirthDate,
		At:        now,
	}}
}

// begun begins an enrolment and returns its ref and the code's MAC as the phone that scanned it has it.
func (w *world) begun(t *testing.T, id audit.PersonID) (ref string, mac []byte) {
	t.Helper()
	ref, err := w.Desk.Begin(ctx, deskClerk, id, insurer.SeenPhoto)
	fatal(t, err)
	e, err := w.Desk.Enrolment(ctx, deskClerk, id, ref)
	fatal(t, err)
	mac, err = w.Desk.CodeFor(ctx, e.Code)
	fatal(t, err)
	return ref, mac
}

func shows(t *testing.T, w *world, viewer insurer.Viewer) int {
	t.Helper()
	people, err := w.Enrolment.People(ctx, viewer)
	fatal(t, err)
	return len(people)
}

func TestWhoComesToTheDeskIsEnrolledByTheirOwnLogin(t *testing.T) {
	w := newWorld(t)
	r, viewer := visitor(t, w)
	ref, mac := w.begun(t, r.ID)
	open, err := w.Desk.Enrolment(ctx, deskClerk, r.ID, ref)
	fatal(t, err)
	if len(open.Code) != 16 || open.URL != "http://localhost:8080/d/"+open.Code ||
		!open.ExpiresAt.Equal(now.Add(10*time.Minute)) {
		t.Errorf("%+v", open)
	}
	changed, stop := w.Desk.Watch(deskClerk, r.ID)
	defer stop()
	fatal(t, w.Desk.Enrol(ctx, viewer, mac))
	select {
	case <-changed:
	default:
		t.Error("the clerk's page hears nothing")
	}
	if shows(t, w, viewer) != 1 {
		t.Error("the login shows nobody")
	}
	after, err := w.Desk.Enrolment(ctx, deskClerk, r.ID, ref)
	if err != nil || after.State != insurer.DeskBound || after.Code != "" {
		t.Errorf("%+v %v", after, err)
	}
	file, err := w.Register.PersonFile(ctx, deskClerk, r.ID)
	fatal(t, err)
	if len(file.Logins) != 1 || file.Logins[0].BoundBy != deskClerk.Staff ||
		file.Logins[0].Seen != insurer.SeenPhoto {
		t.Errorf("%+v", file.Logins)
	}
	told := map[string]string{}
	for _, e := range file.Entries {
		told[e.Action] = e.Detail
	}
	if !strings.HasPrefix(told["desk.begin"], "photo ") ||
		!strings.Contains(told["desk.enrol"], "by="+deskClerk.Staff) {
		t.Errorf("%v", told)
	}
	rows, _ := w.dump(t)
	if strings.Contains(rows, open.Code) {
		t.Error("the code stands in the database")
	}
	byNotice, err := w.Register.PersonFile(ctx, deskClerk, w.person.ID)
	if err != nil || byNotice.Logins[0].Seen != "" || byNotice.Logins[0].BoundBy != "" {
		t.Errorf("by a notice: %+v %v", byNotice.Logins, err)
	}
}

// Whatever ended a code, the answer is one and nobody is bound.
func TestACodeOfTheDeskIsGoodOnceAndForTenMinutes(t *testing.T) {
	for _, c := range []struct {
		name string
		ends func(t *testing.T, w *world, r insurer.PersonRecord, ref string, mac []byte)
	}{
		{"used", func(t *testing.T, w *world, r insurer.PersonRecord, _ string, mac []byte) {
			_, own := visitor(t, w)
			own.Login.Subject = "op|of another phone"
			fatal(t, w.Desk.Enrol(ctx, own, mac))
		}},
		{"too late", func(_ *testing.T, w *world, _ insurer.PersonRecord, _ string, _ []byte) {
			w.later = 10 * time.Minute
		}},
		{"cancelled", func(t *testing.T, w *world, r insurer.PersonRecord, ref string, _ []byte) {
			fatal(t, w.Desk.Cancel(ctx, deskClerk, r.ID, ref))
		}},
		{"a newer one", func(t *testing.T, w *world, r insurer.PersonRecord, _ string, _ []byte) {
			w.begun(t, r.ID)
		}},
		{"five logins that do not fit", func(t *testing.T, w *world, _ insurer.PersonRecord, _ string,
			mac []byte) {
			for range 5 {
				if err := w.Desk.Enrol(ctx, w.rightful.viewer.ByLogin(), mac); err != insurer.ErrDeskMisfit {
					t.Fatal(err)
				}
			}
		}},
		{"an erased person", func(t *testing.T, w *world, r insurer.PersonRecord, _ string, _ []byte) {
			fatal(t, w.Register.Erase(ctx, deskClerk, r.ID, r.Person.Number))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			r, viewer := visitor(t, w)
			ref, mac := w.begun(t, r.ID)
			e, err := w.Desk.Enrolment(ctx, deskClerk, r.ID, ref)
			fatal(t, err)
			c.ends(t, w, r, ref, mac)
			viewer.Login.At = now.Add(w.later)
			testenv.Refused(t, testenv.Sessions, 2)
			if err := w.Desk.Enrol(ctx, viewer, mac); err != insurer.ErrDeskCode {
				t.Errorf("its login: %v", err)
			}
			if _, err := w.Desk.CodeFor(ctx, e.Code); err != insurer.ErrDeskCode {
				t.Errorf("the code: %v", err)
			}
			if shows(t, w, viewer) != 0 {
				t.Error("the login shows somebody")
			}
		})
	}
}

func TestTheDeskEnrolsOnlyTheLoginOfThePerson(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*auth.Identity)
		want   error
	}{
		{"another birth date", func(l *auth.Identity) {
			l.BirthDate = eligibility.MustDate("1901-01-01")
		}, insurer.ErrDeskMisfit},
		{"another name", func(l *auth.Identity) { l.Name = "別人 太郎" }, insurer.ErrDeskMisfit},
		{"an old login", func(l *auth.Identity) { l.At = now.Add(-16 * time.Minute) }, insurer.ErrEnrolAgain},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			r, viewer := visitor(t, w)
			ref, mac := w.begun(t, r.ID)
			right := *viewer.Login
			c.change(viewer.Login)
			if err := w.Desk.Enrol(ctx, viewer, mac); !errors.Is(err, c.want) {
				t.Error(err)
			}
			e, err := w.Desk.Enrolment(ctx, deskClerk, r.ID, ref)
			if err != nil || e.State != insurer.DeskOpen ||
				(e.Misfits == 1) != errors.Is(c.want, insurer.ErrDeskMisfit) {
				t.Errorf("%+v %v", e, err)
			}
			if err := w.Desk.Enrol(ctx, insurer.Viewer{Login: &right}, mac); err != nil {
				t.Errorf("the right login afterwards: %v", err)
			}
		})
	}
	w := newWorld(t)
	_, mac := w.begun(t, w.person.ID)
	if err := w.Desk.Enrol(ctx, insurer.Viewer{}, mac); !errors.Is(err, insurer.ErrEnrolAgain) {
		t.Errorf("nobody's login: %v", err)
	}
}

// Two phones scan one code: one of them is bound.
func TestOnePhoneWinsACodeOfTheDesk(t *testing.T) {
	w := newWorld(t)
	r, viewer := visitor(t, w)
	_, mac := w.begun(t, r.ID)
	var wait sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		login := *viewer.Login
		login.Subject = "op|phone " + string(rune('a'+i))
		wait.Go(func() { errs[i] = w.Desk.Enrol(ctx, insurer.Viewer{Login: &login}, mac) })
	}
	wait.Wait()
	bound := 0
	for _, err := range errs {
		switch {
		case err == nil:
			bound++
		case !errors.Is(err, insurer.ErrDeskCode):
			t.Error(err)
		}
	}
	if bound != 1 {
		t.Errorf("%d were bound", bound)
	}
}

func TestAClerkSaysWhatWasSeenAndAloneSeesTheCode(t *testing.T) {
	w := newWorld(t)
	for _, seen := range []insurer.Seen{"", "none", "Card"} {
		if _, err := w.Desk.Begin(ctx, deskClerk, w.person.ID, seen); err != insurer.ErrDeskSeen {
			t.Errorf("%q: %v", seen, err)
		}
	}
	ref, _ := w.begun(t, w.person.ID)
	colleague := staff.Clerk{Staff: "M-SATO", Insurer: city, Role: staff.RoleInsurerClerk}
	e, err := w.Desk.Enrolment(ctx, colleague, w.person.ID, ref)
	if err != nil || e.Code != "" || e.URL != "" || e.State != insurer.DeskOpen {
		t.Errorf("a colleague sees %+v, %v", e, err)
	}
	if err := w.Desk.Cancel(ctx, colleague, w.person.ID, ref); err != nil {
		t.Errorf("a colleague cancels: %v", err)
	}
	if err := w.Desk.Cancel(ctx, deskClerk, w.person.ID, ref); err != insurer.ErrDeskCode {
		t.Errorf("twice: %v", err)
	}
}
