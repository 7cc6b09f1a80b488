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
	mostMethods = 30 // of a type
	mostAsked   = 10 // methods that an interface asks for
	// methods of a type that another one of its room embeds: a part with a few methods more that embeds a
	// large type is that type grown larger, and has all that it can do
	mostEmbedded  = 16
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
	return typeName(f.Recv.List[0].Type)
}

// typeName is the name of a type of the same room, empty for any other.
func typeName(of ast.Expr) string {
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

// shape is what the types of a room have.
type shape struct {
	methods  map[string]int      // their own
	embedded map[string][]string // types of the same room that stand in them without a name
}

// shapeOf looks at a room's files.
func shapeOf(files []*ast.File) shape {
	s := shape{map[string]int{}, map[string][]string{}}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if of := receiver(n); of != "" {
					s.methods[of]++
				}
			case *ast.TypeSpec:
				if of, ok := n.Type.(*ast.StructType); ok {
					for _, field := range of.Fields.List {
						if len(field.Names) == 0 {
							s.embedded[n.Name.Name] = append(s.embedded[n.Name.Name], typeName(field.Type))
						}
					}
				}
			}
			return true
		})
	}
	return s
}

func TestNoTypeDoesEverything(t *testing.T) {
	for room, files := range programFiles(t) {
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				if n, ok := n.(*ast.TypeSpec); ok {
					asked, ok := n.Type.(*ast.InterfaceType)
					if ok && len(asked.Methods.List) > mostAsked {
						t.Errorf("%s.%s asks for %d methods", room, n.Name, len(asked.Methods.List))
					}
				}
				return true
			})
		}
		s := shapeOf(files)
		for of, n := range s.methods {
			if n > mostMethods {
				t.Errorf("%s.%s has %d methods", room, of, n)
			}
		}
		for whole, parts := range s.embedded {
			for _, part := range parts {
				if n := s.methods[part]; n > mostEmbedded {
					t.Errorf("%s.%s hides in %s: %s has %d methods", room, whole, part, part, n)
				}
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
