package verify

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// told is a check with sentences of its own, as a record of an older version holds them.
func told(name string, result credential.Result, ja, en string) credential.Check {
	return credential.Check{Name: name, Result: result, Stored: message.Stored{Ja: ja, En: en}}
}

// genuineCopy is the verdict on a copy of 髙橋 德一 (docs/facts/test-people.md#people).
func genuineCopy() credential.Verdict {
	return credential.Verdict{
		Valid:      true,
		Tier:       credential.TierSaved,
		Issuer:     "https://hoken.example.jp/i/00138990",
		IssuerName: "架空市",
		IssuedAt:   time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC),
		ExpiresAt:  time.Date(2027, 2, 28, 15, 0, 0, 0, time.UTC),
		RID:        "AABJn",
		Checks:     []credential.Check{told("form", credential.Passed, "形は正しいです。", "The form is right.")},
		Eligibility: &credential.Eligibility{
			Insurer:      "00138990",
			InsurerName:  "架空市",
			Symbol:       "国13",
			Number:       "0001234",
			BranchNumber: "02",
			Name:         "髙橋 德一",
			Kana:         "タカハシ トクイチ",
			BirthDate:    eligibility.MustDate("1955-07-01"),
			Sex:          eligibility.Male,
			Share:        20,
			ValidFrom:    eligibility.MustDate("2008-04-01"),
			ValidUntil:   eligibility.MustDate("2027-07-31"),
		},
	}
}

// object is an answer as a program reads it.
func object(t *testing.T, a Answer) map[string]any {
	t.Helper()
	data, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]any
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// The contract of verify --json (type Answer): what is not known is null, never left out; times are of Japan.
func TestAnswerHasEveryFieldOfTheContract(t *testing.T) {
	unread := credential.Verdict{Checks: []credential.Check{told("form", credential.Failed, "読めません。", "No.")}}
	bare := genuineCopy()
	person := *bare.Eligibility
	person.Share, person.ValidFrom, person.ValidUntil = 0, eligibility.Date{}, eligibility.Date{}
	person.Sex, person.Symbol = "", ""
	bare.Eligibility = &person
	for _, c := range []struct {
		name    string
		verdict credential.Verdict
		want    map[string]any
		person  map[string]any // nil: null
	}{
		{
			"a genuine copy", genuineCopy(),
			map[string]any{
				"valid":      true,
				"tier":       "pdf",
				"issuer":     "https://hoken.example.jp/i/00138990",
				"issuerName": "架空市",
				"issuedAt":   "2026-11-22T10:00:00+09:00",
				"expiresAt":  "2027-03-01T00:00:00+09:00",
				"rid":        "AABJn",
				"headlineEn": "This copy (PDF) is genuine.",
			},
			map[string]any{"insurerNumber": "00138990", "insurerName": "架空市", "symbol": "国13",
				"number": "0001234", "branchNumber": "02", "name": "髙橋 德一", "kana": "タカハシ トクイチ",
				"birthDate": "1955-07-01", "sex": "male", "share": 20.0, "validFrom": "2008-04-01",
				"validUntil": "2027-07-31"},
		},
		{
			"a person of whom less is said", bare,
			map[string]any{"valid": true},
			map[string]any{"insurerNumber": "00138990", "insurerName": "架空市", "symbol": "",
				"number": "0001234", "branchNumber": "02", "name": "髙橋 德一", "kana": "タカハシ トクイチ",
				"birthDate": "1955-07-01", "sex": "", "share": nil, "validFrom": nil, "validUntil": nil},
		},
		{
			"what could not be read", unread,
			map[string]any{"valid": false, "tier": nil, "issuer": nil, "issuerName": nil, "issuedAt": nil,
				"expiresAt": nil, "rid": nil},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := object(t, AnswerOf(c.verdict))
			for _, field := range []string{"valid", "tier", "issuer", "issuerName", "issuedAt", "expiresAt",
				"rid", "headline", "headlineEn", "checks", "eligibility", "representative"} {
				if _, ok := got[field]; !ok {
					t.Errorf("%s is left out", field)
				}
			}
			for field, want := range c.want {
				if !reflect.DeepEqual(got[field], want) {
					t.Errorf("%s is %v, want %v", field, got[field], want)
				}
			}
			person, _ := got["eligibility"].(map[string]any)
			if !reflect.DeepEqual(person, c.person) {
				t.Errorf("eligibility is %v, want %v", person, c.person)
			}
		})
	}
}

func TestAnswerTellsEachCheckInBothLanguages(t *testing.T) {
	v := genuineCopy()
	v.Checks = []credential.Check{
		told("revocation", credential.NotChecked, "一覧がありません。", "There is no list."),
		told("form", credential.Passed, "形は正しいです。", "The form is right."),
	}
	got, _ := object(t, AnswerOf(v))["checks"].([]any)
	want := []any{
		map[string]any{"name": "revocation", "result": "not checked", "reason": "一覧がありません。",
			"en": "There is no list."},
		map[string]any{"name": "form", "result": "passed", "reason": "形は正しいです。", "en": "The form is right."},
	}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		check, _ := got[i].(map[string]any)
		for field, text := range want[i].(map[string]any) {
			if check[field] != text {
				t.Errorf("check %d: %s is %v, want %v", i, field, check[field], text)
			}
		}
	}
	v.Checks = nil
	v.Valid = true
	if none, ok := object(t, AnswerOf(v))["checks"].([]any); !ok || len(none) != 0 {
		t.Errorf("no checks are %v, want []", none)
	}
}

// 1955-07-01 is 昭和30年7月1日 (docs/facts/shares-and-limits.md#eras); 国保 has six digits on paper
// (docs/facts/insurer-numbers.md#padding); the share is told in 割.
func TestExplainIsReadAtTheKeyboard(t *testing.T) {
	open := genuineCopy()
	open.Valid = false
	open.Eligibility, open.IssuerName = nil, ""
	open.IssuedAt, open.ExpiresAt = time.Time{}, time.Time{}
	open.Checks = []credential.Check{
		told("issuer", credential.NotChecked, "発行者は確かめていません。", "The issuer was not checked."),
		told("form", credential.Passed, "形は正しいです。", "The form is right."),
	}
	failed := open
	failed.Checks = []credential.Check{told("signature", credential.Failed, "署名が違います。", "A false signature.")}
	noShare := genuineCopy()
	person := *noShare.Eligibility
	person.Share = 0
	noShare.Eligibility = &person
	for _, c := range []struct {
		name    string
		verdict credential.Verdict
		lines   []string // each a whole line
		not     []string // never said
	}{
		{"genuine", genuineCopy(), []string{
			"この写し（PDF）は本物です（This copy (PDF) is genuine.）",
			"✓ 形は正しいです。",
			"発行者 https://hoken.example.jp/i/00138990 架空市",
			"作成 2026-11-22 10:00:00、期限 2027-03-01 00:00:00",
			"髙橋 德一 タカハシ トクイチ",
			"昭和30年7月1日",
			"保険者番号 138990 架空市",
			"記号 国13 番号 0001234 枝番 02",
			"負担割合 2割",
		}, nil},
		{"open", open, []string{"― 発行者は確かめていません。", "✓ 形は正しいです。"},
			[]string{"作成", "保険者番号", "記号", "負担割合"}},
		{"failed", failed, []string{"× 署名が違います。"}, []string{"保険者番号", "髙橋"}},
		{"without a share", noShare, []string{"記号 国13 番号 0001234 枝番 02"}, []string{"負担割合"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := Explain(c.verdict)
			lines := strings.Split(said, "\n")
			for _, want := range c.lines {
				if !slices.Contains(lines, want) {
					t.Errorf("no line %q in\n%s", want, said)
				}
			}
			for _, word := range c.not {
				if strings.Contains(said, word) {
					t.Errorf("it says %q:\n%s", word, said)
				}
			}
		})
	}
}

// What a representative shows is genuine, and says nothing of who stands at the counter.
func TestARepresentativesScreenIsSaidToBeOne(t *testing.T) {
	const said = "代理の方の端末です。カードがご本人のものか、ご本人の顔と見くらべてください。"
	for _, shows := range []bool{false, true} {
		v := genuineCopy()
		v.Representative = shows
		if got := object(t, AnswerOf(v))["representative"]; got != shows {
			t.Errorf("--json says %v of %v", got, shows)
		}
		if text := Explain(v); strings.Contains(text, said) != shows {
			t.Errorf("shown by a representative: %v\n%s", shows, text)
		}
	}
}
