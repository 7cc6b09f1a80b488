package main

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// Bounds of the house: what grows beyond one of them hides several ideas.
const (
	mostMethods   = 30    // of a type
	mostAsked     = 10    // methods that an interface asks for
	mostMainLines = 2_000 // of package main, which only wires
)

// programFiles parses the files of the rooms, tests left out, by their folder.
func programFiles(t *testing.T) map[string][]*ast.File {
	t.Helper()
	rooms := map[string][]*ast.File{}
	testenv.Program(t, func(f testenv.GoFile) {
		room := path.Dir(f.Path)
		rooms[room] = append(rooms[room], f.File)
	})
	if len(rooms) < 40 {
		t.Fatalf("only %d rooms were found", len(rooms))
	}
	return rooms
}

// receiver names the type that a method belongs to, empty for a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	of := f.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	if generic, ok := of.(*ast.IndexExpr); ok {
		of = generic.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

func TestNoTypeDoesEverything(t *testing.T) {
	for room, files := range programFiles(t) {
		methods := map[string]int{}
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					if of := receiver(n); of != "" {
						methods[of]++
					}
				case *ast.TypeSpec:
					if asked, ok := n.Type.(*ast.InterfaceType); ok && len(asked.Methods.List) > mostAsked {
						t.Errorf("%s.%s asks for %d methods", room, n.Name, len(asked.Methods.List))
					}
				}
				return true
			})
		}
		for of, n := range methods {
			if n > mostMethods {
				t.Errorf("%s.%s has %d methods", room, of, n)
			}
		}
	}
}

func TestMainOnlyWires(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines += strings.Count(string(text), "\n")
	}
	if lines == 0 || lines > mostMainLines {
		t.Errorf("package main has %d lines; at most %d", lines, mostMainLines)
	}
}
