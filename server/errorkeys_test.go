package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
	"madoguchi/message"
)

// declared is a place of the source that makes an error of a key.
type declared struct{ at, key string }

// errorsOf are the errors that a file declares with a constant key.
func errorsOf(set *token.FileSet, file *ast.File) (found []declared) {
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		add := func(literal *ast.CompositeLit) {
			for _, element := range literal.Elts {
				pair, ok := element.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				id, isName := pair.Key.(*ast.Ident)
				if key, ok := testenv.Constant(pair.Value); isName && ok && id.Name == "Key" && key != "" {
					found = append(found, declared{set.Position(literal.Pos()).String(), key})
				}
			}
		}
		switch list, isList := literal.Type.(*ast.ArrayType); {
		case testenv.IsErrorType(literal.Type):
			add(literal)
		case isList && testenv.IsErrorType(list.Elt):
			for _, element := range literal.Elts {
				if one, ok := element.(*ast.CompositeLit); ok && one.Type == nil {
					add(one)
				}
			}
		}
		return true
	})
	return found
}

var (
	errorKey = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)+$`)
	japanese = regexp.MustCompile(`[\p{Hiragana}\p{Katakana}]`)
)

// twice are the places that make an error of a key of which another place made one before.
func twice(all []declared) (bad []string) {
	first := map[string]string{}
	for _, n := range all {
		if at, known := first[n.key]; known {
			bad = append(bad, n.at+": "+n.key+" is made once more; it stands at "+at)
			continue
		}
		first[n.key] = n.at
	}
	return bad
}

// A key is what programs, translations and help desks know an error by: errors.Is compares it, so two
// errors with one key would be taken for one another.
func TestEachErrorHasAKeyOfItsOwn(t *testing.T) {
	var all []declared
	testenv.Program(t, func(f testenv.GoFile) { all = append(all, errorsOf(f.Set, f.File)...) })
	if len(all) < 270 {
		t.Fatalf("only %d errors were found", len(all))
	}
	for _, bad := range twice(all) {
		t.Error(bad)
	}
	known := map[string]bool{}
	for _, n := range all {
		known[n.key] = true
		if n.key != "usage" && !errorKey.MatchString(n.key) { // the command line's own
			t.Errorf("%s: %q is no key: words in small letters, parted by dots", n.at, n.key)
		}
		m := message.New(n.key, nil)
		if m.Text("en") == "" || m.Text("en") == n.key || !japanese.MatchString(m.Text("ja")) {
			t.Errorf("%s: %s has no sentence in both languages", n.at, n.key)
		}
	}
	compared := regexp.MustCompile(`key\s*[!=]==\s*"([a-z_.]+)"`)
	n := 0
	testenv.Sources(t, func(path string, text []byte) {
		for _, m := range compared.FindAllStringSubmatch(string(text), -1) {
			if n++; strings.Contains(m[1], ".") && !known[m[1]] {
				t.Errorf("%s waits for %s, which no error has", path, m[1])
			}
		}
	}, ".ts")
	t.Logf("%d errors; pages tell %d of them apart", len(all), n)
}

// The check itself, on source that does what it must find.
func TestTwoErrorsWithOneKeyAreFound(t *testing.T) {
	const one = `&eligibility.Error{Code: eligibility.Invalid, Key: "a.b"}`
	for _, c := range []struct {
		name, second string
		bad          int
	}{
		{"another key", strings.Replace(one, "a.b", "a.c", 1), 0},
		{"the same once more", one, 1},
		{"another code", strings.Replace(one, "Invalid", "Denied", 1), 1},
		{"without Code", `&Error{Key: "a.b"}`, 1},
		{"another field order", `eligibility.Error{Field: "x", Key: "a.b"}`, 1},
		{"a text of two parts", `&Error{Key: "a." + "b"}`, 1},
		{"in a list", `[]Error{{Key: "a.b"}}`, 1},
		{"in a list of pointers", `[]*eligibility.Error{{Key: "a.b"}}`, 1},
		{"another type", `wire.Verdict{Key: "a.b"}`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, "x.go", "package x\nvar one, two = "+one+", "+c.second, 0)
			if err != nil {
				t.Fatal(err)
			}
			if bad := twice(errorsOf(set, file)); len(bad) != c.bad {
				t.Error(bad)
			}
		})
	}
}
