package message

import "testing"

func TestBareTextLeavesMarksOut(t *testing.T) {
	for _, c := range []struct {
		text string
		args Args
		want string
	}{
		{"{暗証番号|あんしょうばんごう}です", nil, "暗証番号です"},
		{"Ask for [[資格確認書]].", nil, "Ask for 資格確認書."},
		{"{insurer}の", Args{"insurer": Text(`<script>"&'`)}, `<script>"&'の`},
		// a value is never read for marks
		{"{insurer}の", Args{"insurer": Text("{漢字|かんじ}[[x]]")}, "{漢字|かんじ}[[x]]の"},
		{"a & b", nil, "a & b"},
		{`\{"見出し":"氏名"\} の形の\[A\]`, nil, `{"見出し":"氏名"} の形の[A]`},
		{`値の中のコンマは「\,」と書きます。`, nil, `値の中のコンマは「\,」と書きます。`},
		{"{wait}待って", nil, "{wait}待って"},
	} {
		t.Run(c.text, func(t *testing.T) {
			if got := fillText(c.text, "ja", c.args); got != c.want {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestMarksThatAreNotInOrderAreErrors(t *testing.T) {
	for _, bad := range []string{
		"{", "}", "{}", "{a|}", "{|a}", "{a|b|c}", "{a{b}}", "[x]", "[[x", "x]]", "[[a|b]]", "{<b>|x}",
		`\{a}`, `{a\}`,
	} {
		t.Run(bad, func(t *testing.T) {
			if pieces, err := Marks(bad); err == nil {
				t.Errorf("%v", pieces)
			}
		})
	}
}
