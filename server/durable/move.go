package durable

import (
	"os"
	"path/filepath"
)

// Move gives a file or a folder another name on the same disk, where nothing stands yet or what stands is
// replaced as os.Rename does, and makes the name durable.
func Move(from, to string) error {
	if err := patiently(func() error { return os.Rename(from, to) }); err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(to))
}

// Scratch opens a file that nobody else finds, for what memory does not hold: where an open file can lose its
// name, it has none. Elsewhere (Windows) its name goes with remove, which closes it.
func Scratch() (file *os.File, remove func() error, err error) {
	file, err = os.CreateTemp("", "madoguchi-")
	if err != nil {
		return nil, nil, err
	}
	if os.Remove(file.Name()) == nil {
		return file, file.Close, nil
	}
	return file, func() error {
		err := file.Close()
		if gone := Remove(file.Name()); err == nil {
			err = gone
		}
		return err
	}, nil
}
