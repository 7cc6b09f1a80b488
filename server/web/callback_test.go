package web

import (
	"encoding/json"
	"net/http"
	"testing"

	"madoguchi/auth"
	"madoguchi/server/web/patient"
)

// underWay signs in as a browser that is at the provider just now.
func (h *testApp) underWay(t *testing.T, subject string, v patient.VisitSession) {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	h.session(t, auth.Patient, subject, string(data))
}

// Two tabs, or a stranger's link to the callback: what is not this login's answer does not end this login.
func TestAnAnswerToAnotherLoginLeavesThisOneUnderWay(t *testing.T) {
	h := newTestApp(t)
	h.underWay(t, "", patient.VisitSession{Flow: &auth.Flow{State: "mine", Begun: h.now}})
	if w := h.ask(t, "GET", "/login/callback?state=other&code=x", nil); w.Code != http.StatusForbidden {
		t.Errorf("another's: %d", w.Code)
	}
	// its own goes on to the provider, which is not there
	w := h.ask(t, "GET", "/login/callback?state=mine&code=x", nil)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("its own: %d", w.Code)
	}
	if w := h.ask(t, "GET", "/login/callback?state=mine&code=x", nil); w.Code != http.StatusForbidden {
		t.Errorf("its own again: %d", w.Code)
	}
}

// Phones load the callback's address again when they come back from another app.
func TestTheAnswerOfAFinishedLoginLeadsOnceMoreToItsPage(t *testing.T) {
	h := newTestApp(t)
	login := auth.Identity{Subject: "op|x", Name: "髙橋 德一", At: h.now}
	h.underWay(t, "op|x", patient.VisitSession{Login: &login, Done: "mine"})
	for path, want := range map[string]string{
		"/login/callback?state=mine&code=x":  "/enrol",
		"/login/callback?state=other&code=x": "",
		"/login/callback":                    "",
		"/login/callback?state=":             "",
	} {
		if w := h.ask(t, "GET", path, nil); w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q", path, w.Code, w.Header().Get("Location"))
		}
	}
	h.cookies = nil
	h.underWay(t, "op|y", patient.VisitSession{Login: &login})
	if w := h.ask(t, "GET", "/login/callback?state=&code=x", nil); w.Code != http.StatusForbidden {
		t.Errorf("a session without a finished login's state: %d", w.Code)
	}
}
