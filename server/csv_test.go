package main

import (
	"go/ast"
	"go/token"
	"path"
	"strconv"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
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
	testenv.Program(t, func(f testenv.GoFile) {
		in := path.Dir(f.Path)
		if in == room || in == "internal/crowd" { // test people
			return
		}
		for _, fault := range handMadeCSV(f.File, writer) {
			if _, allowed := namesOnly[in]; allowed && strings.HasPrefix(fault, "names") {
				continue
			}
			t.Errorf("%s: %s", f.Path, fault)
		}
	})
}

// handMadeCSV says where a file writes CSV past the one room.
func handMadeCSV(file *ast.File, writer string) (faults []string) {
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
