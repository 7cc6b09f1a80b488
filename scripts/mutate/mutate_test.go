package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The list is of the code as it stands: whoever changes a line that an edit names writes the edit anew.
func TestEveryEditOfTheListCanBeMade(t *testing.T) {
	edits, err := readList(list)
	if err != nil {
		t.Fatal(err)
	}
	gravest := 0
	for _, e := range edits {
		if _, err := e.changed("../.."); err != nil {
			t.Errorf("%s %q is stale: %v", e.Place(), e.Name, err)
		}
		if e.Gravest {
			gravest++
		}
	}
	if len(edits) < 80 || gravest != 24 {
		t.Errorf("%d edits, %d of them the gravest", len(edits), gravest)
	}
}

// A pattern that matches no test lets its edit survive, or leaves it to fewer tests than the list promises.
func TestEveryPatternOfTheListNamesATest(t *testing.T) {
	edits, err := readList(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range edits {
		for pattern := range strings.SplitSeq(e.Run, "|") {
			top, _, _ := strings.Cut(pattern, "/")
			if !slices.ContainsFunc(e.Packages, func(p string) bool { return testNamed(t, p, top) }) {
				t.Errorf("%s %q: no test of %v is named %q", e.Place(), e.Name, e.Packages, top)
			}
		}
	}
}

var testName = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// testNamed reports whether a package of the module has a test whose name matches the pattern.
func testNamed(t *testing.T, folder, pattern string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	wanted := regexp.MustCompile(pattern)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range testName.FindAllSubmatch(data, -1) {
			if wanted.Match(name[1]) {
				return true
			}
		}
	}
	return false
}

func TestABrokenListSaysWhere(t *testing.T) {
	const good = "= a\n@f.go\n?./p\n-x\n+y\n"
	if edits, err := readList([]byte("# remark\n\n" + good +
		"\n! b\n@f.go\n?./p ./q -run 'A B'\n-\tx\n-y\n+\n")); err != nil || len(edits) != 2 ||
		edits[1].Old != "\tx\ny" || edits[1].New != "" || edits[1].Run != "'A B'" || !edits[1].Gravest ||
		edits[0].Line != 3 || len(edits[1].Packages) != 2 {
		t.Fatalf("%+v %v", edits, err)
	}
	for name, text := range map[string]string{
		"no file":         strings.Replace(good, "@f.go\n", "", 1),
		"no packages":     strings.Replace(good, "?./p\n", "", 1),
		"no old text":     strings.Replace(good, "-x\n", "", 1),
		"no change":       strings.Replace(good, "+y", "+x", 1),
		"a name twice":    good + "\n" + good,
		"no blank line":   good + good,
		"something else":  good + "hello\n",
		"an unknown sign": "> a\n" + good,
	} {
		if edits, err := readList([]byte(text)); err == nil {
			t.Errorf("%s: %+v", name, edits)
		}
	}
}

// module is a Go module with a function that is tested in part.
func module(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.test/m\n\ngo 1.26\n",
		"m.go": "package m\n\n// Grown says who is grown up.\n" +
			"func Grown(age int) bool {\n\tlimit := 18\n\treturn age >= limit && age < 200\n}\n",
		"m_test.go": "package m\n\nimport \"testing\"\n\n" +
			"func TestAChildIsNotGrown(t *testing.T) {\n\tif Grown(17) {\n\t\tt.Error(17)\n\t}\n}\n",
		"bad/bad.go": "package bad\n\nconst One = 1\n",
		"bad/b_test.go": "package bad\n\nimport \"testing\"\n\n" +
			"func TestAlwaysFails(t *testing.T) { t.Error(One) }\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestAnEditIsJudgedByWhatTheTestsSay(t *testing.T) {
	root := module(t)
	before, err := os.ReadFile(filepath.Join(root, "m.go"))
	if err != nil {
		t.Fatal(err)
	}
	edit := func(name, file, old, with string, packages ...string) Edit {
		return Edit{Name: name, Line: 1, File: file, Old: old, New: with, Packages: packages}
	}
	wants := map[string]Result{"noticed": Killed, "not noticed": Survived, "nowhere": Stale, "twice": Stale,
		"no such file": Stale, "does not compile": Broken,
		"fails without it": Broken, "an unused name": Broken}
	edits := []Edit{
		edit("noticed", "m.go", "age >= limit && ", "age >= limit-1 && ", "."),
		edit("not noticed", "m.go", " && age < 200", "", "."),
		edit("nowhere", "m.go", "age > 18", "", "."),
		edit("twice", "m.go", "limit", "x", "."),
		edit("no such file", "n.go", "x", "y", "."),
		edit("does not compile", "m.go", "age < 200", "age < ", "."),
		edit("an unused name", "m.go", "age >= limit && ", "", "."),
		edit("fails without it", "bad/bad.go", "One = 1", "One = 2", "./bad"),
	}
	b := &bench{root: root, folder: t.TempDir()}
	for i, e := range edits {
		if o := b.try(context.Background(), i, e); o.Result != wants[e.Name] || (o.Result == Stale ||
			o.Result == Broken) == (o.Why == "") {
			t.Errorf("%s: %s %s", e.Name, o.Result, o.Why)
		}
	}
	if after, err := os.ReadFile(filepath.Join(root, "m.go")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("a file of the tree was touched: %v", err)
	}
	var said bytes.Buffer
	if tries(context.Background(), &said, b, edits[:2], 2) || !strings.Contains(said.String(), "SURVIVED") ||
		!strings.Contains(said.String(), "2 edits: 1 killed, 1 survived") || b.cpu <= 0 {
		t.Errorf("a list with a survivor is good: %s", &said)
	}
	if !tries(context.Background(), &said, b, edits[:1], 2) {
		t.Errorf("a list whose edits are all noticed is not good: %s", &said)
	}
	compiles := &bench{root: root, folder: t.TempDir(), build: true}
	for i, want := range map[int]Result{1: Built, 5: Broken, 6: Broken} {
		if o := compiles.try(context.Background(), i, edits[i]); o.Result != want ||
			(o.Why == "") != (want == Built) {
			t.Errorf("compiled only, %s: %s %s", edits[i].Name, o.Result, o.Why)
		}
	}
	said.Reset()
	if !tries(context.Background(), &said, compiles, edits[:2], 2) ||
		!strings.Contains(said.String(), "2 edits: 2 built") {
		t.Errorf("a list whose edits all compile is not good: %s", &said)
	}
	said.Reset()
	if lists(&said, root, edits[:3]) || !strings.Contains(said.String(), "3 edits, 1 stale") {
		t.Errorf("%s", &said)
	}
}
