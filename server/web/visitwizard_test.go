package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"madoguchi/pwa"
)

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="(\w+)"\s+value="([^"]*)">`)
	askedField  = regexp.MustCompile(`<input id="typed" name="(\w+)" value="([^"]*)"`)
)

// formOf are the fields of the page's form as a browser sends them, with what is typed and the button.
func formOf(body, typed, button string) url.Values {
	f := url.Values{"go": {button}}
	for _, m := range hiddenField.FindAllStringSubmatch(body, -1) {
		f.Set(m[1], html.UnescapeString(m[2]))
	}
	if m := askedField.FindStringSubmatch(body); m != nil {
		f.Set(m[1], typed)
	}
	return f
}

// One thing a page: each answer is read in whichever writing, said back, carried on, and can be gone back
// to.
func TestTheDayOfAVisitIsAskedOneThingAPage(t *testing.T) {
	h := newTestApp(t) // today is 2026-11-22
	body := h.ask(t, "GET", "/visit", nil).Body.String()
	if m := askedField.FindStringSubmatch(body); m == nil || m[1] != "day" || m[2] != "令和8年11月22日" ||
		strings.Count(body, `<input id=`) != 1 || strings.Contains(body, "<script") {
		t.Fatalf("the first page asks %q", m)
	}
	ask := func(want, typed, button string) {
		t.Helper()
		if m := askedField.FindStringSubmatch(body); m == nil || m[1] != want {
			t.Fatalf("the page asks %q, want %s", m, want)
		}
		w := h.form(t, "/visit", formOf(body, typed, button))
		if w.Code != http.StatusOK || len(w.Result().Cookies()) > 0 || w.Header().Get("Location") != "" {
			t.Fatalf("%s: %d %v", want, w.Code, w.Header())
		}
		body = w.Body.String()
	}
	said := func(texts ...string) {
		t.Helper()
		for _, text := range texts {
			if !strings.Contains(body, text) {
				t.Errorf("the page lacks %q", text)
			}
		}
	}
	ask("day", "R8.11.24", "next")
	said("令和8年11月24日（2026年11月24日）", "2 / 6")
	ask("certificateUntil", "2026/10/10", "next")
	said("令和8年10月10日（2026年10月10日）")
	ask("cardUntil", "", "back")
	ask("certificateUntil", "平成38年10月11日", "skip") // there is no such year: skipped all the same
	ask("cardUntil", "", "skip")
	ask("paperUntil", "", "back")
	ask("cardUntil", "", "next")
	ask("paperUntil", "", "next")
	ask("birthDate", "昭和30年7月1日", "next")
	ask("savedOn", "", "skip")
	said(`id="answer"`, "2割・3割", "昭和30年7月1日（1955年7月1日）", "入れていません")
	// an answer can be changed, and the others stay
	body = h.form(t, "/visit", formOf(body, "", "edit certificateUntil")).Body.String()
	ask("certificateUntil", "2026-10-10", "next")
	said(`id="answer"`, "期限のあと3か月のあいだは", "2割・3割")
}

// Expected sentences: the date in question,
// docs/facts/cards-and-certificates.md#life-of-card-and-certificate.
func TestTheQuestionIsAskedAgainForADateThatCannotBe(t *testing.T) {
	h := newTestApp(t) // today is 2026-11-22
	for _, c := range []struct{ asked, typed, sentence string }{
		{"day", "2026-11-21", "受診する日が、今日より前"},
		{"day", "", "年・月・日のどれかが足りません"},
		{"birthDate", "2027-01-01", "生年月日が今日より後"},
		{"cardUntil", "1900-01-01", "平成28年1月1日より前の日付"},
		{"cardUntil", "2050-01-01", "令和19年11月22日より後の日付"},
		{"certificateUntil", "令和30年1月1日", "より後の日付"},
		{"certificateUntil", "2026-02-30", "日付が正しくありません"},
		{"paperUntil", "2020-07-31", "令和6年12月2日より前の日付"},
		{"savedOn", "2026-12-01", "保存した日が、今日より後"},
	} {
		t.Run(c.asked+" "+c.typed, func(t *testing.T) {
			f := url.Values{"asked": {c.asked}, "go": {"next"}, "day": {"2026-11-24"}}
			f.Set(c.asked, c.typed)
			for _, asked := range []string{c.asked, ""} { // in its turn, and in a form of all at once
				f.Set("asked", asked)
				w := h.form(t, "/visit", f)
				body := w.Body.String()
				m := askedField.FindStringSubmatch(body)
				if w.Code != http.StatusUnprocessableEntity || m == nil || m[1] != c.asked ||
					m[2] != c.typed || !strings.Contains(body, `role="alert"`) ||
					!strings.Contains(body, c.sentence) {
					t.Errorf("asked %q: %d, asks %q", asked, w.Code, m)
				}
			}
		})
	}
}

func TestEveryQuestionOfTheVisitIsTranslated(t *testing.T) {
	h := newTestApp(t)
	for _, lang := range pwa.Languages() {
		for _, asked := range []string{"day", "certificateUntil", "cardUntil", "paperUntil", "birthDate"} {
			h.cookies = []*http.Cookie{{Name: "madoguchi-look", Value: "lang=" + lang}}
			w := h.form(t, "/visit", url.Values{"asked": {asked}, "day": {"2026-11-24"}, "go": {"next"}})
			body := w.Body.String()
			if w.Code != http.StatusOK || !strings.Contains(body, "R10.1.22") ||
				!strings.Contains(body, "令和8年11月24日") {
				t.Errorf("%s, after %s: %d", lang, asked, w.Code)
			}
		}
	}
}
