package message

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// What code relies on is refused where it is declared.
func TestLanguagesThatAreNotInOrderAreNotRead(t *testing.T) {
	const ja, en = `{"tag":"ja","name":"日本語","everywhere":true,"list":"、","fonts":["serif"]}`,
		`{"tag":"en","name":"English","everywhere":true,"blanks":true,"list":", ","fonts":["serif"]}`
	for _, c := range []struct{ name, more, want string }{
		{"another language", `{"tag":"qaa","name":"Q","fallback":"en","list":"; ","fonts":["Q Sans"]}`, ""},
		{"one of the same HTML tag without fonts",
			`{"tag":"en-easy","html":"en","name":"E","fallback":"en","list":"; "}`, ""},
		{"one from right to left", `{"tag":"qaa","name":"Q","fallback":"en","list":"; ","fonts":["Q"],
			"direction":"rtl"}`, ""},
		{"no name", `{"tag":"qaa","fallback":"en","list":"; ","fonts":["Q"]}`, "no name"},
		{"a tag twice", `{"tag":"en","name":"E","everywhere":true,"list":"; "}`, "twice"},
		{"no fallback", `{"tag":"qaa","name":"Q","list":"; ","fonts":["Q"]}`, "fallback"},
		{"a fallback that nobody has",
			`{"tag":"qaa","name":"Q","fallback":"qab","list":"; ","fonts":["Q"]}`, "qab"},
		{"a fallback that has gaps itself",
			`{"tag":"qaa","name":"Q","fallback":"en","list":"; ","fonts":["Q"]},
			{"tag":"qab","name":"R","fallback":"qaa","list":"; ","fonts":["R"]}`,
			"does not stand everywhere"},
		{"no fonts", `{"tag":"qaa","name":"Q","fallback":"en","list":"; "}`, "0 times"},
		{"fonts twice", `{"tag":"en-easy","html":"en","name":"E","fallback":"en","list":"; ","fonts":["Q"]}`,
			"2 times"},
		{"another direction",
			`{"tag":"qaa","name":"Q","fallback":"en","list":"; ","fonts":["Q"],"direction":"up"}`, `"up"`},
		{"nothing between names", `{"tag":"qaa","name":"Q","fallback":"en","fonts":["Q"]}`, "list"},
		{"a field that nobody reads",
			`{"tag":"qaa","name":"Q","fallback":"en","list":"; ","fonts":["Q"],"colour":"red"}`, "colour"},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, err := readLanguages([]byte("[" + ja + "," + en + "," + c.more + "]"))
			switch {
			case c.want == "" && (err != nil || all[0].HTML != "ja" || len(all) != 3):
				t.Error(all, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%v: %v", all, err)
			}
		})
	}
	if all, err := readLanguages([]byte("[" + en + "," + ja + "]")); err == nil {
		t.Errorf("Japanese is not first: %v", all)
	}
}

// A day and a list as each language is declared to write them; what has no column is written as English.
func TestValuesAreWrittenAsTheirLanguageDoes(t *testing.T) {
	day, names := Day(2026, time.November, 3), List([]string{"氏名", "番号"})
	for _, c := range []struct{ lang, day, list string }{
		{"ja", "11月3日", "氏名」「番号"},
		{"ja-easy", "11月3日", "氏名」「番号"},
		{"en", "2026-11-03", "氏名, 番号"},
		{"zh-Hans", "2026-11-03", "氏名, 番号"},
		{"qaa", "2026-11-03", "氏名, 番号"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			if d, l := day.In(c.lang), names.In(c.lang); d != c.day || l != c.list {
				t.Errorf("%s, %s; want %s, %s", d, l, c.day, c.list)
			}
		})
	}
	if tags := Languages(); !slices.ContainsFunc(tags, func(l Language) bool { return l.Blanks }) ||
		Join("en", "A.", "B.") != "A. B." || Join("zh-Hans", "甲。", "乙。") != "甲。乙。" {
		t.Error("sentences are not put together as the language writes them")
	}
}
