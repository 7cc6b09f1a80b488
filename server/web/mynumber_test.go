package web

import (
	"maps"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
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

// Nor is one that staff typed, for whichever of their pages.
func TestAMyNumberThatStaffTypedIsNeverShownAgain(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	number := myNumber()
	spaced := number[:4] + " " + number[4:8] + " " + number[8:]
	settings := url.Values{"insurer": {"00138990"}, "name": {"架空市"}, "issuer": {"架空市長"},
		"telephone": {"03-0000-0000"}}
	mandate := url.Values{"ground": {"mandate"}, "name": {"代理 花子"}, "seen": {"委任状"},
		"last": {"2026-12-31"}}
	type ask struct {
		path   string
		form   url.Values // nil: a GET
		fields []string
	}
	asks := 0
	for _, a := range []ask{
		{"/insurer?q=", nil, []string{""}},
		{"/insurer/settings", settings,
			[]string{"name", "issuer", "telephone", "unit", "address", "hours", "state"}},
		{"/insurer/people/" + string(r.ID) + "/represent", mandate, []string{"name", "seen", "last"}},
		{"/insurer/support?code=", nil, []string{""}},
	} {
		for _, field := range a.fields {
			for _, typed := range []string{number, wide(number), spaced, "花子" + number} {
				asks++
				t.Run(a.path+field+" "+typed, func(t *testing.T) {
					form := maps.Clone(a.form)
					path, method := a.path, "POST"
					if form == nil {
						path, method = path+url.QueryEscape(typed), "GET"
					} else {
						form.Set(field, typed)
					}
					var w *httptest.ResponseRecorder
					if method == "GET" {
						w = h.ask(t, method, path, nil)
					} else {
						w = h.form(t, path, form)
					}
					if (w.Code != 422 && method == "POST") || w.Code == 404 || w.Code == 403 {
						t.Errorf("%d", w.Code)
					}
					if body := w.Body.String(); eligibility.HoldsMyNumber(typed) &&
						(strings.Contains(body, typed) || strings.Contains(body, url.QueryEscape(typed))) {
						t.Error("it was shown again")
					}
				})
			}
		}
	}
	testenv.Refused(t, testenv.Staff, asks)
}

// wide writes digits as Japanese keyboards do.
func wide(digits string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '０' }, digits)
}
