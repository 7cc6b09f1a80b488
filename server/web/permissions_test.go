package web

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/issuertest"
	"madoguchi/internal/testenv"
	"madoguchi/server/web/permissions"
)

// A tour's requests have every id right. Here they come from everybody: who stands in the route's row is
// answered, anybody else learns nothing and changes nothing.

// cookiesOf are the cookies of one kind of session among all.
func cookiesOf(all []*http.Cookie, kind string) []*http.Cookie {
	return slices.DeleteFunc(slices.Clone(all), func(c *http.Cookie) bool {
		return !strings.HasSuffix(c.Name, "-"+kind)
	})
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

// watch tells what is in the database.
type watch struct {
	db     *sql.DB
	before [sha256.Size]byte
	// tablesOnly leaves the audit chain out, which notes who looked at the own records
	tablesOnly bool
}

func watching(t *testing.T, h *testApp) *watch {
	t.Helper()
	h.runs.Wait()
	db, err := sql.Open("sqlite", h.database)
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
	if w.tablesOnly {
		text = ""
	}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		text += name + "\n" + tables[name]
	}
	now := sha256.Sum256([]byte(text))
	changed := now != w.before
	w.before = now
	return changed
}

// personal are names, numbers and addresses of what the tour's requests name, how screens and papers begin,
// and what else names one of those organisations: its name, its telephone, its members.
func personal(t *testing.T, w *liveTour) []string {
	t.Helper()
	all := []string{"試験 太郎", "ｼｹﾝ ﾀﾛｳ", "架空商店", "髙橋", "德一", "shc:/", "%PDF", "架空市長",
		"03-0000-0000", "架空医院", "0001234", "山田 管理", "田中 三月", "担当 0", "担当 1", "担当 2", "担当 3"}
	people, err := w.insurer.Register.Count(ctx, clerkOf(cityNumber))
	if err != nil || people != 17 {
		t.Fatalf("架空市 has %d people, %v", people, err)
	}
	w.named(t, cityNumber, "髙橋 德一")
	return all
}

func tells(w *httptest.ResponseRecorder, personal []string, self string) string {
	text := w.Body.String() + fmt.Sprint(w.Header())
	if self != "" {
		text = strings.ReplaceAll(text, ">"+self+"<", "")
	}
	for _, p := range personal {
		if strings.Contains(text, p) {
			return p
		}
	}
	return ""
}

// A route of a live server without a good request is walked by nobody.
func TestEachRowOfALiveServerIsWalked(t *testing.T) {
	h, stops := tour(t)
	h.alive(t)
	walked := map[string]bool{}
	for _, s := range stops {
		walked[s.String()] = true
	}
	known := map[string]bool{}
	for _, row := range liveRows() {
		known[row.Route] = true
		if !walked[row.Route] && notOnTour[row.Route] == "" {
			t.Errorf("%s: nobody asks it with ids that are right; add it to the tour", row.Route)
		}
	}
	for _, r := range h.echo.Routes() {
		if r.Method != http.MethodHead && r.Method != "echo_route_not_found" && !known[r.Method+" "+r.Path] {
			t.Errorf("a live server answers %s %s, which has no row", r.Method, r.Path)
		}
	}
}

// Each route × each role × a fresh and a stale passkey, with ids that are right.
func TestWhoStandsNotInARouteIsRefusedThere(t *testing.T) {
	w := newLiveTour(t)
	names := personal(t, w)
	private, strange := issuertest.NewPair(t)
	stored := watching(t, w.testApp)
	tried := 0
	for _, s := range w.stops {
		row := rowOf(t, s)
		if row.Who&permissions.Public != 0 {
			continue
		}
		asking := slices.Clone(w.visitors)
		path := strings.TrimPrefix(s.path, "/i/00138990")
		assertion := goodAssertion(w.now, private, strange, path, string(s.body)).text(t)
		asking = append(asking, askedBy{name: "a strange server", who: permissions.Public,
			header: http.Header{"Authorization": {"Bearer " + assertion}}})
		t.Run(s.String(), func(t *testing.T) {
			for _, v := range asking {
				status, location := v.refusal(row, s)
				if status == 0 {
					continue
				}
				for _, method := range []string{s.method, http.MethodHead} {
					if method != s.method && s.method != http.MethodGet {
						continue
					}
					as := s
					as.method = method
					tried++
					got := w.asks(v, as)
					if got.Code != status || got.Header().Get("Location") != location {
						t.Errorf("%s, %s: %d to %q, want %d to %q", v.name, method, got.Code,
							got.Header().Get("Location"), status, location)
					}
					if told := tells(got, names, v.self); told != "" {
						t.Errorf("%s, %s: the answer tells %q", v.name, method, told)
					}
					if got.Header().Get("Set-Cookie") != "" {
						t.Errorf("%s, %s: %s", v.name, method, got.Header().Get("Set-Cookie"))
					}
				}
			}
			if stored.changed(t) {
				t.Error("the database has changed")
			}
		})
	}
	testenv.Refused(t, testenv.Staff, tried)
	if tried < 2000 {
		t.Errorf("only %d requests", tried)
	}
}

// Of those who may come to a route, each finds the own people, phones and cases alone, though the ids are
// right: the answer is that to ids that never were.
func TestWhatIsOthersIsNotFoundByItsRightID(t *testing.T) {
	w := newLiveTour(t)
	names := personal(t, w)
	stored := watching(t, w.testApp)
	tried := 0
	for _, s := range w.stops {
		row := rowOf(t, s)
		if row.Who&permissions.Public != 0 || len(s.names) == 0 {
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			never := s.guessed()
			if never.path == s.path && string(never.body) == string(s.body) {
				t.Fatal("the same ids")
			}
			for _, v := range w.visitors {
				if status, _ := v.refusal(row, s); status != 0 || v.owns(row) {
					continue
				}
				tried++
				got := w.asks(v, s)
				if got.Code != http.StatusNotFound && got.Code != ownInstead[s.String()] {
					t.Errorf("%s: %d %.200s", v.name, got.Code, got.Body)
				}
				if told := tells(got, names, v.self); told != "" {
					t.Errorf("%s: the answer tells %q", v.name, told)
				}
				others, nobodys := anonymous(got, s.names), anonymous(w.asks(v, never), never.names)
				if others != nobodys {
					t.Errorf("%s: of another's\n%s\nof what never was\n%s", v.name, others, nobodys)
				}
			}
			if stored.changed(t) {
				t.Error("the database has changed")
			}
		})
	}
	testenv.Refused(t, testenv.Sessions, tried)
	if tried < 150 {
		t.Errorf("only %d requests", tried)
	}
}

// Whatever another insurer, facility or patient has on the same server, the own pages, lists, numbers and
// files are as they were before: nothing of it is shown, counted or exported.
func TestNothingOfAnothersIsCounted(t *testing.T) {
	w := newLiveTour(t)
	after := w.othersPages()
	for _, page := range slices.Sorted(maps.Keys(after)) {
		if after[page] != w.pagesBefore[page] {
			t.Errorf("%s: before\n%s\nnow\n%s", page, w.pagesBefore[page], after[page])
		}
	}
	if len(after) < 40 {
		t.Errorf("only %d pages", len(after))
	}
	for page, text := range map[string]string{
		"insurer-admin elsewhere at /insurer":                    "試験 花子",
		"reception elsewhere at /api/v1/counter/cases":           "試験 花子",
		"patient elsewhere at /api/v1/me":                        "試験 花子",
		"insurer-clerk elsewhere at /insurer/statistics":         "架空健康保険組合",
		"facility-admin elsewhere at /staff/members":             "別の薬局",
		"facility-admin elsewhere, stale at /api/v1/staff/tiles": "担当 6",
	} {
		if !strings.Contains(after[page], text) {
			t.Errorf("%s lacks the own %s: %s", page, text, after[page])
		}
	}
}

// Of a person of one's own insurer, another's copy, login and phone are not found; nor are they among one's
// own insurer's copies.
func TestAnothersThingsAreNotThoseOfOnesOwnPerson(t *testing.T) {
	w := newLiveTour(t)
	names := personal(t, w)
	stored := watching(t, w.testApp)
	stored.tablesOnly = true
	stored.changed(t)
	tried := 0
	for _, s := range w.stops {
		own := s
		switch {
		case strings.HasPrefix(s.route, "/insurer/people/:id/") && len(s.names) == 2:
			own.path = strings.Replace(s.path, s.names[0], string(w.hanako.ID), 1)
		case s.String() == "POST /insurer/revoke":
			own.body = []byte(strings.Replace(string(s.body), cityNumber, unionNumber, 1) + "&sure=yes")
		default:
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			for _, v := range w.visitors {
				if status, _ := v.refusal(rowOf(t, s), own); status != 0 || v.of.Number != unionNumber {
					continue
				}
				tried++
				own.names = s.names[1:]
				never := own.guessed()
				got := w.asks(v, own)
				if told := tells(got, names, v.self); told != "" {
					t.Errorf("%s: the answer tells %q", v.name, told)
				}
				others, nobodys := anonymous(got, own.names), anonymous(w.asks(v, never), never.names)
				if others != nobodys {
					t.Errorf("%s: of another's\n%s\nof what never was\n%s", v.name, others, nobodys)
				}
			}
			if stored.changed(t) {
				t.Error("the database has changed")
			}
		})
	}
	testenv.Refused(t, testenv.Staff, tried)
	if tried < 16 {
		t.Errorf("only %d requests", tried)
	}
}

// ownInstead are the routes that may answer with what is the visitor's own instead of 404: here that is
// nothing.
var ownInstead = map[string]int{
	"GET /api/v1/receipts":           http.StatusOK,
	"POST /api/v1/people/:id/remove": http.StatusNoContent, // is not on this phone, as was asked

	"POST /api/v1/counter/reader": http.StatusServiceUnavailable, // no reader of the own counter is connected
}

// atTheEnd are the routes that end the asking session, or have somebody else act in it: each visitor does it.
var atTheEnd = []string{
	"POST /api/v1/staff/acting", "POST /staff/signout", "POST /staff/signout/everywhere",
}

// Each visitor of a row is enough: with the session of that one kind the route answers. Pages are read by
// all whom the row lets in; what changes something is done once, in one walk by the least of them.
func TestWhoStandsInARowIsAnswered(t *testing.T) {
	for _, first := range []string{"the least", "the most"} {
		t.Run(first, func(t *testing.T) {
			w := newLiveTour(t)
			if first == "the most" {
				slices.Reverse(w.visitors)
			}
			answered := 0
			for _, late := range []bool{false, true} {
				for _, s := range w.stops {
					if slices.Contains(atTheEnd, s.String()) == late {
						answered += w.answers(t, s)
					}
				}
			}
			if answered < 300 {
				t.Errorf("only %d routes were asked", answered)
			}
		})
	}
}

// answers has those ask a route whom its row lets in, about what is their own, and returns how many did.
func (w *liveTour) answers(t *testing.T, s stop) (asked int) {
	t.Helper()
	row := rowOf(t, s)
	if !isLive(row) {
		return 0
	}
	public := row.Who&permissions.Public != 0
	onesOwn := s.String() == "POST /staff/sessions/:ref/end" // the tour's administrator has them
	for _, v := range w.visitors {
		status, _ := v.refusal(row, s)
		if status != 0 || len(s.names) > 0 && !public && !onesOwn && !v.owns(row) || v.comesTooLate(s) {
			continue
		}
		if s.cookies != nil && (public || onesOwn || v.who != 0) {
			v.cookies = s.cookies
		}
		asked++
		if got := w.asks(v, s); got.Code != isNoGoodRequest[s.String()] && turnedAway(got) {
			t.Errorf("%s, %s: %d to %q %.200s", s, v.name, got.Code, got.Header().Get("Location"), got.Body)
		}
		if s.method != http.MethodGet && !slices.Contains(atTheEnd, s.String()) {
			break
		}
	}
	return asked
}

// comesTooLate reports whether the visitor's session has been ended by a stop before, or is about to be by
// the other session of the same member.
func (v askedBy) comesTooLate(s stop) bool {
	switch s.String() {
	case "POST /api/v1/people/:id/remove": // the phone's key has been ended
		return v.who == permissions.Device
	case "POST /staff/signout": // of two sessions of a member the older, then all
		return !v.stale
	case "POST /staff/signout/everywhere":
		return v.stale
	}
	return false
}

// turnedAway reports whether an answer refuses the visitor, leads to a sign-in, or finds nothing.
func turnedAway(w *httptest.ResponseRecorder) bool {
	to := w.Header().Get("Location")
	return w.Code == http.StatusUnauthorized || w.Code == http.StatusForbidden ||
		w.Code == http.StatusNotFound || to == "/login" || strings.HasPrefix(to, "/staff?back") ||
		strings.HasPrefix(to, "/staff/prove")
}

// isNoGoodRequest are routes whose request of the tour cannot be good, and how they answer it.
var isNoGoodRequest = map[string]int{
	"GET /i/:insurer/.well-known/keys.jwt": http.StatusNotFound, // no key has been replaced

	// the code is shown to the clerk who began alone: desk_test.go has that one
	"GET /insurer/people/:id/desk/:ref/code.png": http.StatusNotFound,

	// a passkey's answer is good once: staffsignin_test.go has them
	"POST /api/v1/staff/signin":      http.StatusForbidden,
	"POST /api/v1/staff/proof":       http.StatusForbidden,
	"POST /api/v1/staff/proof/begin": http.StatusForbidden,
	"POST /api/v1/staff/invite":      http.StatusNotFound,

	// no agent shows its code: bridges_test.go has one
	"POST /api/v1/counter/bridges":         http.StatusNotFound,
	"POST /api/v1/counter/bridges/confirm": http.StatusNotFound,
}
