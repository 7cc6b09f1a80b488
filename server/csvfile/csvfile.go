// Package csvfile writes the files that leave for a spreadsheet. It is the only place that does, so that no
// file can carry a formula: what stands in a cell was typed by somebody else, and a spreadsheet runs what
// begins with =, +, - or @ (OWASP, CSV Injection).
//
// Rows end with CR LF, cells are quoted as RFC 4180 section 2 says. UTF-8 begins with its mark, without which
// Excel takes a file for Shift_JIS.
package csvfile

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// Mark is UTF-8's byte order mark.
const Mark = "\ufeff"

// Charset is how a file writes its letters, by its name in HTTP headers.
type Charset string

// The charsets: what can only read and write Shift_JIS gets that.
const (
	UTF8     Charset = "utf-8"
	ShiftJIS Charset = "Shift_JIS"
)

// ContentType is the header of a file that is sent.
func ContentType(in Charset) string { return "text/csv; charset=" + string(in) }

// Writer writes rows.
type Writer struct{ csv *csv.Writer }

// New begins a file. In Shift_JIS what the coding lacks becomes its substitute.
func New(w io.Writer, in Charset) (*Writer, error) {
	if in == ShiftJIS {
		w = encoding.ReplaceUnsupported(japanese.ShiftJIS.NewEncoder()).Writer(w)
	} else if _, err := io.WriteString(w, Mark); err != nil {
		return nil, fmt.Errorf("beginning a CSV file: %w", err)
	}
	return continueFile(w), nil
}

// continueFile goes on with a file that was begun.
func continueFile(w io.Writer) *Writer {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return &Writer{c}
}

// Row writes a row of which no cell can start a formula.
func (w *Writer) Row(cells ...string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = Safe(cell)
	}
	return w.csv.Write(safe)
}

// Flush writes what is held back; nothing is whole before.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Table is a whole small file in UTF-8.
func Table(rows [][]string) []byte { return append([]byte(Mark), Rows(rows)...) }

// Rows are rows of a file whose beginning is written elsewhere.
func Rows(rows [][]string) []byte {
	var out bytes.Buffer // takes everything
	w := continueFile(&out)
	for _, row := range rows {
		_ = w.Row(row...)
	}
	_ = w.Flush()
	return out.Bytes()
}

// Safe puts an apostrophe before a cell that a spreadsheet would run: before the signs that begin a formula,
// in every width that an input method may narrow again, also behind blanks and what nobody sees, and before
// tabs and breaks of lines.
func Safe(cell string) string {
	for i, r := range cell {
		switch {
		case strings.ContainsRune("=+-@＝＋－＠﹦﹢﹣﹫⁼₌⁺₊⁻₋−", r), i == 0 && strings.ContainsRune("\t\r\n", r):
			return "'" + cell
		case !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Cc, r):
			return cell
		}
	}
	return cell
}
