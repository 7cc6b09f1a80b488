package e2e

import (
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
)

// answersTo are the digits that answer the panel's questions so that a way is open today, for each way that
// some answers open; the first such answers in the order of the questions.
func answersTo(t *testing.T, day eligibility.Date) map[eligibility.MethodCode][3]string {
	t.Helper()
	q := counter.Questions()
	found := map[eligibility.MethodCode][3]string{}
	for i, card := range q[0].Choices {
		for j, shows := range q[1].Choices {
			for k, place := range q[2].Choices {
				a := counter.Answers{Card: card.Value, Shows: shows.Value, Place: place.Value}
				outcome, err := eligibility.Methods(a.Situation(day))
				if err != nil {
					t.Fatalf("%+v: %v", a, err)
				}
				for _, m := range outcome.Methods {
					if _, known := found[m.Code]; m.Accepted && !known {
						digit := func(n int) string { return strconv.Itoa((n + 1) % 10) }
						found[m.Code] = [3]string{digit(i), digit(j), digit(k)}
					}
				}
			}
		}
	}
	return found
}

// withoutForm are the ways that are gone outside of the console, with where.
var withoutForm = map[eligibility.MethodCode]string{
	"M1": "the official reader", "M2": "the official reader", "M3": "the official reader",
	"S1": "the official phone reader", "S2": "the official phone reader",
	"T1": "the 福祉事務所, which the ticket names",
}

// Each way that the panel opens today leads on: into the form of its paper, through to a record; into a form
// of its own (TestPatientsWithoutAScreenAreRecordedByTheirWay); to the code that is scanned; or it is gone at
// the official reader, which the panel says.
func TestEachLinkOfThePanelLeadsOn(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	console := staffOpens(t, base, "")
	resize(t, console, 1280, 900)
	bridge(t, base, console, "taro.json")
	waitText(t, console, "#readers", "リーダー接続中")
	k := &keyboard{t: t, tab: console}
	open := answersTo(t, eligibility.DateOf(time.Now()))
	walked := map[eligibility.MethodCode]bool{}
	leads := func(t *testing.T, p seenPaper) *hand {
		t.Helper()
		k.t, k.keys = t, 0
		to := open[eligibility.MethodCode(p.code)]
		k.answers(to[:]...)
		waitTrue(t, console, `!!document.querySelector('#panel [data-way="`+p.code+`"]')`)
		state(t, console, "panel-"+p.code)
		k.types(eval[string](t, console, `document.querySelector('#panel [data-way="`+p.code+
			`"]').dataset.choice`))
		waitTrue(t, console, `document.getElementById("paper").checkVisibility() &&
			document.querySelector("#panel") === null`)
		h := &hand{console: console, keys: k.keys}
		h.at(t, "insurerNumber")
		waitText(t, console, "#paper-title", message.New("counter.paper"+p.code, nil).Sentence("ja"))
		return h
	}
	for _, p := range papers {
		walked[eligibility.MethodCode(p.code)] = true
		t.Run(p.code, func(t *testing.T) {
			do(t, console, click("#cancel"))
			h := leads(t, p)
			h.typesTaro(t, p.code, "19860412")
			h.settles(t, p)
			quick := time.Duration(h.keys) * keyTime
			t.Logf("%s: %d keys from the panel to the record, %v for a quick hand", p.code, h.keys, quick)
			if quick > 10*time.Second {
				t.Errorf("%d keys take %v", h.keys, quick)
			}
		})
		t.Run(p.code+", after a screen that was refused", func(t *testing.T) {
			do(t, console, click("#cancel"))
			paste(t, console, credential.NumericQR(oldScreen(t, data)))
			waitText(t, console, "#verdict", "この画面は古くなっています")
			h := leads(t, p)
			waitTrue(t, console, `!document.getElementById("shown").checkVisibility()`) // the refused one's
			h.typesTaro(t, p.code, "19860412")
			waitText(t, console, "#method", p.says)
			do(t, console, click("#cancel"))
		})
	}

	t.Run("after another paper of the same patient, which is no good", func(t *testing.T) {
		do(t, console, click("#cancel"))
		h := &hand{console: console}
		h.picks(t, "5")
		h.types(t, "01139997")
		h.press(t, kb.Enter)
		h.types(t, "1234")
		h.press(t, kb.Enter, kb.Enter)
		h.types(t, "19860412")
		h.at(t, "until")
		h.types(t, time.Now().AddDate(0, 0, -2).Format("20060102"))
		h.press(t, kb.Enter)
		waitText(t, console, "#verdict .bad", "これでは受け付けられません")
		leads(t, papers[0])
		got := eval[string](t, console, `document.querySelector("#paper [name=number]").value`)
		if got != "1234" {
			t.Errorf("what was typed is lost: %q", got)
		}
		do(t, console, chromedp.KeyEvent(kb.Escape), click("#cancel"))
	})

	t.Run("what is not open is named with its reason", func(t *testing.T) {
		do(t, console, chromedp.Navigate(base+"/counter"))
		waitTrue(t, console, programStarted)
		waitText(t, console, "#readers", "リーダー接続中")
		k.t = t
		to := open["A1"]
		k.answers(to[:]...)
		waitTrue(t, console, `!!document.querySelector("#panel details dd")`)
		outcome, err := eligibility.Methods(eligibility.Situation{Day: eligibility.DateOf(time.Now())})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range outcome.Methods {
			code := string(m.Code)
			if !eval[bool](t, console, `!!document.querySelector('#panel [data-way="`+code+`"]') ||
				[...document.querySelectorAll("#panel dt")].some(dt =>
					dt.textContent.endsWith("（`+code+`）") &&
					dt.nextElementSibling.textContent.trim() !== "")`) {
				t.Errorf("%s is neither open nor refused: %s", m.Code, pageText(console))
			}
		}
	})

	for code := range open {
		switch {
		case walked[code], code == counter.Declaration, code == counter.OwnRecords, code == counter.Outage:
			continue
		}
		t.Run(string(code)+" has no form", func(t *testing.T) {
			// what was answered before is kept, but for a new page
			do(t, console, chromedp.Navigate(base+"/counter"))
			waitTrue(t, console, programStarted)
			waitText(t, console, "#readers", "リーダー接続中")
			k.t = t
			to := open[code]
			k.answers(to[:]...)
			waitTrue(t, console, `!!document.querySelector("#panel .verdict-box")`)
			link := eval[bool](t, console, `!!document.querySelector('#panel [data-way="`+string(code)+`"]')`)
			switch {
			case code == eligibility.ElectronicNotice:
				if !link {
					t.Error("it does not lead to the screen's code")
				}
				do(t, console, click(`#panel [data-way="`+string(code)+`"]`))
				waitTrue(t, console, `document.querySelector("#panel") === null &&
					document.getElementById("scan-text").checkVisibility()`)
				return
			case withoutForm[code] == "":
				t.Errorf("%s is open and leads nowhere, and nobody says why", code)
			case link:
				t.Errorf("%s has a form, though it is gone at %s", code, withoutForm[code])
			}
			if !eval[bool](t, console, `[...document.querySelectorAll("#panel dt")].some(dt =>
				dt.textContent.includes("（`+string(code)+`）")) ||
				document.querySelector("#panel .verdict-box h3").textContent === `+
				quote(eligibility.MethodName(code).Sentence("ja"))) {
				t.Errorf("it is not named: %s", pageText(console))
			}
		})
	}
}
