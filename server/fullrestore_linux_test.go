package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/backup"
	"madoguchi/server/datafolder"
	"madoguchi/server/settings"
)

// A backup is good, and the disk that it is restored to has no room: the disk is named, not the backup, which
// whoever restores would throw away else. Nothing is left; with room it is restored.
func TestARestoreWithoutRoomBlamesTheDisk(t *testing.T) {
	onSmallDisk(t, func(t *testing.T, small string) {
		from := &settings.Settings{Data: t.TempDir()}
		folder, err := datafolder.Open(t.Context(), datafolder.Options{
			Path: from.Folder(), Mode: settings.Demo, Role: datafolder.RoleAll, Now: clock,
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := folder.Store.Close(); err != nil {
			t.Fatal(err)
		}
		made, err := backup.Writer{Settings: from, Now: clock}.Write(t.Context(),
			backup.Command{To: filepath.Join(t.TempDir(), "b.tar")})
		if err != nil {
			t.Fatal(err)
		}
		data := filepath.Join(small, "data")
		if err := os.Mkdir(data, 0o700); err != nil {
			t.Fatal(err)
		}
		free := fill(t, small)
		to := backup.Reader{Settings: &settings.Settings{Data: data}, Now: clock}
		_, err = to.Restore(t.Context(), backup.RestoreCommand{From: made.File})
		var why *eligibility.Error
		if !errors.As(err, &why) || why.Key != "backup.write" || why.Field != "--data" {
			t.Errorf("%v", err)
		}
		if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
			t.Errorf("it left %v, %v", left, err)
		}
		free()
		if _, err := to.Restore(t.Context(), backup.RestoreCommand{From: made.File}); err != nil {
			t.Error(err)
		}
	})
}
