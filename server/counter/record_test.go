package counter

import (
	"encoding/json"
	"strings"
	"testing"

	"madoguchi/card"
	"madoguchi/credential"
	"madoguchi/message"
)

// oldBody is a case as a version before the catalogue sealed it: sentences beside keys or instead of them.
const oldBody = `{"verdict":{"valid":false,"tier":"live","checks":[{"name":"time","result":"failed",` +
	`"reason":"この画面は古くなっています。開き直してください。","en":"This screen is too old. Reopen it."}]},` +
	`"card":{"result":"refused","key":"card.birthdate_mismatch",` +
	`"ja":"カードの生年月日が画面と一致しません。カードの持ち主を確認してください。",` +
	`"en":"The card's birth date differs from the screen's. Check whose card this is.","by":"server",` +
	`"checks":[{"name":"token","result":"passed","ja":"マイナンバーカードです","en":"It is a My Number card"}],` +
	`"proves":[],"notProven":["カードが画面の人のものであること"]},` +
	`"text":{"result":"refused","key":"card.of_yesterday","ja":"読めません。","en":"Unreadable.",` +
	`"by":"agent","fields":[]},` +
	`"staff":"架空 花子"}`

func TestACaseOfAVersionBeforeTheCatalogueIsShown(t *testing.T) {
	view, err := readCase(Case{ID: "1", Body: []byte(oldBody)})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, got, want string }{
		{"a check of the screen", view.Verdict.Checks[0].Text("ja"), "この画面は古くなっています。開き直してください。"},
		{"the same in English", view.Verdict.Checks[0].Text("en"), "This screen is too old. Reopen it."},
		{"the card's verdict", view.Card.Sentence("ja"), "カードの生年月日が画面と一致しません。"},
		{"its next step", view.Card.NextStep("en"), "Check whose card this is."},
		{"a step", view.Card.Checks[0].Text("en"), "It is a My Number card"},
		{"what is not proven", view.Card.NotProven[0].Text("ja"), "カードが画面の人のものであること"},
		{"a key that is no more", view.Text.Text("ja"), "読めません。"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("%q", c.got)
			}
		})
	}
}

// What is sealed from now on holds no sentence: wording can change, and the record still means the same.
func TestACaseIsStoredWithoutSentences(t *testing.T) {
	result := card.FaultResult(card.ErrBirthDate)
	body, err := json.Marshal(caseBody{
		Verdict: credential.Verifier{}.Verify("rubbish"),
		Card:    &result,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"verdict.form.failed", "card.birthdate_mismatch", "card.step.token",
		"card.claim.this_person"} {
		if _, known := message.FindEntry(key); !known || !strings.Contains(string(body), `"`+key+`"`) {
			t.Errorf("%s is not in %s", key, body)
		}
	}
	for _, r := range string(body) {
		if r > 0x7f {
			t.Fatalf("the record holds a sentence: %s", body)
		}
	}
}
