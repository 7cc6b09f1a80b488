package insuredcsv

import (
	"io"
	"os"

	"madoguchi/eligibility"
	"madoguchi/server/input"
)

var errOpen = &eligibility.Error{Code: eligibility.Invalid, Key: "import.open"}

// OpenInput opens the file that a command imports; - is standard input.
func OpenInput(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	file, err := input.Open(path)
	if err != nil {
		return nil, errOpen.In("file").Because(err)
	}
	return file, nil
}

// ReadMapFile is ReadMap of a file; no path, no headings.
func ReadMapFile(path string) (map[string]Column, error) {
	if path == "" {
		return nil, nil
	}
	file, err := input.Open(path)
	if err != nil {
		return nil, errOpen.In("map").Because(err)
	}
	defer file.Close()
	return ReadMap(file)
}
