package web

import (
	"bytes"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"madoguchi/auth"
)

var tapLink = regexp.MustCompile(`class="button" href="(/counter/methods\?[^"]+)"`)

// Each way through the three taps ends in an answer with a next step, whatever is tapped.
func TestThreeTapsAlwaysEndInANextStep(t *testing.T) {
	h := newHouse(t)
	if w := h.ask(t, "GET", "/counter/methods", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("signed out: %d", w.Code)
	}
	h.session(t, auth.Counter, "鈴木", "{}")
	links := func(path string) []string {
		w := h.ask(t, "GET", path, nil)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		if strings.Contains(w.Body.String(), `id="answer"`) {
			if !strings.Contains(w.Body.String(), "次にすること") {
				t.Errorf("%s has no next step", path)
			}
			return nil
		}
		var all []string
		for _, m := range tapLink.FindAllStringSubmatch(w.Body.String(), -1) {
			all = append(all, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
		if len(all) == 0 {
			t.Fatalf("%s has neither choices nor an answer", path)
		}
		return all
	}
	ends := 0
	for _, first := range links("/counter/methods") {
		for _, second := range links(first) {
			for _, third := range links(second) {
				if links(third) != nil {
					t.Errorf("%s is not the end", third)
				}
				ends++
			}
		}
	}
	if ends != 5*8*5 {
		t.Errorf("%d ends", ends)
	}
	// rules.md 1.3: card unreadable with the insurer's screen; phone only without a reader; certificate.
	for query, want := range map[string]string{"card=fails&shows=insurerScreen&place=usual": "電子のお知らせ", "card=none&shows=phone&place=usual": "その場でマイナポータル",
		"card=none&shows=certificate&place=usual": "資格確認書", "card=none&shows=insurerScreen&place=usual": "これだけでは受け付けられません"} {
		body := h.ask(t, "GET", "/counter/methods?"+query, nil).Body.String()
		if _, answer, _ := strings.Cut(body, `class="verdict"`); !strings.Contains(answer[:min(len(answer), 120)], want) {
			t.Errorf("%s: %.120s", query, answer)
		}
	}
}

func TestReceptionPageNamesItsSourceAndDrawsItsLink(t *testing.T) {
	h := newHouse(t)
	body := h.ask(t, "GET", "/reception", nil).Body.String()
	for _, want := range []string{"10割を求めないでください", "告示第351号", "マイナポータルの画面ではありません", "推定", "令和8年11月22日", `href="/declaration.pdf"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	w := h.ask(t, "GET", "/reception/source.png", nil)
	if _, err := png.Decode(bytes.NewReader(w.Body.Bytes())); err != nil || w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("the source's code: %v", err)
	}
}

func TestCheckBeforeAVisit(t *testing.T) {
	h := newHouse(t)
	post := func(f url.Values) (int, string) {
		w := h.ask(t, "POST", "/visit", nil, func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(f.Encode()))
			r.ContentLength = int64(len(f.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		})
		return w.Code, w.Body.String()
	}
	if code, body := post(url.Values{"day": {"2026-11-22"}, "certificateUntil": {"2026-10-10"}, "birthDate": {"1955-07-01"}}); code != http.StatusOK || !strings.Contains(body, "期限のあと3か月のあいだは") || !strings.Contains(body, "令和9年1月10日（2027年1月10日）まで") || !strings.Contains(body, "2割・3割") {
		t.Errorf("%d %s", code, body)
	}
	for _, wrong := range []url.Values{{"day": {"2026-02-30"}}, {"day": {""}}, {"day": {"2026-11-22"}, "cardUntil": {"2026"}}, {"day": {"1950-01-01"}, "birthDate": {"1955-07-01"}}} {
		if code, body := post(wrong); code != http.StatusUnprocessableEntity || !strings.Contains(body, `role="alert"`) {
			t.Errorf("%v: %d", wrong, code)
		}
	}
	if code, body := post(url.Values{"day": {"2026-11-22"}}); code != http.StatusOK || !strings.Contains(body, "一つ以上") {
		t.Errorf("no dates: %d", code)
	}
}
