package insuredcsv

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"madoguchi/message"
	"madoguchi/server/csvfile"
)

// Digest counts a file's rows as they go by and keeps the first of each kind for people to look at.
type Digest struct {
	Rows, Refused int
	Good          []Row      // the first accepted ones, up to ShowGood
	Bad           []Row      // the first refused ones, up to ShowBad
	Reasons       []LineNote // why rows were refused, up to ShowReasons
	Warnings      []LineNote // about accepted rows, up to ShowWarnings
	MoreReasons   int        // that were not kept
	MoreWarnings  int
}

// LineNote is a note with the place of its row, as Row has it.
type LineNote struct {
	Line, Sheet int
	Note
}

// How many rows and notes a Digest keeps; the error file has all refused rows.
const (
	ShowGood     = 10
	ShowBad      = 50
	ShowReasons  = 1000
	ShowWarnings = 200
)

// Add counts a row.
func (d *Digest) Add(row Row) {
	d.Rows++
	if !row.Accepted {
		d.Refused++
		if len(d.Bad) < ShowBad {
			d.Bad = append(d.Bad, row)
		}
		appendNotes(&d.Reasons, &d.MoreReasons, row, row.Reasons, ShowReasons)
		return
	}
	if len(d.Good) < ShowGood {
		d.Good = append(d.Good, row)
	}
	appendNotes(&d.Warnings, &d.MoreWarnings, row, row.Warnings, ShowWarnings)
}

func appendNotes(kept *[]LineNote, more *int, row Row, notes []Note, most int) {
	for _, n := range notes {
		if len(*kept) == most {
			*more++
			continue
		}
		*kept = append(*kept, LineNote{row.Line, row.Sheet, n})
	}
}

// errorColumns stand before a refused row's own cells: the physical line, the row as spreadsheets count it,
// and why.
var errorColumns = []string{"行", "表計算の行", "列", "理由"}

// WriteErrors writes the refused rows as a CSV that a clerk mends and sends again: UTF-8, one line a row with
// its place, columns and reasons before the original cells.
func (out *File) WriteErrors(w io.Writer) error { return out.writeErrors(w, csvfile.UTF8) }

// WriteErrorsAsSent is WriteErrors in the coding of the file itself, which Charset names: what can only read
// and write Shift_JIS gets that back.
func (out *File) WriteErrorsAsSent(w io.Writer) error { return out.writeErrors(w, out.Charset()) }

func (out *File) writeErrors(w io.Writer, in csvfile.Charset) error {
	if err := out.refusedRows(w, in); err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	return nil
}

func (out *File) refusedRows(w io.Writer, in csvfile.Charset) error {
	c, err := csvfile.New(w, in)
	if err != nil {
		return err
	}
	if err := c.Row(append(slices.Clone(errorColumns), replaceUnreadable(out.Headings)...)...); err != nil {
		return err
	}
	for row := range out.Rows() {
		if row.Accepted {
			continue
		}
		var columns, reasons []string
		for _, n := range row.Reasons {
			columns = append(columns, n.Column)
			reasons = append(reasons, n.Text("ja"))
		}
		line := []string{
			strconv.Itoa(row.Line),
			strconv.Itoa(row.Sheet),
			strings.Join(columns, "／"),
			strings.Join(reasons, "／"),
		}
		if err := c.Row(append(line, replaceUnreadable(row.Cells)...)...); err != nil {
			return err
		}
	}
	return errors.Join(c.Flush(), out.fault)
}

// Charset returns what WriteErrorsAsSent writes.
func (out *File) Charset() csvfile.Charset {
	if out.source.in == inShiftJIS {
		return csvfile.ShiftJIS
	}
	return csvfile.UTF8
}

// replaceUnreadable writes what could not be read as 〓, which every coding has.
func replaceUnreadable(cells []string) []string {
	out := make([]string, len(cells))
	for i, cell := range cells {
		out[i] = strings.ReplaceAll(cell, "\ufffd", "〓")
	}
	return out
}

// WriteJSON writes one JSON object a row, a line each.
func (out *File) WriteJSON(w io.Writer) error {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	for row := range out.Rows() {
		if err := e.Encode(row); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	}
	return errors.Join(b.Flush(), out.fault)
}

// Tell writes what is to be said of each row, a line each, or each row as JSON, and counts them. A file of
// which nothing is to be said, as the digest of an earlier reading tells, is not read again.
func (f *File) Tell(to io.Writer, asJSON bool, read Digest) (rows, refused int, err error) {
	if read.Rows > 0 && len(read.Reasons)+len(read.Warnings) == 0 && !asJSON {
		return read.Rows, 0, nil
	}
	out := bufio.NewWriter(to)
	if asJSON {
		if err := f.WriteJSON(out); err != nil {
			return 0, 0, err
		}
	}
	note := message.New("import.said.note", nil).Text("ja")
	for row := range f.Rows() {
		rows++
		if !row.Accepted {
			refused++
		}
		if asJSON {
			continue
		}
		for _, n := range row.Reasons {
			fmt.Fprintf(out, "%s %s: %s\n", row.Place(), n.Column, n.Text("ja"))
		}
		for _, n := range row.Warnings {
			fmt.Fprintf(out, "%s %s: %s%s\n", row.Place(), n.Column, note, n.Text("ja"))
		}
	}
	return rows, refused, out.Flush()
}
