package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"madoguchi/internal/testenv"
)

// runNode bundles a module of the pages and runs a program beside it in Node.
func runNode(t *testing.T, source, name, program string, arguments ...string) []byte {
	t.Helper()
	built := api.Build(api.BuildOptions{
		EntryPoints: []string{filepath.Join("..", "src", source)},
		Outfile:     name,
		Format:      api.FormatESModule,
	})
	if len(built.Errors) > 0 {
		t.Fatal(built.Errors)
	}
	return runNodeWith(t, name, built.OutputFiles[0].Contents, program, arguments...)
}

// runNodeWith runs a program beside a bundled module.
func runNodeWith(t *testing.T, name string, module []byte, program string, arguments ...string) []byte {
	t.Helper()
	testenv.Need(t, "node")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), module, 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "run.mjs")
	if err := os.WriteFile(file, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", append([]string{file}, arguments...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.Bytes())
	}
	return out
}
