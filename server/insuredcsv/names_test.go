package insuredcsv

import (
	"slices"
	"strings"
	"testing"

	"madoguchi/eligibility"
)

func namesOf(t *testing.T, name string) Row {
	t.Helper()
	r, err := Read(strings.NewReader("記号,番号,枝番,氏名,生年月日\nA,1,00,試験 花子,1988-11-30\nA,2,00,"+name+
		",1986-04-12\n"), Options{Insurer: "06139992"})
	if err != nil {
		t.Fatal(err)
	}
	rows := slices.Collect(r.Rows())
	if len(rows) != 2 || !rows[1].Accepted || rows[1].Line != 3 {
		t.Fatalf("%+v", rows)
	}
	return rows[1]
}

// What programs leave of a character that their coding lacks: ? (any writer of Shift_JIS), ？, □, U+FFFD, 〓.
func TestALostCharacterInANameIsStoredAsGetaWithTheWarning(t *testing.T) {
	for _, c := range []struct {
		in, want string
	}{
		{"?田 一", "〓田 一"},
		{"？田 一", "〓田 一"},
		{"□田 一", "〓田 一"},
		{"\uFFFD田 一", "〓田 一"},
		{"〓田 一", "〓田 一"},
		{"\uE000田 一", "〓田 一"},
		{"＊田 一", "〓田 一"},
		{"NGUY?N TEST", "NGUY〓N TEST"},
		{"ＮＧＵＹ？Ｎ", "ＮＧＵＹ〓Ｎ"},
		{"????", "〓〓〓〓"},
	} {
		t.Run(c.in, func(t *testing.T) {
			row := namesOf(t, c.in)
			if row.Person.Name != c.want || codes(row.Warnings) != "gaiji" ||
				row.Warnings[0].Column != string(colName) {
				t.Errorf("%q with %q %+v", row.Person.Name, codes(row.Warnings), row.Warnings)
			}
			if all := strings.Contains(row.Warnings[0].Text("ja"), "すべて失われて"); all != (c.in == "????") {
				t.Error(row.Warnings[0].Text("ja"))
			}
		})
	}
	for _, fine := range []string{"髙橋 德一", "●橋 德一", "■橋 德一", "𠮷田 一", "葛󠄀城 一", "山田（佐藤）花子"} {
		if row := namesOf(t, fine); row.Person.Name != fine || len(row.Warnings) > 0 {
			t.Errorf("%q became %q with %+v", fine, row.Person.Name, row.Warnings)
		}
	}
	if row := namesOf(t, "●●●●"); row.Person.Name != "●●●●" || codes(row.Warnings) != "gaiji" {
		t.Errorf("nothing but ●: %+v", row.Warnings)
	}
}

// Unicode's EquivalentUnifiedIdeograph: texts copied from PDF files hold radicals.
func TestRadicalsInANameAreStoredAsTheCharactersThatTheyLookLike(t *testing.T) {
	for _, c := range []struct {
		in, want string
	}{
		{"⻑⾕川 ⻘⼦", "長谷川 青子"},
		{"⼭⽥ 太郎", "山田 太郎"},
		{"⻲⼭ 一", "亀山 一"},
		{"⻄⼝ 一", "西口 一"},
		{"⻨⽥ 一", "麦田 一"},
		{"⻯⽥ 一", "竜田 一"},
		{"⻩ 一", "黄 一"},
		{"⿊⽊ 一", "黑木 一"},
	} {
		t.Run(c.in, func(t *testing.T) {
			if row := namesOf(t, c.in); row.Person.Name != c.want || len(row.Warnings) > 0 {
				t.Errorf("%q with %+v", row.Person.Name, row.Warnings)
			}
		})
	}
}

func TestTheKeyOfAPersonIsThatOfTheNameAsItIsStored(t *testing.T) {
	born := eligibility.MustDate("1955-07-01")
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"⻑⾕川 ⻘⼦", "長谷川青子", true}, {"?田", "〓田", true}, {"□田", "？田", true}, {"髙橋", "高橋", false},
		{"山田（佐藤）花子", "山田花子", false},
		{"佐々木", "佐佐木", false}, {"●田", "吉田", false},
	} {
		t.Run(c.a+" and "+c.b, func(t *testing.T) {
			a, b := eligibility.Person{
				Insurer:   "138990",
				Number:    "1",
				Name:      c.a,
				BirthDate: born,
			}, eligibility.Person{Insurer: "138990", Number: "1", Name: c.b, BirthDate: born}
			if (PersonKey(a) == PersonKey(b)) != c.same {
				t.Errorf("%s and %s", c.a, c.b)
			}
		})
	}
	plain := eligibility.Person{
		Insurer:   "138990",
		Symbol:    "国13",
		Number:    "0001234",
		Name:      "髙橋 德一",
		BirthDate: born,
	}
	if PersonKey(plain) != FormerKey(plain) ||
		PersonKey(plain) != "138990\x00国13\x001234\x00\x001955-07-01\x00髙橋德一" {
		t.Errorf("%q", PersonKey(plain)) // what stands in the databases of today
	}
}
