package message

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// outside are the files, and the folders with all below them, that hold sentences of their own, each with
// the reason. An entry that is no longer needed fails: take its line away.
var outside = map[string]string{
	"pdf/certificateform.go": "資格確認書: the form's own wording (健康保険法施行規則47条)",
	"pdf/countsheet.go":      "枚数確認票: the form's own wording",
	"pdf/declaration.go":     "被保険者資格申立書: the form's own wording",
	"pdf/insert.go":          "the slip for a card case: the form's own wording",
	"pdf/notice.go":          "資格情報のお知らせ: what its form says with the insurer's name in it",
	"pdf/noticeform.go":      "資格情報のお知らせ: the form's own wording",
	"pdf/sheet.go":           "資格情報（写し）: what its form says with the insurer's name in it",
	"pdf/sheetform.go":       "資格情報（写し）: the form's own wording",

	"auth/demoidp/page.html":   "the demo's stand-in for the country's login, which is another server's page",
	"pwa/templates/sheet.html": "a form on paper for a patient, Japanese whatever staff read",
}

// wholeSentence is how a Japanese sentence looks: it has a full stop, or ends in a polite verb. A set of
// punctuation marks has the full stop behind a comma.
var wholeSentence = regexp.MustCompile(`[^\s、]。|(です|ます|ません|でした|ました|ください)$`)

// sentencesOf are the places of a file at which a text constant is a sentence.
func sentencesOf(set *token.FileSet, file *ast.File) (found []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok {
			text, ok := testenv.Constant(literal)
			if ok && wholeSentence.MatchString(strings.TrimSpace(text)) {
				found = append(found, set.Position(literal.Pos()).String())
			}
		}
		return true
	})
	return found
}

// japanese is how Japanese looks in a program of the pages: kana go on a word in other characters. Letters
// alone and single words in kanji (男) are no sentence. What stands behind two slashes is a comment.
var (
	japanese = regexp.MustCompile(`[\p{Han}ァ-ヶー][ぁ-ん]|[ぁ-ん][\p{Han}ァ-ヶ]|[^\s、/]。`)
	comment  = regexp.MustCompile(`//.*|^\s*/?\*.*`)
)

// inMarkup finds the same in a template, where a sentence ends before a tag.
var inMarkup = regexp.MustCompile(`[^\s、]。|(です|ます|ません|でした|ました|ください)\s*<`)

// sentencesOfProgram are the lines of a program of the pages that hold Japanese outside comments.
func sentencesOfProgram(path string, text []byte) (found []string) {
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		if japanese.MatchString(comment.ReplaceAllString(line, "")) {
			found = append(found, fmt.Sprintf("%s:%d", path, n))
		}
	}
	return found
}

// mayHold is the entry of outside that a file falls under, empty when there is none.
func mayHold(list map[string]string, path string) string {
	for entry := range list {
		if path == entry || strings.HasSuffix(entry, "/") && strings.HasPrefix(path, entry) {
			return entry
		}
	}
	return ""
}

// A sentence outside the catalogue has no key, no English, and nobody who translates finds it.
func TestNoSentenceStandsOutsideTheCatalogue(t *testing.T) {
	needed := map[string]bool{}
	judge := func(path string, found []string) {
		if entry := mayHold(outside, path); entry != "" {
			needed[entry] = needed[entry] || len(found) > 0
			return
		}
		for _, place := range found {
			t.Errorf("%s: a sentence for people; give it a key in message/catalogue", place)
		}
	}
	testenv.Program(t, func(f testenv.GoFile) { judge(f.Path, sentencesOf(f.Set, f.File)) })
	testenv.Sources(t, func(path string, text []byte) {
		var found []string
		if inMarkup.Match(text) {
			found = append(found, path)
		}
		judge(path, found)
	}, ".html")
	testenv.Sources(t, func(path string, text []byte) { judge(path, sentencesOfProgram(path, text)) }, ".ts")
	for _, entry := range slices.Sorted(maps.Keys(outside)) {
		if !needed[entry] {
			t.Errorf("%s holds no sentence any more (%s): take out its line", entry, outside[entry])
		}
	}
}

// The check itself, on source that has what it must find.
func TestASentenceOutsideTheCatalogueIsFound(t *testing.T) {
	for _, c := range []struct {
		name, code string
		found      bool
	}{
		{"a sentence", `"カードを置いてください。もう一度お試しください。"`, true},
		{"one without a full stop", `"この画面は古くなっています"`, true},
		{"a request without a full stop", `"番号を入れてください"`, true},
		{"one with a line feed behind", `"止めました。\n"`, true},
		{"one in a struct tag", "`help:\"番号です。\"`", true},
		{"a part of one", `x + "を取り込みました。" + y`, true},
		{"a term", `"資格情報のお知らせ"`, false},
		{"a heading of a column", `"使わない"`, false},
		{"a set of punctuation marks", `"、。・）」"`, false},
		{"English", `"The card is genuine."`, false},
		{"a key", `"card.none"`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := token.NewFileSet()
			text := "package x\nvar v = " + c.code
			if strings.HasPrefix(c.code, "`") {
				text = "package x\ntype v struct {\n\tF string " + c.code + "\n}"
			}
			file, err := parser.ParseFile(set, "x.go", text, 0)
			if err != nil {
				t.Fatal(err)
			}
			if found := sentencesOf(set, file); (len(found) > 0) != c.found {
				t.Error(found)
			}
		})
	}
	list := map[string]string{"a/": "", "b/c.go": ""}
	for _, c := range []struct{ path, want string }{
		{"a/x.go", "a/"},
		{"a/b/x.go", "a/"},
		{"ab/x.go", ""},
		{"b/c.go", "b/c.go"},
		{"b/d.go", ""},
	} {
		if got := mayHold(list, c.path); got != c.want {
			t.Errorf("%s: %q", c.path, got)
		}
	}
}

// The same on lines of programs.
func TestASentenceOfAProgramIsFound(t *testing.T) {
	for _, c := range []struct {
		name, line string
		found      bool
	}{
		{"a label", `either("番号で確かめる", "Check by number")`, true},
		{"a sentence in a template string", "`${insurer} 発行・マイナポータルの画面ではありません`", true},
		{"a text in markup", `h("b", "", "受付の方へ")`, true},
		{"a comment", `  // 受付の方へ: what the reception reads`, false},
		{"a comment behind code", `call(); // 受付の方へ`, false},
		{"a doc comment", `/** Says 受付の方へ. */`, false},
		{"a line of a doc comment", `   * Says 受付の方へ.`, false},
		{"a set of letters", `const kana = ["わぬふ", "ワヌフ"];`, false},
		{"single words", `{ 男: "male", 本人: "self" }`, false},
		{"a character that is replaced", `text.replace(/。/g, ".")`, false},
		{"a date", "`${month}月${date}日`", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if found := sentencesOfProgram("x.ts", []byte(c.line)); (len(found) > 0) != c.found {
				t.Error(found)
			}
		})
	}
}
