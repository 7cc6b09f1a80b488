package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/patient"
)

// ghost is a login with a phone, both in other hands now: all that they had before they were ended.
type ghost struct {
	*testApp
	person insurer.PersonRecord
	paper  string         // the code by which it enrolled
	old    []*http.Cookie // of the login's session
	phone  testPhone
	device []*http.Cookie // of the session that the phone's key opened
	code   string         // address of an online code, just made
}

func haunted(t *testing.T) *ghost {
	t.Helper()
	h, _ := connected(t)
	g := &ghost{testApp: h, phone: newPhone(t)}
	g.person = h.patientOf(t, h.now)
	g.paper = h.noticeCode(t, g.person)
	h.add(t, "A", g.phone)
	h.addReceiptKey(t, "A")
	h.leave(t, "A", g.person)
	g.old, h.cookies = h.cookies, nil
	h.enter(t, "A", g.phone)
	g.device, h.cookies = h.cookies, g.old
	g.code = answer[madeCode](t, h.ask(t, "POST", g.at("/api/v1/people/%s/code"), struct{}{}), 201).Address
	h.now = h.now.Add(20 * time.Second)
	h.cookies = nil
	return g
}

func (g *ghost) at(path string) string { return fmt.Sprintf(path, g.person.ID) }

// login is the number of the person's only login.
func (g *ghost) login(t *testing.T) int64 {
	t.Helper()
	file, err := g.store.Register.PersonFile(ctx, keyOf(g.person), g.now, 0)
	if err != nil || len(file.Logins) != 1 {
		t.Fatal(file.Logins, err)
	}
	return file.Logins[0].ID
}

// clerk sends a form as the insurer's clerk.
func (g *ghost) clerk(t *testing.T, path string, form url.Values) {
	t.Helper()
	kept := g.cookies
	g.cookies = nil
	g.session(t, auth.Clerk, "鈴木", "{}")
	if w := g.form(t, path, form); w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	g.cookies = kept
}

// lose imports the person anew with the day on which the eligibility ended.
func (g *ghost) lose(t *testing.T) {
	t.Helper()
	p := g.person.Person
	file := fmt.Sprintf("記号,番号,枝番,氏名,氏名カナ,生年月日,住所,資格喪失年月日\n%s,%s,%s,%s,%s,%s,%s,2026-11-22\n", p.Symbol,
		p.Number, p.BranchNumber,
		p.Name, p.Kana, p.BirthDate, p.Address)
	if _, err := g.insurer.Importer.Import(ctx, clerkOf("00138990"), strings.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	if r, err := g.store.Register.Person(ctx, g.person.Person.Insurer, g.person.ID); err != nil ||
		r.Person.LostOn != eligibility.MustDate("2026-11-22") {
		t.Fatalf("%+v %v", r.Person, err)
	}
}

// endings are the ways in which a login or a phone loses a person.
var endings = []struct {
	name string
	end  func(t *testing.T, g *ghost)
}{
	{"the clerk ends the login", func(t *testing.T, g *ghost) {
		g.clerk(t, g.at("/insurer/people/%s/logins/")+fmt.Sprint(g.login(t))+"/end", nil)
	}},
	{"the clerk ends the phone", func(t *testing.T, g *ghost) {
		g.clerk(t,
			g.at("/insurer/people/%s/phones/A/end"), nil)
	}},
	{"the clerk ends all phones", func(t *testing.T, g *ghost) {
		g.clerk(t,
			g.at("/insurer/people/%s/phones/end"), nil)
	}},
	{"the clerk erases the person", func(t *testing.T, g *ghost) {
		g.clerk(t, g.at("/insurer/people/%s/erase"), url.Values{"number": {g.person.Person.Number}})
	}},
	{"the patient ends the phone from elsewhere", func(t *testing.T, g *ghost) {
		g.patientOf(t, g.now)
		if w := g.ask(t, "POST", "/api/v1/phones/A/end", struct{}{}); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		g.cookies = nil
	}},
	{"the patient erases everything from elsewhere", func(t *testing.T, g *ghost) {
		g.patientOf(t, g.now)
		if w := g.ask(t, "POST", "/api/v1/me/erase", struct{}{}); w.Code != 204 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		g.cookies = nil
	}},
	{"the eligibility ends", func(t *testing.T, g *ghost) { g.lose(t) }},
}

// returns are the ways in which they may try to come back. Each answers whether it was let in.
var returns = []struct {
	name string
	in   func(t *testing.T, g *ghost) bool
}{
	{"a live screen in the old session", func(t *testing.T, g *ghost) bool {
		return g.gets(t, g.old, "POST", "/api/v1/people/%s/credential", `{"tier":"live"}`)
	}},
	{"a stored screen in the old session", func(t *testing.T, g *ghost) bool {
		return g.gets(t, g.old, "POST", "/api/v1/people/%s/credential", `{"tier":"screen","phone":"A"}`)
	}},
	{"the old paper in the old session, then a screen", func(t *testing.T, g *ghost) bool {
		g.cookies = g.old
		g.form(t, "/enrol", url.Values{"code": {g.paper}})
		return g.gets(t, g.old, "POST", "/api/v1/people/%s/credential", `{"tier":"live"}`)
	}},
	{"a PDF in the old session", func(t *testing.T, g *ghost) bool {
		return g.gets(t, g.old, "GET",
			"/people/%s/document.pdf", "")
	}},
	{"a file in the old session", func(t *testing.T, g *ghost) bool {
		return g.gets(t, g.old, "GET", "/people/%s/screen.smart-health-card", "")
	}},
	{"an online code in the old session", func(t *testing.T, g *ghost) bool {
		return g.redeemed(t, g.old)
	}},
	{"the phone's key, then a screen", func(t *testing.T, g *ghost) bool {
		return g.gets(t, g.entered(t), "POST", "/api/v1/people/%s/credential", `{"tier":"live"}`)
	}},
	{"the phone's key, then a stored screen", func(t *testing.T, g *ghost) bool {
		return g.gets(t, g.entered(t), "POST", "/api/v1/people/%s/credential",
			`{"tier":"screen","phone":"A"}`)
	}},
	{"the phone's key, then a PDF", func(t *testing.T, g *ghost) bool {
		return g.gets(t, g.entered(t), "GET", "/people/%s/document.pdf", "")
	}},
	{"the phone's open session, then a screen", func(t *testing.T, g *ghost) bool {
		return g.gets(t, g.device, "POST", "/api/v1/people/%s/credential", `{"tier":"live"}`)
	}},
	{"the phone's open session, then an online code", func(t *testing.T, g *ghost) bool {
		return g.redeemed(t,
			g.device)
	}},
	{"the online code of a moment ago", func(t *testing.T, g *ghost) bool {
		return g.takes(t, g.code)
	}},
	{"the phone added again in the old session", func(t *testing.T, g *ghost) bool {
		g.cookies = g.old
		g.add(t, "A", g.phone)
		return g.gets(t, g.entered(t), "POST", "/api/v1/people/%s/credential", `{"tier":"live"}`)
	}},
}

// gets reports whether a request is answered.
func (g *ghost) gets(t *testing.T, cookies []*http.Cookie, method, path, body string) bool {
	t.Helper()
	g.cookies = cookies
	if body == "" {
		return g.ask(t, method, g.at(path), nil).Code < 300
	}
	return g.ask(t, method, g.at(path), json.RawMessage(body)).Code < 300
}

// entered is a new session by the phone's key.
func (g *ghost) entered(t *testing.T) []*http.Cookie {
	t.Helper()
	g.cookies = nil
	g.enter(t, "A", g.phone)
	return g.cookies
}

// redeemed makes an online code and takes it to a counter.
func (g *ghost) redeemed(t *testing.T, cookies []*http.Cookie) bool {
	t.Helper()
	g.cookies = cookies
	w := g.ask(t, "POST", g.at("/api/v1/people/%s/code"), struct{}{})
	if w.Code >= 300 {
		return false
	}
	return g.takes(t, decode[madeCode](t, w).Address)
}

// takes reports whether a counter gets a screen for what it scanned.
func (g *ghost) takes(t *testing.T, address string) bool {
	t.Helper()
	code, err := credential.ReadOnlineCode(address)
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.redeemAs(t, "https://counter.example", code)
	return err == nil
}

// docs/phone.md, "Ending it": an end counts at once, in every way.
func TestWhateverWasEndedDoesNotComeBackByItself(t *testing.T) {
	testenv.Refused(t, testenv.Sessions, len(endings)*len(returns))
	for _, back := range returns { // each way is a way: before the end it lets in
		if back.name == "the old paper in the old session, then a screen" {
			continue
		}
		if g := haunted(t); !back.in(t, g) {
			t.Errorf("%s: not even before the end", back.name)
		}
	}
	for _, ending := range endings {
		t.Run(ending.name, func(t *testing.T) {
			for _, back := range returns {
				t.Run(back.name, func(t *testing.T) {
					g := haunted(t)
					ending.end(t, g)
					if back.in(t, g) {
						t.Error("it is back")
					}
				})
			}
		})
	}
}

// Receipts tell where somebody was: none is given out after an end, none is kept for who has gone.
func TestAnEndedPhoneGetsNoReceipts(t *testing.T) {
	cases := endings[:len(endings)-1] // who lost the eligibility may read what was
	testenv.Refused(t, testenv.Sessions, 2*len(cases))
	for _, ending := range cases {
		t.Run(ending.name, func(t *testing.T) {
			g := haunted(t)
			ending.end(t, g)
			if ending.name != "the clerk erases the person" {
				g.leave(t, "A", g.person) // a counter had the keys already
			}
			for _, cookies := range [][]*http.Cookie{g.old, g.device} {
				g.cookies = cookies
				if w := g.ask(t, "GET", "/api/v1/receipts?key=A", nil); w.Code < 300 &&
					strings.Contains(w.Body.String(), string(g.person.ID)) {
					t.Errorf("%s", w.Body)
				}
			}
		})
	}
}

// The ended login may be in other hands; its paper is too. Whoever has both, and even a fresh login, gets no
// further.
func TestTheNoticeOfAnEndedLoginIsVoid(t *testing.T) {
	g := haunted(t)
	g.clerk(t, g.at("/insurer/people/%s/logins/")+fmt.Sprint(g.login(t))+"/end", nil)
	mac := g.notices.MAC(g.paper)
	for _, who := range []auth.Identity{
		{Subject: "s", Name: "髙橋　德一", BirthDate: g.person.Person.BirthDate, At: g.now},
		{Subject: "s", Name: "髙橋　德一", BirthDate: g.person.Person.BirthDate, At: g.now.Add(-6 * time.Hour)},
		{Subject: "another", Name: "髙橋　德一", BirthDate: g.person.Person.BirthDate, At: g.now},
	} {
		if err := g.insurer.Enrolment.Enrol(ctx, insurer.Viewer{Login: &who},
			mac); err != error(insurer.ErrNoticeVoid) {
			t.Errorf("%s: %v", who.Subject, err)
		}
	}
	if w := g.ask(t, "GET", "/n/"+g.paper, nil); w.Code != http.StatusConflict {
		t.Errorf("the code in its address: %d", w.Code)
	}
	// the clerk's next notice is the way back, printed alone or in a run
	next := g.noticeCode(t, g.person)
	serials, err := g.store.People.EnsureNotices(ctx, insurer.ManyNotices{
		Insurer: "00138990",
		People:  []audit.PersonID{g.person.ID},
		MAC:     func(id audit.PersonID, n int64) []byte { return g.notices.MAC(g.notices.Code(id, n)) },
	}, audit.Entry{At: g.now, Actor: "t", Action: "t"})
	if next == g.paper || err != nil || serials[g.person.ID] != 2 {
		t.Fatalf("%s again, %v %v", next, serials, err)
	}
	again := &auth.Identity{Subject: "s", Name: "髙橋　德一", BirthDate: g.person.Person.BirthDate, At: g.now}
	if err := g.insurer.Enrolment.Enrol(ctx, insurer.Viewer{Login: again}, g.notices.MAC(next)); err != nil {
		t.Error(err)
	}
}

func TestARunPrintsANewNoticeForWhomAClerkEnded(t *testing.T) {
	g := haunted(t)
	g.clerk(t, g.at("/insurer/people/%s/logins/")+fmt.Sprint(g.login(t))+"/end", nil)
	serials, err := g.store.People.EnsureNotices(ctx, insurer.ManyNotices{
		Insurer: "00138990",
		People:  []audit.PersonID{g.person.ID},
		MAC:     func(id audit.PersonID, n int64) []byte { return g.notices.MAC(g.notices.Code(id, n)) },
	}, audit.Entry{At: g.now, Actor: "t", Action: "t"})
	if err != nil || serials[g.person.ID] != 2 {
		t.Errorf("%v %v", serials, err)
	}
	if n, err := g.store.Enrolment.Notice(ctx, g.notices.MAC(g.notices.Code(g.person.ID,
		2))); err != nil || n.Void {
		t.Errorf("%+v %v", n, err)
	}
}

// A session of six hours is enough to show a screen and not to register anybody (docs/phone.md).
func TestRegisteringWantsAFreshLogin(t *testing.T) {
	for _, c := range []struct {
		name  string
		login auth.Identity
		want  int
	}{
		{"at once", auth.Identity{At: testAppDay}, http.StatusSeeOther},
		{"14 minutes after", auth.Identity{At: testAppDay.Add(-14 * time.Minute)}, http.StatusSeeOther},
		{"15 minutes after", auth.Identity{At: testAppDay.Add(-15 * time.Minute)}, http.StatusForbidden},
		{"six hours after", auth.Identity{At: testAppDay.Add(-6 * time.Hour)}, http.StatusForbidden},
		{"a login of tomorrow", auth.Identity{At: testAppDay.Add(time.Hour)}, http.StatusForbidden},
		{"a login without its time", auth.Identity{}, http.StatusForbidden},
		{"proved an hour ago", auth.Identity{At: testAppDay, AuthTime: testAppDay.Add(-time.Hour)},
			http.StatusForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newTestApp(t)
			r := h.tokuichi(t)
			c.login.Subject, c.login.Name, c.login.BirthDate = "op|x", "髙橋 德一", r.Person.BirthDate
			data, err := json.Marshal(patient.VisitSession{Login: &c.login})
			if err != nil {
				t.Fatal(err)
			}
			h.session(t, auth.Patient, "op|x", string(data))
			w := h.form(t, "/enrol", url.Values{"code": {h.noticeCode(t, r)}})
			if w.Code != c.want {
				t.Fatalf("%d", w.Code)
			}
			if people, err := h.store.Enrolment.Enrolled(ctx, "op|x", h.now); err != nil ||
				(len(people) == 1) != (c.want == http.StatusSeeOther) {
				t.Errorf("%d people, %v", len(people), err)
			}
			if c.want == http.StatusSeeOther {
				return
			}
			if body := w.Body.String(); !strings.Contains(body, `id="login-again" href="/login"`) ||
				!strings.Contains(body, "入れ直す必要はありません") {
				t.Error("it does not say how to go on")
			}
			if body := h.ask(t, "GET", "/enrol", nil).Body.String(); strings.Contains(body, `id="code"`) {
				t.Error("the code has to be entered again")
			}
		})
	}
}

func TestAnOldLoginIsAskedToLogInAgainInEveryLanguage(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	data, err := json.Marshal(patient.VisitSession{Login: &auth.Identity{Subject: "op|x", Name: "髙橋 德一",
		BirthDate: r.Person.BirthDate, At: testAppDay.Add(-time.Hour)}})
	if err != nil {
		t.Fatal(err)
	}
	h.session(t, auth.Patient, "op|x", string(data))
	code := h.noticeCode(t, r)
	for lang, want := range map[string]string{"ja": "もう一度ログインしてください", "ja-easy": "ログインして",
		"en":      "log in again before you register",
		"zh-Hans": "请在登记前重新登录", "vi": "hãy đăng nhập lại trước khi đăng ký"} {
		w := h.post(t, "/enrol?lang="+lang, []byte(url.Values{"code": {code}}.Encode()),
			"application/x-www-form-urlencoded")
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d", lang, w.Code)
		}
	}
}

func TestAClerkSeesThePhonesAndEndsOne(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	h.add(t, "A", newPhone(t))
	h.now = h.now.AddDate(0, 0, 3)
	h.cookies = nil
	h.patientOf(t, h.now)
	const agent = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/143.0.0.0 Mobile " +
		"Safari/537.36"
	listed := h.add(t, "B", newPhone(t), func(r *http.Request) { r.Header.Set("User-Agent", agent) })
	if said := listed.Body.String(); strings.Count(said, `"kind":`) != 1 ||
		!strings.Contains(said, `"kind":"android"`) {
		t.Errorf("the patient is told %s", said)
	}
	h.cookies = nil
	h.session(t, auth.Clerk, "鈴木", "{}")
	at := "/insurer/people/" + string(r.ID)
	page := h.page(t, at)
	for _, want := range []string{"令和8年11月22日 10:42に登録したスマホ（端末）", "令和8年11月25日 10:42に登録したAndroidのスマホ",
		"マイナンバーカードのログイン 令和8年11月25日", "期限 令和9年2月23日", at + "/phones/A/end", at + "/phones/B/end"} {
		if !strings.Contains(strings.Join(strings.Fields(page), " "), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if ask := h.page(t, at+"/phones/A/end"); !strings.Contains(ask, "令和8年11月22日 10:42に登録したスマホ（端末）では") {
		t.Error("it does not say which phone")
	}
	h.acts(t, at+"/phones/A/end", nil, "スマホ（端末）を解除しました")
	if left, err := h.store.Devices.DeviceGrants(ctx, insurer.DeviceGrantQuery{Person: r.ID}); err != nil ||
		len(left) != 1 ||
		left[0].DeviceID != "B" {
		t.Errorf("%+v %v", left, err)
	}
	if got := h.entries(t, "phone.end"); len(got) != 1 {
		t.Errorf("%d ends are recorded", len(got))
	}
	for _, path := range []string{"/phones/A/end", "/phones/nobody's/end", "/phones//end"} {
		if w := h.ask(t, "GET", at+path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
		if w := h.form(t, at+path, nil); w.Code != http.StatusNotFound {
			t.Errorf("ending %s: %d", path, w.Code)
		}
	}
	if left, err := h.store.Devices.DeviceGrants(ctx, insurer.DeviceGrantQuery{Person: r.ID}); err != nil ||
		len(left) != 1 {
		t.Errorf("%+v %v", left, err)
	}
}
