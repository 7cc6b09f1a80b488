package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hand types with the keyboard alone and counts its keys.
type hand struct {
	console context.Context
	keys    int
}

func (h *hand) press(t *testing.T, keys ...string) {
	t.Helper()
	for _, key := range keys {
		do(t, h.console, chromedp.KeyEvent(key))
		h.keys++
	}
}

// types presses the key of each character.
func (h *hand) types(t *testing.T, text string) {
	t.Helper()
	h.press(t, strings.Split(text, "")...)
}

// picks chooses what is seen, by its key.
func (h *hand) picks(t *testing.T, digit string) {
	t.Helper()
	do(t, h.console, chromedp.KeyEvent(digit, chromedp.KeyModifiers(chromedp.ModifierAlt)))
	h.keys++
	waitTrue(t, h.console, `document.activeElement.name === "insurerNumber"`)
}

func (h *hand) at(t *testing.T, where string) {
	t.Helper()
	waitTrue(t, h.console, `(e => e.name || e.value || e.id)(document.activeElement) === `+quote(where))
}

func (h *hand) lastCase(t *testing.T, is string) {
	t.Helper()
	waitTrue(t, h.console, `fetch("/api/v1/counter/cases").then(r => r.json())
		.then(all => (c => `+is+`)(all.cases[0]))`)
}

// seenPaper is a way of what is not ours: its key, and what follows the typing when all is well.
type seenPaper struct {
	digit, code string
	card        bool
	ticks       int
	says        string // on the page
	checked     string
}

// papers are the ways.
var papers = []seenPaper{
	{"1", "P1", true, 0, "マイナポータルの画面＋カード", "seen,card"},
	{"2", "P2", true, 0, "マイナポータルのPDF＋カード", "seen,card"},
	{"3", "P3", false, 3, "その場でマイナポータルにログイン", "seen,login,name,birthDate"},
	{"4", "N1", true, 0, "資格情報のお知らせ＋カード", "seen,card,name"},
	{"5", "C1", false, 2, "資格確認書", "seen,name,birthDate"},
}

// keyTime is what a quick hand takes for a key: some 80 words a minute.
const keyTime = 150 * time.Millisecond

// typesTaro types 試験 太郎's paper (person 1 of docs/facts/test-people.md) with a birth date, and sends it.
func (h *hand) typesTaro(t *testing.T, code, birth string) {
	t.Helper()
	before := h.keys
	digits := "01139997" + "13990001" + "1234" + "00" + birth
	h.types(t, "01139997")
	h.at(t, "symbol") // a full field moves on
	h.types(t, "13990001")
	h.press(t, kb.Enter)
	h.types(t, "1234")
	h.press(t, kb.Enter)
	h.types(t, "00")
	h.at(t, "birthDate")
	h.types(t, birth)
	fields := 5
	if code == "C1" {
		h.at(t, "until")
		until := time.Now().AddDate(1, 0, 0).Format("20060102")
		h.types(t, until)
		digits += until
		fields++
	}
	h.press(t, kb.Enter)
	waitTrue(t, h.console, `document.getElementById("shown").checkVisibility()`)
	if typed := h.keys - before; typed > len(digits)+fields {
		t.Errorf("%d keys for %d characters in %d fields", typed, len(digits), fields)
	}
}

// settles brings the case of a paper that was typed to its record, with the right card in the reader.
func (h *hand) settles(t *testing.T, p seenPaper) {
	t.Helper()
	waitText(t, h.console, "#verdict", "署名なし・職員が見て確認")
	waitText(t, h.console, "#method", p.says)
	state(t, h.console, "counter-paper-case-"+p.code)
	if p.card {
		h.at(t, "record")
		h.press(t, kb.Enter)
		waitText(t, h.console, "#lamp-card", "一致しました")
	}
	for range p.ticks {
		h.press(t, " ")
	}
	if p.code == "N1" {
		waitText(t, h.console, "#card-question", "お知らせとカードの氏名は同じですか")
		waitText(t, h.console, "#checks", "氏名だけ")
		state(t, h.console, "counter-paper-beside")
	}
	h.at(t, "record")
	h.press(t, kb.Enter)
	waitText(t, h.console, "#verdict", "記録しました")
	h.lastCase(t, `c.outcome === "accepted" && c.method.code === `+quote(p.code)+
		` && c.checked.join() === `+quote(p.checked)+
		` && c.eligibility.insurerNumber === "01139997" && c.eligibility.number === "1234"`)
}

// composes types by an input method: what is composed is drawn key by key, and then accepted by Enter.
func (h *hand) composes(t *testing.T, text string) {
	t.Helper()
	var drawn string
	for _, c := range text {
		drawn += string(c)
		imeSets(t, h.console, drawn)
	}
	do(t, h.console, enterIsTheInputMethods(), insertsText(text))
}

func imeSets(t *testing.T, console context.Context, text string) {
	t.Helper()
	n := int64(len([]rune(text)))
	do(t, console, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.ImeSetComposition, input.ImeSetCompositionParams{
			Text: text, SelectionStart: n, SelectionEnd: n,
		})
		return err
	}))
}

// enterIsTheInputMethods is the Enter that ends a composition: its key is the input method's.
func enterIsTheInputMethods() chromedp.Action[chromedp.Void] {
	return script(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "Process",
		code: "Enter", isComposing: true, bubbles: true, cancelable: true}))`)
}

func insertsText(text string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}
