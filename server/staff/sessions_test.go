package staff_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/staff"
)

// visit is a request of a browser with the cookie of a session.
func visit(agent string, cookie *http.Cookie) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("User-Agent", agent)
	if cookie != nil {
		r.AddCookie(cookie)
	}
	return r
}

// start signs a member in with a browser and returns the session with its cookie.
func (w *world) start(
	t *testing.T, kind auth.Kind, m staff.Member, agent string,
) (auth.Session, *http.Cookie) {
	t.Helper()
	answer := httptest.NewRecorder()
	session, err := w.browser.StartProved(ctx, answer, visit(agent, nil), kind, string(m.ID), []byte("data"))
	fatal(t, err)
	return session, answer.Result().Cookies()[0]
}

// On the real store: a session keeps browser and proof, gets a new id by a proof, and is found by its member.
func TestASessionKeepsBrowserAndProof(t *testing.T) {
	w := newWorld(t)
	session, cookie := w.start(t, auth.Operator, w.operator, "A")
	found, ok, err := w.browser.Find(ctx, visit("A", cookie), auth.Operator)
	if !ok || err != nil || found.Subject != string(w.operator.ID) || !found.Fresh(noon) ||
		string(found.Data) != "data" || !slices.Equal(found.Browser, session.Browser) {
		t.Fatalf("%+v %v %v", found, ok, err)
	}
	w.now = noon.Add(10 * time.Minute)
	if found, ok, err = w.browser.Find(ctx, visit("A", cookie), auth.Operator); !ok || found.Fresh(w.now) {
		t.Fatalf("%+v %v", found, err)
	}
	answer := httptest.NewRecorder()
	proved, err := w.browser.Prove(ctx, answer, found)
	if err != nil || !proved.Fresh(w.now) || !proved.CreatedAt.Equal(noon) {
		t.Fatalf("%+v %v", proved, err)
	}
	if _, ok, err := w.browser.Find(ctx, visit("A", cookie), auth.Operator); ok || err != nil {
		t.Errorf("the old id: %v %v", ok, err)
	}
	next := answer.Result().Cookies()[0]
	if _, ok, err := w.browser.Find(ctx, visit("A", next), auth.Operator); !ok || err != nil {
		t.Errorf("the new id: %v %v", ok, err)
	}
	if _, err := w.browser.Prove(ctx, answer, found); err == nil {
		t.Error("an ended session was proved")
	}
}

// A cookie in another browser ends the session, and the audit says so.
func TestAStolenCookieEndsItsSession(t *testing.T) {
	w := newWorld(t)
	_, cookie := w.start(t, auth.Clerk, w.clerk, "A")
	w.start(t, auth.Clerk, w.clerk, "A")
	told := len(w.entries(t, 0))
	_, ok, err := w.browser.Find(ctx, visit("B", cookie), auth.Clerk)
	if ok || !errors.Is(err, auth.ErrOtherBrowser) {
		t.Errorf("%v %v", ok, err)
	}
	want := []string{"unknown session.other_browser " + string(w.clerk.ID)}
	if got := w.entries(t, told); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if n := w.sessions(t, w.clerk); n != 1 {
		t.Errorf("%d sessions are left", n)
	}
}

func TestAMemberSignsOutElsewhere(t *testing.T) {
	w := newWorld(t)
	pc, _ := w.start(t, auth.Counter, w.facilityAdmin, "A")
	w.now = noon.Add(time.Minute)
	own, _ := w.start(t, auth.Admin, w.facilityAdmin, "B")
	w.start(t, auth.Counter, w.reception, "A")
	all, err := w.Sessions.List(ctx, w.facilityAdmin, w.facilityAdmin.ID)
	if err != nil || len(all) != 2 || all[0].Ref != staff.RefOf(own) || all[1].Ref != staff.RefOf(pc) ||
		all[0].Kind != auth.Admin || !all[0].ProvedAt.Equal(w.now) {
		t.Fatalf("%+v %v", all, err)
	}
	told := len(w.entries(t, 0))
	var e *eligibility.Error
	for _, ref := range []string{"", "x", staff.RefOf(auth.Session{})} {
		if err := w.Sessions.End(ctx, w.facilityAdmin, w.facilityAdmin.ID, ref); !errors.As(err, &e) ||
			e.Key != "staff.no_session" {
			t.Errorf("%q: %v", ref, err)
		}
	}
	// a colleague's session is none of the member that is named
	if err := w.Sessions.End(ctx, w.facilityAdmin, w.reception.ID, staff.RefOf(own)); !errors.As(err, &e) ||
		e.Key != "staff.no_session" {
		t.Errorf("%v", err)
	}
	if got := w.entries(t, told); len(got) != 0 {
		t.Errorf("nothing has ended: %q", got)
	}
	n, err := w.Sessions.EndAll(ctx, w.facilityAdmin, w.facilityAdmin.ID, staff.RefOf(own))
	if n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	actor := "reception:" + string(w.facilityAdmin.ID)
	want := []string{actor + " session.end " + string(w.facilityAdmin.ID) + " 1 sessions"}
	if got := w.entries(t, told); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	w.now = noon.Add(17 * time.Minute)
	if all, err := w.Sessions.List(ctx, w.facilityAdmin, w.facilityAdmin.ID); err != nil || len(all) != 0 {
		t.Errorf("15 minutes without use: %+v %v", all, err)
	}
	if w.sessions(t, w.reception) != 1 {
		t.Error("a colleague was signed out")
	}
}
