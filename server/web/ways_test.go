package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/server/staff"
	console "madoguchi/server/web/counter"
)

// What staff tapped of somebody with a card that is not read: while the line is down, and on any day.
var (
	tappedDown    = map[string]any{"card": "fails", "shows": "nothing", "place": "down"}
	tappedNothing = map[string]any{"card": "fails", "shows": "nothing", "place": "usual"}
)

func also(body map[string]any, more map[string]any) map[string]any {
	all := map[string]any{}
	for _, part := range []map[string]any{body, more} {
		for name, value := range part {
			all[name] = value
		}
	}
	return all
}

// typedPerson is test person 2 (docs/facts/test-people.md), as staff type her off her card.
var typedPerson = map[string]any{
	"name": "試験 花子", "birthDate": "S63.11.30", "sex": "female", "address": "東京都架空区架空町1-2-3",
	"contact": "03-0000-0000", "belongs": "架空健康保険組合",
	"checks": []string{"photo", "name", "birthDate"},
}

// opensWay opens a case of a way.
func (h *testApp) opensWay(t *testing.T, code string, tapped map[string]any) console.CaseJSON {
	t.Helper()
	w := h.ask(t, "POST", "/api/v1/counter/ways", also(tapped, map[string]any{"code": code}))
	return answer[console.CaseJSON](t, w, http.StatusCreated)
}

// onTheList records somebody while the line is down.
func (h *testApp) onTheList(t *testing.T) string {
	t.Helper()
	id := h.opensWay(t, "L1", tappedDown).ID
	w := h.ask(t, "POST", "/api/v1/counter/ways/"+id+"/record", typedPerson)
	answer[console.CaseJSON](t, w, http.StatusOK)
	return id
}

// switchedOn is the id of a notice that the facility's administrator has switched on.
func (h *testApp) switchedOn(t *testing.T, admin *staffBrowser, title string) string {
	t.Helper()
	w := admin.form("/counter/disasters", "title", title, "area", "架空市", "from", "2026-09-01",
		"until", "2026-12-31")
	if w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	all, err := h.counter.Disasters.All(ctx, h.facility.Code)
	if err != nil || len(all) == 0 || all[0].Title != title {
		t.Fatalf("%+v %v", all, err)
	}
	return all[0].ID
}

// waysOf are a tour's good requests to the ways without a screen.
func (h *testApp) waysOf(t *testing.T) (stops []stop) {
	t.Helper()
	listed, open := h.onTheList(t), h.opensWay(t, "A1", tappedNothing).ID
	asked := h.opensWay(t, "A1", tappedNothing).ID
	notice := h.switchedOn(t, h.deskSignedIn(t), "大雨の通知")
	send := func(route string, body any, id ...string) {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		stops = append(stops, stop{method: "POST", route: route, path: filled(route, id...),
			kind: "application/json", body: data, names: id})
	}
	form := func(route string, fields url.Values, id ...string) {
		stops = append(stops, stop{method: "POST", route: route, path: filled(route, id...),
			kind: "application/x-www-form-urlencoded", body: []byte(fields.Encode()), names: id})
	}
	send("/api/v1/counter/methods", tappedDown)
	send("/api/v1/counter/ways", also(tappedDown, map[string]any{"code": "L1"}))
	send("/api/v1/counter/ways/:id/card-check", map[string]any{"birthDate": "1988-11-30"}, asked)
	send("/api/v1/counter/ways/:id/record", also(typedPerson, map[string]any{"form": "signed"}), open)
	send("/api/v1/counter/shares", also(tappedNothing, map[string]any{"birthDate": "1988-11-30"}))
	form("/counter/declaration.pdf", url.Values{
		"name": {"試験 花子"}, "birthDate": {"1988-11-30"},
		"card": {"fails"}, "shows": {"nothing"}, "place": {"usual"},
	})
	form("/counter/outage/:id", url.Values{"result": {"found"}}, listed)
	form("/counter/disasters", url.Values{
		"title": {"地震の通知"}, "area": {"架空市"}, "from": {"2026-11-01"}, "until": {"2026-11-30"},
	})
	form("/counter/disasters/:id/end", url.Values{}, notice)
	return stops
}

type panelAnswer struct {
	Answers  map[string]string
	Facts    []console.Sentence
	Question *struct {
		Name    string
		Choices []struct{ Value string }
	}
	Outcome *struct {
		Best string
		Ways []struct {
			Code    string
			Notices []struct{ ID, Title string }
		}
	}
}

func (h *testApp) panel(t *testing.T, body map[string]any) panelAnswer {
	t.Helper()
	w := h.ask(t, "POST", "/api/v1/counter/methods", body)
	return answer[panelAnswer](t, w, http.StatusOK)
}

func (p panelAnswer) codes() (all []string) {
	for _, way := range p.Outcome.Ways {
		all = append(all, way.Code)
	}
	return all
}

// The panel asks at most three questions, fewer where the case at hand tells something, and then names the
// ways of the day.
func TestThePanelAsksWhatTheCaseDoesNotTell(t *testing.T) {
	h := newTestApp(t)
	id, path := h.scanned(t)
	if first := h.panel(t, map[string]any{}); first.Question == nil || first.Question.Name != "card" {
		t.Fatalf("%+v", first)
	}
	withScreen := h.panel(t, map[string]any{"case": id, "card": "fails"})
	if withScreen.Question == nil || withScreen.Question.Name != "place" ||
		withScreen.Answers["shows"] != "insurerScreen" || len(withScreen.Facts) == 0 {
		t.Errorf("the screen at hand is asked for: %+v", withScreen)
	}
	// docs/facts/eligibility-methods.md#answers-in-november-2026
	all := h.panel(t, map[string]any{"case": id, "card": "fails", "place": "usual"})
	if all.Outcome == nil || all.Outcome.Best != "N1e" {
		t.Errorf("%+v", all.Outcome)
	}
	h.useCard(t, virtual.Description{BirthDate: eligibility.MustDate("1988-11-30")}) // another person's
	h.ask(t, "POST", path+"/card-check", map[string]bool{"birthDateConfirmed": true})
	if refused := h.panel(t, map[string]any{"case": id}); refused.Answers["card"] != "none" {
		t.Errorf("the refused card is asked for: %+v", refused)
	}
	corrected := h.panel(t, map[string]any{"case": id, "card": "fails"})
	if corrected.Answers["card"] != "fails" {
		t.Errorf("staff cannot correct what the case tells: %+v", corrected)
	}
	down := h.panel(t, tappedDown)
	if down.Outcome == nil || !slices.Contains(down.codes(), "L1") || slices.Contains(down.codes(), "L0") {
		t.Errorf("%+v", down.Outcome)
	}
}

// A notice of a disaster is switched on by an administrator of the facility with a fresh passkey, and is a
// way there alone.
func TestADisastersNoticeIsSwitchedOnByAnAdministrator(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	bare := map[string]any{"card": "none", "shows": "nothing", "place": "usual"}
	if slices.Contains(h.panel(t, bare).codes(), "D0") {
		t.Error("D0 without a notice")
	}
	reception := h.joins(t, staff.OfFacility(h.facility.Code), staff.RoleReception, "佐藤 次郎")
	reception.signIn("")
	if w := reception.form("/counter/disasters", "title", "通知"); w.Code != http.StatusForbidden {
		t.Errorf("reception switches it on: %d", w.Code)
	}
	admin := h.deskSignedIn(t)
	w := admin.form("/counter/disasters", "title", "通知", "area", "架空市", "from", "x", "until", "y")
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="通知"`) {
		t.Errorf("what was typed is lost: %d", w.Code)
	}
	id := h.switchedOn(t, admin, "令和8年9月の大雨の通知")
	on := h.panel(t, bare)
	i := slices.Index(on.codes(), "D0")
	if i < 0 || on.Outcome.Ways[i].Notices[0].ID != id {
		t.Fatalf("%+v", on.Outcome)
	}
	if page := admin.get("/counter/disasters").Body.String(); !strings.Contains(page, "今日使えます") {
		t.Error("the page does not say that it is on")
	}
	opened := h.opensWay(t, "D0", bare).ID
	recorded := answer[console.CaseJSON](t, h.ask(t, "POST", "/api/v1/counter/ways/"+opened+"/record",
		also(typedPerson, map[string]any{"notice": id, "checks": []string{}})), http.StatusOK)
	if recorded.Method.Code != "D0" || recorded.Way.Notice != "令和8年9月の大雨の通知" ||
		recorded.Reason != recorded.Way.Notice {
		t.Errorf("%+v", recorded)
	}
	if w := admin.form("/counter/disasters/" + id + "/end"); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
	if slices.Contains(h.panel(t, bare).codes(), "D0") {
		t.Error("D0 after its end")
	}
}

// The outage list is a page that is printed and ticked off; the console counts who is left.
func TestTheOutageListIsTickedOffOnItsPage(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	id := h.onTheList(t)
	count := func() int {
		return answer[struct{ Outage int }](t, h.ask(t, "GET", "/api/v1/counter/status", nil), 200).Outage
	}
	page := func() string { return h.ask(t, "GET", "/counter/outage", nil).Body.String() }
	if n := count(); n != 1 {
		t.Errorf("%d", n)
	}
	for _, want := range []string{"試験 花子", "昭和63年11月30日", "女", "東京都架空区架空町1-2-3", "まだの方：1名"} {
		if !strings.Contains(page(), want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if w := h.form(t, "/counter/outage/"+id, url.Values{"result": {"found"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if n := count(); n != 0 {
		t.Errorf("%d", n)
	}
	if !strings.Contains(page(), "資格あり") || !strings.Contains(page(), "まだにもどす") {
		t.Error(page())
	}
}

// The declaration is filled with what is typed, and with the share for now; a field that cannot be read is
// named.
func TestTheDeclarationIsFilledFromTheForm(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	fields := url.Values{"name": {"試験 花子"}, "birthDate": {"S63.11.30"}, "card": {"fails"},
		"shows": {"nothing"}, "place": {"usual"}}
	w := h.form(t, "/counter/declaration.pdf", fields)
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "%PDF-") {
		t.Fatal(w.Code, w.Body)
	}
	fields.Set("birthDate", "いつか")
	if w := h.form(t, "/counter/declaration.pdf", fields); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d", w.Code)
	}
	if strings.Contains(strings.Join(h.actions(t, "reception:鈴木"), " "), "花子") {
		t.Error("the audit tells the name")
	}
}
