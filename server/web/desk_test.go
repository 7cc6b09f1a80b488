package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/patient"
)

// atDesk begins an enrolment at the desk as the clerk whom the tests pick by name.
func (h *testApp) atDesk(t *testing.T, r insurer.PersonRecord) insurer.DeskEnrolment {
	t.Helper()
	clerk := clerkOf(r.Person.Insurer)
	ref, err := h.insurer.Desk.Begin(ctx, clerk, r.ID, insurer.SeenCard)
	if err != nil {
		t.Fatal(err)
	}
	e, err := h.insurer.Desk.Enrolment(ctx, clerk, r.ID, ref)
	if err != nil || e.Code == "" {
		t.Fatalf("%+v %v", e, err)
	}
	return e
}

// loginOf is the login of a person, just now.
func (h *testApp) loginOf(r insurer.PersonRecord, subject string) *auth.Identity {
	return &auth.Identity{Subject: subject, Name: r.Person.Name, BirthDate: r.Person.BirthDate, At: h.now}
}

// patientWith is a browser's cookies with a patient's session that holds a visit.
func (h *testApp) patientWith(t *testing.T, v patient.VisitSession) []*http.Cookie {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	before := h.cookies
	defer func() { h.cookies = before }()
	h.cookies = nil
	h.session(t, auth.Patient, v.Login.Subject, string(data))
	return h.cookies
}

// here is a browser on this computer.
const here = "127.0.0.1:50000"

// from sends a request as one browser at one address, and keeps its cookies.
func from(
	site http.Handler, address, method, path string, form url.Values, cookies *[]*http.Cookie,
) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host, r.RemoteAddr = "localhost:8080", address
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range *cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		*cookies = slices.DeleteFunc(*cookies, func(old *http.Cookie) bool { return old.Name == c.Name })
		if c.MaxAge >= 0 {
			*cookies = append(*cookies, c)
		}
	}
	return w
}

// The clerk's page: only with a fresh passkey, says what was seen, a code that a phone scans, and follows.
func TestAClerkEnrolsSomebodyAtTheDesk(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	b := h.joins(t, staff.OfInsurer("00138990"), staff.RoleInsurerClerk, "鈴木 一郎")
	b.signIn("")
	desk := "/insurer/people/" + string(r.ID) + "/desk"
	h.now = h.now.Add(6 * time.Minute)
	for _, w := range []*httptest.ResponseRecorder{b.get(desk), b.form(desk, "seen", "card")} {
		if to := location(t, w); to != "/staff/prove?"+(url.Values{"back": {desk}}).Encode() {
			t.Errorf("a passkey of six minutes ago: %d %s", w.Code, to)
		}
	}
	b.prove("/insurer")
	if w := b.form(desk); w.Code != http.StatusUnprocessableEntity ||
		!strings.Contains(w.Body.String(), "見た書類をえらんでください") {
		t.Errorf("nothing was seen: %d", w.Code)
	}
	page := location(t, b.form(desk, "seen", "photo"))
	shown := b.get(page)
	code := between(t, shown.Body.String(), `id="desk-code">`, "<")
	for _, want := range []string{"写真つきの書類1点", "待っています", "/d/" + strings.ReplaceAll(code, "-", ""),
		h.now.Add(10 * time.Minute).In(eligibility.Japan).Format("15:04")} {
		if !strings.Contains(shown.Body.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	picture := b.get(page + "/code.png")
	if _, err := png.Decode(bytes.NewReader(picture.Body.Bytes())); err != nil {
		t.Error(err)
	}
	other := h.joins(t, staff.OfInsurer("00138990"), staff.RoleInsurerClerk, "佐藤 次郎")
	other.signIn("")
	if w := other.get(page); strings.Contains(w.Body.String(), code) || w.Code != http.StatusOK {
		t.Errorf("a colleague sees the code: %d", w.Code)
	}
	if w := other.get(page + "/code.png"); w.Code != http.StatusNotFound {
		t.Errorf("a colleague sees its picture: %d", w.Code)
	}
	strange := h.joins(t, staff.OfInsurer("06139992"), staff.RoleInsurerClerk, "田中 三郎")
	strange.signIn("")
	for _, path := range []string{page, page + "/code.png", page + "/events", desk} {
		if w := strange.get(path); w.Code != http.StatusNotFound {
			t.Errorf("another insurer's clerk at %s: %d", path, w.Code)
		}
	}

	phone := h.patientWith(t, patient.VisitSession{Login: h.loginOf(r, "op|tokuichi")})
	if w := from(h.echo, here, "GET", "/d/"+code, nil, &phone); w.Code != http.StatusSeeOther {
		t.Fatalf("the scan: %d", w.Code)
	}
	if w := from(h.echo, here, "GET", "/notice", nil, &phone); !strings.Contains(w.Body.String(),
		"窓口") || strings.Contains(w.Body.String(), r.Person.Name) {
		t.Error("the phone's page is not the desk's, or names somebody")
	}
	if w := from(h.echo, here, "POST", "/enrol", nil, &phone); location(t, w) != "/screen" {
		t.Fatalf("the enrolment: %d %s", w.Code, w.Body)
	}
	if w := b.get(page); !strings.Contains(w.Body.String(), "登録できました") ||
		strings.Contains(w.Body.String(), code) {
		t.Error("the clerk's page does not say that the phone is bound")
	}
	file := b.get("/insurer/people/" + string(r.ID)).Body.String()
	for _, want := range []string{"窓口で登録（担当 鈴木 一郎・写真つきの書類1点）", "窓口での登録を始めました",
		"窓口のコードでスマホ（端末）を登録しました"} {
		if !strings.Contains(file, want) {
			t.Errorf("the person's page lacks %q", want)
		}
	}
	if w := from(h.echo, here, "GET", "/d/"+code, nil, &phone); w.Code != http.StatusNotFound {
		t.Errorf("the code again: %d", w.Code)
	}
}

// between is the text between two others.
func between(t *testing.T, text, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, from)
	found, _, closed := strings.Cut(rest, to)
	if !ok || !closed {
		t.Fatalf("nothing between %q and %q in %.600s", from, to, text)
	}
	return found
}

// The page hears of each step by an event: a login that does not fit, one that does.
func TestTheDesksPageHearsOfThePhone(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	e := h.atDesk(t, r)
	mac, err := h.insurer.Desk.CodeFor(ctx, e.Code)
	if err != nil {
		t.Fatal(err)
	}
	h.session(t, auth.Clerk, "鈴木", "{}")
	site := httptest.NewUnstartedServer(h.echo)
	site.Listener = unhurried{site.Listener} // the test app's clock stands still
	site.Start()
	defer site.Close()
	call, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(call, "GET",
		site.URL+"/insurer/people/"+string(r.ID)+"/desk/"+e.Ref+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "localhost:8080"
	for _, c := range h.cookies {
		request.AddCookie(c)
	}
	res, err := site.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func() (p struct{ State, Ja string }) {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &p); err != nil {
					t.Fatal(err)
				}
				return p
			}
		}
		t.Fatalf("no event: %v", lines.Err())
		return p
	}
	if p := next(); p.State != "open" || !strings.Contains(p.Ja, "待って") {
		t.Errorf("%+v", p)
	}
	wrong := insurer.Viewer{Login: h.loginOf(r, "op|other")}
	wrong.Login.Name = "別人 太郎"
	if err := h.insurer.Desk.Enrol(ctx, wrong, mac); err != insurer.ErrDeskMisfit {
		t.Fatal(err)
	}
	if p := next(); p.State != "open" || !strings.Contains(p.Ja, "1回") {
		t.Errorf("%+v", p)
	}
	if err := h.insurer.Desk.Enrol(ctx, insurer.Viewer{Login: h.loginOf(r, "op|own")}, mac); err != nil {
		t.Fatal(err)
	}
	if p := next(); p.State != "bound" {
		t.Errorf("%+v", p)
	}
	if blank := lines.Scan(); blank && lines.Scan() {
		t.Errorf("it goes on: %s", lines.Text())
	}
}

// guess is the nth of many codes that nobody has.
func guess(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var b strings.Builder
	for range 16 {
		b.WriteByte(letters[n%32])
		n = n/32 + 7*n + 3
	}
	return b.String()
}

// Ten thousand wrong codes, from one address and from thousands, before a login and after: none opens
// anything, they cost no memory, beyond the first few the answer says when to try again, and whoever has the
// right paper gets in, also from the attacker's own address.
func TestTenThousandWrongCodesLockNobodyOut(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	code, desk := h.noticeCode(t, r), h.atDesk(t, r)
	stranger := h.loginOf(r, "op|attacker")
	stranger.Name = "別人 太郎"
	attacker := h.patientWith(t, patient.VisitSession{Login: stranger})
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	site, halfway := h.open(), uint64(0)
	const one = "198.51.100.7:1"
	limited, through := map[string]int{}, 0
	for n := range 10_000 {
		if n == 5000 { // what is made once, such as parsed templates, stands by now
			halfway = heap()
		}
		who, address, cookies := "one address", one, []*http.Cookie{}
		method, path, form := "GET", "/n/"+guess(n), url.Values(nil)
		switch n % 4 {
		case 1:
			who, path = "the desk's, one address", "/d/"+guess(n)
		case 2:
			who, address = "thousands", fmt.Sprintf("203.%d.%d.%d:1", n>>16&255, n>>8&255, n&255)
		case 3:
			who, cookies = "a login", append(cookies, attacker...)
			method, path, form = "POST", "/enrol", url.Values{"code": {guess(n)}}
		}
		w := from(site, address, method, path, form, &cookies)
		switch w.Code {
		case http.StatusTooManyRequests:
			limited[who]++
			if w.Header().Get("Retry-After") == "" {
				t.Fatalf("%s: no Retry-After", who)
			}
		case http.StatusNotFound, http.StatusUnprocessableEntity:
		default:
			through++
		}
	}
	testenv.Refused(t, testenv.Limits, 10_000)
	if through != 0 {
		t.Errorf("%d opened something", through)
	}
	// 20 at once, of each kind of key; the two kinds of codes share an address's
	if n := limited["one address"] + limited["the desk's, one address"]; n != 5000-20 {
		t.Errorf("%d of 5,000 from one address were limited", n)
	}
	if n := limited["a login"]; n != 2500-20 {
		t.Errorf("%d of 2,500 by one login were limited", n)
	}
	if grown := int64(heap()) - int64(halfway); grown > 4<<20 {
		t.Errorf("5,000 of them keep %d bytes", grown)
	}
	if n, err := h.store.Sessions().ExpireSessions(ctx, h.now.AddDate(1, 0, 0)); err != nil || n > 1 {
		t.Errorf("%d sessions are kept, %v", n, err) // the attacker's own
	}

	for _, path := range []string{"/n/" + code, "/d/" + desk.Code} {
		t.Run("another address, "+path[:2], func(t *testing.T) {
			phone := []*http.Cookie{}
			if w := from(site, "192.0.2.1:1", "GET", path, nil, &phone); location(t, w) != "/notice" {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	t.Run("typed after a login at the same address", func(t *testing.T) {
		phone := h.patientWith(t, patient.VisitSession{Login: h.loginOf(r, "op|tokuichi")})
		w := from(site, one, "POST", "/enrol", url.Values{"code": {code}}, &phone)
		if location(t, w) != "/screen" {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	h.now = h.now.Add(3 * time.Second)
	t.Run("the same address, three seconds later", func(t *testing.T) {
		phone := []*http.Cookie{}
		if w := from(site, one, "GET", "/n/"+code, nil, &phone); location(t, w) != "/notice" {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

// Behind an address from which wrong codes keep coming, a scanned code is not looked up, right or wrong, but
// carried through the login, and enrols then.
func TestACodeIsCarriedThroughTheLoginBehindANeighbourWhoGuesses(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	e, pick := h.atProvider(t)
	for n := range 20 {
		from(e, here, "GET", "/n/"+guess(n), nil, &[]*http.Cookie{})
	}
	for _, c := range []struct{ name, path, ends string }{
		{"a notice's", "/n/" + h.noticeCode(t, r), "/screen"},
		{"the desk's", "/d/" + h.atDesk(t, r).Code, "/screen"},
		{"a wrong one", "/n/" + guess(99), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			phone := []*http.Cookie{}
			w := from(e, here, "GET", c.path, nil, &phone)
			if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "3" ||
				!strings.Contains(w.Body.String(), `href="/login"`) ||
				!strings.Contains(w.Body.String(), "読み取ったまま") {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			began := from(e, here, "GET", "/login", nil, &phone)
			back := from(e, here, "GET", pick(location(t, began)), nil, &phone)
			if location(t, back) != "/enrol" {
				t.Fatalf("%d %s", back.Code, location(t, back))
			}
			if w := from(e, here, "POST", "/enrol", nil, &phone); location(t, w) != c.ends {
				t.Errorf("%d %s %.300s", w.Code, location(t, w), w.Body)
			}
		})
	}
}
