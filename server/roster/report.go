package roster

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// errorColumns stand before a refused row's own cells.
var errorColumns = []string{"行", "列", "理由"}

// WriteErrors writes the refused rows as a CSV that a clerk mends and sends again: UTF-8 with BOM, CRLF, one line a row
// with its line, columns and reasons before the original cells. No cell can start a formula.
func (out *Roster) WriteErrors(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	head := append(slices.Clone(errorColumns), safe(out.Headings)...)
	if err := c.Write(head); err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	for _, row := range out.Rows {
		if row.Accepted {
			continue
		}
		var columns, reasons []string
		for _, n := range row.Reasons {
			columns = append(columns, n.Column)
			reasons = append(reasons, n.Ja)
		}
		line := append([]string{strconv.Itoa(row.Line), strings.Join(columns, "／"), strings.Join(reasons, "／")}, safe(row.Cells)...)
		if err := c.Write(line); err != nil {
			return fmt.Errorf("writing the error file: %w", err)
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	return nil
}

// safe puts an apostrophe before cells that a spreadsheet would run as a formula; Read takes it away again.
func safe(cells []string) []string {
	out := make([]string, len(cells))
	for i, cell := range cells {
		out[i] = cell
		if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
			out[i] = "'" + cell
		}
	}
	return out
}

// WriteJSON writes one JSON object a row, a line each.
func (out *Roster) WriteJSON(w io.Writer) error {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	for _, row := range out.Rows {
		if err := e.Encode(row); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	}
	return b.Flush()
}
