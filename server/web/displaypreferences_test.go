package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// getWithPreferences asks for a page as a browser that remembers a look.
func (h *testApp) getWithPreferences(t *testing.T, path, look string) *httptest.ResponseRecorder {
	t.Helper()
	return h.ask(
		t,
		"GET",
		path,
		nil,
		func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "madoguchi-look", Value: look}) },
	)
}

func TestLanguageIsChosenByTheBrowserThenByTheReader(t *testing.T) {
	h := newTestApp(t)
	for header, want := range map[string]string{
		"":                            "ja",
		"vi-VN,vi;q=0.9":              "vi",
		"qaa,zh-CN;q=0.8,en;q=0.7":    "zh-Hans",
		"qab;q=0.9,en;q=0.8,ja;q=0.1": "en",
		"ja;q=0.2,en;q=0.9":           "en",
		"qaa":                         "ja",
		";;;":                         "ja",
		"zh-TW":                       "zh-Hans",
	} {
		w := h.ask(t, "GET", "/", nil, func(r *http.Request) { r.Header.Set("Accept-Language", header) })
		if !strings.Contains(w.Body.String(), `<html lang="`+want+`"`) || len(w.Result().Cookies()) > 0 {
			t.Errorf("%q: not %s, or remembered unasked", header, want)
		}
	}
	w := h.ask(t, "GET", "/?lang=ja-easy", nil)
	if !strings.Contains(w.Body.String(), `<html lang="ja" data-text="ja-easy" class="furigana"`) ||
		!strings.Contains(w.Body.String(), "<ruby>") {
		t.Error("やさしい日本語 is Japanese with readings")
	}
	h.cookies = w.Result().Cookies()
	if body := h.ask(t, "GET", "/visit", nil, func(r *http.Request) {
		r.Header.Set("Accept-Language", "en")
	}).Body.String(); !strings.Contains(
		body,
		`data-text="ja-easy"`,
	) {
		t.Error("the choice was not remembered")
	}
	for path, want := range map[string]string{
		"/reception":             `<html lang="ja"`,
		"/counter/staff":         `<html lang="ja"`,
		"/insurer/staff?lang=en": `<html lang="en"`,
		"/?lang=../../etc":       `data-text="ja-easy"`,
	} {
		if body := h.ask(t, "GET", path, nil).Body.String(); !strings.Contains(body, want) {
			t.Errorf("%s: not %s", path, want)
		}
	}
	if body := h.ask(t, "GET", "/reception?lang=vi", nil).Body.String(); !strings.Contains(
		body,
		`<html lang="ja"`,
	) ||
		!strings.Contains(body, `lang="vi"`) {
		t.Error("the staff's page is not in Japanese, or does not tell the patient what it is")
	}
}

func TestSettingsAreRememberedWithoutAProgram(t *testing.T) {
	h := newTestApp(t)
	w := h.form(
		t,
		"/settings",
		url.Values{
			"lang":     {"ja"},
			"size":     {"largest"},
			"contrast": {"strong"},
			"furigana": {"on"},
			"back":     {"/certificate?until=2027-05-15&lang=vi"},
		},
	)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	h.cookies = w.Result().Cookies()
	saved := h.ask(t, "GET", w.Header().Get("Location"), nil).Body.String()
	if !strings.Contains(saved, `class="size-largest contrast-strong furigana"`) ||
		!strings.Contains(saved, `href="/certificate?until=2027-05-15"`) ||
		!strings.Contains(saved, `id="saved"`) {
		t.Error("the look or the way back is lost")
	}
	if body := h.ask(t, "GET", "/", nil).Body.String(); !strings.Contains(
		body,
		`class="size-largest contrast-strong furigana"`,
	) ||
		!strings.Contains(body, "<rt>けんこうほけん</rt>") {
		t.Error("the next page does not know the look")
	}
	for _, hostile := range []string{"//evil.example/x", "https://evil.example", `/\evil.example`,
		"javascript:alert(1)"} {
		body := h.ask(t, "GET", "/settings?back="+url.QueryEscape(hostile), nil).Body.String()
		if strings.Contains(
			body,
			"evil",
		) ||
			strings.Contains(body, "javascript:") {
			t.Errorf("%s is a way back", hostile)
		}
	}
	for _, cookie := range []string{"size=%22%3E%3Cscript%3E&lang=xx", "%zz", strings.Repeat("a", 5000)} {
		body := h.getWithPreferences(t, "/settings", cookie).Body.String()
		if strings.Contains(body, "<script>") || !strings.Contains(body, `<html lang="ja"`) {
			t.Errorf("cookie %.20q", cookie)
		}
	}
}
