package main

import (
	"bytes"
	"errors"
	"os"
	"unicode/utf8"
)

// errNotUTF8 names the coding that Japanese editors on Windows write by default.
var errNotUTF8 = errors.New("it is not UTF-8 (Shift_JIS or UTF-16 perhaps); save it as UTF-8")

// readText reads a file that somebody wrote with an editor: UTF-8, with or without the byte order mark that
// Windows' editors put before it.
func readText(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(data) {
		return nil, errNotUTF8
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}
