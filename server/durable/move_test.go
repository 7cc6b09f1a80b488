package durable_test

import (
	"os"
	"path/filepath"
	"testing"

	"madoguchi/server/durable"
)

func TestAMovedFileStandsInOnePlace(t *testing.T) {
	folder := t.TempDir()
	from, to := filepath.Join(folder, "a"), filepath.Join(folder, "b")
	for _, text := range []string{"one", "two"} { // the second replaces the first
		if err := durable.WriteFile(from, []byte(text), durable.Options{}); err != nil {
			t.Fatal(err)
		}
		if err := durable.Move(from, to); err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(to); err != nil || string(data) != text {
			t.Errorf("%q %v", data, err)
		}
		if _, err := os.Stat(from); !os.IsNotExist(err) {
			t.Errorf("it stands in its old place too: %v", err)
		}
	}
	if err := durable.Move(from, to); err == nil {
		t.Error("what is not there was moved")
	}
}

func TestAScratchFileLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	file, remove, err := durable.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte("text"), 10); err != nil {
		t.Fatal(err)
	}
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("%v %v", left, err)
	}
}
