package keys

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestKeysAreMadeOnceAndKeptToTheirOwner(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := first.Secret(People)
	if err != nil {
		t.Fatal(err)
	}
	key, err := first.Rings.IssuerKey("06139992")
	if err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := again.Secret(People); err != nil || !bytes.Equal(same, secret) {
		t.Errorf("the secret changed: %v", err)
	}
	if same, err := again.Rings.IssuerKey("06139992"); err != nil || same.ID != key.ID {
		t.Errorf("the issuer's key changed: %v", err)
	}
	if other, err := again.Rings.IssuerKey("00138990"); err != nil || other.ID == key.ID {
		t.Errorf("two insurers share a key: %v", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 4 { // the lock is one
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f.Name(), info.Mode())
		}
	}
	if err := os.Chmod(filepath.Join(dir, People), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := again.Secret(People); !errors.Is(err, errOpenRights) {
		t.Errorf("a key that others can read was used: %v", err)
	}
}
