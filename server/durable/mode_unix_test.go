//go:build unix

package durable_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/server/durable"
)

// Windows has no such bits.
func TestAFileIsItsOwnersAloneUnlessSaidOtherwise(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name string
		o    durable.Options
		want fs.FileMode
	}{
		{"key", durable.Options{}, 0o600},
		{"list", durable.Options{Mode: 0o644}, 0o644},
		{"run", durable.Options{Draft: filepath.Join(dir, "run.part")}, 0o600},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, c.name)
			if err := durable.WriteFile(path, nil, c.o); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode() != c.want {
				t.Errorf("%v, %v", info.Mode(), err)
			}
		})
	}
}
