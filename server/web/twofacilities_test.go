package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/web/permissions"
)

// Two facilities of one server, each with a reader that is connected, records, a parked case, people on its
// list of an outage, a notice and numbers. What one has is the other's nowhere: routes with an id in their
// address are TestWhatIsOthersIsNotFoundByItsRightID's, all others stand here.

// side is one of two facilities, and what only its own staff may see.
type side struct {
	h       *testApp
	code    string
	name    string
	patient eligibility.Person
	word    string // in whatever its staff type: the reader's name, reasons, titles
	number  string // the patient's, of the clinic
	admin   *staffBrowser
	chip    *virtual.Card
	reader  string // its id
	console string // the key's id of a console that works without network
	records int    // that were made
}

// own are texts of a side that the other never sees; the facility's own name is among them.
func (s *side) own() []string {
	return []string{s.patient.Name, s.word, s.number, s.reader, s.name, s.console}
}

// twoSides are a live server's two facilities.
func twoSides(t *testing.T) (a, b *side) {
	t.Helper()
	h, _ := connected(t)
	h.counter.Facilities = counter.StoredFacilities{
		Store: h.store.ForStaff().Facilities,
		URL:   func(string) string { return clinic },
	}
	if err := h.members.Facilities.Add(ctx, staff.Operator{}, staff.Facility{
		Code: pharmacyCode,
		Name: "別の薬局",
	}); err != nil {
		t.Fatal(err)
	}
	h.liveHub(t)
	h.onLoopback(t)
	hanako := h.tokuichi(t).Person
	hanako.Name, hanako.Number, hanako.BirthDate = "試験 花子", "0005678", eligibility.MustDate("1988-11-30")
	a = &side{h: h, code: clinicCode, name: h.facility.Name, patient: h.tokuichi(t).Person, word: "きのえ",
		number: "41017"}
	b = &side{h: h, code: pharmacyCode, name: "別の薬局", patient: hanako, word: "きのと", number: "52027"}
	for i, s := range []*side{a, b} {
		s.admin = h.joins(t, staff.OfFacility(s.code), staff.RoleFacilityAdmin, s.word+" 管理")
		s.admin.signIn("")
		s.chip = pairedBy(t, s.admin, s.word+"の読取機", s.patient.BirthDate.String())
		s.reader = answer[bridgeList](t, s.admin.get("/api/v1/counter/bridges"), 200).Bridges[0].ID
		for range i + 2 { // the numbers differ
			s.makesRecord(t, "accepted")
		}
		s.makesRecord(t, "parked")
		s.listsSomebody(t)
		s.typesPaper(t)
		if w := s.admin.form("/counter/disasters", "title", s.word+"の通知", "area", "架空市",
			"from", "2026-09-01", "until", "2026-12-31"); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		s.console = answer[struct{ ID string }](t,
			s.admin.send("/api/v1/counter/offline/key", consoleKeyOf(t, newPhone(t))), 200).ID
	}
	return a, b
}

// opens is a case with the patient's screen.
func (s *side) opens(t *testing.T) string {
	t.Helper()
	jws := s.h.live(t, s.patient, cityNumber, s.h.now)
	return answer[struct{ ID string }](t,
		s.admin.send("/api/v1/counter/cases", map[string]string{"text": jws}), http.StatusCreated).ID
}

// makesRecord makes a record of the patient.
func (s *side) makesRecord(t *testing.T, outcome string) {
	t.Helper()
	w := s.admin.send("/api/v1/counter/cases/"+s.opens(t)+"/record", map[string]string{
		"outcome": outcome, "reason": s.word + "の事情", "patientNumber": s.number,
	})
	if w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	s.records++
}

// listsSomebody records the patient while the line is down.
func (s *side) listsSomebody(t *testing.T) {
	t.Helper()
	id := answer[struct{ ID string }](t, s.admin.send("/api/v1/counter/ways",
		also(tappedDown, map[string]any{"code": "L1"})), http.StatusCreated).ID
	w := s.admin.send("/api/v1/counter/ways/"+id+"/record", also(typedPerson, map[string]any{
		"name": s.patient.Name, "address": s.word + "町1-2-3",
	}))
	if w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	s.records++
}

// paper is the notice that both facilities were shown, with a name that each typed its own way.
func (s *side) paper() map[string]any {
	return also(noticeBody(), map[string]any{"name": s.patient.Name})
}

func (s *side) typesPaper(t *testing.T) {
	t.Helper()
	id := answer[struct{ ID string }](t, s.admin.send("/api/v1/counter/papers", s.paper()), 201).ID
	w := s.admin.send("/api/v1/counter/cases/"+id+"/record",
		map[string]string{"outcome": "accepted", "reason": s.word + "の事情"})
	if w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	s.records++
}

// ownRoute is how a route is asked by a side, and with what of the other's.
type ownRoute struct {
	ask  func(by, other *side) *httptest.ResponseRecorder
	code int
	has  func(by *side) []string // what of the own is in the answer
}

func page(path string, has func(by *side) []string) ownRoute {
	return ownRoute{func(by, _ *side) *httptest.ResponseRecorder { return by.admin.get(path) }, 200, has}
}

// sent is a request with a body that names what is the other's.
func sent(path string, code int, body func(by, other *side) any, has ...string) ownRoute {
	return ownRoute{func(by, other *side) *httptest.ResponseRecorder {
		return by.admin.send(path, body(by, other))
	}, code, func(*side) []string { return has }}
}

func nothing(*side) []string { return nil }

func always(body any) func(by, other *side) any { return func(_, _ *side) any { return body } }

// ownRoutes are the routes of a facility's own that have no id in their address.
var ownRoutes = map[string]ownRoute{
	"GET /counter":            page("/counter", func(by *side) []string { return []string{by.name} }),
	"GET /counter/poster.pdf": page("/counter/poster.pdf", nothing),
	"GET /counter/facility": page("/counter/facility", func(by *side) []string {
		return []string{by.name, by.word + "の読取機", fmt.Sprintf("%d件を記録しました", by.records)}
	}),
	"GET /counter/numbers": page("/counter/numbers?of=year", func(by *side) []string {
		return []string{by.name, fmt.Sprintf("%d件を記録しました", by.records)}
	}),
	"GET /api/v1/counter/status": page("/api/v1/counter/status", func(by *side) []string {
		return []string{by.word + "の読取機", by.reader, fmt.Sprintf(`"today":%d,"parked":1,`, by.records)}
	}),
	"GET /api/v1/counter/cases": page("/api/v1/counter/cases", func(by *side) []string {
		return []string{by.patient.Name, by.word + "の事情"}
	}),
	"GET /api/v1/counter/parked": page("/api/v1/counter/parked", func(by *side) []string {
		return []string{by.patient.Name, by.word + "の事情", by.number}
	}),
	"GET /api/v1/counter/bridges": page("/api/v1/counter/bridges", func(by *side) []string {
		return []string{by.reader, by.word + "の読取機"}
	}),
	"GET /counter/records": page("/counter/records", func(by *side) []string {
		return []string{by.patient.Name, by.number, fmt.Sprintf("あわせて%d件", by.records)}
	}),
	"GET /counter/records/export": page("/counter/records/export", nothing),
	"POST /counter/records/export": {func(by, _ *side) *httptest.ResponseRecorder {
		day := eligibility.DateOf(by.h.now).String()
		return by.admin.form("/counter/records/export", "from", day, "to", day)
	}, 200, func(by *side) []string { return []string{by.patient.Name, by.word + "の事情", by.number} }},
	"GET /counter/outage": page("/counter/outage", func(by *side) []string {
		return []string{by.patient.Name, by.word + "町1-2-3"}
	}),
	"GET /counter/disasters": page("/counter/disasters", func(by *side) []string {
		return []string{by.word + "の通知"}
	}),
	"POST /counter/disasters": {func(by, _ *side) *httptest.ResponseRecorder {
		return by.admin.form("/counter/disasters", "title", "")
	}, 422, nothing},
	"GET /counter/offline": page("/counter/offline", nothing),
	"GET /api/v1/counter/offline": page("/api/v1/counter/offline", func(by *side) []string {
		return []string{by.code}
	}),
	"POST /api/v1/counter/offline/key": {func(by, _ *side) *httptest.ResponseRecorder {
		return by.admin.send("/api/v1/counter/offline/key", map[string]string{})
	}, 422, nothing},
	"POST /api/v1/counter/offline/records": sent("/api/v1/counter/offline/records", 404,
		func(_, other *side) any {
			return map[string]any{"key": other.console, "records": []string{}}
		}),
	"POST /api/v1/counter/this-month": sent("/api/v1/counter/this-month", 200,
		func(_, other *side) any { return map[string]string{"patientNumber": other.number} },
		`"found":null`),
	"POST /api/v1/counter/paper-notes": {func(by, other *side) *httptest.ResponseRecorder {
		return by.admin.send("/api/v1/counter/paper-notes", also(other.paper(), map[string]any{"name": ""}))
	}, 200, func(by *side) []string { return []string{by.patient.Name} }},
	"POST /api/v1/counter/methods": {func(by, _ *side) *httptest.ResponseRecorder {
		return by.admin.send("/api/v1/counter/methods",
			map[string]any{"card": "none", "shows": "nothing", "place": "usual"})
	}, 200, func(by *side) []string { return []string{by.word + "の通知"} }},
	"POST /api/v1/counter/ways": sent("/api/v1/counter/ways", 201,
		always(also(tappedDown, map[string]any{"code": "L1"}))),
	"POST /api/v1/counter/shares": sent("/api/v1/counter/shares", 200,
		always(also(tappedNothing, map[string]any{"birthDate": "1988-11-30"}))),
	"POST /counter/declaration.pdf": {func(by, _ *side) *httptest.ResponseRecorder {
		return by.admin.form("/counter/declaration.pdf", "name", "試験 みう", "birthDate", "2021-04-01",
			"card", "fails", "shows", "nothing", "place", "usual")
	}, 200, nothing},
	"POST /api/v1/counter/reader": sent("/api/v1/counter/reader", 503, // though it is connected
		func(_, other *side) any { return map[string]string{"id": other.reader} }),
	"POST /api/v1/counter/bridges": sent("/api/v1/counter/bridges", 404,
		always(map[string]string{"code": "AAAA-AAAA"})),
	"POST /api/v1/counter/bridges/confirm": {askedForTicket, 404, nothing},
	"GET /staff/facility":                  page("/staff/facility", nothing),
	"POST /staff/facility": {func(by, _ *side) *httptest.ResponseRecorder {
		return by.admin.form("/staff/facility", "blanking", "90", "facility", "x")
	}, 303, nothing},
}

// askedForTicket has a side confirm what the other has begun to pair.
func askedForTicket(by, other *side) *httptest.ResponseRecorder {
	t := by.admin.t
	a := runAgent(t, agent.Config{Server: ownName, Client: by.h.client, Name: other.word + "の読取機"})
	found := answer[struct{ Ticket string }](t,
		other.admin.send("/api/v1/counter/bridges", map[string]string{"code": a.Status().Code}), 201)
	return by.admin.send("/api/v1/counter/bridges/confirm",
		map[string]any{"ticket": found.Ticket, "same": true})
}

// notAsked are routes of a facility's own that another test asks for both, with the reason.
var notAsked = map[string]string{
	"GET /api/v1/bridge": "a WebSocket, by the agent's own key: TestACardIsAskedByTheOwnFacilityAlone",
}

func TestTwoFacilitiesSeeNothingOfEachOther(t *testing.T) {
	a, b := twoSides(t)
	asked := map[string]bool{}
	for _, row := range liveRows() {
		if row.In&permissions.CounterHalf == 0 || row.Of != permissions.OwnOrganisation ||
			row.Who&permissions.Operator != 0 || strings.Contains(row.Path(), ":") ||
			notAsked[row.Route] != "" {
			continue
		}
		route, ok := ownRoutes[row.Route]
		if !ok {
			t.Errorf("%s: nobody of another facility asks it", row.Route)
			continue
		}
		asked[row.Route] = true
		t.Run(row.Route, func(t *testing.T) {
			for _, two := range [][2]*side{{a, b}, {b, a}} {
				by, other := two[0], two[1]
				w := route.ask(by, other)
				if w.Code != route.code {
					t.Fatalf("%s: %d %s", by.name, w.Code, w.Body)
				}
				holds(t, w.Body.String()+fmt.Sprint(w.Header()), route.has(by), other.own())
			}
		})
	}
	for route := range ownRoutes {
		if !asked[route] {
			t.Errorf("%s is no route of a facility's own", route)
		}
	}
}

// Whoever knows a name, a number or a member of the other facility finds nothing by it.
func TestNothingOfAnotherFacilityIsFoundByASearch(t *testing.T) {
	a, b := twoSides(t)
	for _, c := range []struct {
		name  string
		query func(other *side) url.Values
	}{
		{"a patient number", func(other *side) url.Values { return url.Values{"number": {other.number}} }},
		{"a member", func(other *side) url.Values {
			return url.Values{"staff": {string(other.admin.member.ID)}}
		}},
		{"a member's name", func(other *side) url.Values {
			return url.Values{"staff": {other.admin.member.Name}}
		}},
		{"the facility's code", func(other *side) url.Values {
			return url.Values{"facility": {other.code}, "outcome": {"refused"}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, two := range [][2]*side{{a, b}, {b, a}} {
				by, other := two[0], two[1]
				w := by.admin.get("/counter/records?" + c.query(other).Encode())
				_, found, _ := strings.Cut(w.Body.String(), "</form>") // above it stands what was asked
				holds(t, found, []string{`id="nothing"`}, append(other.own(), "record-link"))
			}
		})
	}
}

// An id in a body is as good as one in an address: the other's is not found.
func TestWhatAnotherFacilityHasIsNotNamedInABody(t *testing.T) {
	a, b := twoSides(t)
	for _, two := range [][2]*side{{a, b}, {b, a}} {
		by, other := two[0], two[1]
		w := by.admin.send("/api/v1/counter/methods", map[string]any{"case": other.opens(t)})
		if w.Code != http.StatusNotFound {
			t.Errorf("the case in the panel: %d", w.Code)
		}
		holds(t, w.Body.String(), nil, other.own())
		notices, err := other.h.counter.Disasters.All(ctx, other.code)
		if err != nil || len(notices) != 1 {
			t.Fatalf("%+v %v", notices, err)
		}
		bare := map[string]any{"card": "none", "shows": "nothing", "place": "usual"}
		id := answer[struct{ ID string }](t, by.admin.send("/api/v1/counter/ways",
			also(bare, map[string]any{"code": "D0"})), http.StatusCreated).ID
		w = by.admin.send("/api/v1/counter/ways/"+id+"/record",
			also(typedPerson, map[string]any{"notice": notices[0].ID, "checks": []string{}}))
		if w.Code < 400 || w.Code >= 500 {
			t.Errorf("the notice in a record: %d %s", w.Code, w.Body)
		}
		holds(t, w.Body.String(), nil, other.own())
	}
}

// A question for a card goes to the own facility's reader, whatever the browser asks for; the other's stays
// silent, also when the own is away.
func TestACardIsAskedByTheOwnFacilityAlone(t *testing.T) {
	a, b := twoSides(t)
	check := func(by *side, chosen string) *httptest.ResponseRecorder {
		t.Helper()
		id := by.opens(t)
		if chosen != "" {
			by.admin.cookies["madoguchi-reader"] = &http.Cookie{Name: "madoguchi-reader", Value: chosen}
		}
		defer delete(by.admin.cookies, "madoguchi-reader")
		return by.admin.send("/api/v1/counter/cases/"+id+"/card-check",
			map[string]bool{"birthDateConfirmed": true})
	}
	for _, two := range [][2]*side{{a, b}, {b, a}} {
		by, other := two[0], two[1]
		own, silent := len(by.chip.Commands()), len(other.chip.Commands())
		if w := check(by, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(),
			by.patient.Name) {
			t.Errorf("%s: %d %s", by.name, w.Code, w.Body)
		}
		if len(by.chip.Commands()) == own {
			t.Errorf("%s: its own card was not asked", by.name)
		}
		own = len(by.chip.Commands())
		if w := check(by, other.reader); w.Code != http.StatusOK || len(by.chip.Commands()) == own {
			t.Errorf("%s, whose browser names the other's reader: %d %s", by.name, w.Code, w.Body)
		}
		if n := len(other.chip.Commands()) - silent; n != 0 {
			t.Errorf("%s: the other's card got %d commands", by.name, n)
		}
	}
	if w := b.admin.send("/api/v1/counter/bridges/"+a.reader+"/end", nil); w.Code != http.StatusNotFound {
		t.Errorf("the other's reader is ended: %d", w.Code)
	}
	silent := len(a.chip.Commands())
	if w := b.admin.send("/api/v1/counter/bridges/"+b.reader+"/end", nil); w.Code != http.StatusNoContent {
		t.Fatal(w.Code, w.Body)
	}
	if w := check(b, ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("without an own reader: %d %s", w.Code, w.Body)
	}
	if n := len(a.chip.Commands()) - silent; n != 0 {
		t.Errorf("the other's card got %d commands in its place", n)
	}
}
