package answer_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/eligibility/answer"
)

// object is an answer as a program reads it: by the names of the JSON contract.
func object(t *testing.T, told any) map[string]any {
	t.Helper()
	data, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]any
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return read
}

// holds compares the fields that are asked for; a field that is not there is not nil, which stands for null.
func holds(t *testing.T, got, want map[string]any) {
	t.Helper()
	for field, value := range want {
		if told, ok := got[field]; !ok || !reflect.DeepEqual(told, value) {
			t.Errorf("%s is %v (there: %v), want %v", field, told, ok, value)
		}
	}
}

// refused wants the error that docs/errors.md describes under a key, about a field.
func refused(t *testing.T, err error, key, field string) {
	t.Helper()
	var e *eligibility.Error
	if !errors.As(err, &e) || e.Key != key || e.Field != field || e.Code != eligibility.Invalid {
		t.Errorf("%#v, want %s about %s", err, key, field)
	}
}

// The numbers are of docs/facts/test-people.md#insurers, the systems and check digits of
// docs/facts/insurer-numbers.md, the prefectures of JIS X 0401.
func TestInsurerSaysWhatTheNumberHolds(t *testing.T) {
	for _, c := range []struct {
		name, number string
		want         map[string]any
		noted        bool
	}{
		{"国保, six digits as on paper", "138990", map[string]any{"valid": true, "normalised": "00138990",
			"paper": "138990", "kind": "国民健康保険", "prefecture": "東京都"}, false},
		{"国保, padded as OQS has it", "00138990", map[string]any{"valid": true, "normalised": "00138990",
			"paper": "138990", "kind": "国民健康保険", "prefecture": "東京都"}, false},
		{"国保組合: 3 as the third digit", "133991", map[string]any{"valid": true, "normalised": "00133991",
			"paper": "133991"}, true},
		{"組合健保", "06139992", map[string]any{"valid": true, "normalised": "06139992", "paper": "06139992",
			"kind": "組合管掌健康保険", "prefecture": "東京都"}, false},
		{"後期", "39139993", map[string]any{"valid": true, "kind": "後期高齢者医療"}, false},
		{"the first prefecture", "019992", map[string]any{"valid": true, "prefecture": "北海道"}, false},
		{"the last prefecture", "478990", map[string]any{"valid": true, "prefecture": "沖縄県"}, false},
		{"no such prefecture", "06480016", map[string]any{"valid": true, "prefecture": nil}, true},
		{"医療扶助 is no insurance", "12131231", map[string]any{"normalised": "12131231"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := object(t, answer.Insurer(c.number))
			holds(t, got, c.want)
			if note, ok := got["note"]; ok != c.noted || ok && note == "" {
				t.Errorf("note %v, want one: %v", note, c.noted)
			}
			if reason, ok := got["reason"]; ok {
				t.Errorf("a number that is good has a reason: %v", reason)
			}
		})
	}
}

func TestInsurerAnswersWhatCannotBeANumberWithAReason(t *testing.T) {
	null := map[string]any{"valid": false, "normalised": nil, "paper": nil, "kind": nil, "prefecture": nil}
	for _, c := range []struct {
		name, number string
		want         map[string]any
	}{
		{"nothing", "", null},
		{"another check digit", "138991", null},
		{"two digits exchanged", "06319992", null},
		{"five digits", "13899", null},
		{"seven digits", "0138990", null},
		{"nine digits", "000138990", null},
		{"letters", "O6139992", null},
		// its check digit is right: what it says is told, but nobody is insured by it
		{"a public expense (80)", "80130123", map[string]any{"valid": false, "normalised": "80130123",
			"kind": nil, "prefecture": "東京都"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := object(t, answer.Insurer(c.number))
			holds(t, got, c.want)
			if reason, _ := got["reason"].(string); reason == "" {
				t.Error("no reason")
			}
		})
	}
}

// docs/facts/names-and-characters.md#matching.
func TestNamesTellsHowAlikeTwoWritingsAre(t *testing.T) {
	for _, c := range []struct {
		name, a, b, match string
		differ            bool
	}{
		{"width and blanks", "試験　太郎", "試験太郎", "equal", false},
		{"half-width kana", "ｼｹﾝ ﾀﾛｳ", "シケン タロウ", "equal", false},
		{"a variant", "髙橋 德一", "高橋 徳一", "variant", true},
		{"a character that OQS lost", "●橋 德一", "髙橋 德一", "masked", true},
		{"one character differs", "試験 太郎", "試験 次郎", "similar", true},
		{"another name", "試験 太郎", "架空 花子", "different", true},
		{"nothing to read", "●● ●●", "試験 太郎", "unreadable", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			told, err := answer.Names(c.a, c.b)
			if err != nil {
				t.Fatal(err)
			}
			got := object(t, told)
			holds(t, got, map[string]any{"match": c.match})
			if differences, ok := got["differences"].([]any); !ok || len(differences) > 0 != c.differ {
				t.Errorf("differences %v, want some: %v", got["differences"], c.differ)
			}
		})
	}
}

func TestNamesWantsTwoNames(t *testing.T) {
	for _, c := range []struct{ name, a, b string }{
		{"the first is missing", "", "試験 太郎"},
		{"the second is missing", "試験 太郎", ""},
		{"blanks are no name", "試験 太郎", " 　\t"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := answer.Names(c.a, c.b)
			refused(t, err, "names.empty", "A, B")
		})
	}
}

// codes are the ways that an answer accepts, in its order.
func codes(t *testing.T, outcome map[string]any) (accepted []string) {
	t.Helper()
	methods, _ := outcome["methods"].([]any)
	for _, m := range methods {
		method, _ := m.(map[string]any)
		for _, field := range []string{"code", "name", "accepted", "reason", "next", "bringNext", "askFor",
			"medicalInformation", "limit", "source", "sourceUrl", "confidence"} {
			if _, ok := method[field]; !ok {
				t.Errorf("%v lacks %s", method["code"], field)
			}
		}
		if method["accepted"] == true {
			accepted = append(accepted, method["code"].(string))
		}
	}
	return accepted
}

// docs/methods.md, and the rules of docs/rules.md.
func TestMethodsAnswersInTheShapeOfTheQuestion(t *testing.T) {
	const (
		reads       = `{"day":"2026-11-22","brings":["card"],"card":{"reads":true}}`
		notice      = `{"day":"2026-11-22","brings":["card","notice"],"card":{"reads":false}}`
		certificate = `{"day":"2026-11-22","brings":["certificate"]}`
		nothing     = `{"day":"2026-11-22","brings":[]}`
	)
	for _, c := range []struct {
		name, asked string
		array       bool
		best        []any
	}{
		{"a card that is read", reads, false, []any{"M1"}},
		{"the notice beside a card that is not", notice, false, []any{"N1"}},
		{"the certificate alone", certificate, false, []any{"C1"}},
		{"nothing is brought", nothing, false, []any{nil}},
		{"an array, in its order", "[" + certificate + "," + nothing + "," + reads + "]", true,
			[]any{"C1", nil, "M1"}},
		{"an array of one", " [" + reads + "]\n", true, []any{"M1"}},
		{"no situation", "[]", true, nil},
		{"with the mark of a Windows editor", "\ufeff" + reads, false, []any{"M1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			told, err := answer.Methods([]byte(c.asked))
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(told)
			if err != nil {
				t.Fatal(err)
			}
			var all []map[string]any
			if c.array {
				err = json.Unmarshal(data, &all)
			} else {
				all = append(all, object(t, told))
			}
			if err != nil || len(all) != len(c.best) || c.array && all == nil {
				t.Fatalf("%d answers, want %d, %v: %s", len(all), len(c.best), err, data)
			}
			for i, outcome := range all {
				holds(t, outcome, map[string]any{"best": c.best[i]})
				for _, field := range []string{"next", "bringNext", "reason", "source", "sourceUrl",
					"confidence", "provisional", "checkedUntil", "readOn"} {
					if outcome[field] == nil {
						t.Errorf("answer %d lacks %s", i, field)
					}
				}
				best, _ := c.best[i].(string)
				if accepted := codes(t, outcome); slices.Contains(accepted, best) != (best != "") {
					t.Errorf("answer %d accepts %v", i, accepted)
				}
			}
		})
	}
}

// docs/methods.md: unknown fields, fields that stand twice, wrong types, impossible dates and contradictions
// are errors that name the field.
func TestMethodsRefusesAQuestionThatItCannotUnderstand(t *testing.T) {
	for _, c := range []struct{ name, asked, key, field string }{
		{"nothing", "", "situation.json", ""},
		{"no JSON", "{day}", "situation.json", ""},
		{"without the day", "{}", "situation.day", "day"},
		{"a day that is none", `{"day":"2026-02-30"}`, "situation.date", "day"},
		{"a field that nobody knows", `{"day":"2026-11-22","cards":1}`, "situation.unknown_field", "cards"},
		{"a field twice", `{"day":"2026-11-22","day":"2026-11-22"}`, "situation.field_twice", "day"},
		{"a wrong type", `{"day":"2026-11-22","brings":"card"}`, "situation.type", "brings"},
		{"a value that is none of its", `{"day":"2026-11-22","card":{"state":"new"}}`,
			"situation.unknown_kind", "card.state"},
		{"in an array", `[{"day":"2026-11-22"},{"day":"2026-02-30"}]`, "situation.date", "[1].day"},
	} {
		t.Run(c.name, func(t *testing.T) {
			told, err := answer.Methods([]byte(c.asked))
			refused(t, err, c.key, c.field)
			if told != nil {
				t.Errorf("it answered %v", told)
			}
		})
	}
}
