package web

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
)

func TestReceptionPageNamesItsSourceAndDrawsItsLink(t *testing.T) {
	h := newTestApp(t)
	body := h.ask(t, "GET", "/reception", nil).Body.String()
	for _, want := range []string{"10割の理由になりません", `href="/papers"`,
		"告示第351号", "マイナポータルの画面ではありません", "推定", "令和8年11月22日",
		"令和8年10月上旬", "いつもどおりカードリーダーで", `href="/declaration.pdf"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	// the reservation first, in the page's blue, and no orders to a clinic
	if first := strings.Index(body, `<div class="note" id="reservation">`); first < 0 ||
		first > strings.Index(body, "告示第351号") || first > strings.Index(body, `class="note good"`) {
		t.Error("the reservation does not stand first")
	}
	if strings.Contains(body, "てください") {
		t.Error("the page orders a clinic about")
	}
	w := h.ask(t, "GET", "/reception/source.png", nil)
	if _, err := png.Decode(bytes.NewReader(w.Body.Bytes())); err != nil ||
		w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("the source's code: %v", err)
	}
}
