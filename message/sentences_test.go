package message

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"testing"

	"madoguchi/internal/testenv"
)

// searches are functions of strings, bytes, slices and regexp that cut, compare or search a text.
var searches = regexp.MustCompile(
	`^(Cut|Split|Fields|Index|LastIndex|Contains|HasPrefix|HasSuffix|Trim|Replace|EqualFold|` +
		`Compare|Equal|Match|Find|Count)`,
)

// asText are the methods by which a Message or an error becomes a sentence.
var asText = map[string]bool{"Sentence": true, "NextStep": true, "Ja": true, "En": true, "Plain": true}

// sentenceLike is a Japanese sentence, or the full stop that ends one: three kana and more that go on to
// it, as no name of a thing and no set of letters does.
var sentenceLike = regexp.MustCompile(`^。$|[ぁ-ん](ます|ません|です|ました|ください|でした)|[ぁ-ん]{2,}。`)

// cuts are the places of a file that cut, compare or search a sentence by its text: a comparison, a case
// or a search with a sentence in it, or with what has just been made a sentence.
func cuts(set *token.FileSet, file *ast.File) (found []string) {
	at := func(n ast.Node) { found = append(found, set.Position(n.Pos()).String()) }
	isSentence := func(e ast.Expr) bool {
		if text, ok := testenv.Constant(e); ok {
			return sentenceLike.MatchString(text)
		}
		call, ok := e.(*ast.CallExpr)
		if !ok {
			return false
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		if method.Sel.Name == "Text" && len(call.Args) == 1 { // of a Message; message.Text makes a value
			x, ok := method.X.(*ast.Ident)
			return !ok || x.Name != "message"
		}
		return asText[method.Sel.Name] && len(call.Args) <= 1
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			empty := func(e ast.Expr) bool { text, ok := testenv.Constant(e); return ok && text == "" }
			compares := n.Op == token.EQL || n.Op == token.NEQ
			if compares && (isSentence(n.X) && !empty(n.Y) || isSentence(n.Y) && !empty(n.X)) {
				at(n)
			}
		case *ast.CaseClause:
			for _, e := range n.List {
				if text, ok := testenv.Constant(e); ok && sentenceLike.MatchString(text) {
					at(e)
				}
			}
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || !searches.MatchString(f.Sel.Name) || f.Sel.Name == "ContainsRune" {
				return true
			}
			for _, argument := range n.Args {
				if isSentence(argument) {
					at(n)
					break
				}
			}
		}
		return true
	})
	return found
}

// Wording may change at any time, so nothing may hang on it.
func TestNoSentenceIsCutComparedOrSearched(t *testing.T) {
	testenv.Program(t, func(f testenv.GoFile) {
		for _, place := range cuts(f.Set, f.File) {
			t.Errorf("%s: a sentence is cut, compared or searched by its text", place)
		}
	})
	inPages := regexp.MustCompile(
		`(===|!==|\.(includes|startsWith|endsWith|indexOf|split|replace|match)\()\s*["'\x60][^"'\x60]*` +
			`([ぁ-ん](ます|ません|です|ください)|。)`,
	)
	testenv.Sources(t, func(path string, text []byte) {
		if m := inPages.Find(text); m != nil {
			t.Errorf("%s: a sentence is compared or searched: %s", path, m)
		}
	}, ".ts")
}

// The check itself, on source that does what it must find.
func TestACutOfASentenceIsFound(t *testing.T) {
	for _, c := range []struct {
		name, code string
		bad        int
	}{
		{"cut at the full stop", `strings.Cut(text, "。")`, 1},
		{"the first sentence of a Message", `strings.SplitN(m.Text("en"), ". ", 2)`, 1},
		{"an error compared by its words", `e.Ja() == "読めません。"`, 1},
		{"a variable compared with a sentence", `reason == "この画面は古くなっています"`, 1},
		{"a search in an error's words", `strings.Contains(e.En(), "PIN")`, 1},
		{"a replaced sentence", `strings.ReplaceAll(next, "券面と本人を見て確認してください。", "※")`, 1},
		{"an error compared by its key", `e.Key == "card.none"`, 0},
		{"whether there is a next step", `m.NextStep("ja") != ""`, 0},
		{"a value", `f(message.Text("a")) == g`, 0},
		{"letters that stand for one another", `strings.NewReplacer("。", ".").Replace(text)`, 0},
		{"a word that was typed", `text == "不詳"`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, "x.go", "package x\nvar v = f("+c.code+")", 0)
			if err != nil {
				t.Fatal(err)
			}
			if found := cuts(set, file); len(found) != c.bad {
				t.Error(found)
			}
		})
	}
}
