package winetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestBinary compiles a package's tests for Windows, as a program. They cannot use t.TempDir: Go removes that
// by a call that Wine 8 does not have.
func (w *Windows) TestBinary(t testing.TB, pkg string) Program {
	t.Helper()
	name := Program(filepath.Base(pkg) + ".test")
	cmd := exec.Command("go", "test", "-c", "-o", w.Path(name), pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=windows", "GOARCH=amd64")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("compiling the tests of %s: %v\n%s", pkg, err, out)
	}
	return name
}
