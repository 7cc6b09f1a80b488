package desk

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"madoguchi/eligibility"
)

var errRunListNumber = &eligibility.Error{Code: eligibility.Invalid, Key: "run.list_my_number", Field: "list",
	Ja: "一覧の%d行目にマイナンバー（12桁の個人番号）があります。何も印刷していません。被保険者の番号の一覧に直してください。",
	En: "Line %d of the list holds a My Number. Nothing was printed. Write the insured's numbers instead."}

// ReadRunList reads a clerk's list: a line for each person, 番号 or 記号,番号,枝番. A heading line that names them is left out. It
// returns an error for a list that is empty or not UTF-8, and for one with a My Number, which it does not repeat.
func ReadRunList(data []byte) ([]string, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("the list is not UTF-8")
	}
	var lines []string
	at := 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\uFEFF")) {
		at++
		if eligibility.HoldsMyNumber(line) {
			e := *errRunListNumber
			e.Ja, e.En = fmt.Sprintf(e.Ja, at), fmt.Sprintf(e.En, at)
			return nil, &e
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
