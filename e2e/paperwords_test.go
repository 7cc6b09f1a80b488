package e2e

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"madoguchi/card/virtual"
)

// Every sentence about a paper that the rules or its card can give is driven through the page; what is
// refused stays refused.
func TestEveryWordAboutAPaperIsSeenOnThePage(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	console := staffOpens(t, base, "")
	resize(t, console, 1280, 900)
	reader := newSlot(t, base, console)
	copies(t, console)
	seen := driven{}
	in := func(years, days int) string { return time.Now().AddDate(years, 0, days).Format("20060102") }
	taro := cardOf("試験 太郎", "1986-04-12")
	type typed map[string]string
	for _, c := range []struct {
		name, digit string
		typed       typed // in the place of 試験 太郎's
		card        *virtual.Description
		checks      []string // in full
		folded      []string // that passed
		verdict     []string
		says        []string // of the card
		refused     bool
	}{
		{name: "the right card", digit: "4", card: &taro,
			checks:  []string{"console.paper.signature", "console.paper.only_name"},
			folded:  []string{"console.paper.digit", "console.paper.rules", "console.paper.step_birth_date"},
			verdict: []string{"console.paper.headline", "console.paper.registered"},
			says:    []string{"console.paper.same_birth_date"}},
		{name: "another person's card", digit: "1", typed: typed{"birthDate": "19881130"}, card: &taro,
			says:    []string{"console.paper.other_birth_date", "console.paper.claim_this_person"},
			refused: true},
		{name: "a certificate that has ended", digit: "5", typed: typed{"until": in(0, -1)},
			verdict: []string{"console.paper.refused"}, refused: true},
		{name: "a day too late for a certificate", digit: "5",
			typed:  typed{"insurerNumber": "138990", "until": in(3, 0)},
			checks: []string{"paper.until_odd"}},
		{name: "a number of 後期 with a wrong digit", digit: "5", typed: typed{"insurerNumber": "39139993",
			"symbol": "", "branch": "", "number": "09999995", "birthDate": "19440229", "until": in(0, 30)},
			checks: []string{"paper.elderly_check_digit"}},
		{name: "a share of another age", digit: "5", typed: typed{"share": "10",
			"until": in(0, 30)},
			checks: []string{"paper.share_odd"}},
		{name: "the whole price", digit: "5", typed: typed{"insurerNumber": "138990", "symbol": "国13",
			"number": "0001234", "branch": "02", "share": "special", "until": in(0, 30)},
			checks: []string{"console.paper.refund"}, verdict: []string{"console.paper.full_price"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			values := typed{"insurerNumber": "01139997", "symbol": "13990001", "number": "1234",
				"branch": "00", "birthDate": "19860412", "until": "", "share": "0"}
			for field, value := range c.typed {
				values[field] = value
			}
			set, err := json.Marshal(values)
			if err != nil {
				t.Fatal(err)
			}
			h := &hand{console: console}
			h.picks(t, c.digit)
			do(t, console, script(`for (const [name, value] of Object.entries(`+string(set)+`)) {
				document.querySelector("#paper [name=" + name + "], #paper-" + name).value = value;
			}`), click("#paper-send"))
			waitTrue(t, console, `document.getElementById("shown").checkVisibility()`)
			if c.card != nil {
				reader.lay(t, *c.card)
				h.at(t, "record")
				h.press(t, kb.Enter)
			}
			for selector, keys := range map[string][]string{"#checks": c.checks, "#passed-checks": c.folded,
				"#verdict": c.verdict, "#console": c.says} {
				for _, key := range keys {
					seen.sees(t, console, selector, key)
				}
			}
			if c.refused {
				refusalStands(t, console)
			}
			recordsRefusal(t, console)
		})
	}
	seen.all(t, map[string]string{
		"paper.ended":                    "the page asks a last day of certificates alone",
		"console.paper.claim_birth_date": "a claim: it stands beside what the card proves",
	}, "paper.ended", "paper.elderly_check", "paper.share_odd", "paper.until_odd", "console.paper.")
}
