package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"madoguchi/eligibility"
)

// refusals is the file for the rows that an import refuses. Its place is made sure of before anything is stored, and the file
// appears whole or not at all: it holds personal data and may stand in an older one's place.
type refusals struct {
	path string
	file *os.File // under a name of its own until it is kept; at once the file itself where that is a device
}

var errRefusals = &eligibility.Error{Code: eligibility.Invalid, Key: "import.errors", Field: "--errors"}

// openRefusals makes sure that the file can be written; no path, no file.
func openRefusals(path, input string) (*refusals, error) {
	if path == "" {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err == nil {
		if in, bad := os.Stat(input); bad == nil && os.SameFile(info, in) {
			return nil, errRefusals.Because(errors.New("it is the input"))
		}
		if info.IsDir() {
			return nil, errRefusals.Because(errors.New("it is a folder"))
		}
		if !info.Mode().IsRegular() {
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return nil, errRefusals.Because(err)
			}
			return &refusals{path, file}, nil
		}
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".errors-*") // mode 0600
	if err != nil {
		return nil, errRefusals.Because(err)
	}
	return &refusals{path, file}, nil
}

// keep writes the file and gives it its name.
func (r *refusals) keep(write func(io.Writer) error) error {
	if err := errors.Join(write(r.file), r.file.Close()); err != nil {
		return errRefusals.Because(err)
	}
	if r.file.Name() == r.path {
		return nil
	}
	if err := os.Rename(r.file.Name(), r.path); err != nil {
		return errRefusals.Because(err)
	}
	return nil
}

// drop closes the file, and removes it unless it was kept.
func (r *refusals) drop() {
	if r == nil {
		return
	}
	_ = r.file.Close()
	if r.file.Name() != r.path {
		_ = os.Remove(r.file.Name()) // gone when it was kept
	}
}
