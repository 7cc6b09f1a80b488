package web

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/testenv"
	"madoguchi/server/agents"
	"madoguchi/server/web/permissions"
)

// A tour's requests have every id right. Here they come from everybody: who stands in the route's row is
// answered, anybody else learns nothing and changes nothing.

// visits is somebody who asks what is a good request of others.
type visits struct {
	who     permissions.Who
	cookies []*http.Cookie
	header  http.Header  // of another server's call
	site    http.Handler // nil: the test app's own
}

// cookiesOf are the cookies of one kind of session among all.
func cookiesOf(all []*http.Cookie, kind string) []*http.Cookie {
	return slices.DeleteFunc(slices.Clone(all), func(c *http.Cookie) bool {
		return !strings.HasSuffix(c.Name, "-"+kind)
	})
}

// visitorsOf are the visitors of a tour, each with what the own kind has and nothing else. The patient is
// that of the tour's people.
func visitorsOf(t *testing.T, h *testApp) map[string]visits {
	t.Helper()
	all := map[string]visits{
		"nobody":    {who: permissions.Public, cookies: []*http.Cookie{}},
		"patient":   {who: permissions.Patient, cookies: cookiesOf(h.cookies, "patient")},
		"device":    {who: permissions.Device, cookies: cookiesOf(h.cookies, "device")},
		"clerk":     {who: permissions.OfInsurer, cookies: cookiesOf(h.cookies, "clerk")},
		"reception": {who: permissions.OfFacility, cookies: cookiesOf(h.cookies, "counter")},
	}
	for name, c := range all {
		if name != "nobody" && len(c.cookies) == 0 {
			t.Fatalf("the tour has no %s", name)
		}
	}
	return all
}

// rowOf is a stop's row of the table.
func rowOf(t *testing.T, s stop) permissions.Row {
	t.Helper()
	table := permissions.Table()
	i := slices.IndexFunc(table, func(r permissions.Row) bool { return r.Route == s.String() })
	if i < 0 {
		t.Fatalf("%s has no row", s)
	}
	return table[i]
}

// askedBy sends a stop's request as a visitor's.
func (h *testApp) askedBy(c visits, s stop, method string) *httptest.ResponseRecorder {
	s.method, s.cookies = method, c.cookies
	if c.header != nil {
		s.header = c.header
	}
	w := httptest.NewRecorder()
	site := c.site
	if site == nil {
		site = h.echo
	}
	site.ServeHTTP(w, s.request(nil))
	return w
}

// refusedAt is how a visitor whom the row does not name is turned away: a program with a problem document, a
// page's visitor to the sign-in of those whom it names.
func refusedAt(row permissions.Row, path string) (status int, location string) {
	switch {
	case row.ForPrograms():
		return http.StatusForbidden, ""
	case strings.HasPrefix(row.Path(), "/staff/"), strings.HasPrefix(row.Path(), "/operator"):
		return http.StatusSeeOther, "/staff?" + url.Values{"back": {path}}.Encode()
	case permissions.OfInsurer.Holds(row.Who):
		return http.StatusSeeOther, "/insurer/staff"
	case permissions.OfFacility.Holds(row.Who):
		return http.StatusSeeOther, "/counter/staff"
	}
	return http.StatusSeeOther, "/login"
}

// watch tells what is in the database.
type watch struct {
	db     *sql.DB
	before [sha256.Size]byte
}

func watching(t *testing.T, h *testApp) *watch {
	t.Helper()
	h.runs.Wait()
	db, err := sql.Open("sqlite", filepath.Join(h.dir, "db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	w := &watch{db: db}
	w.changed(t)
	return w
}

// changed reports whether anything is stored, or noted in the audit chain, that was not when it was last
// asked.
func (w *watch) changed(t *testing.T) bool {
	t.Helper()
	tables, audit := storedRows(t, w.db)
	text := fmt.Sprint(audit)
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		text += name + "\n" + tables[name]
	}
	now := sha256.Sum256([]byte(text))
	changed := now != w.before
	w.before = now
	return changed
}

// personal are names, numbers and addresses of a tour's people, and how their screens and papers begin.
func personal(t *testing.T, h *testApp) []string {
	t.Helper()
	all := []string{"試験 太郎", "ｼｹﾝ", "試験 花子", "練習町", "架空商店", "髙橋", "德一", "shc:/", "%PDF"}
	db := h.page(t, "/insurer?insurer=00138990")
	if !strings.Contains(db, "髙橋") || !strings.Contains(h.page(t, "/insurer?insurer=06139992"), "試験 太郎") {
		t.Fatal("the tour's people have other names")
	}
	return all
}

func tells(w *httptest.ResponseRecorder, personal []string) string {
	text := w.Body.String() + fmt.Sprint(w.Header())
	for _, p := range personal {
		if strings.Contains(text, p) {
			return p
		}
	}
	return ""
}

func TestWhoStandsNotInARouteIsRefusedThere(t *testing.T) {
	h, stops := tour(t)
	names := personal(t, h)
	visitors := visitorsOf(t, h)
	private, strange := issuertest.NewPair(t)
	assertion := func(s stop) http.Header {
		path := strings.TrimPrefix(s.path, "/i/00138990")
		text := goodAssertion(h.now, private, strange, path, string(s.body)).text(t)
		return http.Header{"Authorization": {"Bearer " + text}}
	}
	stored := watching(t, h)
	tried := 0
	for _, s := range stops {
		row := rowOf(t, s)
		if row.Who&permissions.Public != 0 {
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			asking := maps.Clone(visitors)
			asking["stranger host"] = visits{cookies: []*http.Cookie{}, header: assertion(s)}
			for _, name := range slices.Sorted(maps.Keys(asking)) {
				c := asking[name]
				if row.Who&c.who != 0 {
					continue
				}
				if c.header == nil && row.Who == permissions.Host {
					c.header = http.Header{} // without the call's own assertion
				}
				methods := []string{s.method}
				if s.method == http.MethodGet {
					methods = append(methods, http.MethodHead)
				}
				for _, method := range methods {
					tried++
					w := h.askedBy(c, s, method)
					status, location := refusedAt(row, s.path)
					if w.Code != status || w.Header().Get("Location") != location {
						t.Errorf("%s, %s: %d to %q, want %d to %q", name, method, w.Code,
							w.Header().Get("Location"), status, location)
					}
					if told := tells(w, names); told != "" {
						t.Errorf("%s, %s: the answer tells %q", name, method, told)
					}
					if w.Header().Get("Set-Cookie") != "" {
						t.Errorf("%s, %s: %s", name, method, w.Header().Get("Set-Cookie"))
					}
					if stored.changed(t) {
						t.Errorf("%s, %s: the database has changed", name, method)
					}
				}
			}
		})
	}
	testenv.Refused(t, testenv.Staff, tried)
	if tried < 500 {
		t.Errorf("only %d requests", tried)
	}
}

// Of those who may come to a route, each finds the own people, phones and cases alone, though the ids are
// right.
func TestWhatIsOthersIsNotFoundByItsRightID(t *testing.T) {
	h, stops := tour(t)
	names := personal(t, h)
	reception := cookiesOf(h.cookies, "counter")
	h.cookies = nil
	h.hanako(t, h.now)
	phone := newPhone(t)
	h.add(t, "H", phone)
	h.enter(t, "H", phone)
	strangers := map[string]visits{
		"another patient":     {who: permissions.Patient, cookies: cookiesOf(h.cookies, "patient")},
		"another's phone":     {who: permissions.Device, cookies: cookiesOf(h.cookies, "device")},
		"reception elsewhere": {who: permissions.OfFacility, cookies: reception, site: h.siteElsewhere()},
	}
	for name, c := range strangers {
		if len(c.cookies) != 1 {
			t.Fatalf("%s has %d sessions", name, len(c.cookies))
		}
	}
	stored := watching(t, h)
	tried := 0
	for _, s := range stops {
		row := rowOf(t, s)
		named := strings.Contains(row.Path(), ":") || strings.Contains(s.path, "key=")
		lists := row.Of == permissions.OwnOrganisation && s.method == http.MethodGet
		if row.Who&permissions.Public != 0 || !named && !lists {
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			for _, name := range slices.Sorted(maps.Keys(strangers)) {
				c := strangers[name]
				if row.Who&c.who == 0 {
					continue
				}
				tried++
				w := h.askedBy(c, s, s.method)
				if w.Code != http.StatusNotFound && w.Code != ownInstead[s.String()] {
					t.Errorf("%s: %d %.200s", name, w.Code, w.Body)
				}
				if told := tells(w, names); told != "" {
					t.Errorf("%s: the answer tells %q", name, told)
				}
				if stored.changed(t) {
					t.Errorf("%s: the database has changed", name)
				}
			}
		})
	}
	testenv.Refused(t, testenv.Sessions, tried)
	if tried < 30 {
		t.Errorf("only %d requests", tried)
	}
}

// siteElsewhere is another facility's server on the same database and sessions.
func (h *testApp) siteElsewhere() http.Handler {
	return newSite(Config{
		Counter:  h.otherFacility(),
		Readers:  agents.New(agents.Config{Store: h.store.ForAgents(), Now: h.clock}),
		Demo:     true,
		Staff:    []string{"鈴木"},
		Facility: "1319999992",
		Now:      h.clock,
		Ready:    h.store.Ping,
		Sessions: &auth.Sessions{Store: h.store.Sessions(), Now: h.clock},
	})
}

// ownInstead are the routes that may answer with what is the visitor's own instead of 404: here that is
// nothing.
var ownInstead = map[string]int{
	"GET /api/v1/counter/bridges":    http.StatusOK, // the computers of their own counter
	"GET /api/v1/receipts":           http.StatusOK,
	"GET /counter":                   http.StatusOK,
	"GET /api/v1/counter/status":     http.StatusOK,
	"GET /api/v1/counter/cases":      http.StatusOK,
	"POST /api/v1/people/:id/remove": http.StatusNoContent, // is not on this phone, as was asked
}

// phoneIsEnded is a route that the tour asks when the phone's key has been ended.
const phoneIsEnded = "/api/v1/people/:id/remove"

// Each visitor of a row is enough: with the session of that one kind a route answers as it does to somebody
// who has all of them.
func TestWhoStandsInARowIsAnswered(t *testing.T) {
	usual := map[string]int{}
	h, stops := tour(t)
	for _, s := range stops {
		w := httptest.NewRecorder()
		h.echo.ServeHTTP(w, s.request(h.cookies))
		usual[s.String()] = w.Code
	}
	for _, first := range []string{"patient", "device"} {
		t.Run(first, func(t *testing.T) {
			h, stops := tour(t)
			visitors := visitorsOf(t, h)
			answered := 0
			for _, s := range stops {
				row := rowOf(t, s)
				for _, name := range []string{first, "nobody", "patient", "device", "clerk", "reception"} {
					c := visitors[name]
					if row.Who&c.who == 0 || name == "device" && s.route == phoneIsEnded {
						continue
					}
					if s.cookies != nil {
						c.cookies = s.cookies
					}
					answered++
					if w := h.askedBy(c, s, s.method); w.Code != usual[s.String()] {
						t.Errorf("%s, %s: %d %.200s, want %d", s, name, w.Code, w.Body, usual[s.String()])
					}
					break
				}
			}
			if answered < 110 {
				t.Errorf("only %d routes were asked", answered)
			}
		})
	}
}
