package testenv

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// notOurs are folders of what is bundled, installed, built or taken from others, and of data.
var notOurs = []string{".git", "node_modules", "testdata", "vendor", "dist", "data", "bin", "out"}

// Sources hands every file of this repository to see whose name ends in one of these ways: its path from the
// root, with slashes, and its text. What is bundled, installed, built or taken from others is left out, and
// so are data.
func Sources(t testing.TB, see func(path string, text []byte), endings ...string) {
	t.Helper()
	root := moduleRoot(t)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != root && d.IsDir() && slices.Contains(notOurs, d.Name()):
			return fs.SkipDir
		case !d.Type().IsRegular() || !slices.ContainsFunc(endings, func(end string) bool {
			return strings.HasSuffix(path, end)
		}):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		see(filepath.ToSlash(name), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// GoFile is a parsed file of Go.
type GoFile struct {
	Path string // from the repository's root, with slashes
	Set  *token.FileSet
	*ast.File
}

// Program hands every Go file of this repository to see, tests left out.
func Program(t testing.TB, see func(GoFile)) {
	t.Helper()
	goFiles(t, false, see)
}

// Tests hands every test file of this repository to see.
func Tests(t testing.TB, see func(GoFile)) {
	t.Helper()
	goFiles(t, true, see)
}

func goFiles(t testing.TB, tests bool, see func(GoFile)) {
	t.Helper()
	files := 0
	Sources(t, func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") != tests {
			return
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files++
		see(GoFile{path, set, file})
	}, ".go")
	if files < 300 {
		t.Errorf("only %d files were looked at", files)
	}
}

// moduleRoot is the folder of go.mod above the test's own.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			t.Fatal("no go.mod stands above the test's folder")
		}
		dir = above
	}
}

// Constant is the text of a string literal in Go, also of one that is put together of several.
func Constant(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		x, okX := Constant(e.X)
		y, okY := Constant(e.Y)
		return x + y, okX && okY && e.Op == token.ADD
	case *ast.ParenExpr:
		return Constant(e.X)
	}
	return "", false
}

// IsErrorType reports whether a literal's type is eligibility.Error, or a pointer to it.
func IsErrorType(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.StarExpr:
		return IsErrorType(e.X)
	case *ast.Ident:
		return e.Name == "Error"
	case *ast.SelectorExpr:
		x, ok := e.X.(*ast.Ident)
		return ok && x.Name == "eligibility" && e.Sel.Name == "Error"
	}
	return false
}
