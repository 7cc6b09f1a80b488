package insuredcsv

import (
	"bufio"
	"bytes"
	"errors"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"madoguchi/message"
)

// record is one row of cells, the physical line on which it starts and its row in a spreadsheet (both from
// 1). Broken says that its quotes are not those of a CSV.
type record struct {
	line, row int
	cells     []string // until the next record is read; each text stays
	broken    bool
	fault     error // why nothing more is read: a limit, an *eligibility.Error, or the source's fault
}

// What a file may hold is bounded while it is cut, so that none costs more than its size lets expect: a
// spreadsheet's cell has at most 32,767 characters (Microsoft, Excel specifications and limits), three bytes
// each.
const (
	maxCell = 96 << 10
	maxLine = 1 << 20 // also of a record over several lines
)

// maxRecordLines bounds how far an opening quote may look for its end: beyond it, the quote is a slip of the
// pen.
const maxRecordLines = 20

func errLongLine(line int) error {
	return refuseFile("import.long_line", message.Args{"line": message.Ordinal(line)})
}

func errManyCells(line int) error {
	return refuseFile("import.columns", message.Args{
		"line": message.Ordinal(line),
		"most": message.Number(maxColumns),
	})
}

// heading returns the first record, or none when the file is blank.
func (f *sourceFile) heading() record {
	for rec := range f.records() {
		return rec
	}
	return record{}
}

// hasRows reports whether anything stands below the heading.
func (f *sourceFile) hasRows() bool {
	n := 0
	for range f.records() {
		if n++; n > 1 {
			return true
		}
	}
	return false
}

// records cuts the file into records that say something: rows of nothing but blanks are nobody's, but a
// spreadsheet counts them. A quote that never ends spoils its own line only. A record with a fault is the
// last.
func (f *sourceFile) records() iter.Seq[record] {
	return func(yield func(record) bool) {
		defer Spare(f.source)()
		l := &lines{scan: bufio.NewScanner(f.decoded()), now: 1}
		l.scan.Buffer(make([]byte, 0, 64<<10), maxLine)
		l.scan.Split(splitLine)
		comma := rune(0)
		for row := 1; ; row++ {
			if row%sparedRows == 0 {
				spareOn()
			}
			text, ok := l.at(0)
			if !ok {
				if l.fault != nil {
					yield(record{line: l.now, row: row, fault: l.fault})
				}
				return
			}
			if said, ok := separatorLine(text); ok && row == 1 && comma == 0 {
				comma = said
				row-- // spreadsheets obey this line and do not show it
				l.skip(1)
				continue
			}
			if blankText(text) {
				l.skip(1)
				continue
			}
			if comma == 0 {
				comma = findDelimiter(text)
			}
			rec, taken := l.record(comma)
			rec.row = row
			switch {
			case rec.fault != nil:
				yield(rec)
				return
			case !rec.broken && rec.blank(): // above a heading too
			case !yield(rec):
				return
			}
			l.skip(taken)
		}
	}
}

// blank reports whether no cell holds anything.
func (rec record) blank() bool {
	for _, cell := range rec.cells {
		if !blankText(cell) && plainCell(cell) != "" {
			return false
		}
	}
	return true
}

// blankText reports whether a text shows nothing.
func blankText(text string) bool {
	for _, r := range text {
		if !isInvisible(r) {
			return false
		}
	}
	return true
}

// isInvisible reports whether r is a blank of any width, or takes no room (Unicode White_Space, Cf; the
// fillers that scripts have for nothing). What turns the direction of a text is no such thing: it hides
// others.
func isInvisible(r rune) bool {
	switch {
	case r < 0x80:
		return r == ' ' || r >= '\t' && r <= '\r'
	case r >= 'ぁ' && r < '\u3131', r >= '一' && r <= '鿿': // what most cells are made of
		return false
	}
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u2800', '\u3164', '\uffa0':
		return true
	}
	turns := r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) && !turns
}

// separatorLine reads the line by which a file tells spreadsheets its delimiter: sep=; with or without
// quotes.
func separatorLine(line string) (comma rune, ok bool) {
	if len(line) > 16 {
		return 0, false
	}
	said := []rune(strings.Trim(strings.TrimRight(strings.TrimPrefix(line, "\ufeff"), "\r\n"), `" `))
	if len(said) < 5 || !strings.EqualFold(string(said[:4]), "sep=") {
		return 0, false
	}
	comma = said[4]
	rest := strings.Trim(string(said[5:]), string(comma)) // filled up to the heading's width
	return comma, rest == "" && !unicode.IsLetter(comma) && !unicode.IsDigit(comma)
}

// lines are a file's physical lines with a look ahead.
type lines struct {
	scan  *bufio.Scanner
	ahead []string
	size  int // of them together
	now   int // number of the line ahead[0]
	cells []string
	fault error
}

// at returns the line k lines on.
func (l *lines) at(k int) (string, bool) {
	for len(l.ahead) <= k {
		if l.size > maxLine || l.fault != nil || !l.scan.Scan() ||
			l.scan.Err() != nil { // a fault cuts a line
			l.fail()
			return "", false
		}
		text := l.scan.Text()
		if !utf8.ValidString(text) {
			text = strings.ToValidUTF8(text, "\ufffd")
		}
		if l.now == 1 && len(l.ahead) == 0 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		l.ahead, l.size = append(l.ahead, text), l.size+len(text)
	}
	return l.ahead[k], true
}

// fail keeps why no line is left, unless the file has ended.
func (l *lines) fail() {
	switch err := l.scan.Err(); {
	case err == nil || l.fault != nil:
	case errors.Is(err, bufio.ErrTooLong):
		l.fault = errLongLine(l.now + len(l.ahead))
	default:
		l.fault = err
	}
}

func (l *lines) skip(n int) {
	for _, line := range l.ahead[:n] {
		l.size -= len(line)
	}
	l.ahead = append(l.ahead[:0], l.ahead[n:]...)
	l.now += n
}

// record reads the record that starts on this line and says how many lines it takes.
func (l *lines) record(comma rune) (record, int) {
	first, _ := l.at(0)
	if strings.Contains(first, `"`) {
		if cells, taken, err := l.quoted(comma); err == nil {
			return l.bounded(record{line: l.now, cells: cells}), taken
		}
	}
	broken := strings.Contains(first, `"`)
	l.cells = l.cells[:0]
	for rest, more := first, true; more && len(l.cells) <= maxColumns; {
		var cell string
		cell, rest, more = strings.Cut(rest, string(comma))
		l.cells = append(l.cells, cell)
	}
	return l.bounded(record{line: l.now, cells: l.cells, broken: broken}), 1
}

// bounded refuses a record that has too much.
func (l *lines) bounded(rec record) record {
	if len(rec.cells) > maxColumns {
		return record{line: l.now, fault: errManyCells(l.now)}
	}
	for _, cell := range rec.cells {
		if len(cell) > maxCell {
			return record{line: l.now, fault: errLongLine(l.now)}
		}
	}
	return rec
}

var errQuotes = errors.New("quotes that are not those of a CSV")

// quoted reads the cells of a record in which quotes stand (RFC 4180 section 2), and the lines that it takes.
// Blanks around a cell's quotes are allowed. It returns errQuotes when a quote is not closed, or stands
// within a cell that has none around it: a reader that guessed there would take the next rows for a part of
// this one.
func (l *lines) quoted(comma rune) (cells []string, taken int, err error) {
	blank := func(r rune) bool { return (r == ' ' || r == '\t') && r != comma }
	rest, _ := l.at(0)
	taken, cells = 1, l.cells[:0]
	defer func() { l.cells = cells }()
	for {
		if len(cells) > maxColumns {
			return cells, taken, nil // its caller refuses it
		}
		inner, enclosed := strings.CutPrefix(strings.TrimLeftFunc(rest, blank), `"`)
		if !enclosed {
			cell, after, more := strings.Cut(rest, string(comma))
			if strings.Contains(cell, `"`) && !textFormula(cell) {
				return nil, 0, errQuotes
			}
			if cells = append(cells, cell); !more {
				return cells, taken, nil
			}
			rest = after
			continue
		}
		var cell strings.Builder
		for closed := false; !closed; {
			before, after, found := strings.Cut(inner, `"`)
			cell.WriteString(before)
			switch doubled, again := strings.CutPrefix(after, `"`); {
			case found && again:
				cell.WriteByte('"')
				inner = doubled
			case found:
				inner, closed = after, true
			default: // the cell goes on in the next line
				if inner, found = l.at(taken); !found || taken == maxRecordLines {
					return nil, 0, errQuotes
				}
				cell.WriteByte('\n')
				taken++
			}
		}
		cells = append(cells, cell.String())
		after := strings.TrimLeftFunc(inner, blank)
		if after == "" {
			return cells, taken, nil
		}
		next, more := strings.CutPrefix(after, string(comma))
		if !more {
			return nil, 0, errQuotes
		}
		rest = next
	}
}

// textFormula reports whether a cell is ="…", by which a spreadsheet keeps a number's leading zeros.
func textFormula(cell string) bool {
	inside, opened := strings.CutPrefix(strings.TrimSpace(cell), `="`)
	inside, closed := strings.CutSuffix(inside, `"`)
	return opened && closed && !strings.Contains(inside, `"`)
}

// splitLine is a bufio.SplitFunc for lines that end with CR LF, LF or CR.
func splitLine(data []byte, atEOF bool) (advance int, token []byte, err error) {
	end := bytes.IndexByte(data, '\n')
	before := data
	if end >= 0 {
		before = data[:end]
	}
	if cr := bytes.IndexByte(before, '\r'); cr >= 0 {
		switch {
		case cr+1 == end:
			return end + 1, data[:cr], nil
		case cr+1 < len(data) || atEOF:
			return cr + 1, data[:cr], nil
		}
		return 0, nil, nil // the next byte tells whether an LF follows
	}
	switch {
	case end >= 0:
		return end + 1, data[:end], nil
	case atEOF && len(data) > 0:
		return len(data), data, nil
	}
	return 0, nil, nil
}

// findDelimiter is the comma, the tab or the semicolon, whichever the heading has most of.
func findDelimiter(heading string) rune {
	best, most := ',', strings.Count(heading, ",")
	for _, d := range []rune{'\t', ';'} {
		if n := strings.Count(heading, string(d)); n > most {
			best, most = d, n
		}
	}
	return best
}
