// Package testenv tells a test whether a program of somebody else's (a browser, a PDF tool, Node, pcscd …) is
// at hand.
//
// The setting MADOGUCHI_TEST decides what its absence means: "require" (make test) makes it a failure,
// "quick" (make quick) skips the test without looking, and otherwise (a plain go test ./...) the test is
// skipped with the reason when the program is missing.
package testenv

import (
	"os"
	"os/exec"
	"testing"
)

// Need returns when every named program is on the PATH or stands at the named path; else it skips or fails t.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	mode := os.Getenv("MADOGUCHI_TEST")
	if mode == "quick" {
		t.Skipf("make quick runs without %v", programs)
	}
	for _, program := range programs {
		_, err := exec.LookPath(program)
		if err != nil {
			skipOrFail(t, mode, program)
		}
	}
}

// NeedFile is Need for a file or folder that a set-up step makes, such as node_modules.
func NeedFile(t testing.TB, path, madeBy string) {
	t.Helper()
	mode := os.Getenv("MADOGUCHI_TEST")
	if mode == "quick" {
		t.Skipf("make quick runs without %s", path)
	}
	if _, err := os.Stat(path); err != nil {
		skipOrFail(t, mode, path+" ("+madeBy+")")
	}
}

func skipOrFail(t testing.TB, mode, what string) {
	t.Helper()
	if mode == "require" {
		t.Fatalf("%s is missing and this run requires it; make setup installs it", what)
	}
	t.Skipf("%s is missing; make setup installs it, make test requires it", what)
}
