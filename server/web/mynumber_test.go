package web

import (
	"net/url"
	"strings"
	"testing"

	"madoguchi/auth"
)

// 番号法 20条: a My Number that somebody typed by mistake is neither kept nor shown again, in whichever field or
// address it stands.
func TestAMyNumberIsNeverShownAgain(t *testing.T) {
	h := newTestApp(t)
	number := myNumber()
	shown := func(where, body string) {
		t.Helper()
		for _, text := range []string{body, strings.ReplaceAll(body, "-", "")} {
			if strings.Contains(text, number) || strings.Contains(text, url.QueryEscape(wide(number))) ||
				strings.Contains(text, wide(number)) {
				t.Errorf("%s: it was shown again", where)
			}
		}
	}
	for _, path := range []string{"/n/" + number, "/nowhere/" + number, "/certificate?until=2027-05-15&x=" +
		number, "/?x=" + url.QueryEscape(wide(number)), "/settings?back=" +
		url.QueryEscape("/certificate?until="+number)} {
		shown(path, h.ask(t, "GET", path, nil).Body.String())
	}
	shown(
		"/visit",
		h.form(t, "/visit", url.Values{"day": {"2026-11-22"}, "cardUntil": {number}}).Body.String(),
	)
	h.tokuichi(t)
	h.session(t, auth.Patient, "op|x", visitOf("髙橋 德一", "1955-07-01", ""))
	for _, typed := range []string{number, number[:4] + "-" + number[4:8] + "-" + number[8:]} {
		w := h.form(t, "/enrol", url.Values{"code": {typed}})
		if w.Code != 422 {
			t.Errorf("/enrol: %d", w.Code)
		}
		shown("/enrol", w.Body.String())
	}
	if w := h.form(t, "/enrol", url.Values{"code": {"AAAA-BBBB-CCCC-DDDX"}}); !strings.Contains(
		w.Body.String(),
		"AAAA-BBBB-CCCC-DDDX",
	) {
		t.Error("a code that is wrong cannot be mended")
	}
}

// wide writes digits as Japanese keyboards do.
func wide(digits string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '０' }, digits)
}
