package web

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/pwa"
)

var (
	paperLink  = regexp.MustCompile(`<li><a href="(/papers\?[^"]+)">`)
	paperClass = regexp.MustCompile(`class="note (good|attention|refusal)" role="status" id="answer"`)
)

// Whatever is tapped ends after three questions at most, in each language with a sentence of its own.
func TestEveryWayThroughTheQuestionsEnds(t *testing.T) {
	h := newTestApp(t)
	for _, lang := range pwa.Languages() {
		ends := 0
		var walk func(path string, taps int)
		walk = func(path string, taps int) {
			w := h.getWithPreferences(t, path, "lang="+lang)
			body := w.Body.String()
			if w.Code != http.StatusOK || strings.Contains(body, "<script") {
				t.Fatalf("%s %s: %d", lang, path, w.Code)
			}
			if paperClass.MatchString(body) {
				ends++
				return
			}
			links := paperLink.FindAllStringSubmatch(body, -1)
			if len(links) < 2 || taps == 3 {
				t.Fatalf("%s %s: after %d taps %d choices and no end", lang, path, taps, len(links))
			}
			for _, l := range links {
				walk(strings.ReplaceAll(l[1], "&amp;", "&"), taps+1)
			}
		}
		walk("/papers", 0)
		if ends != 20 {
			t.Errorf("%s: %d ends", lang, ends)
		}
	}
}

// Expected: docs/facts/insurers-and-papers.md#three-documents,
// docs/facts/eligibility-methods.md#mynaportal-on-the-spot, docs/facts/eligibility-methods.md#notice-alone,
// docs/facts/eligibility-methods.md#expired-insurance-card and
// docs/facts/eligibility-methods.md#certificate-of-eligibility.
func TestTheQuestionsEndWithWhatTheRulesSay(t *testing.T) {
	h := newTestApp(t)
	for _, c := range []struct {
		name, query, class, sentence string
	}{
		{"a card that is in order", "hold=card&says=yes&third=valid", "good", "カードだけで受診できます"},
		{"a card whose certificate ended", "hold=card&says=yes&third=over", "attention", "3か月のあいだは"},
		{"a card that is not registered", "hold=card&says=no", "attention", "その場で登録できます"},
		{"the notice with the card", "hold=paper&says=notice&third=yes", "good", "カードが先です"},
		{"the notice alone", "hold=paper&says=notice&third=no", "refusal", "資格確認書ではありません"},
		{"a certificate in date", "hold=paper&says=certificate&third=valid", "good", "これだけで受診できます"},
		{"a certificate out of date", "hold=paper&says=certificate&third=over", "refusal", "使えません"},
		{"the old card", "hold=paper&says=oldCard", "refusal", "もう使えません"},
		{"a nameless paper that says the card is needed", "hold=paper&says=unknown&third=card",
			"refusal", "お知らせだけでは受診できません"},
		{"a nameless paper with birth date and expiry", "hold=paper&says=unknown&third=ends",
			"attention", "資格確認書のようです"},
		{"a paper that nothing tells of", "hold=paper&says=unknown&third=none", "attention", "保険者にお電話ください"},
		{"the insurer's screen alone", "hold=phone&says=insurer&third=no", "refusal", "だけでは受診できません"},
		{"the insurer's screen with the card", "hold=phone&says=insurer&third=yes", "good", "カードが先です"},
		{"Mynaportal's screen alone", "hold=phone&says=portal&third=no", "attention", "その場でマイナポータルにログイン"},
		{"a screenshot", "hold=phone&says=picture", "refusal", "確かめられません"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := h.ask(t, "GET", "/papers?"+c.query, nil).Body.String()
			class := paperClass.FindStringSubmatch(body)
			if !slices.Contains(class, c.class) || !strings.Contains(body, c.sentence) {
				t.Errorf("%v, want %s and %q", class, c.class, c.sentence)
			}
		})
	}
	for _, wrong := range []string{"hold=x", "hold=paper&says=x", "hold=paper&says=notice&third=x",
		"says=notice"} {
		body := h.ask(t, "GET", "/papers?"+wrong, nil).Body.String()
		if !strings.Contains(body, `id="question"`) {
			t.Errorf("%s: nothing is asked", wrong)
		}
	}
}

// All six stand on the page with the dates of the table, each with its source, and lead from where people
// look.
func TestThePageComparesTheSix(t *testing.T) {
	h := newTestApp(t)
	body := h.ask(t, "GET", "/papers", nil).Body.String()
	for _, want := range []string{"マイナ保険証", "資格確認書", "資格情報のお知らせ", "保険者の資格情報画面", "マイナポータルの画面", "前の健康保険証",
		"令和8年7月31日（2026年7月31日）に終わりました", "令和7年12月1日（2025年12月1日）に期限が切れました",
		"令和6年12月2日（2024年12月2日）から、新しく発行されていません", "令和8年8月1日（2026年8月1日）に85歳以上",
		"告示第349号・第351号", "対比表", "推定です", "令和8年11月22日", "paper-notice.png", "paper-certificate.png"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if n := strings.Count(body, `<article class="kind">`); n != 6 {
		t.Errorf("%d kinds", n)
	}
	for _, from := range []string{"/", "/screen", "/reception"} {
		if !strings.Contains(h.ask(t, "GET", from, nil).Body.String(), `href="/papers"`) {
			t.Errorf("%s does not lead there", from)
		}
	}
}
