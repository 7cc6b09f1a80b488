package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"madoguchi/card/virtual"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// somebody is a person of 架空市 as a screen tells them (docs/facts/test-people.md).
func somebody(name, birth string) func(*eligibility.Person) {
	return func(p *eligibility.Person) {
		p.Name, p.Kana, p.Sex = name, "", ""
		p.BirthDate = eligibility.MustDate(birth)
	}
}

// cardOf is somebody's card.
func cardOf(name, birth string) virtual.Description {
	return virtual.Description{
		Name:         name,
		BirthDate:    eligibility.MustDate(birth),
		ExpiryYear:   2034,
		SecurityCode: "4821",
	}
}

// Whose screen and whose card it is: what the page asks before the card, what it says of the birth date and,
// with the number on the card's face, of the name; and how the case ends.
func TestAScreenAndACardThatAreNotOnePersons(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	console := staffOpens(t, base, "")
	resize(t, console, 1280, 900)
	reader := newSlot(t, base, console)
	copies(t, console)
	expects(t, console, `status of (409|422) .*/api/v1/counter/cases`, "accepted on nothing")
	accepts := func(t *testing.T) string {
		t.Helper()
		return await[string](t, console, `fetch("/api/v1/counter/cases").then(r => r.json()).then(all =>
			fetch("/api/v1/counter/cases/" + all.cases[0].id + "/record", {method: "POST",
				headers: {"Content-Type": "application/json"}, body: '{"outcome": "accepted"}'}))
			.then(r => r.json()).then(r => (r.type ?? r.outcome).split(":").pop())`)
	}
	for _, c := range []struct {
		name         string
		screen, card [2]string // name, birth date
		same         bool      // the birth dates
		field        string    // below console.field: what the number on the face tells of the name
		chip         bool      // is ground enough in the end
		then         string    // refused, or how it is accepted
	}{
		{name: "a mother's screen with her son's card", screen: [2]string{"試験 花子", "1988-11-30"},
			card: [2]string{"試験 みう", "2021-04-01"}, then: "refused"},
		{name: "twins", screen: [2]string{"試験 花子", "1988-11-30"},
			card: [2]string{"試験 桃子", "1988-11-30"}, same: true, field: "similar", then: "refused"},
		{name: "twins whose names share nothing", screen: [2]string{"試験 花子", "1988-11-30"},
			card: [2]string{"試験 一郎太", "1988-11-30"}, same: true, field: "different", then: "refused"},
		{name: "a name with ● on the screen", screen: [2]string{"●橋 德一", "1955-07-01"},
			card: [2]string{"髙橋 德一", "1955-07-01"}, same: true, field: "masked", chip: true, then: "chip"},
		{name: "a name with ● on the card", screen: [2]string{"髙橋 德一", "1955-07-01"},
			card: [2]string{"●橋 德一", "1955-07-01"}, same: true, field: "masked", chip: true, then: "chip"},
		{name: "another writing", screen: [2]string{"高橋 徳一", "1955-07-01"},
			card: [2]string{"髙橋 德一", "1955-07-01"}, same: true, field: "variant", chip: true, then: "chip"},
		{name: "an alias beside the name", screen: [2]string{"NGUYEN TEST AN", "1995-01-15"},
			card: [2]string{"NGUYEN TEST AN（試験 アン）", "1995-01-15"}, same: true, field: "variant",
			chip: true, then: "chip"},
		{name: "an alias alone", screen: [2]string{"試験 アン", "1995-01-15"},
			card: [2]string{"NGUYEN TEST AN", "1995-01-15"}, same: true, field: "different", then: "eye"},
		{name: "a name that is hidden", screen: [2]string{"●● ●一", "1955-07-01"},
			card: [2]string{"髙橋 德一", "1955-07-01"}, same: true, field: "unreadable", chip: true,
			then: "chip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := driven{}
			do(t, console, click("#cancel"))
			reader.lay(t, cardOf(c.card[0], c.card[1]))
			paste(t, console, demoScreen(t, data, somebody(c.screen[0], c.screen[1])))
			waitText(t, console, "#p-name", c.screen[0])
			waitText(t, console, "#card-question", "カードの氏名は"+c.screen[0])
			if got := accepts(t); got != "case.unchecked" {
				t.Errorf("before anything was checked: %s", got)
			}
			do(t, console, chromedp.KeyEvent(kb.Enter))
			if !c.same {
				seen.sees(t, console, "#console", "card.birthdate_mismatch")
				seen.sees(t, console, "#verdict h3", "counter.cardRefused")
				lampsSay(t, console, "counter.lampGenuine", "counter.lampRefused", "counter.lampOpen")
				refusalStands(t, console)
				if got := accepts(t); got != "case.card_refused" {
					t.Errorf("with another person's card: %s", got)
				}
				state(t, console, "stranger-refused")
				recordsRefusal(t, console)
				return
			}
			seen.sees(t, console, "#card-verdict", "card.confirmed")
			seen.sees(t, console, "#card-verdict", "card.claim.name_address")
			lampsSay(t, console, "counter.lampGenuine", "counter.lampAgrees", "counter.lampOpen")
			readsText(2034, "4821")(t, console)
			seen.sees(t, console, "#extra-result", "console.field."+c.field)
			if c.chip {
				lampsSay(t, console, "counter.lampGenuine", "counter.lampAgrees", "counter.lampOpen")
				do(t, console, script(`document.getElementById("record").focus()`),
					chromedp.KeyEvent(kb.Enter))
			} else {
				seen.sees(t, console, "#verdict h3", "counter.otherName")
				seen.sees(t, console, "#verdict", "console.next.other_name")
				lampsSay(t, console, "counter.lampGenuine", "counter.lampOtherName", "counter.lampOpen")
				waitText(t, console, "#record", "目視で確認する")
				seen.sees(t, console, "#record-ground", "counter.groundMissingNoCard")
				if said := eval[string](t, console,
					`document.getElementById("card-verdict").innerText`); strings.Contains(said, "記録して") {
					t.Errorf("it is said to record: %s", said)
				}
				if got := accepts(t); got != "case.unchecked" {
					t.Errorf("with another name on the chip: %s", got)
				}
				state(t, console, "stranger-name")
				shot(t, console, "stranger-name-window")
			}
			switch c.then {
			case "refused":
				recordsRefusal(t, console)
				return
			case "eye":
				do(t, console, script(`document.querySelector("#visual input").focus()`))
				for range 3 {
					do(t, console, chromedp.KeyEvent(" "))
				}
				waitTrue(t, console, `document.activeElement.id === "record"`)
				do(t, console, chromedp.KeyEvent(kb.Enter))
			}
			waitText(t, console, "#verdict", "記録しました")
			(&hand{console: console}).lastCase(t, `c.outcome === "accepted" && c.ground.code === `+
				quote(c.then))
		})
	}
}

// A paper and a card of which the chip tells the name: what was typed is what it is compared with, and a name
// that was not typed is not another one.
func TestAPapersNameIsComparedWithTheChips(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	console := staffOpens(t, base, "")
	resize(t, console, 1280, 900)
	reader := newSlot(t, base, console)
	reader.lay(t, cardOf("試験 太郎", "1986-04-12"))
	for _, c := range []struct {
		name, code, typed string
		field             string // below console.field
		step              string // of the large button in the end
	}{
		{"no name was typed", "P1", "", "unreadable", "record"},
		{"the same name", "P2", "試験 太郎", "equal", "record"},
		{"a notice without a name typed", "N1", "", "unreadable", "beside"},
		{"a notice with the chip's name", "N1", "試験 太郎", "equal", "beside"},
		{"a twin's notice", "N1", "試験 次郎", "similar", "eye"},
		{"somebody else's screen", "P1", "髙橋 德一", "different", "eye"},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen, h := driven{}, &hand{console: console}
			for _, p := range papers {
				if p.code == c.code {
					h.picks(t, p.digit)
				}
			}
			do(t, console, script(`document.getElementById("paper-name").value = `+quote(c.typed)))
			h.typesTaro(t, c.code, "19860412")
			readsText(2034, "4821")(t, console)
			seen.sees(t, console, "#extra-result", "console.field."+c.field)
			waitText(t, console, "#extra-result", "生年月日は入れた内容と同じです")
			waitTrue(t, console, `document.getElementById("record").dataset.step === `+quote(c.step))
			if c.step == "eye" {
				lampsSay(t, console, "counter.lampUnsigned", "counter.lampOtherName", "counter.lampOpen")
				seen.sees(t, console, "#verdict", "console.next.other_name")
			}
			recordsRefusal(t, console)
		})
	}
}

// recordsRefusal refuses the case at hand.
func recordsRefusal(t *testing.T, console context.Context) {
	t.Helper()
	do(t, console, click("#refuse"), chromedp.SendKeys("#reason", "別の方のカード\r"))
	waitText(t, console, "#verdict", "記録しました")
	(&hand{console: console}).lastCase(t, `c.outcome === "refused"`)
}

// What a patient shows that is no eligibility of a listed insurer, or not all of it: each says what it is and
// what to do next, and opens no case that could be accepted.
func TestWhatIsNoScreenOfAListedInsurer(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	notice := imports(t, base, "髙橋 德一")
	console := staffOpens(t, base, "")
	resize(t, console, 1280, 900)
	copies(t, console)
	expects(t, console, `status of 422 .*/api/v1/counter/cases`, "what is no code, for its sentence")
	s := screens{t, data}
	jws := s.of(0)
	digits := credential.NumericQR(jws)
	for _, c := range []struct {
		name, shown string
		says        string // the key of the sentence
		opens       bool   // it opens a case, which is refused
	}{
		{"the code of a paper notice", notice, "scan.notice", false},
		{"another insurer's paper notice", "https://hoken.example.jp/n/AAAAAAAAAAAAAAAA", "scan.notice",
			false},
		{"an insurer that is not on the list",
			credential.NumericQR(s.by("https://hoken.example.jp/i/06139992")), "verdict.issuer.failed", true},
		// the issuer of the specification's own examples
		{"a foreign SMART Health Card",
			credential.NumericQR(s.by("https://spec.smarthealth.cards/examples/issuer")),
			"verdict.issuer.failed", true},
		{"a listed insurer with another's number", credential.NumericQR(s.of(0, ofAnother)),
			"verdict.insurer.failed", true},
		{"the first half of the digits", digits[:len(digits)/2], "scan.incomplete", false},
		{"the second half of the digits", digits[len(digits)/2:], "scan.incomplete", false},
		{"the first half of the text", jws[:len(jws)/2], "scan.incomplete", false},
		{"the second half of the text", jws[len(jws)/2:], "scan.unreadable", false},
		{"the address of a shop", "https://example.jp/", "scan.unreadable", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := driven{}
			do(t, console, click("#cancel"))
			paste(t, console, c.shown)
			if !c.opens {
				seen.sees(t, console, "#problem", c.says)
				waitTrue(t, console, `!document.getElementById("decide").checkVisibility() &&
					!document.getElementById("shown").checkVisibility()`)
				return
			}
			seen.sees(t, console, "#checks", c.says)
			seen.sees(t, console, "#verdict h3", "verdict.headline.unverifiable")
			waitText(t, console, "#verdict", nextOfKey(c.says))
			lampsSay(t, console, "counter.lampUnusable", "counter.lampNoReader", "counter.lampOpen")
			refusalStands(t, console)
			if eval[bool](t, console, `document.getElementById("shown").checkVisibility()`) {
				t.Error("what nobody vouches for is shown")
			}
		})
	}

	t.Run("a file with the codes of two people", func(t *testing.T) {
		do(t, console, click("#cancel"))
		file := filepath.Join(t.TempDir(), "family.smart-health-card")
		two := `{"verifiableCredential":["` + s.of(0) + `","` + anotherScreen(t, data) + `"]}`
		if err := os.WriteFile(file, []byte(two), 0o600); err != nil {
			t.Fatal(err)
		}
		do(t, console, chromedp.SetUploadFiles("#scan-file", []string{file}))
		waitText(t, console, "#choose", "2人以上のコードがあります")
		waitText(t, console, "#choose", "髙橋 德一（昭和30年7月1日）")
		if eval[bool](t, console, `document.getElementById("shown").checkVisibility()`) {
			t.Error("a case is open before somebody chose")
		}
		do(t, console, script(`[...document.querySelectorAll("#choose button")]
			.find(b => b.textContent.startsWith("試験 花子")).click()`))
		waitText(t, console, "#p-name", "試験 花子")
		waitText(t, console, "#verdict", "この画面は本物です")
	})
}

// nextOfKey is the next step of a sentence of the catalogue.
func nextOfKey(key string) string { return message.New(key, nil).NextStep("ja") }
