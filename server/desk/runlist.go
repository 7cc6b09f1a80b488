package desk

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// ReadRunList reads a clerk's list: a line for each person, 番号 or 記号,番号,枝番. A heading line that names them is left out. It
// returns an error for a list that is empty or not UTF-8.
func ReadRunList(data []byte) ([]string, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("the list is not UTF-8")
	}
	var lines []string
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\uFEFF")) {
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
