// Package input reads what a command is given: files, and standard input for "-". Nothing is read further
// than memory is no matter, since a device or a disk image may be named by mistake.
package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"madoguchi/eligibility"
)

// limit is above everything that a command takes in whole.
const limit = 64 << 20

var errLarge = errors.New("larger than 64 MB")

// Open opens what can be read as a file; a folder is an error.
func Open(name string) (*os.File, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, errors.Join(fmt.Errorf("%s is a folder", name), file.Close())
	}
	return file, nil
}

// ReadBounded reads a file whole, or standard input for "-".
func ReadBounded(name string) ([]byte, error) {
	file := os.Stdin
	if name != "-" {
		var err error
		if file, err = Open(name); err != nil {
			return nil, err
		}
		defer file.Close()
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && len(data) > limit {
		err = errLarge
	}
	return data, err
}

// small is above any file of certificates: a chain is a few kilobytes.
const small = 1 << 20

// Small reads a file of at most 1 MiB whole. The error about a larger one, or a folder, says for what it is
// too large.
func Small(name, content string) ([]byte, error) {
	info, err := os.Stat(name)
	if err == nil && (info.IsDir() || info.Size() > small) {
		err = fmt.Errorf("%s is a folder, or too large for %s", name, content)
	}
	if err != nil {
		return nil, err
	}
	return ReadBounded(name)
}

// unread is the error of a file that cannot be opened or read.
var unread = &eligibility.Error{Code: eligibility.Invalid, Key: "input.open"}

// OpenArgument is Open for the file of an argument, with an *eligibility.Error that names it.
func OpenArgument(name, argument string) (*os.File, error) {
	file, err := Open(name)
	if err != nil {
		return nil, unread.Because(err).In(argument)
	}
	return file, nil
}

// ReadArgument is ReadBounded for the file of an argument, with an *eligibility.Error that names it.
func ReadArgument(name, argument string) ([]byte, error) {
	data, err := ReadBounded(name)
	switch {
	case errors.Is(err, errLarge):
		return nil, &eligibility.Error{Code: eligibility.Invalid, Key: "input.size", Field: argument}
	case err != nil:
		return nil, unread.Because(err).In(argument)
	}
	return data, nil
}

// WithoutMark cuts the byte order mark off that editors on Windows put before a text.
func WithoutMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\ufeff")) }
