package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Edit is one change that opens a hole: a text of a file that stands there once, another in its place, and
// the tests that must notice.
type Edit struct {
	Name     string // what is possible with it
	Line     int    // of the list
	File     string // from the module's root
	Old, New string
	Packages []string // whose tests are run
	Run      string   // go test -run; empty: all of them
	Gravest  bool     // made by every `make test`
}

// Place returns where the edit stands in the list.
func (e Edit) Place() string { return fmt.Sprintf("%s:%d", listName, e.Line) }

const listName = "scripts/mutate/edits.txt"

// readList reads a list. Edits are parted by blank lines; each line of one begins with its kind:
//
//	= name, unique          ! name of one of the gravest
//	@ file
//	? packages [-run pattern]
//	- a line of the old text
//	+ a line of the new text
//
// The old and the new text are taken as they stand behind the sign, tabs included, and need not be whole
// lines. Lines that begin with # are remarks.
func readList(data []byte) ([]Edit, error) {
	var all []Edit
	var e Edit
	var old, with []string
	names := map[string]bool{}
	end := func() error {
		if e.Line == 0 {
			return nil
		}
		e.Old, e.New = strings.Join(old, "\n"), strings.Join(with, "\n")
		switch {
		case e.File == "" || len(e.Packages) == 0 || e.Old == "" || e.Old == e.New:
			return fmt.Errorf("%s: %q lacks a file, packages or a change", e.Place(), e.Name)
		case names[e.Name]:
			return fmt.Errorf("%s: %q stands twice", e.Place(), e.Name)
		}
		names[e.Name] = true
		all = append(all, e)
		e, old, with = Edit{}, nil, nil
		return nil
	}
	scan := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; scan.Scan(); n++ {
		text := scan.Text()
		if text == "" {
			if err := end(); err != nil {
				return nil, err
			}
			continue
		}
		kind, rest := text[:1], text[1:]
		switch kind {
		case "#":
		case "=", "!":
			if e.Line > 0 {
				return nil, fmt.Errorf("%s:%d: a blank line parts edits", listName, n)
			}
			e.Name, e.Line, e.Gravest = strings.TrimSpace(rest), n, kind == "!"
		case "@":
			e.File = strings.TrimSpace(rest)
		case "?":
			packages, run, _ := strings.Cut(rest, "-run")
			e.Packages, e.Run = strings.Fields(packages), strings.TrimSpace(run)
		case "-":
			old = append(old, rest)
		case "+":
			with = append(with, rest)
		default:
			return nil, fmt.Errorf("%s:%d: %q is no line of a list", listName, n, text)
		}
	}
	if err := scan.Err(); err != nil {
		return nil, err
	}
	return all, end()
}

// changed returns the edit's file as it is after the edit. The error says why the list is stale: the file is
// gone, or the old text does not stand in it exactly once.
func (e Edit) changed(root string) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(e.File)))
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(data, []byte(e.Old)); n != 1 {
		return nil, fmt.Errorf("its old text stands %d times in %s", n, e.File)
	}
	return bytes.Replace(data, []byte(e.Old), []byte(e.New), 1), nil
}
