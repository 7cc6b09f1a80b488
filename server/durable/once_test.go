package durable_test

import (
	"go/ast"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
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
	testenv.Program(t, func(f testenv.GoFile) {
		if !strings.HasPrefix(f.Path, "server/") || strings.HasPrefix(f.Path, "server/durable/") {
			return
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			room, ok := call.X.(*ast.Ident)
			if ok && (room.Name == "os" || room.Name == "syscall") && ours[call.Sel.Name] {
				t.Errorf("%s uses %s.%s instead of this room", f.Path, room.Name, call.Sel.Name)
			}
			return true
		})
	})
}
