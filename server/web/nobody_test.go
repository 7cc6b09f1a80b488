package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// nobodyKnows expects the answer to a phone whose key shows nobody: no error, and no session.
func nobodyKnows(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"known":false}` ||
		len(w.Result().Cookies()) > 0 {
		t.Errorf("%d %s %v", w.Code, w.Body, w.Result().Cookies())
	}
}

// showsNobody expects what somebody is told of whom neither a login nor a phone's key is known.
func showsNobody(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	me := answer[struct {
		People, Lapsed, Phones []any
		Login, Device          bool
	}](t, w, 200)
	if me.Login || me.Device || len(me.People)+len(me.Lapsed)+len(me.Phones) > 0 {
		t.Errorf("%+v", me)
	}
}

// A log-out that a phone without network could not send reaches the server late: it ends the login of its
// time, no later one.
func TestALateLogOutEndsNoLaterLogin(t *testing.T) {
	for _, c := range []struct {
		name, before string
		ends         bool
	}{
		{"at once", "", true},
		{"of a moment after the login", "2026-11-28T10:05:00+09:00", true},
		{"of the login's second", "2026-11-28T10:00:00+09:00", true},
		{"of a moment before it", "2026-11-28T09:59:59+09:00", false},
		{"of the day before, in another zone", "2026-11-27T12:00:00.123Z", false},
		{"of no time", "yesterday", true},
		{"of an empty time", " ", true},
		{"of a number", "1764291600", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, _ := connected(t)
			h.now = time.Date(2026, 11, 28, 10, 0, 0, 0, time.FixedZone("JST", 9*60*60))
			h.patientOf(t, h.now)
			if w := h.form(t, "/logout", url.Values{"before": {c.before}}); w.Code != http.StatusSeeOther ||
				w.Header().Get("Location") != "/" {
				t.Fatalf("%d %v", w.Code, w.Header())
			}
			me := answer[struct{ Login bool }](t, h.ask(t, "GET", "/api/v1/me", nil), 200)
			if me.Login == c.ends {
				t.Errorf("logged in afterwards: %v", me.Login)
			}
		})
	}
}
