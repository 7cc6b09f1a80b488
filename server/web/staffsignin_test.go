package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/internal/passkeytest"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// location is where an answer leads.
func location(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	return w.Header().Get("Location")
}

// problemKey is the key of the problem document that an answer is.
func (b *staffBrowser) problemKey(path string, body any) string {
	b.t.Helper()
	w := b.send(path, body)
	if w.Code < 400 {
		b.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return decode[kit.ProblemDocument](b.t, w).Title
}

// audited counts the entries of an action.
func (h *testApp) audited(t *testing.T, action string) int {
	t.Helper()
	return len(h.entries(t, action))
}

// Web Authentication 7.2: steps 8 (origin), 17 (user verified), 22 (counter); 13.4.3 (a challenge is good
// once).
func TestWrongAnswersOfAPasskeySignNobodyIn(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(t *testing.T, h *testApp, b *staffBrowser) string // the problem's key
		want string
	}{
		{"the device did not check who it is", func(t *testing.T, h *testApp, b *staffBrowser) string {
			w := b.trySignIn("", func(a *passkeytest.Answer) { a.Flags &^= passkeytest.UserVerified })
			return decode[kit.ProblemDocument](t, w).Title
		}, "passkey.unverified"},
		{"another site's page asked", func(t *testing.T, h *testApp, b *staffBrowser) string {
			w := b.trySignIn("", func(a *passkeytest.Answer) { a.Origin = "https://evil.example" })
			return decode[kit.ProblemDocument](t, w).Title
		}, "passkey.refused"},
		{"the same answer again", func(t *testing.T, h *testApp, b *staffBrowser) string {
			body := credentialBody{Credential: b.uses(b.options("/api/v1/staff/signin/begin", struct{}{}))}
			ref := b.cookies["madoguchi-ceremony"]
			if w := b.send("/api/v1/staff/signin", body); w.Code != http.StatusOK {
				t.Fatal(w.Body)
			}
			b.cookies = map[string]*http.Cookie{ref.Name: ref}
			return b.problemKey("/api/v1/staff/signin", body)
		}, "passkey.challenge"},
		{"an answer in another browser", func(t *testing.T, h *testApp, b *staffBrowser) string {
			body := credentialBody{Credential: b.uses(b.options("/api/v1/staff/signin/begin", struct{}{}))}
			return h.at(t).problemKey("/api/v1/staff/signin", body)
		}, "passkey.challenge"},
		{"an answer that comes too late", func(t *testing.T, h *testApp, b *staffBrowser) string {
			body := credentialBody{Credential: b.uses(b.options("/api/v1/staff/signin/begin", struct{}{}))}
			h.now = h.now.Add(5*time.Minute + time.Second)
			return b.problemKey("/api/v1/staff/signin", body)
		}, "passkey.challenge"},
		{"an answer for a proof", func(t *testing.T, h *testApp, b *staffBrowser) string {
			b.signIn("")
			body := credentialBody{Credential: b.uses(b.options("/api/v1/staff/proof/begin", backBody{}))}
			return b.problemKey("/api/v1/staff/signin", body)
		}, "passkey.challenge"},
		{"a copy of the passkey", func(t *testing.T, h *testApp, b *staffBrowser) string {
			copied := b.device.Clone()
			b.signIn("")
			thief := h.at(t)
			thief.device = copied
			w := thief.trySignIn("")
			if h.audited(t, "passkey.lock") != 1 {
				t.Error("the copy is not in the audit")
			}
			if got := location(t, b.get("/insurer")); got != "/insurer/staff" {
				t.Errorf("the member's session goes on: %q", got)
			}
			return decode[kit.ProblemDocument](t, w).Title
		}, "passkey.cloned"},
		{"a passkey that nobody has", func(t *testing.T, h *testApp, b *staffBrowser) string {
			w := b.trySignIn("", func(a *passkeytest.Answer) { a.ID = []byte("nobody's passkey") })
			return decode[kit.ProblemDocument](t, w).Title
		}, "passkey.refused"},
		{"a member who is locked", func(t *testing.T, h *testApp, b *staffBrowser) string {
			if err := h.members.Members.Lock(ctx, staff.Operator{}, b.member.ID); err != nil {
				t.Fatal(err)
			}
			return decode[kit.ProblemDocument](t, b.trySignIn("")).Title
		}, "staff.locked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newTestApp(t)
			b := h.joins(t, staff.OfInsurer("00138990"), staff.RoleInsurerClerk, "鈴木 一郎")
			if got := c.do(t, h, b); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// A sign-in and a proof each give a new id, and the one from before is worth nothing (session fixation).
func TestTheSessionsIdChangesWithEachPasskey(t *testing.T) {
	h := newTestApp(t)
	b := h.joins(t, staff.OfInsurer("00138990"), staff.RoleInsurerClerk, "鈴木 一郎")
	planted := &http.Cookie{Name: "madoguchi-clerk", Value: strings.Repeat("A", 43)}
	b.cookies[planted.Name] = planted
	seen := []string{planted.Value}
	for _, step := range []func(string) string{b.signIn, b.prove, b.signIn} {
		step("/insurer")
		now := b.cookies["madoguchi-clerk"]
		if slices.Contains(seen, now.Value) {
			t.Error("the id stayed")
		}
		if w := b.get("/insurer"); w.Code != http.StatusOK {
			t.Errorf("the new id: %d", w.Code)
		}
		for _, old := range seen {
			b.cookies["madoguchi-clerk"] = &http.Cookie{Name: "madoguchi-clerk", Value: old}
			if w := b.get("/insurer"); w.Code != http.StatusSeeOther {
				t.Errorf("an old id: %d", w.Code)
			}
		}
		b.cookies["madoguchi-clerk"] = now
		seen = append(seen, now.Value)
	}
}

func TestACookieInAnotherBrowserEndsTheSession(t *testing.T) {
	h := newTestApp(t)
	b := h.adminSignedIn(t)
	thief := h.at(t)
	thief.agent = "curl/8.0"
	thief.cookies["madoguchi-clerk"] = b.cookies["madoguchi-clerk"]
	if w := thief.get("/insurer"); w.Code != http.StatusForbidden ||
		!strings.Contains(w.Body.String(), "別のブラウザー") {
		t.Errorf("the thief: %d", w.Code)
	}
	if w := b.get("/insurer"); w.Code != http.StatusSeeOther {
		t.Errorf("the session goes on: %d", w.Code)
	}
	if got := h.entries(t, "session.other_browser"); len(got) != 1 || got[0] != string(b.member.ID) {
		t.Errorf("the audit has %q", got)
	}
}

// graveRoutes are what needs a passkey that was used within five minutes.
func graveRoutes(person string) []string {
	return []string{
		"GET /insurer/people/" + person + "/erase", "POST /insurer/people/" + person + "/erase",
		"GET /insurer/people/" + person + "/revoke", "POST /insurer/people/" + person + "/revoke",
		"GET /insurer/people/" + person + "/desk", "POST /insurer/people/" + person + "/desk",
		"GET /insurer/people/" + person + "/address",
		"GET /insurer/revoke", "POST /insurer/revoke",
		"GET /insurer/settings", "POST /insurer/settings",
		"GET /staff/members/invite", "POST /staff/members/invite",
	}
}

func TestWhatIsGraveNeedsAFreshPasskey(t *testing.T) {
	h := newTestApp(t)
	person := string(h.tokuichi(t).ID)
	b := h.adminSignedIn(t)
	ask := func(route string) (int, string) {
		method, path, _ := strings.Cut(route, " ")
		if method == http.MethodPost {
			w := b.form(path)
			return w.Code, w.Header().Get("Location")
		}
		w := b.get(path)
		return w.Code, w.Header().Get("Location")
	}
	for _, age := range []time.Duration{5 * time.Minute, time.Second} { // five minutes, and a second more
		h.now = h.now.Add(age)
		for _, route := range graveRoutes(person) {
			if strings.HasPrefix(route, "POST") && age == 5*time.Minute {
				continue // it would be done
			}
			_, path, _ := strings.Cut(route, " ")
			code, to := ask(route)
			proof := "/staff/prove?" + url.Values{"back": {path}}.Encode()
			if age == time.Second && (code != http.StatusSeeOther || to != proof) {
				t.Errorf("%s when stale: %d %s", route, code, to)
			}
			if age != time.Second && code != http.StatusOK {
				t.Errorf("%s when fresh: %d %s", route, code, to)
			}
		}
	}
	found, err := h.store.Register.PersonFile(ctx, keyOf(insurerPerson(person)), h.now, 0)
	if err != nil || found.Person.Name == "" {
		t.Errorf("the person is gone: %v", err)
	}
	// usual work goes on
	if w := b.get("/insurer/people/" + person); w.Code != http.StatusOK {
		t.Errorf("a person's page: %d", w.Code)
	}
	erase := "/insurer/people/" + person + "/erase"
	if next := b.prove(erase); next != erase {
		t.Errorf("the proof leads to %s", next)
	}
	if w := b.get(erase); w.Code != http.StatusOK {
		t.Errorf("after the proof: %d", w.Code)
	}
	// the demo's picked names are not asked
	h.session(t, auth.Clerk, "鈴木", "{}")
	if w := h.ask(t, "GET", erase, nil); w.Code != http.StatusOK {
		t.Errorf("a picked name: %d", w.Code)
	}
}

func TestAProgramIsToldWhereToProveAgain(t *testing.T) {
	h := newTestApp(t)
	b := h.deskSignedIn(t)
	code := map[string]string{"code": "AAAA-AAAA"}
	if key := b.problemKey("/api/v1/counter/bridges", code); key == "staff.prove_again" {
		t.Error("a fresh passkey is asked for again")
	}
	h.now = h.now.Add(auth.FreshProof + time.Second)
	w := b.send("/api/v1/counter/bridges", code)
	problem := answer[kit.ProblemDocument](t, w, http.StatusForbidden)
	if problem.Type != "urn:madoguchi:problem:staff.prove_again" ||
		!strings.Contains(problem.Ja, "/staff/prove?back=%2Fcounter") {
		t.Errorf("%+v", problem)
	}
	b.prove("/counter")
	if key := b.problemKey("/api/v1/counter/bridges", code); key == "staff.prove_again" {
		t.Error("a fresh passkey is asked for again")
	}
}

func TestNobodyIsLedToAnotherSite(t *testing.T) {
	h := newTestApp(t)
	b := h.joins(t, staff.OfInsurer("00138990"), staff.RoleInsurerClerk, "鈴木 一郎")
	for _, back := range []string{
		"https://evil.example/insurer", "//evil.example/insurer", `/\evil.example/insurer`,
		"\t//evil.example",
		"/insurer\r\nSet-Cookie: a=b", "javascript:alert(1)", "/%2Fevil.example", "/", "/screen",
		"/insurer/../..//evil.example", "/staff", "/staff/prove?back=/staff/prove", "/insurer/staff",
		"/staff/invite/AAAA", "///evil.example/insurer",
	} {
		if next := b.signIn(back); next != "/insurer" {
			t.Errorf("the sign-in leads from %q to %q", back, next)
		}
		if next := b.prove(back); next != "/staff/me" {
			t.Errorf("the proof leads from %q to %q", back, next)
		}
		page := b.get("/staff?" + url.Values{"back": {back}}.Encode()).Body.String()
		if !strings.Contains(page, `data-back=""`) {
			t.Errorf("the sign-in's page takes %q", back)
		}
	}
	for _, back := range []string{"/insurer", "/insurer/runs?insurer=00138990", "/staff/me"} {
		if next := b.prove(back); next != back {
			t.Errorf("the proof leads from %q to %q", back, next)
		}
	}
	// a clerk has no business at the counter
	if next := b.signIn("/counter"); next != "/insurer" {
		t.Errorf("a clerk is led to %s", next)
	}
}

func TestAnotherOrganisationsMembersAndPeopleAreNotFound(t *testing.T) {
	h := newTestApp(t)
	person := string(h.tokuichi(t).ID) // of 00138990
	own, other := h.adminSignedIn(t), h.joins(t, staff.OfInsurer("06139992"), staff.RoleInsurerAdmin, "他 社")
	other.signIn("")
	desk := h.deskSignedIn(t)
	for _, b := range []*staffBrowser{other, desk} {
		for _, id := range []string{string(own.member.ID), "AAAAAAAAAAAAAAAA"} {
			path := "/staff/members/" + id
			if w := b.get(path); w.Code != http.StatusNotFound {
				t.Errorf("%s at %s: %d", b.member.Name, path, w.Code)
			}
			for _, do := range []string{"lock", "unlock", "remove", "role", "signout", "recover"} {
				w := b.form(path, "do", do, "role", string(b.member.Role))
				if w.Code != http.StatusNotFound {
					t.Errorf("%s does %s at %s: %d", b.member.Name, do, path, w.Code)
				}
			}
		}
		if w := b.get("/staff/members"); w.Code != http.StatusOK ||
			strings.Contains(w.Body.String(), "山田 管理") {
			t.Errorf("%s lists others: %d", b.member.Name, w.Code)
		}
	}
	for _, path := range []string{"/insurer/people/" + person, "/insurer?insurer=00138990"} {
		if w := other.get(path); w.Code != http.StatusNotFound {
			t.Errorf("another insurer's clerk at %s: %d", path, w.Code)
		}
		if w := own.get(path); w.Code != http.StatusOK {
			t.Errorf("the own clerk at %s: %d", path, w.Code)
		}
	}
	if w := own.get("/counter"); w.Code != http.StatusSeeOther {
		t.Errorf("a clerk at the counter: %d", w.Code)
	}
	if w := desk.get("/insurer"); w.Code != http.StatusSeeOther {
		t.Errorf("a reception at the insurer: %d", w.Code)
	}
	mate := other.send(
		"/api/v1/staff/acting",
		map[string]string{"member": string(desk.member.ID), "pin": "2580"},
	)
	if mate.Code != http.StatusForbidden {
		t.Errorf("a clerk at a counter's PINs: %d", mate.Code)
	}
	if h.audited(t, "member.lock") != 0 || h.audited(t, "member.remove") != 0 {
		t.Error("somebody was locked or removed")
	}
}

var linkOnPage = regexp.MustCompile(`/staff/invite/([A-Za-z0-9_-]{43})`)

// linkCode is the code of the link that a page shows.
func linkCode(t *testing.T, page *httptest.ResponseRecorder) string {
	t.Helper()
	found := linkOnPage.FindStringSubmatch(page.Body.String())
	if found == nil {
		t.Fatalf("no link: %s", page.Body)
	}
	return found[1]
}

func TestAnAdministratorInvitesLocksAndRecovers(t *testing.T) {
	h := newTestApp(t)
	admin := h.adminSignedIn(t)
	w := admin.form("/staff/members/invite", "name", "佐藤 次郎", "role", "insurer-clerk")
	code := linkCode(t, w)
	if strings.Contains(h.databaseText(t), code) {
		t.Error("the database holds the link")
	}
	clerk := h.at(t)
	clerk.accept("/staff/invite/" + code)
	if clerk.signIn("") != "/insurer" {
		t.Error("the clerk is led elsewhere")
	}
	if w := h.at(t).get("/staff/invite/" + code); w.Code != http.StatusNotFound {
		t.Errorf("a used link: %d", w.Code)
	}
	id := memberNamed(t, h, "佐藤 次郎")
	page := "/staff/members/" + string(id)
	if w := clerk.get(page); w.Code != http.StatusForbidden {
		t.Errorf("a clerk at a colleague's page: %d", w.Code)
	}
	if w := clerk.form(page, "do", "role", "role", "insurer-admin"); w.Code != http.StatusForbidden {
		t.Errorf("a clerk promotes itself: %d", w.Code)
	}
	if w := admin.form(page, "do", "lock"); location(t, w) != page+"?said=changed" {
		t.Errorf("locking: %d", w.Code)
	}
	if w := clerk.get("/insurer"); w.Code != http.StatusSeeOther {
		t.Errorf("a locked member works on: %d", w.Code)
	}
	old := clerk.device
	w = admin.form(page, "do", "recover")
	again := h.at(t)
	again.accept("/staff/invite/" + linkCode(t, w))
	if again.signIn("") != "/insurer" {
		t.Error("the recovered clerk is led elsewhere")
	}
	thief := h.at(t)
	thief.device = old
	if w := thief.trySignIn(""); w.Code != http.StatusForbidden {
		t.Errorf("the old passkey: %d", w.Code)
	}
	for action, want := range map[string]int{
		"member.invite": 2, "member.accept": 3, "member.lock": 1, "member.recover": 1,
	} {
		if got := h.audited(t, action); got != want {
			t.Errorf("%d entries of %s, want %d", got, action, want)
		}
	}
	if w := again.get("/staff/me"); !strings.Contains(w.Body.String(), "保険者の担当") {
		t.Error("the recovered clerk has another role")
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	h := newTestApp(t)
	admin := h.adminSignedIn(t)
	page := "/staff/members/" + string(admin.member.ID)
	for _, fields := range [][]string{
		{"do", "lock"}, {"do", "remove"}, {"do", "role", "role", "insurer-clerk"},
	} {
		w := admin.form(page, fields...)
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "最後の管理者") {
			t.Errorf("%v: %d", fields, w.Code)
		}
	}
	if w := admin.get("/staff/members"); w.Code != http.StatusOK {
		t.Errorf("the administrator is out: %d", w.Code)
	}
}

// Whatever is wrong with a link, the answer is the same, and guessing is bounded by network.
func TestWrongInvitationsAreAnsweredAlike(t *testing.T) {
	h := newTestApp(t)
	invite := func() string {
		code, _, err := h.members.Members.Invite(ctx, staff.Operator{}, staff.NewMember{
			Organisation: staff.OfInsurer("00138990"),
			Name:         "佐藤 次郎",
			Role:         staff.RoleInsurerClerk,
		})
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	used, old := invite(), invite()
	h.at(t).accept("/staff/invite/" + used)
	h.now = h.now.Add(staff.InvitationLife)
	number := regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`) // of the request
	path := regexp.MustCompile(`/staff/invite/[A-Za-z0-9_-]+`)
	var pages []string
	for _, code := range []string{used, old, strings.Repeat("A", 43), "x"} {
		w := h.at(t).get("/staff/invite/" + code)
		if w.Code != http.StatusNotFound || len(w.Result().Cookies()) != 0 {
			t.Errorf("%d %v", w.Code, w.Result().Cookies())
		}
		page := path.ReplaceAllString(number.ReplaceAllString(w.Body.String(), ""), "")
		pages = append(
			pages,
			regexp.MustCompile(`%2Fstaff%2Finvite%2F[A-Za-z0-9_-]+`).ReplaceAllString(page, ""),
		)
	}
	for _, page := range pages[1:] {
		if page != pages[0] {
			t.Errorf("two answers:\n%s\n%s", pages[0], page)
		}
	}
	limited := 0
	for range 40 {
		if h.at(t).get("/staff/invite/guess").Code == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited < 20 {
		t.Errorf("%d of 40 guesses were refused", limited)
	}
}

func TestBegunSignInsAreBoundedByNetwork(t *testing.T) {
	h := newTestApp(t)
	limited := 0
	for range 300 {
		if h.at(t).send("/api/v1/staff/signin/begin", struct{}{}).Code == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited != 100 { // 200 at once
		t.Errorf("%d of 300 were refused", limited)
	}
}

func TestAMemberSeesAndEndsTheOwnSessions(t *testing.T) {
	h := newTestApp(t)
	b := h.adminSignedIn(t)
	second := h.at(t)
	second.device = b.device
	second.signIn("")
	ends := regexp.MustCompile(`/staff/sessions/([0-9a-f]{64})/end`)
	found := ends.FindAllStringSubmatch(b.get("/staff/me").Body.String(), -1)
	if len(found) != 1 {
		t.Fatalf("%d other sessions", len(found))
	}
	stranger := h.joins(t, staff.OfInsurer("00138990"), staff.RoleInsurerClerk, "佐藤 次郎")
	stranger.signIn("")
	if w := stranger.form("/staff/sessions/" + found[0][1] + "/end"); w.Code != http.StatusNotFound {
		t.Errorf("a colleague ends it: %d", w.Code)
	}
	b.form("/staff/sessions/" + found[0][1] + "/end")
	if w := second.get("/insurer"); w.Code != http.StatusSeeOther {
		t.Errorf("the ended session: %d", w.Code)
	}
	second.signIn("")
	b.form("/staff/signout/everywhere")
	for _, one := range []*staffBrowser{b, second} {
		if w := one.get("/insurer"); w.Code != http.StatusSeeOther {
			t.Errorf("signed out everywhere: %d", w.Code)
		}
	}
	if w := stranger.get("/insurer"); w.Code != http.StatusOK {
		t.Errorf("a colleague was signed out: %d", w.Code)
	}
}

func TestAClerksSessionEndsAfterAQuarterOfAnHourAndACountersDoesNot(t *testing.T) {
	h := newTestApp(t)
	clerk, desk := h.adminSignedIn(t), h.deskSignedIn(t)
	h.now = h.now.Add(16 * time.Minute)
	if w := clerk.get("/insurer"); w.Code != http.StatusSeeOther {
		t.Errorf("the clerk: %d", w.Code)
	}
	if w := desk.get("/counter"); w.Code != http.StatusOK {
		t.Errorf("the counter: %d", w.Code)
	}
	h.now = h.now.Add(12 * time.Hour)
	if w := desk.get("/counter"); w.Code != http.StatusSeeOther {
		t.Errorf("the counter in the evening: %d", w.Code)
	}
}

// At an opened counter PC the one who gave the PIN acts: the record names that member, by the ID, and grave
// things ask for that member's own passkey.
func TestWhoGaveThePINActs(t *testing.T) {
	h := newTestApp(t)
	opener := h.deskSignedIn(t)
	mate := h.joins(t, staff.OfFacility(h.facility.Code), staff.RoleFacilityAdmin, "佐藤 次郎")
	mate.signIn("")
	if w := mate.form("/staff/pin", "pin", "1234"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a weak PIN: %d", w.Code)
	}
	if w := mate.form("/staff/pin", "pin", "2580"); location(t, w) != "/staff/me?said=pin" {
		t.Fatal(w.Code)
	}
	acts := func(pin string) map[string]string {
		return map[string]string{"member": string(mate.member.ID), "pin": pin}
	}
	if key := opener.problemKey("/api/v1/staff/acting", acts("8520")); key != "pin.wrong" {
		t.Error(key)
	}
	if w := opener.send("/api/v1/staff/acting", acts("2580")); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	jws := h.live(t, h.tokuichi(t).Person, "00138990", h.now)
	w := opener.send("/api/v1/counter/cases", map[string]string{"text": jws})
	opened := answer[struct{ ID, Staff string }](t, w, http.StatusCreated)
	if opened.Staff != "佐藤 次郎" {
		t.Errorf("the page names %q", opened.Staff)
	}
	cases, err := h.counter.Today(ctx, mate.member.Reception())
	if err != nil || len(cases) != 1 || cases[0].Staff != string(mate.member.ID) {
		t.Errorf("%+v %v", cases, err)
	}
	// the opener's fresh passkey is not the colleague's
	pairing := map[string]string{"code": "A"}
	if key := opener.problemKey("/api/v1/counter/bridges", pairing); key != "staff.prove_again" {
		t.Error(key)
	}
	begun := opener.send("/api/v1/staff/proof/begin", backBody{"/counter"}).Body.Bytes()
	if strings.Contains(string(begun), passkeyID(opener)) ||
		!strings.Contains(string(begun), passkeyID(mate)) {
		t.Error("the opener's passkey is asked for")
	}
	// the opener takes over again and records
	if err := h.members.PINs.Set(ctx, opener.member, "1357"); err != nil {
		t.Fatal(err)
	}
	back := map[string]string{"member": string(opener.member.ID), "pin": "1357"}
	if w := opener.send("/api/v1/staff/acting", back); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	w = opener.send("/api/v1/counter/cases/"+opened.ID+"/record",
		map[string]string{"outcome": "refused", "reason": "本人の希望"})
	if got := answer[struct{ Staff string }](t, w, http.StatusOK).Staff; got != opener.member.Name {
		t.Errorf("the recorded case names %q", got)
	}
	cases, err = h.counter.Today(ctx, mate.member.Reception())
	if err != nil || cases[0].Staff != string(opener.member.ID) {
		t.Errorf("%+v %v", cases, err)
	}
	if w := opener.send("/api/v1/staff/acting", acts("2580")); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	for range 5 {
		opener.send("/api/v1/staff/acting", acts("8520"))
	}
	if key := opener.problemKey("/api/v1/staff/acting", acts("2580")); key != "pin.locked" {
		t.Error(key)
	}
	// a locked colleague acts no more at a PC that is open
	if err := h.members.Members.Lock(ctx, staff.Operator{}, mate.member.ID); err != nil {
		t.Fatal(err)
	}
	if w := opener.get("/counter"); w.Code != http.StatusSeeOther {
		t.Errorf("a locked member acts: %d", w.Code)
	}
}

// A live server has no names to pick, and sends whoever is not signed in to the sign-in and back.
func TestALiveServerHasNoNamesToPick(t *testing.T) {
	h := newTestApp(t)
	h.alive(t)
	b := h.at(t)
	for _, path := range []string{"/insurer/staff", "/counter/staff"} {
		if w := b.get(path); w.Code != http.StatusNotFound && location(t, w) == "" {
			t.Errorf("%s: %d", path, w.Code)
		}
		if w := b.form(path, "name", "鈴木"); w.Code != http.StatusNotFound &&
			w.Code != http.StatusMethodNotAllowed {
			t.Errorf("picking at %s: %d", path, w.Code)
		}
	}
	if w := b.form("/staff/try", "door", "insurer"); w.Code != http.StatusNotFound {
		t.Errorf("trying: %d", w.Code)
	}
	for _, path := range []string{"/insurer", "/insurer/runs?insurer=00138990", "/counter", "/staff/me"} {
		want := "/staff?" + url.Values{"back": {path}}.Encode()
		if got := location(t, b.get(path)); got != want {
			t.Errorf("%s leads to %q", path, got)
		}
	}
	h.session(t, auth.Clerk, "鈴木", "{}") // as the demo's are
	if w := h.ask(t, "GET", "/insurer", nil); w.Code != http.StatusSeeOther {
		t.Errorf("a session that no passkey opened: %d", w.Code)
	}
}

// The routes are the program's own list: each page of members is closed but those of the sign-in itself.
func TestStrangersSeeTheSignInOnly(t *testing.T) {
	h := newTestApp(t)
	open := []string{
		"/staff", "/staff/try", "/staff/invite", "/staff/invite/:code", "/api/v1/staff/signin/begin",
		"/api/v1/staff/signin", "/api/v1/staff/invite/begin", "/api/v1/staff/invite",
	}
	h.session(t, auth.Clerk, "鈴木", "{}") // a picked name is no member
	tried := 0
	for _, r := range h.echo.Routes() {
		page := strings.HasPrefix(r.Path, "/staff")
		if !page && !strings.HasPrefix(r.Path, "/api/v1/staff") || slices.Contains(open, r.Path) ||
			r.Method == echo.RouteNotFound {
			continue
		}
		tried++
		var body any
		if r.Path == "/api/v1/staff/proof" {
			body = credentialBody{Credential: []byte("{}")}
		}
		w := h.ask(t, r.Method, r.Path, body)
		if page && (w.Code != http.StatusSeeOther || !strings.HasPrefix(location(t, w), "/staff?back=")) ||
			!page && w.Code != http.StatusForbidden {
			t.Errorf("%s %s: %d %s", r.Method, r.Path, w.Code, location(t, w))
		}
	}
	if tried < 15 {
		t.Errorf("%d routes", tried)
	}
}

// An operator sees members of the operator's staff and no insured person; a facility's administrator has a
// session of a quarter of an hour for the pages besides the counter's.
func TestEachRoleComesToItsOwnPages(t *testing.T) {
	h := newTestApp(t)
	operator := h.joins(t, staff.TheOperator, staff.RoleOperator, "運営 花")
	if next := operator.signIn("/insurer"); next != "/operator" {
		t.Errorf("the operator is led to %s", next)
	}
	for path, want := range map[string]int{
		"/insurer": http.StatusSeeOther, "/counter": http.StatusSeeOther, "/staff/members": http.StatusOK,
		"/operator":  http.StatusOK,
		"/staff/pin": http.StatusForbidden,
	} {
		if w := operator.get(path); w.Code != want {
			t.Errorf("the operator at %s: %d", path, w.Code)
		}
	}
	admin := h.joins(t, staff.OfFacility(h.facility.Code), staff.RoleFacilityAdmin, "田中 三月")
	if next := admin.signIn("/staff/members"); next != "/staff/members" ||
		admin.cookies["madoguchi-admin"] == nil {
		t.Errorf("the administrator is led to %s with %v", next, admin.cookies)
	}
	if w := admin.get("/counter"); w.Code != http.StatusSeeOther {
		t.Errorf("that session opens a counter: %d", w.Code)
	}
	if next := admin.signIn(""); next != "/counter" || admin.cookies["madoguchi-counter"] == nil {
		t.Errorf("the administrator is led to %s with %v", next, admin.cookies)
	}
}

// Without the page's program there is no button that does nothing: the page says what passkeys need.
func TestWithoutAProgramThePageSaysWhatPasskeysNeed(t *testing.T) {
	h := newTestApp(t)
	admin := h.adminSignedIn(t)
	for path, b := range map[string]*staffBrowser{"/staff": h.at(t), "/staff/prove": admin} {
		page := b.get(path).Body.String()
		if !strings.Contains(page, `id="passkey" hidden`) || !strings.Contains(page, `id="no-passkeys">`) ||
			!strings.Contains(page, "JavaScript") {
			t.Errorf("%s:\n%s", path, page)
		}
	}
}
