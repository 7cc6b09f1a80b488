package web

import (
	"net/http"
	"strings"
	"testing"

	"madoguchi/auth"
)

// The routes are the program's own list, so that a new one without a guard is found here.
func TestNobodyPassesAStaffsDoorWithoutASessionOfTheirOwnKind(t *testing.T) {
	h := newTestApp(t)
	h.enrolled(t)
	strangers := map[string][]*http.Cookie{"nobody": nil, "a patient": h.cookies}
	h.cookies = nil
	h.session(t, auth.Clerk, "鈴木", "{}")
	clerk := h.cookies
	h.cookies = nil
	h.session(t, auth.Counter, "鈴木", "{}")
	reception := h.cookies
	tried := map[string]int{}
	for _, r := range h.echo.Routes() {
		door, page := "/insurer", true
		switch {
		case strings.HasSuffix(r.Path, "/staff"):
			continue // where a name is picked
		case r.Path == "/counter/sw.js" || r.Path == "/counter/manifest.webmanifest":
			continue // the same files for everybody, without anything of anybody
		case r.Path == "/insurer" || strings.HasPrefix(r.Path, "/insurer/"):
			page = !strings.HasSuffix(r.Path, "/events") // a program of the page reads those
		case r.Path == "/counter" || strings.HasPrefix(r.Path, "/counter/"):
			door = "/counter"
		case strings.HasPrefix(r.Path, "/api/v1/counter/"):
			door, page = "/counter", false
		default:
			continue
		}
		tried[door]++
		callers := map[string][]*http.Cookie{"the other staff": clerk}
		if door == "/insurer" {
			callers["the other staff"] = reception
		}
		for who, cookies := range strangers {
			callers[who] = cookies
		}
		for who, cookies := range callers {
			h.cookies = cookies
			w := h.ask(t, r.Method, r.Path, nil)
			if page && (w.Code != http.StatusSeeOther || w.Header().Get("Location") != door+"/staff") ||
				!page && w.Code != http.StatusForbidden {
				t.Errorf("%s at %s %s: %d %s", who, r.Method, r.Path, w.Code, w.Header().Get("Location"))
			}
		}
	}
	if tried["/insurer"] < 30 || tried["/counter"] < 15 {
		t.Errorf("too few routes were found: %v", tried)
	}
}
