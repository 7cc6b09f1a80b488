package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// namesOnly are rooms that say a CSV's name and hand its making to another room.
var namesOnly = map[string]string{
	"server/printing":   "file.go: the list beside a file, whose making is index.go",
	"server":            "import.go: the refused rows, which insuredcsv writes",
	"server/insuredcsv": "sample.go: the name of an embedded sample, whose cells its test looks at",
}

// Every file that leaves for a spreadsheet is written by csvfile, which lets no cell start a formula. A
// second writer, a content type or a file name of a CSV anywhere else is a file that nobody made safe.
func TestOnlyOneRoomWritesCSV(t *testing.T) {
	const room, writer = "server/csvfile", "madoguchi/server/csvfile"
	looked := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "data") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		in := filepath.ToSlash(filepath.Dir(strings.TrimPrefix(filepath.ToSlash(path), "../")))
		if in == room || strings.HasSuffix(in, "/crowd") { // test people
			return nil
		}
		looked++
		for _, fault := range handMadeCSV(t, path, writer) {
			if _, allowed := namesOnly[in]; allowed && strings.HasPrefix(fault, "names") {
				continue
			}
			t.Errorf("%s: %s", path, fault)
		}
		return nil
	})
	if err != nil || looked < 100 {
		t.Errorf("%d files: %v", looked, err)
	}
}

// handMadeCSV says where a file writes CSV past the one room.
func handMadeCSV(t *testing.T, path, writer string) (faults []string) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	uses := false
	for _, i := range file.Imports {
		uses = uses || i.Path.Value == strconv.Quote(writer)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			of, ok := n.X.(*ast.Ident)
			if ok && of.Name == "csv" && (n.Sel.Name == "NewWriter" || n.Sel.Name == "Writer") {
				faults = append(faults, "writes with encoding/csv")
			}
		case *ast.BasicLit:
			text, err := strconv.Unquote(n.Value)
			if n.Kind != token.STRING || err != nil {
				break
			}
			if strings.Contains(strings.ToLower(text), "text/csv") {
				faults = append(faults, "sends text/csv")
			}
			if strings.HasSuffix(text, ".csv") && !uses && !strings.Contains(text, "/") {
				faults = append(faults, "names a file "+text)
			}
		}
		return true
	})
	return faults
}
