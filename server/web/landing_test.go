package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"madoguchi/pwa"
	"madoguchi/server/desk"
)

// lookedAs asks for a page as a browser that remembers a look.
func (h *house) lookedAs(t *testing.T, path, look string) *httptest.ResponseRecorder {
	t.Helper()
	return h.ask(t, "GET", path, nil, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "madoguchi-look", Value: look}) })
}

func (h *house) noticeCode(t *testing.T, r desk.PersonRecord) string {
	t.Helper()
	serial, err := h.store.EnsureNotice(ctx, r.ID, func(n int64) []byte { return h.office.Notices.MAC(h.office.Notices.Code(r.ID, n)) }, desk.Entry{At: h.now, Actor: "t", Action: "t"})
	if err != nil {
		t.Fatal(err)
	}
	return h.office.Notices.Code(r.ID, serial)
}

func TestTheDoorIsCompleteInEveryLanguage(t *testing.T) {
	h := newHouse(t)
	r := h.tokuichi(t)
	w := h.ask(t, "GET", "/n/"+h.noticeCode(t, r), nil)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/notice" {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	h.cookies = append(h.cookies, w.Result().Cookies()...)
	for _, lang := range pwa.Languages() {
		body := h.lookedAs(t, "/notice", "lang="+lang).Body.String()
		text := regexp.MustCompile(`<rp>（</rp><rt>.*?</rt><rp>）</rp>|<[^>]+>`).ReplaceAllString(body, "")
		for _, want := range []string{pwa.Plain(lang, "door.heading.notice"), pwa.Plain(lang, "door.alone"), "①", "② ", "架空市", `href="https://myna.go.jp/"`, `href="/login"`, `href="tel:03-0000-0000"`,
			pwa.Plain(lang, "need.pin"), pwa.Plain(lang, "case.pinless.a"), pwa.Plain(lang, "case.certificate.a"), pwa.Plain(lang, "case.phone.a"), "資格確認書", "資格情報のお知らせ"} {
			if !strings.Contains(body, want) && !strings.Contains(text, want) {
				t.Errorf("%s: the page lacks %q", lang, want)
			}
		}
		if strings.Contains(body, "<script") {
			t.Errorf("%s: the door needs a program", lang)
		}
		home := h.lookedAs(t, "/", "lang="+lang)
		if home.Code != 200 || strings.Contains(home.Body.String(), "tel:") {
			t.Errorf("%s: / is %d, or claims to know an insurer", lang, home.Code)
		}
		if want := `<meta name="description" content="` + pwa.Plain(lang, "common.description") + `">`; !strings.Contains(home.Body.String(), want) {
			t.Errorf("%s: / lacks %s", lang, want)
		}
	}
}

func TestACodeThatIsNoneOrNoMoreOpensTheSameDoorWithASentence(t *testing.T) {
	h := newHouse(t)
	r := h.tokuichi(t)
	old := h.noticeCode(t, r)
	opened := h.ask(t, "GET", "/n/"+old, nil)
	if _, err := h.store.ReissueNotice(ctx, r.ID, func(n int64) []byte { return h.office.Notices.MAC(h.office.Notices.Code(r.ID, n)) }, desk.Entry{At: h.now, Actor: "t", Action: "t"}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct {
		code     int
		sentence string
	}{"/n/" + old: {409, "新しいものに替わりました"}, "/n/AAAAAAAAAAAAAAAA": {404, "見つかりません"}, "/n/x": {404, "見つかりません"}} {
		w := h.ask(t, "GET", path, nil)
		body := w.Body.String()
		if w.Code != want.code || !strings.Contains(body, want.sentence) || !strings.Contains(body, `href="/login"`) || !strings.Contains(body, "このお知らせは何のため") {
			t.Errorf("%s: %d", path, w.Code)
		}
		if len(w.Result().Cookies()) > 0 {
			t.Errorf("%s started a session", path)
		}
	}
	h.cookies = opened.Result().Cookies() // opened before, voided since
	if w := h.ask(t, "GET", "/notice", nil); w.Code != 409 || !strings.Contains(w.Body.String(), "新しいものに替わりました") {
		t.Errorf("an opened notice that is void by now: %d", w.Code)
	}
	if body := h.ask(t, "GET", "/n/x?lang=vi", nil).Body.String(); !strings.Contains(body, pwa.Plain("vi", "error.notice.unknown")) {
		t.Error("the sentence is not translated")
	}
	if body := h.lookedAs(t, "/api/v1/me", "lang=vi").Body.String(); !strings.Contains(body, `"detail":"`+pwa.Plain("vi", "error.session.missing")) || !strings.Contains(body, "もう一度ログイン") {
		t.Errorf("a program's answer in vi: %s", body)
	}
}

func TestLanguageIsChosenByTheBrowserThenByTheReader(t *testing.T) {
	h := newHouse(t)
	for header, want := range map[string]string{"": "ja", "vi-VN,vi;q=0.9": "vi", "ko,zh-CN;q=0.8,en;q=0.7": "zh-Hans", "fr;q=0.9,en;q=0.8,ja;q=0.1": "en", "ja;q=0.2,en;q=0.9": "en", "xx": "ja", ";;;": "ja", "zh-TW": "zh-Hans"} {
		w := h.ask(t, "GET", "/", nil, func(r *http.Request) { r.Header.Set("Accept-Language", header) })
		if !strings.Contains(w.Body.String(), `<html lang="`+want+`"`) || len(w.Result().Cookies()) > 0 {
			t.Errorf("%q: not %s, or remembered unasked", header, want)
		}
	}
	w := h.ask(t, "GET", "/?lang=ja-easy", nil)
	if !strings.Contains(w.Body.String(), `<html lang="ja" data-text="ja-easy" class="furigana"`) || !strings.Contains(w.Body.String(), "<ruby>") {
		t.Error("やさしい日本語 is Japanese with readings")
	}
	h.cookies = w.Result().Cookies()
	if body := h.ask(t, "GET", "/visit", nil, func(r *http.Request) { r.Header.Set("Accept-Language", "en") }).Body.String(); !strings.Contains(body, `data-text="ja-easy"`) {
		t.Error("the choice was not remembered")
	}
	for path, want := range map[string]string{"/reception": `<html lang="ja"`, "/counter/staff": `<html lang="ja"`, "/insurer/staff?lang=en": `<html lang="en"`, "/?lang=../../etc": `data-text="ja-easy"`} {
		if body := h.ask(t, "GET", path, nil).Body.String(); !strings.Contains(body, want) {
			t.Errorf("%s: not %s", path, want)
		}
	}
	if body := h.ask(t, "GET", "/reception?lang=vi", nil).Body.String(); !strings.Contains(body, `<html lang="ja"`) || !strings.Contains(body, `lang="vi"`) {
		t.Error("the staff's page is not in Japanese, or does not tell the patient what it is")
	}
}

func TestSettingsAreRememberedWithoutAProgram(t *testing.T) {
	h := newHouse(t)
	w := h.form(t, "/settings", url.Values{"lang": {"ja"}, "size": {"largest"}, "contrast": {"strong"}, "furigana": {"on"}, "back": {"/certificate?until=2027-05-15&lang=vi"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	h.cookies = w.Result().Cookies()
	saved := h.ask(t, "GET", w.Header().Get("Location"), nil).Body.String()
	if !strings.Contains(saved, `class="size-largest contrast-strong furigana"`) || !strings.Contains(saved, `href="/certificate?until=2027-05-15"`) || !strings.Contains(saved, `id="saved"`) {
		t.Error("the look or the way back is lost")
	}
	if body := h.ask(t, "GET", "/", nil).Body.String(); !strings.Contains(body, `class="size-largest contrast-strong furigana"`) || !strings.Contains(body, "<rt>けんこうほけん</rt>") {
		t.Error("the next page does not know the look")
	}
	for _, hostile := range []string{"//evil.example/x", "https://evil.example", `/\evil.example`, "javascript:alert(1)"} {
		if body := h.ask(t, "GET", "/settings?back="+url.QueryEscape(hostile), nil).Body.String(); strings.Contains(body, "evil") || strings.Contains(body, "javascript:") {
			t.Errorf("%s is a way back", hostile)
		}
	}
	for _, cookie := range []string{"size=%22%3E%3Cscript%3E&lang=xx", "%zz", strings.Repeat("a", 5000)} {
		if body := h.lookedAs(t, "/settings", cookie).Body.String(); strings.Contains(body, "<script>") || !strings.Contains(body, `<html lang="ja"`) {
			t.Errorf("cookie %.20q", cookie)
		}
	}
}

// Expected days: Grace of a certificate that ends on 2026-05-15 from rules.md 1.5, here moved to 2026-10-15.
func TestCertificateDateTellsWhatWorksUntilWhen(t *testing.T) {
	h := newHouse(t) // today is 2026-11-22
	for typed, want := range map[string][]string{
		"2026-10-15": {"令和9年1月15日（2027年1月15日）まで", "令和9年1月31日（2027年1月31日）まで", "令和8年10月15日（2026年10月15日）に終わりました", "もうPDFは保存できません"},
		"令和9年5月15日":  {"令和9年5月15日（2027年5月15日）まで", "令和9年2月15日（2027年2月15日）から", "href=\"/certificate.ics?until=2027-05-15\"", "PDFを保存しておくと"},
		"2026-01-10": {"期限と猶予が過ぎました", "令和8年4月30日（2026年4月30日）に終わりました"},
	} {
		body := h.ask(t, "GET", "/certificate?until="+url.QueryEscape(typed), nil).Body.String()
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s: the page lacks %s", typed, w)
			}
		}
	}
	for _, wrong := range []string{"2026-02-30", "2027", "あした", "0001-01-01", "9999-12-31"} {
		if w := h.ask(t, "GET", "/certificate?until="+url.QueryEscape(wrong), nil); w.Code != 422 || !strings.Contains(w.Body.String(), `role="alert"`) || !strings.Contains(w.Body.String(), wrong) {
			t.Errorf("%s: %d", wrong, w.Code)
		}
	}
	if w := h.ask(t, "GET", "/certificate?until="+myNumber(), nil); w.Code != 422 || strings.Contains(w.Body.String(), myNumber()) {
		t.Error("a 12-digit number was shown again")
	}
}

// myNumber makes a 12-digit number with its check digit (番号法施行規則 5条) while the test runs.
func myNumber() string {
	const eleven = "98765432101"
	sum := 0
	for i := range 11 {
		n := i + 1 // from the lowest digit
		q := n + 1
		if n > 6 {
			q = n - 5
		}
		sum += int(eleven[10-i]-'0') * q
	}
	check := 11 - sum%11
	if sum%11 <= 1 {
		check = 0
	}
	return eleven + string(rune('0'+check))
}

func TestCalendarFileKeepsRFC5545(t *testing.T) {
	h := newHouse(t)
	for _, lang := range pwa.Languages() {
		w := h.lookedAs(t, "/certificate.ics?until=2027-05-15", "lang="+lang)
		text := w.Body.String()
		if w.Code != 200 || w.Header().Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
		if !strings.HasSuffix(text, "\r\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
			t.Error("lines end in CR LF")
		}
		for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
			if len(line) > 75 || !strings.Contains(line, ":") && line[0] != ' ' {
				t.Errorf("%s: a line of %d octets: %q", lang, len(line), line)
			}
		}
		unfolded := strings.ReplaceAll(text, "\r\n ", "")
		for _, want := range []string{"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "DTSTART;VALUE=DATE:20270515\r\n", "DTEND;VALUE=DATE:20270516\r\n", "UID:certificate-20270515@", "DTSTAMP:20261122T014200Z\r\n",
			"TRIGGER:-P89DT15H\r\n", "TRIGGER:-P59DT15H\r\n", "TRIGGER:-P29DT15H\r\n", "SUMMARY:" + strings.ReplaceAll(pwa.Plain(lang, "expiry.event"), ",", `\,`) + "\r\n", "PDF"} {
			if !strings.Contains(unfolded, want) {
				t.Errorf("%s: the file lacks %q", lang, want)
			}
		}
		if strings.Count(unfolded, "BEGIN:VALARM") != 3 || strings.Count(unfolded, "END:VALARM") != 3 {
			t.Error("three alarms")
		}
	}
	for _, until := range []string{"2027", "9999-12-31", "0001-01-01", "", "2027-05-15%0D%0AATTENDEE:x"} { // RFC 5545 3.3.4: a year has four digits, the day after too
		if w := h.ask(t, "GET", "/certificate.ics?until="+until, nil); w.Code != 422 {
			t.Errorf("%s: %d", until, w.Code)
		}
	}
}

func TestEveryAnswerOfTheHelpingPagesIsTranslated(t *testing.T) {
	h := newHouse(t)
	for _, lang := range pwa.Languages() {
		for _, why := range []string{"reader", "forgot", "pin", "pinless", "expired", "lost"} {
			for _, until := range []string{"", "2027-05-15", "2026-10-15", "2025-01-01"} {
				w := h.lookedAs(t, "/next?why="+why+"&until="+until, "lang="+lang)
				if w.Code != 200 || !strings.Contains(w.Body.String(), `id="bring"`) || !strings.Contains(w.Body.String(), "<svg") {
					t.Errorf("%s %s %s: %d", lang, why, until, w.Code)
				}
			}
		}
		for _, f := range []url.Values{
			{"certificateUntil": {"2027-05-15"}, "cardUntil": {"2027-05-15"}, "paperUntil": {"2027-05-15"}, "birthDate": {"1986-04-12"}, "savedOn": {"2026-11-01"}},
			{"certificateUntil": {"2026-10-10"}, "cardUntil": {"2026-05-15"}, "paperUntil": {"2026-05-15"}, "birthDate": {"1955-07-01"}, "savedOn": {"2026-01-01"}},
			{"certificateUntil": {"2026-08-10"}, "birthDate": {"1957-01-10"}}, {"certificateUntil": {"2025-01-01"}, "birthDate": {"1940-01-01"}},
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
	if body := h.ask(t, "GET", "/next?why=reader&until="+myNumber(), nil).Body.String(); strings.Contains(body, myNumber()) {
		t.Error("a 12-digit number was shown again")
	}
}

// Where a secret and a stranger's words stand on one page, its length must not tell of the secret: no compression (BREACH).
func TestOnlyPagesWithoutSecretsAreCompressed(t *testing.T) {
	h := newHouse(t)
	h.enrolled(t)
	zipped := func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip, br") }
	for path, want := range map[string]string{"/": "gzip", "/notice": "gzip", "/settings": "gzip", "/visit": "gzip", "/certificate": "gzip", "/next": "gzip", "/reception": "gzip", "/screen": "gzip", "/enrol": "", "/api/v1/me": ""} {
		w := h.ask(t, "GET", path, nil, zipped)
		if got := w.Header().Get("Content-Encoding"); got != want {
			t.Errorf("%s: %d %q, want %q", path, w.Code, got, want)
		}
	}
}
