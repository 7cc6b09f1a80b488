package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"madoguchi/auth"
)

var tapLink = regexp.MustCompile(`class="button" href="(/counter/methods\?[^"]+)"`)

// Each way through the three taps ends in an answer with a next step, whatever is tapped.
func TestThreeTapsAlwaysEndInANextStep(t *testing.T) {
	h := newTestApp(t)
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
	if ends != 7*10*6 {
		t.Errorf("%d ends", ends)
	}
	// docs/facts/eligibility-methods.md#answers-in-november-2026: card unreadable with the insurer's
	// screen; phone only without a reader; certificate.
	for query, want := range map[string]string{
		"card=fails&shows=insurerScreen&place=usual": "電子のお知らせ",
		"card=none&shows=phone&place=usual":          "その場でマイナポータル",
		// 保発0710第1号: 無効 opens the declaration though the card reads; a phone that failed logs in at once; a
		// medical ticket.
		"card=answer&shows=nothing&place=usual":          "被保険者資格申立書",
		"card=none&shows=phone&place=phoneFailed":        "その場でマイナポータル",
		"card=none&shows=medicalTicket&place=usual":      "医療券",
		"card=answer&shows=eligibilityProof&place=usual": "資格証明書",
		"card=none&shows=certificate&place=usual":        "資格確認書",
		"card=none&shows=insurerScreen&place=usual":      "これだけでは受け付けられません",
	} {
		body := h.ask(t, "GET", "/counter/methods?"+query, nil).Body.String()
		if _, answer, _ := strings.Cut(body, `class="verdict"`); !strings.Contains(
			answer[:min(len(answer), 120)],
			want,
		) {
			t.Errorf("%s: %.120s", query, answer)
		}
	}
}
