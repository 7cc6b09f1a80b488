package main

import (
	"fmt"
	"strings"
)

// Row is a line of a table of THIRD_PARTY.md: its cells.
type Row []string

// Table returns the rows of the first table below a heading of a Markdown document, without the table's head.
func Table(document, heading string) []Row {
	_, section, found := strings.Cut("\n"+document, "\n## "+heading+"\n")
	if !found {
		return nil
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var rows []Row
	for line := range strings.Lines(section) {
		inner, ok := strings.CutPrefix(strings.TrimSpace(line), "|")
		if !ok {
			if len(rows) > 0 {
				break
			}
			continue
		}
		var row Row
		for cell := range strings.SplitSeq(strings.TrimSuffix(inner, "|"), "|") {
			row = append(row, strings.Trim(strings.TrimSpace(cell), "`"))
		}
		rows = append(rows, row)
	}
	if len(rows) < 2 {
		return nil
	}
	return rows[2:]
}

// Compare says what is wrong with the table of Go modules, a path and a licence in each row: a module that is
// not listed, one that is listed and not built in, another licence than its file has, or a licence of a kind
// that is not known here.
func Compare(rows []Row, modules []Module) []string {
	var wrong []string
	listed := map[string]string{}
	for _, r := range rows {
		if len(r) != 2 {
			wrong = append(wrong, fmt.Sprintf("a row of %d cells: %v", len(r), r))
			continue
		}
		listed[r[0]] = r[1]
	}
	for _, m := range modules {
		kind := m.Kind()
		switch said, ok := listed[m.Path]; {
		case kind == "":
			wrong = append(wrong, m.Path+" has no licence that is known here")
		case !ok:
			wrong = append(wrong, m.Path+" is part of a program and not listed ("+kind+")")
		case said != kind:
			wrong = append(wrong, m.Path+" is listed as "+said+", its licence is "+kind)
		}
		delete(listed, m.Path)
	}
	for path := range listed {
		wrong = append(wrong, path+" is listed and part of no program")
	}
	return wrong
}
