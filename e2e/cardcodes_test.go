package e2e

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/internal/persontest"
	"madoguchi/message"
)

// tokuichisCard is the card of 髙橋 德一, with what is special about it.
func tokuichisCard(change ...func(*virtual.Description)) virtual.Description {
	p := persontest.Tokuichi()
	d := virtual.Description{
		Name:         p.Name,
		BirthDate:    p.BirthDate,
		Sex:          p.Sex,
		ExpiryYear:   2034,
		SecurityCode: "4821",
	}
	for _, c := range change {
		c(&d)
	}
	return d
}

func variant(v virtual.Variant) func(*virtual.Description) {
	return func(d *virtual.Description) { d.Variant = v }
}

// certificateOf is of which days the card's certificate is, counted from today.
func certificateOf(from, until int) func(*virtual.Description) {
	today := eligibility.DateOf(time.Now())
	return func(d *virtual.Description) {
		d.CertificateFrom, d.CertificateUntil = today.AddDays(from), today.AddDays(until)
	}
}

// faulty has something go wrong with the card's answers.
func faulty(f virtual.Faults) func(*virtual.Description) {
	return func(d *virtual.Description) { d.Faults = f }
}

func triesOf(birthDate, numberB int) func(*virtual.Description) {
	return func(d *virtual.Description) { d.Tries, d.NumberBTries = &birthDate, &numberB }
}

// asksCard presses F2 on a fresh case of 髙橋 德一; readsFace, readsText and readsDates the other checks.
func asksCard(t *testing.T, console context.Context) {
	t.Helper()
	do(t, console, script(`document.getElementById("card-verdict").replaceChildren()`),
		chromedp.KeyEvent(kb.F2))
}

func readsText(year int, code string) func(t *testing.T, console context.Context) {
	return func(t *testing.T, console context.Context) {
		t.Helper()
		do(t, console, script(`document.getElementById("extra-checks").open = true`),
			chromedp.SetValue("#text-year", strconv.Itoa(year)), chromedp.SetValue("#text-code", code),
			click("#text-check"))
	}
}

func readsDates(t *testing.T, console context.Context) {
	t.Helper()
	do(t, console, script(`document.getElementById("extra-checks").open = true`),
		click("#certificate-check"))
}

// readsFace asks for the tries, has the slot changed by between, and asks for the photo.
func readsFace(between func()) func(t *testing.T, console context.Context) {
	return func(t *testing.T, console context.Context) {
		t.Helper()
		do(t, console, script(`document.getElementById("extra-checks").open = true`),
			chromedp.SetValue("#text-year", "2034"), chromedp.SetValue("#text-code", "4821"),
			click("#face-tries"))
		waitText(t, console, "#chip-face", "回試せます")
		between()
		do(t, console, click("#face-check"))
	}
}

// noCardSaysIt are the sentences about cards that the console cannot come to say, each with why.
var noCardSaysIt = map[string]string{
	"card.face_unverified":     "the demo's server has the issuers' keys (server/counter tries it without)",
	"card.certificate_purpose": "no virtual card bears another certificate (card/validity_test.go)",
	"card.second_key":          "a program that tries twice is stopped before it reaches a card",
	"card.forbidden":           "it is said to a program that asks for what it may not",
}

// Every verdict about a card, and every trouble of a reader, is driven through the page by a real agent with
// a virtual card: its sentence with the next step is seen, the lamp says it, and a card that is refused is no
// ground for anything.
func TestEveryVerdictOfACardIsSeenOnThePage(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	console := staffOpens(t, base, "")
	inLab(t, console)
	do(t, console, chromedp.Navigate(base+"/counter"))
	waitTrue(t, console, programStarted)
	resize(t, console, 1280, 900)
	reader := newSlot(t, base, console)
	copies(t, console)
	expects(t, console, `status of 4(09|22) .*/(text|face)-check`, "what was typed off a card is wrong")
	seen := driven{}
	opens := func(t *testing.T, birth eligibility.Date) {
		t.Helper()
		do(t, console, click("#cancel"))
		paste(t, console, demoScreen(t, data, func(p *eligibility.Person) { p.BirthDate = birth }))
		waitText(t, console, "#verdict", "この画面は本物です")
	}
	born := persontest.Tokuichi().BirthDate
	const agrees, failed, refused, open = "lampAgrees", "lampFailed", "lampRefused", "lampOpen"
	const everywhere, aside, face = "#console", "#extra-result", "#chip-face"
	type row struct {
		name  string
		card  virtual.Description
		fault error
		asks  func(t *testing.T, console context.Context)
		key   string
		where string
		lamp  string
		born  string // of the screen, where it is not the card's holder's
	}
	right, check := tokuichisCard(), asksCard
	rows := []row{
		{name: "the right card", card: right, asks: check, key: "card.confirmed", lamp: agrees},
		{name: "another person's", card: tokuichisCard(func(d *virtual.Description) {
			d.BirthDate = eligibility.MustDate("1986-04-12")
		}), asks: check, key: "card.birthdate_mismatch", lamp: refused},
		{name: "copied", card: tokuichisCard(variant(virtual.Copied)), asks: check, key: "card.copied",
			lamp: refused},
		{name: "of no known issuer", card: tokuichisCard(variant(virtual.ForgedIssuer)), asks: check,
			key: "card.not_genuine", lamp: refused},
		{name: "altered", card: tokuichisCard(variant(virtual.Altered)), asks: check,
			key: "card.not_genuine", lamp: refused},
		{name: "an Android phone", card: tokuichisCard(variant(virtual.Phone)), asks: check,
			key: "card.phone", lamp: refused},
		{name: "an iPhone", card: tokuichisCard(variant(virtual.IPhone)), asks: check, key: "card.phone",
			lamp: refused},
		{name: "a 住基カード", card: tokuichisCard(variant(virtual.OldCard)), asks: check, key: "card.juki",
			lamp: refused},
		{name: "some other card", card: tokuichisCard(variant(virtual.OtherCard)), asks: check,
			key: "card.not_my_number_card", lamp: refused},
		{name: "locked", card: tokuichisCard(triesOf(0, 10)), asks: check, key: "card.blocked",
			lamp: failed},
		{name: "few tries", card: tokuichisCard(triesOf(2, 10)), asks: check, key: "card.few_tries",
			lamp: failed},
		{name: "a birth date that no key is made of", card: right, asks: check, key: "card.key_form",
			lamp: failed, born: "1955-07"},
		{name: "pulled", card: tokuichisCard(faulty(virtual.Faults{PulledAt: 5})), asks: check,
			key: "card.removed", lamp: failed},
		{name: "nonsense", card: tokuichisCard(faulty(virtual.Faults{GarbageAt: 3})), asks: check,
			key: "card.unexpected", lamp: failed},
		{name: "the printed number", card: right, asks: readsText(2034, "4821"),
			key: "card.text_confirmed", where: aside, lamp: agrees},
		{name: "a wrong number", card: right, asks: readsText(2034, "9999"),
			key: "card.number_b_mismatch", where: aside, lamp: open},
		{name: "the number is locked", card: tokuichisCard(triesOf(10, 0)), asks: readsText(2034, "4821"),
			key: "card.number_b_blocked", where: aside, lamp: open},
		{name: "few tries of the number", card: tokuichisCard(triesOf(10, 2)),
			asks: readsText(2034, "4821"), key: "card.number_b_few_tries", where: aside, lamp: open},
		{name: "a year that is none", card: right, asks: readsText(34, "4821"), key: "card.expiry_year",
			where: "#extra-checks", lamp: open},
		{name: "three digits", card: right, asks: readsText(2034, "482"), key: "card.security_code",
			where: "#extra-checks", lamp: open},
		{name: "a copied card's number", card: tokuichisCard(variant(virtual.Copied)),
			asks: readsText(2034, "4821"), key: "card.copied", where: aside, lamp: refused},
		{name: "the photo", card: right, asks: readsFace(func() {}), key: "card.face_confirmed", where: face,
			lamp: open},
		{name: "another card between tries and photo", card: right, asks: readsFace(func() {
			reader.lay(t, tokuichisCard(triesOf(10, 7)))
		}), key: "card.tries_changed", where: face, lamp: open},
		{name: "a certificate", card: tokuichisCard(certificateOf(-100, 900)), asks: readsDates,
			key: "card.certificate_valid", where: aside, lamp: open},
		{name: "a certificate in its grace", card: tokuichisCard(certificateOf(-900, -10)),
			asks: readsDates, key: "card.certificate_grace", where: aside, lamp: open},
		{name: "a certificate that is over", card: tokuichisCard(certificateOf(-900, -200)),
			asks: readsDates, key: "card.certificate_expired", where: aside, lamp: open},
		{name: "a certificate of tomorrow", card: tokuichisCard(certificateOf(2, 900)), asks: readsDates,
			key: "card.certificate_not_begun", where: aside, lamp: open},
		{name: "a certificate of no known issuer", card: tokuichisCard(variant(virtual.ForgedIssuer)),
			asks: readsDates, key: "card.certificate_issuer", where: aside, lamp: open},
		{name: "no card", fault: card.ErrNoCard, asks: check, key: card.ErrNoCard.Key, lamp: failed},
		{name: "no reader", fault: card.ErrNoReader, asks: check, key: card.ErrNoReader.Key, lamp: failed},
		{name: "no answer", fault: card.ErrTimeout, asks: check, key: card.ErrTimeout.Key, lamp: failed},
	}
	for _, fault := range []*eligibility.Error{
		card.ErrReaderShared, card.ErrReaderService, card.ErrReaderLost, card.ErrReaderUnplugged,
		card.ErrReaderReset, card.ErrReaderMute, card.ErrReaderChoice, card.ErrReaderHung,
		card.ErrReaderAccess, card.ErrReaderLibrary, card.ErrReaderWinscard, card.ErrReaderSystem,
		card.ErrReaderFault,
	} {
		rows = append(rows, row{name: fault.Key, fault: fault, asks: check, key: fault.Key, lamp: failed})
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			on := born
			if r.born != "" {
				on = eligibility.MustDate(r.born)
			}
			opens(t, on)
			if r.fault != nil {
				reader.holds(nil, r.fault)
			} else {
				reader.lay(t, r.card)
			}
			r.asks(t, console)
			where := r.where
			if where == "" {
				where = everywhere
			}
			seen.sees(t, console, where, r.key)
			lampsSay(t, console, "counter.lampGenuine", "counter."+r.lamp, "counter.lampOpen")
			if r.lamp == refused {
				waitText(t, console, "#verdict .bad", message.New("counter.cardRefused", nil).Sentence("ja"))
				refusalStands(t, console)
			} else if r.lamp != agrees {
				waitTrue(t, console, `document.getElementById("record").dataset.step !== "record"`)
			}
		})
	}
	for _, untold := range []struct{ key, outcome, lamp string }{
		{"card.unverified", "unverified", "lampUnsure"},
		{"card.evidence", "error", failed},
	} {
		t.Run(untold.key+", as another server or agent says", func(t *testing.T) {
			opens(t, born)
			reader.lay(t, right)
			said := message.New(untold.key, nil)
			told, err := json.Marshal(map[string]any{"/card-check": map[string]any{"card": map[string]any{
				"result": untold.outcome, "checks": []any{}, "proves": []any{}, "notProven": []any{},
				"headline": map[string]string{"ja": said.Sentence("ja"), "en": said.Sentence("en")},
				"next":     map[string]string{"ja": said.NextStep("ja"), "en": said.NextStep("en")},
			}, "chipPassed": untold.outcome == "unverified"}})
			if err != nil {
				t.Fatal(err)
			}
			set(t, console, "members", string(told))
			defer set(t, console, "members", "null")
			asksCard(t, console)
			seen.sees(t, console, "#console", untold.key)
			lampsSay(t, console, "counter.lampGenuine", "counter."+untold.lamp, "counter.lampOpen")
		})
	}
	t.Run("an agent without the issuers' keys", func(t *testing.T) {
		reader.stop()
		reader = newSlotWith(t, base, console, nil, nil)
		reader.lay(t, right)
		opens(t, born)
		readsText(2034, "4821")(t, console)
		seen.sees(t, console, aside, "card.text_unverified")
		readsDates(t, console)
		seen.sees(t, console, aside, "card.certificate_unverified")
	})
	for _, part := range []string{"card.claim.", "card.step.", "card.by."} {
		for _, entry := range message.Entries() {
			if strings.HasPrefix(entry.Key, part) {
				seen[entry.Key] = true // no verdicts: what they are made of
			}
		}
	}
	seen.all(t, noCardSaysIt, "card.", "reader.")
}
