package datafolder

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/store"
)

// keyFiles are the files of the keys that the store speaks of by their kind.
var keyFiles = map[string]string{"people": keys.People, "cases": keys.Cases, "session": keys.Session,
	"index": keys.Index, "notice": keys.Notice}

// ownersOnly is what of a data folder is for its owner alone, besides the keys.
var ownersOnly = []string{"", RunsDir, DatabaseFile, DatabaseFile + "-wal", DatabaseFile + "-shm"}

// OpenToOthers returns the paths in a data folder that other users have rights to although they should not;
// the next start takes these rights away.
func OpenToOthers(folder string) (paths []string) {
	for _, name := range ownersOnly {
		path := filepath.Join(folder, name)
		info, err := os.Stat(path)
		if err == nil && os.PathSeparator == '/' && info.Mode().Perm()&0o077 != 0 {
			paths = append(paths, path)
		}
	}
	return paths
}

// closeToOthers takes other users' rights away from the data folder and what lies in it: a release before may
// have left them, or whoever restored a backup. Key files are another matter: one that others could read is
// not made good by closing it (keys.Open).
func closeToOthers(folder string) error {
	for _, name := range ownersOnly {
		err := store.CloseToOthers(filepath.Join(folder, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Guard tells the key folder what the database knows of its keys, before any is loaded.
func Guard(ctx context.Context, ring *keys.Folder, database string) error {
	known, err := store.ReadKeyChecks(ctx, database)
	if err != nil {
		return err
	}
	guard := keys.Guard{Known: known.Known}
	for kind, sealed := range known.Sealed {
		if sealed {
			guard.Needed = append(guard.Needed, keyFiles[kind])
		}
	}
	ring.Guard(guard)
	return nil
}

// remember proves the key that makes the notices' codes, and lets the database remember the keys that were
// loaded, and those that will be.
func (f *DataFolder) remember(ctx context.Context, role string) error {
	if role != RoleCounter {
		if err := f.proveNotices(ctx); err != nil {
			return err
		}
	}
	return f.Keys.Remember(func(file string, value []byte) error {
		return f.Store.PutKeyCheck(context.WithoutCancel(ctx), file, value, f.Now())
	})
}

func (f *DataFolder) proveNotices(ctx context.Context) error {
	person, serial, mac, err := f.Store.SampleNotice(ctx)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return nil // none yet: the key is made with the first
	}
	if err != nil {
		return err
	}
	var k insurer.NoticeKeys
	if k.Derive, err = f.Keys.Secret(keys.Notice); err != nil {
		return err
	}
	if k.Index, err = f.Keys.Secret(keys.Index); err != nil {
		return err
	}
	if !bytes.Equal(k.MAC(k.Code(person, serial)), mac) {
		return keys.Other(keys.Notice)
	}
	return nil
}
