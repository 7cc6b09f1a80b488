package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/web/patient"
)

// wishFor is what the clerk's form holds for a representative by mandate.
func (h *testApp) wishFor(name string) url.Values {
	return url.Values{"ground": {"mandate"}, "name": {name}, "seen": {"委任状"},
		"last": {h.lastRepresented().String()}}
}

// lastRepresented is the last day of a test app's representatives: on testAppDay it is 2027-03-31.
func (h *testApp) lastRepresented() eligibility.Date { return eligibility.DateOf(h.now).AddDays(129) }

// representCode has a clerk make a code for a representative.
func (h *testApp) representCode(t *testing.T, r insurer.PersonRecord, name string) string {
	t.Helper()
	clerk := clerkOf(r.Person.Insurer)
	if err := h.insurer.Representatives.Begin(ctx, clerk, r.ID, insurer.RepresentWish{
		Ground: insurer.ByMandate,
		Name:   name,
		Seen:   "委任状",
		Last:   h.lastRepresented(),
	}); err != nil {
		t.Fatal(err)
	}
	paper, err := h.insurer.Representatives.Code(ctx, clerk, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	return paper.Code
}

// represented gives a person a representative and returns the representative's number.
func (h *testApp) represented(t *testing.T, r insurer.PersonRecord, name string) string {
	t.Helper()
	return h.representedBy(t, r, "rep", name)
}

// representedBy is represented, with the subject of the representative's login.
func (h *testApp) representedBy(t *testing.T, r insurer.PersonRecord, subject, name string) string {
	t.Helper()
	mac, err := h.insurer.Representatives.CodeFor(ctx, h.representCode(t, r, name))
	if err != nil {
		t.Fatal(err)
	}
	login := &auth.Identity{
		Subject:   subject,
		Name:      name,
		BirthDate: eligibility.MustDate("1980-04-01"),
		At:        h.now,
	}
	if err := h.insurer.Representatives.Accept(ctx, insurer.Viewer{Login: login}, mac); err != nil {
		t.Fatal(err)
	}
	all, err := h.insurer.Representatives.OfPerson(ctx, clerkOf(r.Person.Insurer), r.ID)
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	newest := all[0].Number
	for _, one := range all {
		newest = max(newest, one.Number)
	}
	return strconv.FormatInt(newest, 10)
}

// logInAs makes the session that a representative's login makes, with the code of the session before.
func (h *testApp) logInAs(t *testing.T, name string, at time.Time, represent []byte) {
	t.Helper()
	data, err := json.Marshal(patient.VisitSession{Represent: represent, Login: &auth.Identity{
		Subject:   "rep",
		Name:      name,
		BirthDate: eligibility.MustDate("1980-04-01"),
		At:        at,
	}})
	if err != nil {
		t.Fatal(err)
	}
	h.cookies = nil
	h.session(t, auth.Patient, "rep", string(data))
}

var codeOnPage = regexp.MustCompile(`id="represent-code">([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})<`)

// From the clerk's form to the counter: the code, the login, the screen with its mark, the verdict that names
// it, the clerk's page, the person's list.
func TestARepresentativeFromTheDeskToTheCounter(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	own := h.cookies
	h.cookies = nil
	h.session(t, auth.Clerk, "鈴木", "{}")
	clerk, person := h.cookies, "/insurer/people/"+string(r.ID)
	if page := h.page(t, person+"/represent"); strings.Contains(page, "親権者") ||
		!strings.Contains(page, "委任による代理人") {
		t.Error("the grounds are not those of an adult")
	}
	if w := h.form(t, person+"/represent", h.wishFor("代理　花子")); w.Code != http.StatusSeeOther ||
		w.Header().Get("Location") != person+"/represent/code" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page := h.page(t, person+"/represent/code")
	code := codeOnPage.FindStringSubmatch(page)
	if code == nil || !strings.Contains(page, "10:52") || !strings.Contains(page, "代理 花子") {
		t.Fatal(page)
	}
	if w := h.ask(t, "GET", person+"/represent/code.png", nil); w.Code != http.StatusOK ||
		w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("%d %s", w.Code, w.Header())
	}

	h.cookies = nil
	w := h.ask(t, "GET", "/r/"+code[1], nil)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/represent" {
		t.Fatalf("%d %s", w.Code, w.Header())
	}
	h.cookies = w.Result().Cookies()
	if page := h.page(t, "/represent"); !strings.Contains(page, `href="/login"`) ||
		strings.Contains(page, "髙橋") {
		t.Error("it does not lead to the login, or names the person")
	}
	mac, err := h.insurer.Representatives.CodeFor(ctx, code[1])
	if err != nil {
		t.Fatal(err)
	}
	h.logInAs(t, "代理　花子", h.now, mac)
	if page := h.page(t, "/represent"); !strings.Contains(page, "代理　花子") ||
		!strings.Contains(page, `id="accept"`) {
		t.Error(page)
	}
	if w := h.form(t, "/represent", nil); w.Code != http.StatusSeeOther ||
		w.Header().Get("Location") != "/screen" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := h.form(t, "/represent", nil); w.Code != http.StatusUnprocessableEntity { // once
		t.Errorf("again: %d", w.Code)
	}
	type shown struct {
		ID               string
		RepresentedUntil string
		Representatives  []struct{ ID, Name, Until string }
	}
	me := answer[struct{ People []shown }](t, h.ask(t, "GET", "/api/v1/me", nil), http.StatusOK)
	if len(me.People) != 1 || me.People[0].RepresentedUntil != "2027-03-31" ||
		me.People[0].Representatives != nil {
		t.Errorf("%+v", me)
	}
	live := answer[struct {
		JWS     string
		Details patient.Details
	}](t, h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"}),
		http.StatusOK)
	if live.Details.RepresentedUntil != "2027-03-31" {
		t.Errorf("%+v", live.Details)
	}
	rep := h.cookies

	h.cookies = nil
	h.session(t, auth.Counter, "鈴木", "{}")
	if c := h.scan(t, live.JWS); !c.Verdict.Valid || c.Verdict.Representative == nil ||
		!strings.Contains(c.Verdict.Representative.Ja, "代理の方の端末") {
		t.Errorf("%+v", c.Verdict)
	}
	if c := h.scan(t, h.live(t, r.Person, "00138990", h.now)); c.Verdict.Representative != nil {
		t.Errorf("the person's own: %+v", c.Verdict)
	}

	h.cookies = clerk
	page = h.page(t, person)
	for _, want := range []string{"代理 花子", "委任による代理人", "委任状", "令和9年3月31日",
		"代理の登録のコードを出しました", "代理の方が登録しました"} {
		if !strings.Contains(page, want) {
			t.Errorf("the clerk's page lacks %q", want)
		}
	}
	if page := h.page(t, person+"/represent/code"); codeOnPage.MatchString(page) {
		t.Error("a used code is still shown")
	}

	h.cookies = own
	me = answer[struct{ People []shown }](t, h.ask(t, "GET", "/api/v1/me", nil), http.StatusOK)
	if len(me.People) != 1 || me.People[0].RepresentedUntil != "" || len(me.People[0].Representatives) != 1 ||
		me.People[0].Representatives[0].Name != "代理 花子" ||
		me.People[0].Representatives[0].Until != "2027-03-31" {
		t.Fatalf("%+v", me)
	}
	number := me.People[0].Representatives[0].ID
	end := "/api/v1/people/" + string(r.ID) + "/representatives/" + number + "/end"
	h.cookies = rep
	refusedWith(t, h.ask(t, "POST", end, struct{}{}), "person.not_yours")
	h.cookies = own
	if w := h.ask(t, "POST", end, struct{}{}); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	refusedWith(t, h.ask(t, "POST", end, struct{}{}), "represent.missing")
	h.cookies = rep
	refusedWith(t, h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential",
		map[string]string{"tier": "live"}), "session.missing") // the session is over too
}

// What a clerk typed comes back on the form, to be mended.
func TestTheClerksFormForARepresentativeComesBack(t *testing.T) {
	h, r := clerksApp(t)
	person := "/insurer/people/" + string(r.ID)
	for _, c := range []struct{ name, field, value, want string }{
		{"no ground", "ground", "", "代理の根拠をえらんでください"},
		{"no name", "name", "", "代理の方の氏名は"},
		{"a day that is none", "last", "2027-02-30", "終わりの日は、今日からあと"},
		{"a day that is too late", "last", "2030-01-01", "この根拠で認められる日より後"},
		{"another year's day", "last", "yesterday", "終わりの日は、今日からあと"},
	} {
		t.Run(c.name, func(t *testing.T) {
			form := h.wishFor("代理 花子")
			form.Set(c.field, c.value)
			w := h.form(t, person+"/represent", form)
			if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.want) ||
				!strings.Contains(w.Body.String(), `value="委任状"`) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

// A code that is none, used or over gets one answer, whoever asks, and what does not fit is let go.
func TestARepresentativesCodeThatIsRefused(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	code := h.representCode(t, r, "代理 花子")
	mac, err := h.insurer.Representatives.CodeFor(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"AAAAAAAAAAAAAAAA", "x", "%00", strings.Repeat("A", 60)} {
		w := h.ask(t, "GET", "/r/"+wrong, nil)
		if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `id="code"`) {
			t.Errorf("%s: %d", wrong, w.Code)
		}
	}
	h.logInAs(t, "他人 太郎", h.now, mac)
	w := h.form(t, "/represent", nil)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "一致しません") {
		t.Errorf("another name: %d", w.Code)
	}
	if page := h.page(t, "/represent"); strings.Contains(page, `id="accept"`) {
		t.Error("the code was kept")
	}
	h.logInAs(t, "代理 花子", h.now.Add(-16*time.Minute), mac)
	w = h.form(t, "/represent", nil)
	if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), `href="/login"`) {
		t.Errorf("an old login: %d", w.Code)
	}
	h.logInAs(t, "代理 花子", h.now, mac)
	h.now = h.now.Add(insurer.RepresentCodeLife)
	if w := h.ask(t, "GET", "/represent", nil); w.Code != http.StatusNotFound {
		t.Errorf("over: %d", w.Code)
	}
	if w := h.form(t, "/represent", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("over: %d", w.Code)
	}
}

// A name on a card with unusual characters is compared tolerantly, as everywhere.
func TestATypedCodeOfARepresentativeIsReadAsPeopleType(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	code := h.representCode(t, r, "代理 花子")
	typed := strings.ToLower(code[:4]) + " " + code[4:8] + "-" + code[8:]
	w := h.form(t, "/represent/code", url.Values{"code": {typed}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/represent" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Guessing codes is slow for who guesses, and locks nobody else's code.
func TestGuessingARepresentativesCodeIsLimited(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	code := h.representCode(t, r, "代理 花子")
	limited := false
	for range 40 {
		limited = limited || h.ask(t, "GET", "/r/AAAAAAAAAAAAAAAA", nil).Code == http.StatusTooManyRequests
	}
	elsewhere := func(r *http.Request) { r.RemoteAddr = "127.0.0.2:50000" }
	if w := h.ask(t, "GET", "/r/"+code, nil, elsewhere); !limited || w.Code != http.StatusSeeOther {
		t.Errorf("limited: %v, the right code elsewhere: %d", limited, w.Code)
	}
}

// The clerk ends a representative on a page that says what follows.
func TestAClerkEndsARepresentative(t *testing.T) {
	h, r := clerksApp(t)
	number := h.represented(t, r, "代理 花子")
	address := "/insurer/people/" + string(r.ID) + "/representatives/" + number + "/end"
	if page := h.page(t, address); !strings.Contains(page, "代理 花子") ||
		!strings.Contains(page, "1日のうちに") {
		t.Error(page)
	}
	w := h.form(t, address, nil)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if page := h.page(t, w.Header().Get("Location")); !strings.Contains(page, "代理を終わりにしました") ||
		!strings.Contains(page, "代理の方はいません") {
		t.Error(page)
	}
	if w := h.ask(t, "GET", address, nil); w.Code != http.StatusNotFound {
		t.Errorf("again: %d", w.Code)
	}
}
