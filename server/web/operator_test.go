package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/message"
	"madoguchi/server/doctor"
	"madoguchi/server/staff"
	"madoguchi/server/web/permissions"
)

// operatorStops are a tour's good requests to the operator's pages.
func operatorStops() (stops []stop) {
	get := func(route string, number ...string) {
		stops = append(stops, stop{method: "GET", route: route, path: filled(route, number...)})
	}
	form := func(route string, fields url.Values, number ...string) {
		stops = append(stops, stop{
			method: "POST",
			route:  route,
			path:   filled(route, number...),
			kind:   "application/x-www-form-urlencoded",
			body:   []byte(fields.Encode()),
		})
	}
	get("/operator")
	get("/operator/statistics")
	get("/operator/statistics.csv")
	for _, o := range []struct{ path, number string }{
		{"/operator/insurers", "06139992"},
		{"/operator/facilities", "1319999991"},
	} {
		path, number := o.path, o.number
		get(path + "/add")
		get(path+"/:number", number)
		get(path+"/:number/set", number)
		get(path+"/:number/admin", number)
		form(path+"/:number/set", url.Values{"telephone": {"03-0000-0009"}}, number)
		form(path+"/:number/admin", url.Values{"do": {"invite"}, "name": {"佐藤 次郎"}}, number)
	}
	form("/operator/insurers/add", url.Values{
		"number": {"01139997"}, "name": {"架空支部"}, "issuer": {"架空支部長"}, "telephone": {"03-0000-0002"},
	})
	form("/operator/facilities/add", url.Values{"number": {"1319999992"}, "name": {"架空薬局"}})
	return stops
}

// operatorSignedIn is a member of the operator's staff who has just signed in.
func (h *testApp) operatorSignedIn(t *testing.T) *staffBrowser {
	t.Helper()
	b := h.joins(t, staff.TheOperator, staff.RoleOperator, "運営 花")
	if next := b.signIn(""); next != "/operator" {
		t.Fatal(next)
	}
	return b
}

// Who runs the server sees numbers, and no person: neither of the insured nor of an organisation's staff. At
// everybody's routes it is a stranger.
func TestTheOperatorSeesNoPerson(t *testing.T) {
	h, stops := tour(t)
	names := []string{"試験 太郎", "ｼｹﾝ ﾀﾛｳ", "試験 一葉", "髙橋", "德一", "shc:/", "%PDF", "0001234", "山田 管理", "田中 三月"}
	operator := h.joins(t, staff.TheOperator, staff.RoleOperator, "運営 次郎")
	operator.signIn("")
	cookies := operator.cookieList()
	own, others := 0, 0
	stored := watching(t, h)
	for _, s := range stops {
		row := rowOf(t, s)
		if row.Who&permissions.Public != 0 || row.Who.Is(permissions.Staff) {
			continue // everybody's, and the own account
		}
		t.Run(s.String(), func(t *testing.T) {
			s.cookies, s.header = cookies, http.Header{"User-Agent": {browserName}}
			w := httptest.NewRecorder()
			h.echo.ServeHTTP(w, s.request(nil))
			if told := tells(w, names, ""); told != "" {
				t.Errorf("it tells %q", told)
			}
			changed := stored.changed(t)
			if row.Who&permissions.Operator != 0 {
				own++
				if row.Who.Is(permissions.Operator) && w.Code >= 400 && w.Code != http.StatusConflict {
					t.Errorf("the own page: %d %s", w.Code, w.Body)
				}
				return
			}
			others++
			if changed || w.Code != http.StatusSeeOther && w.Code != http.StatusForbidden &&
				w.Code != http.StatusNotFound {
				t.Errorf("%d, changed: %v, %.200s", w.Code, changed, w.Body)
			}
		})
	}
	testenv.Refused(t, testenv.Staff, others)
	if own < 17 || others < 80 {
		t.Errorf("%d own routes, %d others", own, others)
	}
}

func TestTheOperatorAddsAndSetsOrganisations(t *testing.T) {
	h := newTestApp(t)
	b := h.operatorSignedIn(t)
	w := b.form("/operator/insurers/add", "number", "01139997", "name", " 架空支部 ", "issuer", "架空支部長",
		"telephone", "03-0000-0002", "colour", "")
	if w.Code != http.StatusSeeOther || location(t, w) != "/operator/insurers/01139997?said=added" {
		t.Fatalf("%d %s %s", w.Code, location(t, w), w.Body)
	}
	in, err := h.insurer.Directory.Insurer(ctx, "01139997")
	if err != nil || in.Name != "架空支部" || in.Issuer != "架空支部長" || in.Telephone != "03-0000-0002" {
		t.Errorf("%+v %v", in, err)
	}
	page := b.get(location(t, w)).Body.String()
	for _, part := range []string{"架空支部", "01139997", "全国健康保険協会", "管理者がいません", "/i/01139997"} {
		if !strings.Contains(page, part) {
			t.Errorf("its page lacks %q", part)
		}
	}
	// what the form does not have stays
	if w := b.form("/operator/insurers/01139997/set", "unit", "資格課"); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	in.Branding.Unit = "資格課"
	if now, err := h.insurer.Directory.Insurer(ctx, "01139997"); err != nil || now != in {
		t.Errorf("%+v %v", now, err)
	}
	if w := b.form("/operator/facilities/add", "number", "1319999992", "name", "架空薬局", "address", "",
		"telephone", "", "blanking", "120"); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := b.form("/operator/facilities/1319999992/set", "telephone", "03-0000-0003"); w.Code != 303 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	f, err := h.members.Facilities.Facility(ctx, staff.Operator{}, "1319999992")
	want := staff.Facility{
		Code:      "1319999992",
		Name:      "架空薬局",
		Telephone: "03-0000-0003",
		Blanking:  2 * time.Minute,
		Retention: 3, // years: 療担規則 9条
	}
	if err != nil || f != want {
		t.Errorf("%+v %v", f, err)
	}
	by := "operator:" + string(b.member.ID)
	did := []string{"insurer.add", "insurer.settings", "facility.add", "facility.set"}
	if got := h.actions(t, by); !slices.Equal(got[max(0, len(got)-len(did)):], did) {
		t.Errorf("the audit names %s for %q", by, got)
	}
}

// actions are what the audit chain says that an actor did.
func (h *testApp) actions(t *testing.T, actor string) (actions []string) {
	t.Helper()
	w := watching(t, h)
	rows, err := w.db.Query(`SELECT action FROM audit WHERE actor = ? ORDER BY seq`, actor)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var action string
		if err := rows.Scan(&action); err != nil {
			t.Fatal(err)
		}
		actions = append(actions, action)
	}
	return actions
}

var wrongField = regexp.MustCompile(`<input id="([a-z]+)"[^>]*aria-invalid="true"`)

// A refusal stands in the commands' sentence above the form, which marks the field and holds what was typed.
func TestWhatTheOperatorTypesWrongIsSaidAtItsField(t *testing.T) {
	h := newTestApp(t)
	b := h.operatorSignedIn(t)
	insurer := []string{"number", "01139997", "name", "架空支部", "issuer", "支部長", "telephone", "03"}
	with := func(pairs []string, name, value string) []string {
		return append(slices.Clone(pairs), name, value)
	}
	facility := []string{"number", "1319999992", "name", "架空薬局"}
	wrongNumber := eligibility.ErrInsurerNumber.Key
	const ofInsurer, ofFacility = "/operator/insurers/", "/operator/facilities/"
	cases := []struct {
		path   string
		form   []string
		field  string
		key    string
		status int
	}{
		{ofInsurer + "add", with(insurer, "number", "01139998"), "number", wrongNumber, 422},
		{ofInsurer + "add", with(insurer, "number", "12130001"), "number", "insurer.assistance", 422},
		{ofInsurer + "add", with(insurer, "number", "06139992"), "number", "insurer.known", 409},
		{ofInsurer + "add", with(insurer, "name", "　"), "name", "look.missing", 422},
		{ofInsurer + "add", with(insurer, "issuer", ""), "issuer", "look.missing", 422},
		{ofInsurer + "add", with(insurer, "hours", strings.Repeat("時", 61)), "hours", "look.long", 422},
		{ofInsurer + "add", with(insurer, "colour", "blue"), "colour", "look.colour", 422},
		{ofInsurer + "add", with(insurer, "state", "https://evil.example/"), "state", "look.state", 422},
		{ofInsurer + "06139992/set", []string{"telephone", ""}, "telephone", "look.missing", 422},
		{ofInsurer + "add", with(insurer, "hours", "平日 "+myNumber()), "hours", "typed.my_number", 422},
		{ofInsurer + "06139992/admin", []string{"do", "invite", "name", myNumber()}, "name",
			"typed.my_number", 422},
		{ofFacility + "add", with(facility, "address", "架空市 "+myNumber()), "address", "typed.my_number", 422},
		{ofFacility + "add", with(facility, "telephone", myNumber()), "telephone", "typed.my_number", 422},
		{ofInsurer + "06139992/set", nil, "", "insurer.no_change", 422},
		{ofInsurer + "06139992/admin", []string{"do", "invite", "name", ""}, "name", "staff.name", 422},
		{ofInsurer + "06139992/admin", []string{"do", "recover", "name", "誰か"}, "", "staff.no_member", 404},
		{ofFacility + "add", with(facility, "number", "131999999"), "number", "facility.code", 422},
		{ofFacility + "add", with(facility, "number", "1319999991"), "number", "facility.known", 409},
		{ofFacility + "add", with(facility, "name", ""), "name", "facility.text", 422},
		{ofFacility + "add", with(facility, "telephone", "でんわ"), "telephone", "facility.text", 422},
		{ofFacility + "add", with(facility, "blanking", "29"), "blanking", "facility.blanking", 422},
		{ofFacility + "add", with(facility, "blanking", "many"), "blanking", "facility.blanking", 422},
		{ofFacility + "1319999991/set", []string{"blanking", "601"}, "blanking", "facility.blanking", 422},
	}
	testenv.Refused(t, testenv.Staff, len(cases))
	before := len(h.actions(t, "operator:"+string(b.member.ID)))
	for _, c := range cases {
		t.Run(c.path+" "+c.key+" "+c.field, func(t *testing.T) {
			w := b.form(c.path, c.form...)
			body := w.Body.String()
			if strings.Contains(body, myNumber()) {
				t.Error("a My Number is shown again")
			}
			sentence := message.New(c.key, nil).Sentence("ja")
			sentence, _, _ = strings.Cut(sentence, "{") // arguments are filled
			if w.Code != c.status || !strings.Contains(body, `role="alert"`) ||
				!strings.Contains(body, strings.TrimLeft(sentence, "「")) {
				t.Errorf("%d, want %d and %q in %s", w.Code, c.status, sentence, body)
			}
			field := ""
			if m := wrongField.FindStringSubmatch(body); m != nil {
				field = m[1]
			}
			if field != c.field {
				t.Errorf("it marks %q, want %q", field, c.field)
			}
			if c.field != "" && c.field != "blanking" && strings.HasSuffix(c.path, "/add") &&
				!strings.Contains(body, `value="03"`) && !strings.Contains(body, `value="架空薬局"`) &&
				c.field != "name" {
				t.Error("what was typed is gone")
			}
		})
	}
	if now := len(h.actions(t, "operator:"+string(b.member.ID))); now != before {
		t.Errorf("%d entries of the audit", now-before)
	}
}

var linkText = regexp.MustCompile(`/staff/invite/[A-Za-z0-9_-]{20,}`)

// From an organisation's page to its first administrator, who is then the one who invites.
func TestTheOperatorInvitesAFirstAdministratorAndRecoversTheOnlyOne(t *testing.T) {
	h := newTestApp(t)
	b := h.operatorSignedIn(t)
	const at = "/operator/insurers/06139992"
	accepts := func(do, name string) *staffBrowser {
		t.Helper()
		w := b.form(at+"/admin", "do", do, "name", name)
		link := linkText.FindString(w.Body.String())
		if w.Code != http.StatusOK || link == "" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		invited := h.at(t)
		invited.accept(link)
		if next := invited.signIn(""); next != "/insurer" {
			t.Error(next)
		}
		return invited
	}
	first := accepts("invite", "山田 千代")
	if w := first.get("/staff/members"); w.Code != http.StatusOK {
		t.Errorf("%d", w.Code)
	}
	if w := b.form(at+"/admin", "do", "invite", "name", "別の人"); w.Code != http.StatusConflict {
		t.Errorf("a second one: %d", w.Code)
	}
	if page := b.get(at + "/admin").Body.String(); strings.Contains(page, "千代") ||
		strings.Contains(page, `id="make"`) || !strings.Contains(page, `id="recover"`) {
		t.Errorf("%s", page)
	}
	again := accepts("recover", "山田 千代")
	if w := first.get("/insurer"); w.Code != http.StatusSeeOther {
		t.Errorf("the session of the lost passkey: %d", w.Code)
	}
	if w := again.get("/insurer"); w.Code != http.StatusOK {
		t.Errorf("the new one: %d", w.Code)
	}
}

// Changes need a passkey of the last five minutes, and a member of the operator's staff as stored now.
func TestOldAndLockedOperatorsChangeNothing(t *testing.T) {
	h := newTestApp(t)
	b := h.operatorSignedIn(t)
	h.now = h.now.Add(5*time.Minute + time.Second)
	if w := b.get("/operator"); w.Code != http.StatusOK {
		t.Errorf("looking: %d", w.Code)
	}
	for _, path := range []string{"/operator/insurers/add", "/operator/insurers/06139992/set",
		"/operator/insurers/06139992/admin", "/operator/facilities/add",
		"/operator/facilities/1319999991/set", "/operator/facilities/1319999991/admin"} {
		back := url.Values{"back": {path}}.Encode()
		for _, w := range []*httptest.ResponseRecorder{b.get(path), b.form(path, "name", "別の名前")} {
			if w.Code != http.StatusSeeOther || location(t, w) != "/staff/prove?"+back {
				t.Errorf("%s: %d %s", path, w.Code, location(t, w))
			}
		}
	}
	if next := b.prove("/operator/insurers/add"); next != "/operator/insurers/add" {
		t.Error(next)
	}
	if err := h.members.Members.Lock(ctx, staff.Operator{}, b.member.ID); err != nil {
		t.Fatal(err)
	}
	if w := b.form("/operator/insurers/06139992/set", "name", "別の名前"); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
	if in, err := h.insurer.Directory.Insurer(ctx, "06139992"); err != nil || in.Name == "別の名前" {
		t.Errorf("%+v %v", in, err)
	}
}

// What is found of the server stands there with its remedy; causes, which may hold paths, do not.
func TestTheOperatorSeesTheServersStates(t *testing.T) {
	h := newTestApp(t)
	office := operatorOffice(Config{
		Members: h.members,
		Overseen: Overseen{States: func(context.Context) []doctor.Finding {
			return []doctor.Finding{{
				Level:   doctor.Warning,
				Message: message.New("doctor.card_keys_none", nil),
				Detail:  "open /secret/place",
			}}
		}},
	}, nil)
	states := office.States(ctx)
	if len(states) != 1 || states[0].Level != "warning" ||
		!strings.Contains(states[0].Says.Text("ja"), "MADOGUCHI_CARD_KEYS") ||
		strings.Contains(states[0].Says.Text("ja"), "secret") {
		t.Errorf("%+v", states)
	}
}
