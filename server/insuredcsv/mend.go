package insuredcsv

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Cell is a cell of a refused row.
type Cell struct {
	Index  int // its place in the row, from 0
	Column string
	Value  string // as it stands in the file
}

// Doubtful returns the cells of a refused row that its reasons speak of, each once, in the order of the
// reasons. A reason that is about the whole row has none.
func (out *File) Doubtful(row Row) []Cell {
	var cells []Cell
	for _, note := range row.Reasons {
		i, known := out.columns[Column(note.Column)]
		if !known || slices.ContainsFunc(cells, func(c Cell) bool { return c.Index == i }) {
			continue
		}
		cells = append(cells, Cell{i, note.Column, out.cellAt(row, i)})
	}
	return cells
}

// NameIn returns the name in a refused row, as it stands in the file.
func (out *File) NameIn(row Row) string {
	if i, known := out.columns[colName]; known {
		return strings.TrimSpace(out.cellAt(row, i))
	}
	return ""
}

func (out *File) cellAt(row Row, i int) string {
	if i < len(row.Cells) {
		return row.Cells[i]
	}
	return ""
}

// Mending are other cells for a file, by Row.Sheet and by Cell.Index.
type Mending map[int]map[int]string

// WriteMended writes the file with other cells as UTF-8 with commas, each row where it was; of a file whose
// good rows are stored already, only the rows that were refused.
func (out *File) WriteMended(w io.Writer, cells Mending, refusedOnly bool) error {
	to := &mendedWriter{to: bufio.NewWriter(w), next: 1}
	if refusedOnly {
		to.row(0, out.Headings)
		for row := range out.Rows() {
			if !row.Accepted {
				to.row(0, mended(row.Cells, cells[row.Sheet]))
			}
		}
		return to.end(out.fault)
	}
	for rec := range out.source.records() {
		if rec.fault != nil {
			return to.end(rec.fault)
		}
		to.row(rec.row, mended(rec.cells, cells[rec.row]))
	}
	return to.end(nil)
}

// mended puts other cells into a row's.
func mended(cells []string, other map[int]string) []string {
	out := slices.Clone(cells)
	for i, text := range other {
		if i < 0 || i >= maxColumns {
			continue
		}
		for len(out) <= i {
			out = append(out, "")
		}
		out[i] = text
	}
	return out
}

// mendedWriter writes rows. What it writes is read by this package alone: no spreadsheet opens it, so cells
// stay as they are.
type mendedWriter struct {
	to    *bufio.Writer
	next  int // the row that comes next, as spreadsheets count
	fault error
}

// row writes a row in its place: blank ones go before it, which were left out while reading. 0 is the next.
func (m *mendedWriter) row(place int, cells []string) {
	for ; m.next < place; m.next++ {
		m.write("\r\n")
	}
	for i, cell := range cells {
		if i > 0 {
			m.write(",")
		}
		m.write(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
	}
	m.write("\r\n")
	m.next++
}

func (m *mendedWriter) write(text string) {
	if m.fault == nil {
		_, m.fault = m.to.WriteString(text)
	}
}

func (m *mendedWriter) end(fault error) error {
	if err := errors.Join(fault, m.fault, m.to.Flush()); err != nil {
		return fmt.Errorf("writing a mended file: %w", err)
	}
	return nil
}
