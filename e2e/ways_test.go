package e2e

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// keyboard is a receptionist at the keyboard: what is pressed is counted.
type keyboard struct {
	t     *testing.T
	tab   context.Context
	keys  int
	moves int // those that type nothing into the form, from its opening on: Enter and F2
}

// types presses keys one after the other, wherever the keyboard is.
func (h *keyboard) types(keys ...string) {
	h.t.Helper()
	for _, key := range keys {
		h.keys += utf8.RuneCountInString(key)
		h.moves += strings.Count(key, "\r") + strings.Count(key, kb.F2)
		do(h.t, h.tab, chromedp.KeyEvent(key))
	}
}

// answers opens the panel and answers its questions by digits.
func (h *keyboard) answers(digits ...string) {
	h.t.Helper()
	h.types(kb.F1)
	for i, digit := range digits {
		waitTrue(h.t, h.tab, `document.getElementById("panel")?.innerText.includes("質問 `+strconv.Itoa(i+1)+
			` / 3") && !!document.activeElement.dataset.choice`)
		h.types(digit)
	}
}

// taps answers the panel's questions, then goes the way of a code.
func (h *keyboard) taps(code string, digits ...string) {
	h.t.Helper()
	h.answers(digits...)
	waitTrue(h.t, h.tab, `!!document.querySelector("#panel .verdict-box")`)
	digit := eval[string](h.t, h.tab,
		`document.querySelector('#panel [data-way="`+code+`"]')?.dataset.choice ?? ""`)
	if digit == "" {
		h.t.Fatalf("%s is no way: %s", code, pageText(h.tab))
	}
	h.types(digit)
	waitTrue(h.t, h.tab, `document.activeElement.closest("#way") !== null`)
	h.moves = 0
}

// fields is how many fields and boxes the form has; buttons that are chosen among are one.
func (h *keyboard) fields() int {
	h.t.Helper()
	return eval[int](h.t, h.tab, `new Set([...document.querySelectorAll("#way input")]
		.filter(i => i.offsetParent).map(i => i.type === "checkbox" ? i.value : i.name)).size`)
}

// records presses the button that has the keyboard, and waits until the form has gone.
func (h *keyboard) records(way, name string) {
	h.t.Helper()
	waitTrue(h.t, h.tab, `document.activeElement.id === "way-record"`)
	fields := h.fields()
	h.types("\r")
	h.recorded(name)
	quick := time.Duration(h.keys) * keyTime
	h.t.Logf("%s: %d keys from the panel to the record, %d of them Enter or F2 in %d fields; %v for a quick "+
		"hand", way, h.keys, h.moves, fields, quick)
	if h.moves > fields+1 || quick > 10*time.Second {
		h.t.Errorf("%s: %d keys take %v, %d fields are left by %d", way, h.keys, quick, fields, h.moves)
	}
	h.keys = 0
}

// field puts the keyboard into a field of the form, by Tab and Enter as staff do.
func (h *keyboard) at(name string) {
	h.t.Helper()
	waitTrue(h.t, h.tab, `document.activeElement.name === `+quote(name))
}

// recorded waits until the form has gone with its case and the page says whose case it was: the case before
// may have had the same name.
func (h *keyboard) recorded(name string) {
	h.t.Helper()
	waitTrue(h.t, h.tab, `document.querySelector("#way") === null`)
	waitText(h.t, h.tab, "#done", name+"さんを記録しました")
}

type wayCase struct {
	Outcome, Reason string
	Method          struct{ Code string }
	Ground          struct{ Code string }
	Checked         []string
	Way             struct{ Person, BirthDateJa, ShareText, Notice string }
}

// lastCase is the newest case of the facility.
func lastCase(t *testing.T, tab context.Context) wayCase {
	t.Helper()
	return await[wayCase](t, tab, `fetch("/api/v1/counter/cases").then(r => r.json()).then(r => r.cases[0])`)
}

// Whoever has neither a screen nor a paper comes from the panel to a record, by the keyboard alone: with the
// own card, with another person's, and without one (docs/facts/eligibility-methods.md).
func TestPatientsWithoutAScreenAreRecordedByTheirWay(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	console := staffOpens(t, base, "")
	bridge(t, base, console, "tokuichi.json")
	waitText(t, console, "#readers", "リーダー接続中")
	expects(t, console, "status of 4(09|22)", "what is missing or does not fit, for its sentence")
	h := &keyboard{t: t, tab: console}
	// noCard fails t where F2 asks a card for a way that goes without one.
	noCard := func(t *testing.T) {
		t.Helper()
		do(t, console, script(`performance.clearResourceTimings()`), chromedp.KeyEvent(kb.F2))
		frames(t, console)
		if n := eval[int](t, console, `document.querySelectorAll("#way #way-ask").length +
			performance.getEntriesByType("resource")
				.filter(e => e.name.includes("card-check")).length`); n > 0 {
			t.Error("a card is asked for")
		}
	}

	t.Run("L1, the chip tells all", func(t *testing.T) {
		h.t = t
		h.types(kb.F1)
		waitText(t, console, "#panel", "マイナンバーカードは？")
		state(t, console, "panel-question")
		h.types(kb.Escape)
		h.keys = 0
		h.taps("L1", "1", "0", "6")
		h.types("S30.7.1\r")
		h.at("expiryYear")
		h.types("2034\r")
		h.at("code")
		h.types("4821\r")
		waitText(t, console, "#way", "カードのチップから読んだ内容を入れました")
		waitTrue(t, console, `document.activeElement.id === "way-record"`)
		state(t, console, "way-list")
		h.records("L1 by chip", "髙橋")
		c := lastCase(t, console)
		if c.Outcome != "accepted" || c.Method.Code != "L1" || c.Ground.Code != "chip" ||
			strings.Join(c.Checked, " ") != "list text" || c.Way.BirthDateJa != "昭和30年7月1日" {
			t.Errorf("%+v", c)
		}
		waitText(t, console, "#outage", "障害の控え 1名")
	})

	t.Run("taken back, the form is there again", func(t *testing.T) {
		h.t = t
		do(t, console, click("#take-back"))
		waitTrue(t, console, `document.querySelector("#way-name")?.value === "髙橋　德一"`)
		do(t, console, chromedp.Focus("#way-record"))
		h.types("\r")
		h.recorded("髙橋")
		waitText(t, console, "#outage", "障害の控え 1名")
		h.keys = 0
	})

	t.Run("L1, another person's card", func(t *testing.T) {
		h.t = t
		h.taps("L1", "1", "0", "6")
		h.types("S61.4.12", kb.F2)
		waitText(t, console, "#way-problem", "生年月日が")
		state(t, console, "way-refused")
		h.types("\r", "\r", "\r", "試験 太郎\r")
		waitTrue(t, console, `document.activeElement.name === "sex"`)
		h.types(" ", "\r")
		h.at("address")
		h.types("架空市1-2-3\r", " ", "\r", " ", "\r", " ", "\r", "\r")
		waitTrue(t, console, `document.activeElement.id === "way-record"`)
		h.types("\r")
		waitText(t, console, "#way-problem", "カード")
		if c := lastCase(t, console); c.Outcome != "" {
			t.Errorf("a wrong card was accepted: %+v", c)
		}
		// Esc keeps what was typed; F1 brings it back
		h.types(kb.Escape)
		waitText(t, console, "#methods", "入力の途中")
		h.types(kb.F1)
		waitTrue(t, console, `document.querySelector("#way-name")?.value === "試験 太郎"`)
		do(t, console, click("#way-drop"))
		h.keys = 0
	})

	t.Run("A1, her own card and the signed form", func(t *testing.T) {
		h.t = t
		h.taps("A1", "1", "0", "1")
		h.types("S30.7.1", kb.F2)
		waitText(t, console, "#way", "2割")
		h.at("name")
		h.types("髙橋 德一\r")
		state(t, console, "way-declaration")
		for _, skipped := range []string{"kana", "sex", "address", "contact", "belongs"} {
			h.at(skipped)
			h.types("\r")
		}
		h.at("share")
		h.types(" ", "\r") // 2割, the first
		h.at("form")
		h.types(" ", "\r") // signed, the first
		for range 3 {
			h.at("checks") // the chip stands for them
			h.types("\r")
		}
		h.at("reason")
		h.types("\r")
		h.records("A1 by chip", "髙橋")
		c := lastCase(t, console)
		if c.Method.Code != "A1" || c.Ground.Code != "chip" ||
			strings.Join(c.Checked, " ") != "declaration card" || c.Way.ShareText != "2割" {
			t.Errorf("%+v", c)
		}
	})

	t.Run("A1, another person's card", func(t *testing.T) {
		h.t = t
		h.taps("A1", "1", "0", "1")
		h.types("S61.4.12", kb.F2)
		waitText(t, console, "#way-problem", "カードの生年月日が")
		waitText(t, console, "#way-problem", "持ち主を確認してください")
		do(t, console, chromedp.SetValue("#way-name", "試験 太郎"),
			click(`#way input[name="form"][value="signed"]`))
		for _, seen := range []string{"photo", "name", "birthDate"} { // ticked all the same
			do(t, console, click(`#way input[value="`+seen+`"]`))
		}
		do(t, console, chromedp.Focus("#way-record"))
		h.types("\r")
		waitText(t, console, "#way-problem", "カードの確認が通っていません")
		if c := lastCase(t, console); c.Outcome != "" || c.Method.Code == "A1" && c.Ground.Code != "" {
			t.Errorf("a wrong card was accepted: %+v", c)
		}
		do(t, console, click("#way-drop"))
		h.keys = 0
	})

	t.Run("A1 though the card reads", func(t *testing.T) {
		h.t = t
		h.taps("A1", "6", "0", "1")
		do(t, console, click("#way-drop"))
		h.keys = 0
	})

	t.Run("L0, at the clinic's judgement", func(t *testing.T) {
		h.t = t
		h.taps("L0", "2", "0", "4")
		h.types("12345\r", "試験 花子\r", "S63.11.30\r")
		h.at("reason")
		noCard(t)
		state(t, console, "way-records")
		h.types("\r", "\r") // on nothing but a name
		waitText(t, console, "#way-problem", "まだ本人のカードと確かめられていません")
		h.at("reason")
		h.keys, h.moves = h.keys-2, h.moves-2
		h.types("いつもの患者さん\r")
		h.records("L0", "試験")
		if c := lastCase(t, console); c.Method.Code != "L0" || c.Ground.Code != "reason" ||
			strings.Join(c.Checked, " ") != "records" || c.Reason != "いつもの患者さん" {
			t.Errorf("%+v", c)
		}
	})

	t.Run("D0, once its notice is on", func(t *testing.T) {
		h.t = t
		desk := browser(t, 800, 600, "")
		do(t, desk, chromedp.Navigate(base+"/counter"), click(`button[value="鈴木"]`),
			chromedp.WaitVisible(`#scan-camera`), chromedp.Navigate(base+"/counter/disasters"))
		for name, text := range map[string]string{"title": "大雨の災害の通知", "area": "架空市",
			"from": "2020-01-01", "until": "2020-12-30"} {
			do(t, desk, chromedp.SetValue("#"+name, text))
		}
		year := eval[string](t, console, `String(new Date().getFullYear())`)
		do(t, desk, chromedp.SetValue("#from", year+"-01-01"), chromedp.SetValue("#until", year+"-12-31"),
			click("#save"))
		waitText(t, desk, "main", "今日使えます")
		state(t, desk, "disasters")
		do(t, desk, chromedp.Navigate(base+"/counter/facility"))
		waitText(t, desk, "#notices", "大雨の災害の通知")
		do(t, desk, click("#disasters"))
		waitText(t, desk, "h1", "災害の通知")
		h.taps("D0", "2", "0", "1")
		h.at("name") // the notice, the only one, is chosen
		h.types("試験 みう\r", "2021-04-01\r", "03-0000-0000\r", "架空警察共済\r")
		h.at("reason")
		noCard(t)
		state(t, console, "way-disaster")
		h.types("\r")
		h.records("D0", "試験")
		if c := lastCase(t, console); c.Method.Code != "D0" || c.Way.Notice != "大雨の災害の通知" {
			t.Errorf("%+v", c)
		}
	})

	t.Run("a case at hand is not lost, and tells what it knows", func(t *testing.T) {
		h.t = t
		paste(t, console, anotherScreen(t, data))
		waitText(t, console, "#p-name", "試験 花子")
		h.types(kb.F1)
		waitText(t, console, "#panel", "本物の保険者の画面・PDFがあります")
		h.types("1")
		waitText(t, console, "#panel", "質問 3 / 3")
		h.types("1")
		waitText(t, console, "#panel", "電子のお知らせ")
		state(t, console, "panel-answer")
		h.types(kb.Backspace)
		waitText(t, console, "#panel", "質問 3 / 3")
		h.types(kb.Escape)
		waitText(t, console, "#p-name", "試験 花子")
	})

	t.Run("the list is ticked off", func(t *testing.T) {
		do(t, console, chromedp.Navigate(base+"/counter/outage"))
		waitText(t, console, "main", "架空県架空市架空町１丁目２番３号")
		waitText(t, console, "#open", "1名")
		state(t, console, "outage")
		paper := printsOut(t, console, "outage-printed")
		for _, want := range []string{"架空県架空市架空町", "☐ 資格あり", "☐ 資格なし"} {
			if !strings.Contains(paper, want) {
				t.Errorf("%q is not on paper:\n%s", want, paper)
			}
		}
		if n := strings.Count(paper, "資格あり"); n != 1 { // the box, not the button
			t.Errorf("資格あり stands %d times on paper:\n%s", n, paper)
		}
		for _, button := range []string{"受付の画面へ", "Ctrl"} { // nobody presses paper
			if strings.Contains(paper, button) {
				t.Errorf("%q is on paper:\n%s", button, paper)
			}
		}
		do(t, console, click(`button[value="found"]`))
		waitText(t, console, "#open", "0名")
		waitText(t, console, "main", "資格あり")
	})
}
