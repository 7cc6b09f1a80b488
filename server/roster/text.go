package roster

import (
	"bytes"
	"encoding/csv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// decode turns a file's bytes into text: UTF-8 with or without BOM, UTF-16 with BOM, else CP932 (Shift_JIS as Windows
// writes it). What cannot be read becomes U+FFFD.
func decode(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		return strings.ToValidUTF8(string(data[3:]), "\ufffd")
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err == nil {
			return string(out)
		}
	case utf8.Valid(data):
		return string(data)
	}
	out, err := japanese.ShiftJIS.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\ufffd")
	}
	return string(out)
}

// record is one row of cells and the physical line on which it starts (the first line is 1). Broken says that its quotes do
// not match.
type record struct {
	line   int
	cells  []string
	broken bool
}

// maxRecordLines bounds how far an opening quote may look for its end: beyond it, the quote is a slip of the pen.
const maxRecordLines = 20

// split cuts a text into records. A quote that never ends spoils its own line only.
func split(text string) []record {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	lines := strings.Split(text, "\n")
	comma := delimiter(lines)
	var out []record
	for i := 0; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) == "" {
			continue
		}
		if !strings.Contains(lines[i], `"`) {
			out = append(out, record{line: i + 1, cells: strings.Split(lines[i], string(comma))})
			continue
		}
		end := closing(lines, i)
		if end < 0 {
			out = append(out, record{line: i + 1, cells: strings.Split(lines[i], string(comma)), broken: true})
			continue
		}
		r := csv.NewReader(strings.NewReader(strings.Join(lines[i:end+1], "\n")))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, true, -1
		cells, err := r.Read()
		if err != nil {
			cells = strings.Split(lines[i], string(comma))
		}
		out = append(out, record{line: i + 1, cells: cells, broken: err != nil})
		i = end
	}
	return out
}

// closing returns the index of the line on which the quotes opened on line i are all closed, or -1.
func closing(lines []string, i int) int {
	quotes := 0
	for j := i; j < len(lines) && j < i+maxRecordLines; j++ {
		if quotes += strings.Count(lines[j], `"`); quotes%2 == 0 {
			return j
		}
	}
	return -1
}

// delimiter is the comma, the tab or the semicolon, whichever the heading has most of.
func delimiter(lines []string) rune {
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		best, most := ',', strings.Count(line, ",")
		for _, d := range []rune{'\t', ';'} {
			if n := strings.Count(line, string(d)); n > most {
				best, most = d, n
			}
		}
		return best
	}
	return ','
}
