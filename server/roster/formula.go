package roster

import "strings"

// formulaStarts begin a formula in spreadsheet programs (OWASP, CSV Injection), the full-width ones in Japanese
// editions.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// Cell returns a text as a cell of a CSV that leaves this program: one that a spreadsheet program would run as a
// formula gets an apostrophe, which Read takes away again. The text may be anybody's, such as an employer's list.
func Cell(text string) string {
	if strings.IndexAny(text, formulaStarts) == 0 {
		return "'" + text
	}
	return text
}

// Cells is Cell for a row.
func Cells(row []string) []string {
	out := make([]string, len(row))
	for i, text := range row {
		out[i] = Cell(text)
	}
	return out
}
