package e2e

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"madoguchi/internal/crowd"
)

// A backup that is taken while the register is being stored and pages are asked for restores to a server
// whose export is byte for byte one that the server itself gave: as it was before that file, or after it, and
// never something between.
func TestABackupUnderLoadRestoresToAnEqualExport(t *testing.T) {
	base, _, data := startServer(t)
	program := built(t, "./server", "madoguchi")
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first.csv"), filepath.Join(dir, "second.csv")
	for file, people := range map[string]int{first: 300, second: 20_000} {
		if err := os.WriteFile(file, townFile(t, people), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := func(folder string, args ...string) string {
		t.Helper()
		out, errs, code := run(t, dir, program, nil, []string{"MADOGUCHI_DATA=" + folder}, args...)
		if code != 0 {
			t.Fatalf("%v: %d %s%s", args, code, out, errs)
		}
		return out
	}
	export := func(folder string) []byte {
		t.Helper()
		to := filepath.Join(t.TempDir(), "export")
		command(folder, "export", "--insurer", "138990", "--format", "fhir", "--out", to)
		text, err := os.ReadFile(to)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	command(data, "import", "--insurer", "138990", first)
	before := export(data)

	stop := make(chan struct{})
	var load sync.WaitGroup
	for range 2 {
		load.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if res, err := http.Get(base + "/notice"); err == nil { // it stores a session
						res.Body.Close()
					}
				}
			}
		})
	}
	load.Go(func() { command(data, "import", "--insurer", "138990", second) })
	var backups []string
	for _, name := range []string{"1.tar", "2.tar", "3.tar"} {
		file := filepath.Join(dir, name)
		command(data, "backup", file)
		backups = append(backups, file)
	}
	close(stop)
	load.Wait()
	command(data, "backup", filepath.Join(dir, "last.tar"))
	backups = append(backups, filepath.Join(dir, "last.tar"))
	after := export(data)
	if bytes.Equal(before, after) {
		t.Fatal("the second file changed nothing")
	}
	for _, file := range backups {
		restored := filepath.Join(t.TempDir(), "data")
		command(restored, "restore", file)
		switch got := export(restored); {
		case bytes.Equal(got, before):
			t.Log("taken before the second file was stored")
		case bytes.Equal(got, after):
			t.Log("taken after it")
		default:
			t.Errorf("%d bytes, which is neither %d nor %d", len(got), len(before), len(after))
		}
	}
}

// townFile is a file of so many people of 架空市.
func townFile(t *testing.T, people int) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := (crowd.File{Insurer: "138990", People: people}).WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
