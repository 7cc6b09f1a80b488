package web

import (
	"net/http"
	"strings"
	"testing"
)

// A refusal that the page shows in a dialog has readings as the page has, for readers of やさしい日本語 alone:
// other programs get the bare sentence.
func TestARefusalHasReadingsForWhoWantsThem(t *testing.T) {
	h := newTestApp(t)
	for _, c := range []struct {
		name, cookie string
		readings     bool
	}{
		{"nothing chosen", "", false},
		{"やさしい日本語", "lang=ja-easy", true},
		{"やさしい日本語 without furigana", "lang=ja-easy&furigana=off", false},
		{"English", "lang=en", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			look := func(r *http.Request) {
				if c.cookie != "" {
					r.AddCookie(&http.Cookie{Name: "madoguchi-look", Value: c.cookie})
				}
			}
			w := h.ask(t, "POST", "/api/v1/people/nobody/code", map[string]string{}, look)
			said := decode[struct{ Detail, DetailWithReadings string }](t, w)
			if w.Code < 400 || said.Detail == "" ||
				strings.ContainsAny(said.Detail, "\ufff9\ufffa\ufffb{|}") {
				t.Errorf("%d %q", w.Code, said.Detail)
			}
			if got := strings.Contains(said.DetailWithReadings, "\ufff9"); got != c.readings {
				t.Errorf("with readings: %q", said.DetailWithReadings)
			}
		})
	}
}
