package bundle

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestDistIsWhatTheSourcesMake(t *testing.T) {
	root := filepath.Join("..", "..")
	files, err := Make(root)
	if err != nil {
		t.Fatal(err)
	}
	dist, err := os.ReadDir(filepath.Join(root, "dist"))
	if err != nil {
		t.Fatal(err)
	}
	if len(dist) != len(files) {
		t.Errorf("dist holds %d files, the sources make %d: run go generate ./pwa", len(dist), len(files))
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, "dist", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("dist/%s is stale (%v): run go generate ./pwa", name, err)
		}
	}
}
