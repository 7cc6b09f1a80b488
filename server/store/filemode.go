package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"madoguchi/eligibility"
)

var errRights = &eligibility.Error{Code: eligibility.Denied, Key: "store.rights"}

// ownerOnly makes the database's file, when it is new, with mode 0600 whatever the umask, and takes others'
// rights away from it and from the two files that SQLite keeps beside it. SQLite gives those the mode of the
// database.
func ownerOnly(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := CloseToOthers(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// CloseToOthers takes the rights of other users away from a file or folder of data. Windows has no such bits:
// there the folder's inherited rights count.
func CloseToOthers(path string) error {
	info, err := os.Stat(path)
	if err != nil || os.PathSeparator != '/' || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	if err := os.Chmod(path, info.Mode().Perm()&0o700); err != nil {
		return errRights.Because(fmt.Errorf("%s has mode %o: %w", path, info.Mode().Perm(), err))
	}
	return nil
}
