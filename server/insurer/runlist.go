package insurer

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"madoguchi/eligibility"
	"madoguchi/message"
)

var errRunListNumber = &eligibility.Error{Code: eligibility.Invalid, Key: "run.list_my_number", Field: "list"}

// ReadRunList reads a clerk's list: a line for each person, 番号 or 記号,番号,枝番. A heading line that names them is
// left out. It returns an error for a list that is empty or not UTF-8, and for one with a My Number, which it
// does not repeat.
func ReadRunList(data []byte) ([]string, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("the list is not UTF-8")
	}
	var lines []string
	at := 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\uFEFF")) {
		at++
		if slices.ContainsFunc(cellsOf(line), eligibility.HoldsMyNumber) {
			return nil, errRunListNumber.With(message.Args{"line": message.Ordinal(at)})
		}
		line = strings.TrimSpace(line)
		if line == "" || len(lines) == 0 && strings.Contains(line, "番号") {
			continue
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return nil, errors.New("the list is empty")
	}
	return lines, nil
}

// WithoutMyNumbers leaves the lines out of a list that hold a My Number, to be shown again.
func WithoutMyNumbers(list string) string {
	var kept strings.Builder
	for line := range strings.Lines(list) {
		if !slices.ContainsFunc(cellsOf(line), eligibility.HoldsMyNumber) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// cellsOf parts a line: 記号 and 番号 are no number together.
func cellsOf(line string) []string {
	return strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == '，' || r == '、' })
}

// runList is the list of a clerk: whom it names, and who was found.
type runList struct {
	everyone bool              // there is no list
	lines    map[string]string // as it is compared → as it stands there
	found    map[string]bool
}

func newRunList(lines []string) runList {
	l := runList{len(lines) == 0, map[string]string{}, map[string]bool{}}
	for _, line := range lines {
		l.lines[listKey(line)] = line
	}
	return l
}

// listKey is a line as it is compared: 番号, or 記号 and 番号 and perhaps 枝番. An empty 記号 is one: the
// elderly (後期高齢者医療) have none.
func listKey(line string) string {
	parts := splitCells(line)
	for len(parts) > 1 && strings.TrimSpace(parts[len(parts)-1]) == "" {
		parts = parts[:len(parts)-1] // columns of a spreadsheet
	}
	for i, part := range parts {
		parts[i] = comparableNumber(part)
	}
	if parts[min(1, len(parts)-1)] == "" {
		return "\x00\x00\x00" + line // it names nobody, and is said to
	}
	return strings.Join(parts, "\x00")
}

// splitCells parts a line at commas and tabs.
func splitCells(line string) []string {
	return strings.Split(strings.NewReplacer("，", ",", "、", ",", "\t", ",").Replace(line), ",")
}

// comparableNumber is a number as lists are compared: narrow, without blanks, without leading zeros
// (docs/facts/insurer-numbers.md#symbol-number-branch).
func comparableNumber(s string) string {
	return strings.TrimLeft(
		strings.ReplaceAll(eligibility.NormaliseSymbol(strings.TrimSpace(s)), " ", ""),
		"0",
	)
}

// has reports whether a person is on the list: by 番号, or by 記号, 番号 and perhaps 枝番.
func (l runList) has(p eligibility.Person) bool {
	if l.everyone {
		return true
	}
	symbol, number, branch := comparableNumber(
		p.Symbol,
	), comparableNumber(
		p.Number,
	), comparableNumber(
		p.BranchNumber,
	)
	on := false
	withSymbol := symbol + "\x00" + number
	for _, key := range []string{number, withSymbol, withSymbol + "\x00" + branch} {
		if _, ok := l.lines[key]; ok {
			l.found[key], on = true, true
		}
	}
	return on
}

func (l runList) missing() []string {
	var out []string
	for key, line := range l.lines {
		if !l.found[key] {
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return out
}
