package main

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestEveryReferenceLeadsSomewhere(t *testing.T) {
	broken, err := Check(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range broken {
		t.Error(b)
	}
}

// made is a small repository: one page with two sections, and what a case adds.
func made(name, text string) fstest.MapFS {
	tree := fstest.MapFS{
		"docs/numbers.md": {Data: []byte("# Numbers\n\n## Check digit\n\n```\n## No heading\n```\n\n" +
			"## The phone's key\n\n## 4.1 Systems\n\n## Check digit\n")},
		"docs/rules.md": {Data: []byte("# Rules\n")},
		"card/token.go": {Data: []byte("package card\n\ntype Token[T any] struct{ Kind T }\n\n" +
			"func (t *Token[T]) Fits() bool { return true }\n\nfunc Read() {}\n\nvar ErrToken error\n")},
		"card/reader.go":      {Data: []byte("package card\n\ntype Reader interface{ Open() }\n")},
		"pwa/src/token.ts":    {Data: []byte("export async function readToken(): Promise<void> {}\n")},
		"docs/pictures/a.png": {Data: []byte("picture")},
	}
	tree[name] = &fstest.MapFile{Data: []byte(text)}
	return tree
}

// Made-up texts whose references lead somewhere, or nowhere; of the latter the words that are reported.
func TestReferencesThatLeadNowhereAreFound(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"a page", "card/a.go", "// docs/numbers.md", ""},
		{"a page that is missing", "card/a.go", "// docs/facts/letters.md", "docs/facts/letters.md"},
		{"a page of another house", "card/a.go", "// The bars (DESIGN.md section 8).", "DESIGN.md section 8"},
		{"a section", "card/a.go", "// (docs/numbers.md#check-digit)", ""},
		{"a section whose name has an apostrophe", "card/a.go", "// docs/numbers.md#the-phones-key", ""},
		{"the second section of the same name", "card/a.go", "// docs/numbers.md#check-digit-1", ""},
		{"a third, which is none", "card/a.go", "// docs/numbers.md#check-digit-2",
			"numbers.md#check-digit-2"},
		{"a section that is missing", "card/a.go", "// docs/numbers.md#weights", "numbers.md#weights"},
		{"what only looks like a heading", "card/a.go", "// docs/numbers.md#no-heading",
			"numbers.md#no-heading"},
		{"a heading in quotes", "card/a.go", `// docs/numbers.md "Check digit"`, ""},
		{"a heading in quotes that is missing", "card/a.go", `// docs/numbers.md "Weights"`, `"Weights"`},
		{"a heading in quotes of JSON", "card/a.json", `{"source": "docs/numbers.md \"Weights\""}`,
			"Weights"},
		{"a numbered section", "card/a.go", "// docs/numbers.md 4.1", ""},
		{"a numbered section that is missing", "card/a.go", "// docs/numbers.md 4.2: widths",
			"numbers.md 4.2"},
		{"a bare name with a number", "card/a.go", "// rules.md 1.3 on that day", "rules.md 1.3"},
		{"a further section of the page named before", "card/a.go",
			"// docs/numbers.md#check-digit and\n// #the-phones-key", ""},
		{"a further section before another page", "card/a.go",
			"// docs/numbers.md#check-digit,\n// #the-phones-key; docs/rules.md for the rest", ""},
		{"a further section that is missing", "card/a.go",
			"// docs/numbers.md#check-digit,\n// #weights", "#weights"},
		{"a colour is no section", "card/a.go", "// docs/numbers.md: #767676 on white", ""},
		{"another comment's anchor", "card/a.go", "// docs/numbers.md\nvar a = 1\n// #anything", ""},
		{"a section in a JSON source", "card/testdata/a.json",
			`{"source": "健康保険法74条; docs/numbers.md#gone"}`, "numbers.md#gone"},
		{"a script", "scripts/a.sh", "# docs/facts/letters.md", "letters.md"},
		{"a style", "pwa/a.css", "/* docs/facts/letters.md */", "letters.md"},
		{"a query", "server/store/a.sql", "-- docs/facts/letters.md", "letters.md"},
		{"a link between pages", "docs/a.md", "[numbers](numbers.md#check-digit)", ""},
		{"a link between pages that is broken", "docs/a.md", "[numbers](numbers.md#weights)",
			"numbers.md#weights"},
		{"a link within a page", "docs/a.md", "# Head line\n\n[up](#head-line)", ""},
		{"a link within a page that is broken", "docs/a.md", "# Head line\n\n[up](#foot-line)", "#foot-line"},
		{"a Japanese heading", "docs/a.md", "## 名簿を 読み込む\n\n[上](#名簿を-読み込む)", ""},
		{"a picture", "docs/a.md", "![a](pictures/a.png)", ""},
		{"a picture that is missing", "docs/a.md", "![b](pictures/b.png)", "pictures/b.png"},
		{"a file", "docs/a.md", "`card/token.go` reads it", ""},
		{"a file that moved", "docs/a.md", "`card/tokens.go` reads it", "card/tokens.go"},
		{"a file named in a comment", "pwa/a.ts", "// as card/tokens.go does", "card/tokens.go"},
		{"another project's file", "docs/a.md", "https://github.com/x/y/blob/main/card/tokens.go", ""},
		{"another project's page", "docs/a.md", "see https://example.org/LETTERS.md for it", ""},
		{"a list of tasks elsewhere", "card/a.go", "// as issue 5 writes it", "issue 5"},
		{"another project's report", "card/a.go", "// github.com/OpenSC/OpenSC/issues/3021", ""},
		{"facts that stand elsewhere", "card/a.go", "// (facts: three tries)", "(facts: "},
		{"a folder that stands elsewhere", "card/a.json", `{"source": "facts/news N0 ended"}`, "facts/news"},
		{"a function and a method of a file", "docs/a.md",
			"1. `card/token.go` `Read`, `Token.Fits`: reads", ""},
		{"a method, a member and a variable", "docs/a.md",
			"`card/token.go` `Fits`, `Token.Kind` and `ErrToken`", ""},
		{"a function that was renamed", "docs/a.md", "1. `card/token.go`\n   `Scan`: reads", "Scan"},
		{"a method of another type", "docs/a.md", "`card/token.go` `Reader.Fits`", "Reader.Fits"},
		{"a name after a name that is there", "docs/a.md", "`card/token.go` `Read`, `Scan`: reads", "Scan"},
		{"names before their file", "docs/a.md", "`Read` and `Token` in `card/token.go`", ""},
		{"a name before its file that is missing", "docs/a.md", "`Scan` and `Token` of `card/token.go`",
			"Scan"},
		{"names of two files", "docs/a.md",
			"`Token` in `card/token.go`, `Reader.Open` in `card/reader.go`", ""},
		{"two files in a row", "docs/a.md", "`card/token.go` `Read`, `card/reader.go` `Reader`: reads", ""},
		{"a function of TypeScript", "docs/a.md", "`pwa/src/token.ts` `readToken`", ""},
		{"a function that TypeScript lacks", "docs/a.md", "`pwa/src/token.ts` `scanToken`", "scanToken"},
		{"a name in a program's text", "docs/a.md", "```\n`card/token.go` `Scan`\n```", ""},
		{"words that are no name", "docs/a.md", "`card/token.go` `go run`; then `Scan`", ""},
		{"nothing", "card/a.go", "// Facts do not bend.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			broken, err := Check(made(c.file, c.text))
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case c.want == "" && len(broken) > 0:
				t.Errorf("reported: %v", broken)
			case c.want != "" && len(broken) != 1:
				t.Errorf("%d reports, want one of %q: %v", len(broken), c.want, broken)
			case c.want != "" && (!strings.Contains(broken[0].Text, c.want) || broken[0].File != c.file):
				t.Errorf("%v does not name %q", broken[0], c.want)
			}
		})
	}
}
