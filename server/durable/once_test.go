package durable_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// A second lock or a second way of replacing a file would have its own faults: which are flushed, and in
// which order, is decided here.
func TestNoOtherRoomOfTheServerLocksOrReplacesFiles(t *testing.T) {
	ours := map[string]bool{
		"Rename":     true,
		"Link":       true,
		"CreateTemp": true,
		"WriteFile":  true,
		"Flock":      true,
	}
	looked := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "durable" || d.Name() == "data") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		looked++
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			room, ok := call.X.(*ast.Ident)
			if ok && (room.Name == "os" || room.Name == "syscall") && ours[call.Sel.Name] {
				t.Errorf("%s uses %s.%s instead of this room", path, room.Name, call.Sel.Name)
			}
			return true
		})
		return nil
	})
	if err != nil || looked < 50 {
		t.Errorf("looked at %d files: %v", looked, err)
	}
}
