package roster

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Text is a file as it was sent, in parts of PartSize. It is read through and through, never joined: a clerk's file has
// tens of megabytes.
type Text [][]byte

// PartSize is the size of all parts of a Text but the last, in bytes.
const PartSize = 256 << 10

// Keep takes a whole file in. It refuses, as an *eligibility.Error, what no row may be taken from: an empty or too large
// file, one that is no CSV, and above all one with a My Number anywhere.
func Keep(file io.Reader) (Text, error) {
	text, err := takeIn(file)
	if err != nil {
		return nil, err
	}
	if err := text.refuseOtherKinds(); err != nil {
		return nil, err
	}
	heading := text.heading()
	if heading.line == 0 {
		return nil, refused("empty", "ファイルが空です。見出しと1行以上の行が入ったCSVを選んでください。", "The file is empty. Choose a CSV with a heading and rows.")
	}
	if len(heading.cells) > maxColumns {
		return nil, refused("columns", "列が多すぎます（500列まで）。正しいファイルか確かめてください。", "There are more than 500 columns. Check that this is the right file.")
	}
	if err := refuseMyNumber(text); err != nil {
		return nil, err
	}
	return text, text.refuseGarbled(heading)
}

func takeIn(file io.Reader) (Text, error) {
	var text Text
	for left := MaxFile + 1; left > 0; {
		part := make([]byte, min(PartSize, left))
		n, err := io.ReadFull(file, part)
		if n > 0 {
			text = append(text, part[:n:n])
		}
		left -= n
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return text, nil
		}
		if err != nil {
			return nil, refused("read", "ファイルを最後まで読めませんでした。何も保存していません。もう一度読み込んでください。", "The file could not be read to its end. Nothing was stored. Import it again.").Because(err)
		}
	}
	return nil, refused("too_large", "ファイルが大きすぎます（64MBまで）。何も保存していません。ファイルを分けて、一つずつ読み込んでください。",
		"The file is larger than 64 MB. Nothing was stored. Split it and import the parts.")
}

// Size returns the file's length in bytes.
func (t Text) Size() int {
	n := 0
	for _, part := range t {
		n += len(part)
	}
	return n
}

// raw reads the file as it was sent.
func (t Text) raw() io.Reader {
	parts := make([]io.Reader, len(t))
	for i, part := range t {
		parts[i] = bytes.NewReader(part)
	}
	return io.MultiReader(parts...)
}

func (t Text) starts(with ...byte) bool { return len(t) > 0 && bytes.HasPrefix(t[0], with) }

// otherKinds are files that clerks choose by mistake, by their first bytes.
var otherKinds = []struct{ start, ja, en string }{
	{"PK\x03\x04", "これはExcelのブック（xlsx）か、圧縮されたファイルです。Excelで開き、「名前を付けて保存」で「CSV（コンマ区切り）」か「CSV UTF-8」を選んで保存し、そのファイルを選んでください。",
		"This is an Excel workbook (xlsx) or a compressed file. Open it in Excel, save it as CSV and choose that file."},
	{"\xD0\xCF\x11\xE0", "これは古い形のExcelのブック（xls）です。Excelで開き、「名前を付けて保存」で「CSV（コンマ区切り）」か「CSV UTF-8」を選んで保存し、そのファイルを選んでください。",
		"This is an old Excel workbook (xls). Open it in Excel, save it as CSV and choose that file."},
	{"%PDF-", "これはPDFです。名簿のCSVファイルを選んでください。", "This is a PDF. Choose the CSV file of the insured."},
}

// refuseOtherKinds refuses what is no text at all, with the way to a CSV.
func (t Text) refuseOtherKinds() error {
	for _, kind := range otherKinds {
		if t.starts([]byte(kind.start)...) {
			return refused("kind", kind.ja+"何も保存していません。", kind.en+" Nothing was stored.")
		}
	}
	if len(t) > 0 && t.coding() != utf16 && bytes.Count(t[0], []byte{0}) > len(t[0])/20 {
		return refused("binary", "これは文字のファイル（CSV）ではありません。何も保存していません。名簿をCSVで保存し直して、そのファイルを選んでください。",
			"This is not a text file. Nothing was stored. Save the list as CSV and choose that file.")
	}
	return nil
}

// refuseGarbled refuses a file whose letters are neither UTF-8 nor Shift_JIS, when its heading shows that.
func (t Text) refuseGarbled(heading record) error {
	garbled := strings.ContainsAny(strings.Join(heading.cells, ""), "\x1b\ufffd")
	if t.coding() == shiftJIS && !garbled && !anyKnown(heading.cells) {
		end := bytes.IndexAny(t[0], "\r\n")
		euc, err := japanese.EUCJP.NewDecoder().Bytes(t[0][:max(end, 0)])
		garbled = err == nil && anyKnown(strings.Split(string(euc), string(delimiter(string(euc)))))
	}
	if garbled {
		return refused("garbled", "1行目（見出し）の文字が読めません。文字コードが UTF-8 でも Shift_JIS でもないようです。何も保存していません。Excelで開けるなら「CSV UTF-8」で保存し直して、そのファイルを選んでください。",
			"The first line cannot be read: the file seems to be neither UTF-8 nor Shift_JIS. Nothing was stored. Save it as UTF-8 and choose it again.")
	}
	return nil
}

func anyKnown(headings []string) bool {
	for _, h := range headings {
		if _, known := synonyms[normalHeading(strings.Trim(h, `" `))]; known {
			return true
		}
	}
	return false
}

// coding is how a file writes its letters.
type coding int

const (
	shiftJIS coding = iota // CP932, as Windows writes it
	utf8
	utf16
)

// coding finds it: UTF-8 with or without BOM, perhaps with a spoilt byte below its heading, UTF-16 with BOM, else CP932.
func (t Text) coding() coding {
	switch {
	case t.starts(0xEF, 0xBB, 0xBF):
		return utf8
	case t.starts(0xFF, 0xFE), t.starts(0xFE, 0xFF):
		return utf16
	}
	if _, err := io.Copy(io.Discard, transform.NewReader(t.raw(), encoding.UTF8Validator)); err == nil || t.headingIsUTF8() {
		return utf8
	}
	return shiftJIS
}

// headingIsUTF8 reports whether the first line is UTF-8 with Japanese letters in it. Kanji of CP932 never look like that;
// its katakana of half width might, but only as letters of other scripts.
func (t Text) headingIsUTF8() bool {
	line := t[0]
	if end := bytes.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end]
	}
	letter := func(r rune) bool { return r >= 0x3000 && r <= 0x9fff || r >= 0xff00 && r <= 0xffef }
	return strings.ToValidUTF8(string(line), "") == string(line) && bytes.ContainsFunc(line, letter)
}

// decoded reads the file as UTF-8. What cannot be read becomes U+FFFD.
func (t Text) decoded() io.Reader {
	switch t.coding() {
	case utf16:
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(t.raw())
	case shiftJIS:
		return japanese.ShiftJIS.NewDecoder().Reader(t.raw())
	}
	return t.raw() // each line is made valid by itself
}

// record is one row of cells and the physical line on which it starts (the first line is 1). Broken says that its quotes are
// not those of a CSV.
type record struct {
	line   int
	cells  []string
	broken bool
}

// heading returns the first record, or none when the file is blank.
func (t Text) heading() record {
	for rec := range t.records() {
		return rec
	}
	return record{}
}

// maxRecordLines bounds how far an opening quote may look for its end: beyond it, the quote is a slip of the pen.
const maxRecordLines = 20

// records cuts the file into records. A quote that never ends spoils its own line only.
func (t Text) records() iter.Seq[record] {
	return func(yield func(record) bool) {
		l := &lines{scan: bufio.NewScanner(t.decoded()), now: 1}
		l.scan.Buffer(make([]byte, 0, 64<<10), 3*MaxFile+1) // one byte of CP932 has at most three of UTF-8
		l.scan.Split(splitLine)
		comma := rune(0)
		for {
			text, ok := l.at(0)
			if !ok {
				return
			}
			if strings.TrimSpace(text) == "" {
				l.skip(1)
				continue
			}
			if comma == 0 {
				comma = delimiter(text)
			}
			rec, taken := l.record(comma)
			if !yield(rec) {
				return
			}
			l.skip(taken)
		}
	}
}

// lines are a file's physical lines with a look ahead.
type lines struct {
	scan  *bufio.Scanner
	ahead []string
	now   int // number of the line ahead[0]
}

// at returns the line k lines on.
func (l *lines) at(k int) (string, bool) {
	for len(l.ahead) <= k {
		if !l.scan.Scan() {
			return "", false
		}
		text := strings.ToValidUTF8(l.scan.Text(), "\ufffd")
		if l.now == 1 && len(l.ahead) == 0 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		l.ahead = append(l.ahead, text)
	}
	return l.ahead[k], true
}

func (l *lines) skip(n int) {
	l.ahead = append(l.ahead[:0], l.ahead[n:]...)
	l.now += n
}

// record reads the record that starts on this line and says how many lines it takes.
func (l *lines) record(comma rune) (record, int) {
	first, _ := l.at(0)
	plainly := record{line: l.now, cells: strings.Split(first, string(comma))}
	if !strings.Contains(first, `"`) {
		return plainly, 1
	}
	cells, taken, ok := l.quoted(comma)
	if !ok {
		plainly.broken = true
		return plainly, 1
	}
	return record{line: l.now, cells: cells}, taken
}

// quoted reads the cells of a record in which quotes stand (RFC 4180 section 2), and the lines that it takes. Blanks around
// a cell's quotes are allowed. ok is false when a quote is not closed, or stands within a cell that has none around it: a
// reader that guessed there would take the next rows for a part of this one.
func (l *lines) quoted(comma rune) (cells []string, taken int, ok bool) {
	blank := func(r rune) bool { return (r == ' ' || r == '\t') && r != comma }
	rest, _ := l.at(0)
	taken = 1
	for {
		inner, enclosed := strings.CutPrefix(strings.TrimLeftFunc(rest, blank), `"`)
		if !enclosed {
			cell, after, more := strings.Cut(rest, string(comma))
			if strings.Contains(cell, `"`) && !textFormula(cell) {
				return nil, 0, false
			}
			if cells = append(cells, cell); !more {
				return cells, taken, true
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
					return nil, 0, false
				}
				cell.WriteByte('\n')
				taken++
			}
		}
		cells = append(cells, cell.String())
		after := strings.TrimLeftFunc(inner, blank)
		if after == "" {
			return cells, taken, true
		}
		if rest, ok = strings.CutPrefix(after, string(comma)); !ok {
			return nil, 0, false
		}
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

// delimiter is the comma, the tab or the semicolon, whichever the heading has most of.
func delimiter(heading string) rune {
	best, most := ',', strings.Count(heading, ",")
	for _, d := range []rune{'\t', ';'} {
		if n := strings.Count(heading, string(d)); n > most {
			best, most = d, n
		}
	}
	return best
}
