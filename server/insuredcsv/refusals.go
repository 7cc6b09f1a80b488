package insuredcsv

import (
	"errors"
	"io"
	"os"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/server/durable"
)

// Refusals is the file for the rows that an import refuses. Its place is made sure of before anything is
// stored, and the file appears whole or not at all: it holds personal data and may stand in an older one's
// place.
type Refusals struct{ draft *durable.Draft }

var errRefusals = &eligibility.Error{Code: eligibility.Invalid, Key: "import.errors", Field: "--errors"}

// OpenRefusals makes sure that the file can be written; no path, no file.
func OpenRefusals(path, input string) (*Refusals, error) {
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
	return &Refusals{draft}, nil
}

// Keep writes the file and gives it its name.
func (r *Refusals) Keep(write func(io.Writer) error) error {
	err := write(r.draft)
	if err == nil {
		err = r.draft.Commit()
	}
	if err != nil {
		return errRefusals.Because(err)
	}
	return nil
}

// Drop removes the file unless it was kept.
func (r *Refusals) Drop() {
	if r != nil {
		r.draft.Discard()
	}
}

// Path is where the file appears.
func (r *Refusals) Path() string { return r.draft.Path() }

// KeepRefused writes the refused rows and returns where: into the file that was opened, or without one beside
// the input, as INPUT.errors.csv.
func (out *File) KeepRefused(to *Refusals, input string) (path string, err error) {
	if to == nil {
		beside := strings.TrimSuffix(input, ".csv") + ".errors.csv"
		if to, err = OpenRefusals(beside, input); err != nil {
			return "", err
		}
		defer to.Drop()
	}
	return to.Path(), to.Keep(out.WriteErrors)
}
