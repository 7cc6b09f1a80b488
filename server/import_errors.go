package main

import (
	"errors"
	"io"
	"os"

	"madoguchi/eligibility"
	"madoguchi/server/durable"
)

// refusals is the file for the rows that an import refuses. Its place is made sure of before anything is stored, and the file
// appears whole or not at all: it holds personal data and may stand in an older one's place.
type refusals struct{ draft *durable.Draft }

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
	}
	draft, err := durable.Create(path, durable.Options{Device: true})
	if err != nil {
		return nil, errRefusals.Because(err)
	}
	return &refusals{draft}, nil
}

// keep writes the file and gives it its name.
func (r *refusals) keep(write func(io.Writer) error) error {
	err := write(r.draft)
	if err == nil {
		err = r.draft.Commit()
	}
	if err != nil {
		return errRefusals.Because(err)
	}
	return nil
}

// drop removes the file unless it was kept.
func (r *refusals) drop() {
	if r != nil {
		r.draft.Discard()
	}
}
