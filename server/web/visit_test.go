package web

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestCheckBeforeAVisit(t *testing.T) {
	h := newTestApp(t)
	post := func(f url.Values) (int, string) {
		w := h.ask(t, "POST", "/visit", nil, func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(f.Encode()))
			r.ContentLength = int64(len(f.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		})
		return w.Code, w.Body.String()
	}
	if code, body := post(url.Values{
		"day":              {"2026-11-22"},
		"certificateUntil": {"2026-10-10"},
		"birthDate":        {"1955-07-01"},
	}); code != http.StatusOK ||
		!strings.Contains(body, "期限のあと3か月のあいだは") ||
		!strings.Contains(body, "令和9年1月10日（2027年1月10日）まで") ||
		!strings.Contains(body, "2割・3割") ||
		!strings.Contains(body, "令和8年11月28日（2026年11月28日）") {
		t.Errorf("%d %s", code, body)
	}
	for _, wrong := range []url.Values{
		{"day": {"2026-02-30"}},
		{"day": {""}},
		{"day": {"2026-11-22"}, "cardUntil": {"2026"}},
		{"day": {"1950-01-01"}, "birthDate": {"1955-07-01"}},
	} {
		if code, body := post(wrong); code != http.StatusUnprocessableEntity ||
			!strings.Contains(body, `role="alert"`) {
			t.Errorf("%v: %d", wrong, code)
		}
	}
	if code, body := post(url.Values{"day": {"2026-11-22"}}); code != http.StatusOK ||
		!strings.Contains(body, "一つ以上") {
		t.Errorf("no dates: %d", code)
	}
}
