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

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// Digest counts a file's rows as they go by and keeps the first of each kind for people to look at.
type Digest struct {
	Rows, Refused int
	Good          []Row      // the first accepted ones, up to ShowGood
	Reasons       []LineNote // why rows were refused, up to ShowReasons
	Warnings      []LineNote // about accepted rows, up to ShowWarnings
	MoreReasons   int        // that were not kept
	MoreWarnings  int
}

// LineNote is a note with the line of its row.
type LineNote struct {
	Line int
	Note
}

// How many rows and notes a Digest keeps; the error file has all refused rows.
const (
	ShowGood     = 10
	ShowReasons  = 1000
	ShowWarnings = 200
)

// Add counts a row.
func (d *Digest) Add(row Row) {
	d.Rows++
	if !row.Accepted {
		d.Refused++
	} else if len(d.Good) < ShowGood {
		d.Good = append(d.Good, row)
	}
	keep(&d.Reasons, &d.MoreReasons, row.Line, row.Reasons, ShowReasons)
	keep(&d.Warnings, &d.MoreWarnings, row.Line, row.Warnings, ShowWarnings)
}

func keep(kept *[]LineNote, more *int, line int, notes []Note, most int) {
	for _, n := range notes {
		if len(*kept) == most {
			*more++
			continue
		}
		*kept = append(*kept, LineNote{line, n})
	}
}

// errorColumns stand before a refused row's own cells.
var errorColumns = []string{"行", "列", "理由"}

// WriteErrors writes the refused rows as a CSV that a clerk mends and sends again: UTF-8 with BOM (without it Excel takes it
// for Shift_JIS), CRLF, one line a row with its line, columns and reasons before the original cells. No cell can start a
// formula.
func (out *Roster) WriteErrors(w io.Writer) error { return out.writeErrors(w, utf8) }

// WriteErrorsAsSent is WriteErrors in the coding of the file itself, which Charset names: what can only read and write
// Shift_JIS gets that back.
func (out *Roster) WriteErrorsAsSent(w io.Writer) error { return out.writeErrors(w, out.text.coding()) }

func (out *Roster) writeErrors(w io.Writer, in coding) error {
	if err := out.refusedRows(w, in); err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	return nil
}

func (out *Roster) refusedRows(w io.Writer, in coding) error {
	to := w
	if in == shiftJIS {
		to = encoding.ReplaceUnsupported(japanese.ShiftJIS.NewEncoder()).Writer(w)
	} else if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(to)
	c.UseCRLF = true
	if err := c.Write(append(slices.Clone(errorColumns), safe(out.Headings)...)); err != nil {
		return err
	}
	for row := range out.Rows() {
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
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// Charset returns what WriteErrorsAsSent writes, for an HTTP header.
func (out *Roster) Charset() string {
	if out.text.coding() == shiftJIS {
		return "Shift_JIS"
	}
	return "utf-8"
}

// safe makes cells of a file's own that no spreadsheet runs as a formula. What could not be read becomes 〓, which every coding
// has.
func safe(cells []string) []string {
	out := Cells(cells)
	for i, cell := range out {
		out[i] = strings.ReplaceAll(cell, "\ufffd", "〓")
	}
	return out
}

// WriteJSON writes one JSON object a row, a line each.
func (out *Roster) WriteJSON(w io.Writer) error {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	for row := range out.Rows() {
		if err := e.Encode(row); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	}
	return b.Flush()
}
