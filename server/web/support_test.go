package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"madoguchi/auth"
)

func TestTheHelpDeskReadsASupportNumber(t *testing.T) {
	h := newTestApp(t)
	if w := h.ask(t, "GET", "/insurer/support?code=01969441", nil); w.Code != http.StatusSeeOther {
		t.Errorf("without a clerk: %d", w.Code)
	}
	h.session(t, auth.Clerk, "鈴木", "{}")
	for typed, want := range map[string]struct {
		status int
		words  []string
	}{
		"":          {200, []string{"画面の番号を調べる"}},
		"0196 9441": {200, []string{"電波があるときのコード", "30秒以内", "iPhone・iPadのSafari", "画面は正しく動いています"}},
		// another of the phone's people, or one before
		"0196 9476":    {200, []string{"資格が終わっています", "画面は正しく動いています"}},
		"0002 5471":    {200, []string{"新しい保険者のお知らせで登録し直してもらってください"}},
		"01969442":     {422, []string{"4桁ずつ", `value="01969442"`}},
		"あいう<b>":       {422, []string{"数字8桁", "あいう&lt;b&gt;"}},
		"abcd-2345":    {422, []string{"エラーのページの番号です"}},
		"１２３４５６７８９０１２": {422, []string{"数字8桁"}},
	} {
		w := h.ask(t, "GET", "/insurer/support?code="+url.QueryEscape(typed), nil)
		if w.Code != want.status {
			t.Errorf("%q: %d", typed, w.Code)
		}
		for _, word := range want.words {
			if !strings.Contains(w.Body.String(), word) {
				t.Errorf("%q: the page does not say %s", typed, word)
			}
		}
	}
}
