package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sourceFiles hands every file of the program with this ending to see, generated ones and tests left out.
func sourceFiles(t *testing.T, ending string, see func(path string)) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{"node_modules", ".git", "data", "dist", "bin", "testdata"},
			d.Name()):
			return filepath.SkipDir
		case strings.HasSuffix(path, ending) && !strings.HasSuffix(path, "_test.go"):
			see(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// saying is a place of the source that gives a key its sentence.
type saying struct{ at, key, ja, en string }

// sayings are the composite literals of a file that have a key and a sentence: an eligibility.Error, and
// whatever else would give a key words.
func sayings(set *token.FileSet, file *ast.File) (found []saying) {
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		fields := map[string]string{}
		texts := []string{} // of a literal without field names
		for _, element := range literal.Elts {
			value, name := element, ""
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				id, named := pair.Key.(*ast.Ident)
				if !named {
					continue
				}
				value, name = pair.Value, id.Name
			}
			if text, ok := constant(value); ok {
				fields[name] = text
				texts = append(texts, text)
			} else if name == "Ja" || name == "En" {
				fields[name] = parts(value)
			}
		}
		at := set.Position(literal.Pos()).String()
		switch key, sentence := fields["Key"], fields["Ja"]; {
		case key != "" && sentence != "":
			found = append(found, saying{at, key, sentence, fields["En"]})
		// a table of {key, ja, en}
		case len(texts) >= 3 && errorKey.MatchString(texts[0]) && japanese.MatchString(texts[1]):
			found = append(found, saying{at, texts[0], texts[1], texts[2]})
		}
		return true
	})
	return found
}

var (
	errorKey = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)+$`)
	japanese = regexp.MustCompile(`[\p{Hiragana}\p{Katakana}]`)
)

// constant is the text of a literal, also of one that is put together of several.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		x, okX := constant(e.X)
		y, okY := constant(e.Y)
		return x + y, okX && okY && e.Op == token.ADD
	case *ast.ParenExpr:
		return constant(e.X)
	}
	return "", false
}

// parts are the constant pieces of a text that is put together when it is needed, as of one with a number in it.
func parts(e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		return parts(sum.X) + parts(sum.Y)
	}
	text, _ := constant(e)
	return text
}

// twice are the places that give a key its sentence though another place did before.
func twice(all []saying) (bad []string) {
	first := map[string]saying{}
	for _, s := range all {
		f, known := first[s.key]
		switch {
		case !known:
			first[s.key] = s
		case f.ja != s.ja || f.en != s.en:
			bad = append(bad, s.at+": "+s.key+" says something else at "+f.at)
		default:
			bad = append(bad, s.at+": "+s.key+" is written once more; it stands at "+f.at)
		}
	}
	return bad
}

// A key is what programs, translations and help desks know an error by: errors.Is compares it, so two
// errors with one key would be taken for one another.
func TestEachErrorHasAKeyOfItsOwn(t *testing.T) {
	var all []saying
	sourceFiles(t, ".go", func(path string) {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, sayings(set, file)...)
	})
	if len(all) < 200 {
		t.Fatalf("only %d errors were found", len(all))
	}
	for _, bad := range twice(all) {
		t.Error(bad)
	}
	known := map[string]bool{}
	for _, s := range all {
		known[s.key] = true
		if s.key != "usage" && !errorKey.MatchString(s.key) { // the command line's own
			t.Errorf("%s: %q is no key: words in small letters, parted by dots", s.at, s.key)
		}
		if s.en == "" || !japanese.MatchString(s.ja) {
			t.Errorf("%s: %s has no sentence in both languages", s.at, s.key)
		}
	}
	for _, lang := range []string{"ja", "ja-easy", "en", "zh-Hans", "vi"} {
		raw, err := os.ReadFile(filepath.Join("..", "pwa", "i18n", lang+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatal(err)
		}
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			key, ok := strings.CutPrefix(name, "error.")
			// these two are the error page's own words
			if ok && key != "title" && key != "number" && !known[key] {
				t.Errorf("%s.json translates %s, which no error has", lang, key)
			}
		}
	}
	compared := regexp.MustCompile(`key\s*[!=]==\s*"([a-z_.]+)"`)
	n := 0
	sourceFiles(t, ".ts", func(path string) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range compared.FindAllStringSubmatch(string(raw), -1) {
			if n++; strings.Contains(m[1], ".") && !known[m[1]] {
				t.Errorf("%s waits for %s, which no error has", path, m[1])
			}
		}
	})
	t.Logf("%d errors; pages tell %d of them apart", len(all), n)
}

// The check itself, on source that does what it must find.
func TestTwoErrorsWithOneKeyAreFound(t *testing.T) {
	const one = `&eligibility.Error{Code: eligibility.Invalid, Key: "a.b", Ja: "だめです。", En: "No."}`
	for _, c := range []struct {
		name, second string
		bad          int
	}{
		{"another key", strings.Replace(one, "a.b", "a.c", 1), 0},
		{"the same once more", one, 1},
		{"another sentence", strings.Replace(one, "だめ", "まだ", 1), 1},
		{"another English", strings.Replace(one, "No.", "Not yet.", 1), 1},
		{"without Code", `&Error{Key: "a.b", Ja: "まだです。", En: "Not yet."}`, 1},
		{"another field order", `eligibility.Error{Ja: "まだです。", Key: "a.b", En: "Not yet."}`, 1},
		{"a text of two parts", `&Error{Key: "a." + "b", Ja: "まだ" + "です。", En: "Not yet."}`, 1},
		{"in a list", `[]Error{{Key: "a.b", Ja: "まだです。", En: "Not yet."}}`, 1},
		{"another type", `Result{Key: "a.b", Ja: "まだです。"}`, 1},
		{"a table without names", `[][3]string{{"a.b", "まだです。", "Not yet."}}`, 1},
		{"a key alone", `wire.Verdict{Key: "a.b"}`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, "x.go", "package x\nvar one, two = "+one+", "+c.second, 0)
			if err != nil {
				t.Fatal(err)
			}
			if bad := twice(sayings(set, file)); len(bad) != c.bad {
				t.Error(bad)
			}
		})
	}
}
