package web

import (
	"net/http"
	"strings"
	"testing"

	"madoguchi/pwa"
)

// A page that refuses says whom to call: the insurer of the notice that was opened; who is not known by
// anything has the notice's own number. Staff are not told to call themselves.
func TestAnErrorPageSaysWhomToCall(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	for _, lang := range pwa.Languages() {
		w := h.getWithPreferences(t, "/nothing", "lang="+lang)
		if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `id="call"`) ||
			strings.Contains(w.Body.String(), "tel:") {
			t.Errorf("%s: %d, or it claims to know an insurer", lang, w.Code)
		}
	}
	opened := h.ask(t, "GET", "/n/"+h.noticeCode(t, r), nil)
	h.cookies = append(h.cookies, opened.Result().Cookies()...)
	for _, lang := range pwa.Languages() {
		body := h.getWithPreferences(t, "/nothing", "lang="+lang).Body.String()
		if strings.Count(body, `href="tel:03-0000-0000"`) != 2 ||
			!strings.Contains(body, "架空市") { // in the text and at the foot
			t.Errorf("%s: the opened notice's telephone is missing", lang)
		}
	}
	for _, path := range []string{"/insurer/nothing", "/counter/nothing"} {
		if body := h.ask(t, "GET", path, nil).Body.String(); strings.Contains(body, `id="call"`) {
			t.Errorf("%s tells staff to call", path)
		}
	}
}
