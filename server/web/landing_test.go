package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"madoguchi/pwa"
	"madoguchi/server/audit"
)

func TestTheDoorIsCompleteInEveryLanguage(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	w := h.ask(t, "GET", "/n/"+h.noticeCode(t, r), nil)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/notice" {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	h.cookies = append(h.cookies, w.Result().Cookies()...)
	for _, lang := range pwa.Languages() {
		body := h.getWithPreferences(t, "/notice", "lang="+lang).Body.String()
		text := regexp.MustCompile(`<rp>（</rp><rt>.*?</rt><rp>）</rp>|<[^>]+>`).ReplaceAllString(body, "")
		for _, want := range []string{pwa.Plain(lang, "door.heading.notice"), pwa.Plain(lang, "door.alone"),
			"①", "② ", "架空市", `href="https://myna.go.jp/"`, `href="/login"`, `href="tel:03-0000-0000"`,
			pwa.Plain(lang, "need.pin"), pwa.Plain(lang, "case.pinless.a"),
			pwa.Plain(lang, "case.certificate.a"), pwa.Plain(lang, "case.phone.a"), "資格確認書", "資格情報のお知らせ"} {
			if !strings.Contains(body, want) && !strings.Contains(text, want) {
				t.Errorf("%s: the page lacks %q", lang, want)
			}
		}
		if strings.Contains(body, "<script") {
			t.Errorf("%s: the door needs a program", lang)
		}
		home := h.getWithPreferences(t, "/", "lang="+lang)
		if home.Code != 200 || strings.Contains(home.Body.String(), "tel:") {
			t.Errorf("%s: / is %d, or claims to know an insurer", lang, home.Code)
		}
		if want := `<meta name="description" content="` + pwa.Plain(lang, "common.description") +
			`">`; !strings.Contains(
			home.Body.String(),
			want,
		) {
			t.Errorf("%s: / lacks %s", lang, want)
		}
	}
}

func TestThePhoneThatHoldsScreensFindsThemFromEveryDoor(t *testing.T) {
	h := newTestApp(t)
	code := h.noticeCode(t, h.tokuichi(t))
	h.cookies = append(h.cookies, h.ask(t, "GET", "/n/"+code, nil).Result().Cookies()...)
	held := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "madoguchi-kept", Value: "1"}) }
	for _, path := range []string{"/", "/notice", "/n/AAAAAAAAAAAAAAAA"} {
		if !strings.Contains(h.ask(t, "GET", path, nil, held).Body.String(), `href="/screen"`) {
			t.Errorf("%s: only a login leads to the screen, which needs none", path)
		}
		if strings.Contains(h.ask(t, "GET", path, nil).Body.String(), `href="/screen"`) {
			t.Errorf("%s offers a browser that never held a screen to show it", path)
		}
	}
}

func TestACodeThatIsNoneOrNoMoreOpensTheSameDoorWithASentence(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	old := h.noticeCode(t, r)
	opened := h.ask(t, "GET", "/n/"+old, nil)
	next := func(n int64) []byte { return h.notices.MAC(h.notices.Code(r.ID, n)) }
	again := audit.Entry{At: h.now, Actor: "t", Action: "t"}
	if _, err := h.store.Enrolment.ReissueNotice(ctx, keyOf(r), next, again); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct {
		code     int
		sentence string
	}{"/n/" + old: {409, "新しいものに替わりました"}, "/n/AAAAAAAAAAAAAAAA": {404, "見つかりません"}, "/n/x": {404, "見つかりません"}} {
		w := h.ask(t, "GET", path, nil)
		body := w.Body.String()
		if w.Code != want.code || !strings.Contains(body, want.sentence) ||
			!strings.Contains(body, `href="/login"`) ||
			!strings.Contains(body, "このお知らせは何のため") {
			t.Errorf("%s: %d", path, w.Code)
		}
		if len(w.Result().Cookies()) > 0 {
			t.Errorf("%s started a session", path)
		}
	}
	h.cookies = opened.Result().Cookies() // opened before, voided since
	if w := h.ask(t, "GET", "/notice", nil); w.Code != 409 ||
		!strings.Contains(w.Body.String(), "新しいものに替わりました") {
		t.Errorf("an opened notice that is void by now: %d", w.Code)
	}
	if body := h.ask(t, "GET", "/n/x?lang=vi", nil).Body.String(); !strings.Contains(
		body,
		pwa.Plain("vi", "notice.unknown_scanned"),
	) {
		t.Error("the sentence is not translated")
	}
	if body := h.getWithPreferences(t, "/api/v1/receipts?key=A", "lang=vi").Body.String(); !strings.Contains(
		body,
		`"detail":"`+pwa.Plain("vi", "session.missing"),
	) ||
		!strings.Contains(body, "もう一度ログイン") {
		t.Errorf("a program's answer in vi: %s", body)
	}
}

func TestEveryAnswerOfTheHelpingPagesIsTranslated(t *testing.T) {
	h := newTestApp(t)
	for _, lang := range pwa.Languages() {
		for _, why := range []string{"reader", "forgot", "pin", "pinless", "expired", "lost"} {
			for _, until := range []string{"", "2027-05-15", "2026-10-15", "2025-01-01"} {
				w := h.getWithPreferences(t, "/next?why="+why+"&until="+until, "lang="+lang)
				if w.Code != 200 || !strings.Contains(w.Body.String(), `id="bring"`) ||
					!strings.Contains(w.Body.String(), "<svg") {
					t.Errorf("%s %s %s: %d", lang, why, until, w.Code)
				}
			}
		}
		for _, f := range []url.Values{
			{
				"certificateUntil": {"2027-05-15"},
				"cardUntil":        {"2027-05-15"},
				"paperUntil":       {"2027-05-15"},
				"birthDate":        {"1986-04-12"},
				"savedOn":          {"2026-11-01"},
			},
			{
				"certificateUntil": {"2026-10-10"},
				"cardUntil":        {"2026-05-15"},
				"paperUntil":       {"2026-05-15"},
				"birthDate":        {"1955-07-01"},
				"savedOn":          {"2026-01-01"},
			},
			{"certificateUntil": {"2026-08-10"}, "birthDate": {"1957-01-10"}},
			{"certificateUntil": {"2025-01-01"}, "birthDate": {"1940-01-01"}},
		} {
			f.Set("day", "2026-11-22")
			h.cookies = []*http.Cookie{{Name: "madoguchi-look", Value: "lang=" + lang}}
			w := h.form(t, "/visit", f)
			if w.Code != 200 || !strings.Contains(w.Body.String(), `id="answer"`) {
				t.Errorf("%s %v: %d", lang, f, w.Code)
			}
		}
	}
	h.cookies = nil
	if body := h.ask(t, "GET", "/next?why=reader&until="+myNumber(), nil).Body.String(); strings.Contains(
		body,
		myNumber(),
	) {
		t.Error("a 12-digit number was shown again")
	}
}
