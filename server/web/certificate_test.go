package web

import (
	"net/url"
	"strings"
	"testing"

	"madoguchi/pwa"
)

// Expected days: Grace of a certificate that ends on 2026-05-15 from
// docs/facts/cards-and-certificates.md#three-months-of-grace, here moved to 2026-10-15.
func TestCertificateDateTellsWhatWorksUntilWhen(t *testing.T) {
	h := newTestApp(t) // today is 2026-11-22
	for typed, want := range map[string][]string{
		"2026-10-15": {"2027年1月15日（令和9年1月15日）まで", "2027年1月31日（令和9年1月31日）まで", "2026年10月15日（令和8年10月15日）に終わりました",
			"PDFを保存することは、もうできません", `value="2026-10-15"`},
		"令和9年5月15日": {"令和9年5月15日（2027年5月15日）まで", "令和9年2月16日（2027年2月16日）から",
			"href=\"/certificate.ics?until=2027-05-15\"", "PDFを保存しておくと", `value="令和9年5月15日"`},
		"２０２６年１月１０日": {"期限が切れて3か月以上たちました", "2026年4月30日（令和8年4月30日）に終わりました"},
		"R8.1.10":    {"令和8年4月30日（2026年4月30日）に終わりました"},
	} {
		body := h.ask(t, "GET", "/certificate?until="+url.QueryEscape(typed), nil).Body.String()
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s: the page lacks %s", typed, w)
			}
		}
	}
	for _, wrong := range []string{"2026-02-30", "2027", "あした", "0001-01-01", "9999-12-31",
		"1900-01-01", "2033-12-01"} {
		if w := h.ask(t, "GET", "/certificate?until="+url.QueryEscape(wrong), nil); w.Code != 422 ||
			!strings.Contains(w.Body.String(), `role="alert"`) ||
			!strings.Contains(w.Body.String(), wrong) {
			t.Errorf("%s: %d", wrong, w.Code)
		}
	}
	if w := h.ask(t, "GET", "/certificate?until="+myNumber(), nil); w.Code != 422 ||
		strings.Contains(w.Body.String(), myNumber()) {
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
	h := newTestApp(t)
	for _, lang := range pwa.Languages() {
		w := h.getWithPreferences(t, "/certificate.ics?until=2027-05-15", "lang="+lang)
		text := w.Body.String()
		if w.Code != 200 || w.Header().Get("Content-Type") != "text/calendar; charset=utf-8" ||
			!strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
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
		for _, want := range []string{"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "DTSTART;VALUE=DATE:20270515\r\n",
			"DTEND;VALUE=DATE:20270516\r\n", "UID:certificate-20270515@", "DTSTAMP:20261122T014200Z\r\n",
			"TRIGGER:-P89DT15H\r\n", "TRIGGER:-P59DT15H\r\n", "TRIGGER:-P29DT15H\r\n",
			"SUMMARY:" + strings.ReplaceAll(pwa.Plain(lang, "expiry.event"), ",", `\,`) + "\r\n", "PDF"} {
			if !strings.Contains(unfolded, want) {
				t.Errorf("%s: the file lacks %q", lang, want)
			}
		}
		if strings.Count(unfolded, "BEGIN:VALARM") != 3 || strings.Count(unfolded, "END:VALARM") != 3 {
			t.Error("three alarms")
		}
	}
	// RFC 5545 3.3.4: a year has four digits, the day after too
	for _, until := range []string{"2027", "9999-12-31", "0001-01-01", "", "2027-05-15%0D%0AATTENDEE:x"} {
		if w := h.ask(t, "GET", "/certificate.ics?until="+until, nil); w.Code != 422 {
			t.Errorf("%s: %d", until, w.Code)
		}
	}
}
