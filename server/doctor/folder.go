package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/durable"
)

var errFolder = &eligibility.Error{Code: eligibility.Denied, Key: "data.folder", Field: "MADOGUCHI_DATA"}

// checkFolder finds whether the data folder can be made or written, and whether others can read it.
func (v *visit) checkFolder(context.Context) []Finding {
	folder := v.Settings.Folder()
	place := text("folder", folder)
	there, err := existing(folder)
	if err == nil {
		err = tryToWrite(there)
	}
	if err != nil {
		return []Finding{refuse(errFolder.With(place).Because(err))}
	}
	if there != folder {
		return []Finding{good(message.New("doctor.folder_new", place))}
	}
	var found []Finding
	for _, path := range datafolder.OpenToOthers(folder) {
		found = append(found, warn(message.New("doctor.folder_open", text("path", path)), nil))
	}
	switch {
	case len(found) > 0:
		return found
	case os.PathSeparator != '/': // Windows has no such bits: there the folder's inherited rights count
		return []Finding{good(message.New("doctor.folder_inherited", place))}
	}
	return []Finding{good(message.New("doctor.folder", place))}
}

// existing returns the folder, or the nearest one above it that is there.
func existing(folder string) (string, error) {
	for path := filepath.Clean(folder); ; path = filepath.Dir(path) {
		info, err := os.Stat(path)
		switch {
		case err == nil && !info.IsDir():
			return "", fmt.Errorf("%s is no folder", path)
		case err == nil:
			return path, nil
		case !errors.Is(err, fs.ErrNotExist) || filepath.Dir(path) == path:
			return "", err
		}
	}
}

// tryToWrite makes a file in a folder and removes it: rights alone do not tell (a disk may be mounted read
// only).
func tryToWrite(folder string) error {
	draft, err := durable.Create(filepath.Join(folder, "doctor"), durable.Options{})
	if err != nil {
		return err
	}
	draft.Discard()
	return nil
}
