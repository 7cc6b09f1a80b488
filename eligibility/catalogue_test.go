package eligibility

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"madoguchi/message"
)

// madeKeys are the keys that are made from a rule's code, a condition's key or a card's case, and so stand
// nowhere as a text.
func madeKeys() map[string]bool {
	keys := map[string]bool{}
	for i := range ruleTable {
		own := "rule." + strings.ToLower(string(ruleTable[i].Code))
		keys[own], keys[own+".name"] = true, true
		for _, need := range ruleTable[i].Needs {
			keys[need.name().Key] = true
		}
	}
	for _, c := range CardCases {
		keys[c.Told().Key] = true
	}
	return keys
}

// named are all other keys of the table: what a row, a note, a doubt or a refusal names.
func named() []message.Message {
	var all []message.Message
	for i := range ruleTable {
		r, w := &ruleTable[i], &wordsOfRules[i]
		for _, list := range [][]message.Message{w.reason, w.next, w.noPhoto, w.inApp, w.onSheet, w.bring} {
			all = append(all, list...)
		}
		for _, need := range r.Needs {
			for _, list := range [][]message.Message{need.says, need.instead(), need.inApp, need.noPhoto} {
				all = append(all, list...)
			}
		}
	}
	for i := range notes {
		all = append(all, notes[i].steps()...)
	}
	for i := range doubts {
		all = append(all, doubts[i].says...)
	}
	for i := range refusals {
		r := &refusals[i]
		all = append(append(append(all, r.says...), r.steps()...), r.bring...)
	}
	for _, a := range AllOQSAnswers {
		all = append(all, unconfirmedWords[a]...)
	}
	for _, c := range sheetCases {
		all = append(all, message.New(c.brings, nil))
	}
	for _, list := range [][]ValidityMeaning{Validities[:], LossReasons[:]} {
		for _, m := range list {
			all = append(all, m.Told())
		}
	}
	return all
}

// Every rule, condition and case has its entries, and no entry is left of one that is gone.
func TestEachRowOfTheTableHasItsEntriesInTheCatalogue(t *testing.T) {
	made := madeKeys()
	for key := range made {
		if _, ok := message.Find(key); !ok {
			t.Errorf("the catalogue has no %s", key)
		}
	}
	for _, m := range named() {
		if _, ok := message.Find(m.Key); !ok {
			t.Errorf("the catalogue has no %s", m.Key)
		}
	}
	form := regexp.MustCompile(`^(rule\.[a-z0-9]+(\.name)?|condition\.[a-z_]+\.name|cardcase\.[a-zA-Z]+)$`)
	for _, e := range message.Entries() {
		if strings.HasPrefix(e.File, "rules/") && form.MatchString(e.Key) && !made[e.Key] {
			t.Errorf("%s is of no rule, condition or case", e.Key)
		}
	}
	if len(made) < 90 {
		t.Errorf("only %d keys were made", len(made))
	}
}

// A rule, a condition and a doubt each say what to do; a row that has no step of its own names one.
func TestEachRuleConditionAndDoubtHasAStepInBothLanguages(t *testing.T) {
	for _, lang := range message.Languages() {
		if lang != "ja" && lang != "en" {
			continue
		}
		for i := range ruleTable {
			r, own := &ruleTable[i], wordsOfRules[i].reason[0]
			if own.NextStep(lang) == "" {
				t.Errorf("%s: %s has no next step", lang, own.Key)
			}
			for _, need := range r.Needs {
				if need.next == nil && need.words == nil && need.says[0].NextStep(lang) == "" {
					t.Errorf("%s: %s has no next step", lang, need.says[0].Key)
				}
			}
		}
		for i := range doubts {
			if says := doubts[i].says[0]; says.NextStep(lang) == "" {
				t.Errorf("%s: %s does not say what to ask", lang, says.Key)
			}
		}
		for i := range refusals {
			if r := &refusals[i]; r.next == nil && r.says[0].NextStep(lang) == "" {
				t.Errorf("%s: %s has no next step", lang, r.says[0].Key)
			}
		}
	}
}

// Whatever a counter meets is said in English too, with every value in its place, and asking changes nothing
// of what the next one is told.
func TestEveryAnswerIsSaidInEnglishAndLeavesTheTableAsItWas(t *testing.T) {
	before, rows := snapshot(t), 0
	r := rand.New(rand.NewPCG(7, 8))
	keyLike := regexp.MustCompile(`\{|\}|(^| )[a-z]+\.[a-z_]+(\.[a-z_]+)*( |$)`)
	for rows < 1500 {
		o, err := Methods(randomSituation(r))
		if err != nil {
			continue
		}
		rows++
		for _, text := range []string{o.Reason.En(), o.Next.En(), o.BringNext.En()} {
			if text == "" || keyLike.MatchString(text) {
				t.Fatalf("%s: %q", o.Best, text)
			}
		}
		for i := range o.Methods {
			m := &o.Methods[i]
			for _, text := range []string{m.Name.En(), m.Reason.En(), m.Next.En(), m.BringNext.En()} {
				if text == "" || keyLike.MatchString(text) {
					t.Fatalf("%s: %q", m.Code, text)
				}
			}
		}
	}
	if !reflect.DeepEqual(before, snapshot(t)) {
		t.Error("an answer has changed the table")
	}
}

// snapshot is every message of the table, to the ends of the lists' arrays.
func snapshot(t *testing.T) (all []message.Message) {
	t.Helper()
	whole := func(list []message.Message) { all = append(all, list[:cap(list)]...) }
	for i := range wordsOfRules {
		w := &wordsOfRules[i]
		for _, list := range [][]message.Message{
			w.name, w.reason, w.next, w.noPhoto, w.inApp, w.onSheet, w.bring,
		} {
			whole(list)
		}
	}
	for i := range notes {
		whole(notes[i].says)
	}
	for i := range doubts {
		whole(doubts[i].says)
	}
	for _, list := range [][]message.Message{inOrder, askAll, register, proof, fullPriceSays, mayBeFullPrice,
		reservations[Likely], reservations[Unverified]} {
		whole(list)
	}
	return all
}

// The written contract of methods: what stood there before stays, Japanese and in its order; the English and
// the keys stand behind it, under the same names.
func TestTheContractHasJapaneseEnglishAndKeys(t *testing.T) {
	o, err := Methods(situation(t,
		`{"day":"2026-11-22","brings":["card","notice"],"card":{"reads":false},"insurerNumber":"06999999"}`))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"best":"N1","next":"お知らせの氏名とカードの氏名を見比べ（70歳以上は有効期限も）、カードの顔写真と本人を見比べ、`
	if !strings.HasPrefix(string(data), want) {
		t.Errorf("%.300s", data)
	}
	type texts struct{ Name, Reason, Next, BringNext string }
	type keys struct {
		Name, Reason, Next, BringNext, Hints []message.Message
	}
	var answer struct {
		Hints    []string
		En       struct{ Hints []string }
		Messages keys
		Methods  []struct {
			Code     MethodCode
			Name     string
			En       texts
			Messages keys
		}
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatal(err)
	}
	n1 := answer.Methods[codeIndex("N1")]
	if n1.Name != "資格情報のお知らせ＋カード" || n1.En.Name != "paper notice with the card" ||
		!strings.HasPrefix(n1.En.Next, "Compare the notice's name") ||
		!strings.HasSuffix(n1.En.Next, " and accept.") {
		t.Errorf("%+v", n1)
	}
	next := told("rule.n1", "step.compare_photo")
	if !reflect.DeepEqual(n1.Messages.Next, next) || !reflect.DeepEqual(answer.Messages.Next, next) ||
		!reflect.DeepEqual(n1.Messages.Reason, told("rule.n1")) ||
		!reflect.DeepEqual(n1.Messages.BringNext, told("rule.bring.card_and_notice")) {
		t.Errorf("%+v", n1.Messages)
	}
	if len(answer.Hints) != 1 || answer.Hints[0] != "保険者番号06999999：都道府県番号99の都道府県はありません"+
		"（01から47）。写しまちがいでないか、紙を見直してください。" || len(answer.En.Hints) != 1 ||
		!strings.HasPrefix(answer.En.Hints[0], "Insurer number 06999999: There is no prefecture 99") ||
		len(answer.Messages.Hints) != 1 || answer.Messages.Hints[0].Args["hint"].In("en") == "" {
		t.Errorf("%q %q %+v", answer.Hints, answer.En.Hints, answer.Messages.Hints)
	}
}
