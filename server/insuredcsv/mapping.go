package insuredcsv

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// LeftOut is the choice for a heading whose column is not wanted.
const LeftOut Column = ""

// order is how clerks meet the columns in a list: what every file needs first.
var order = []Column{
	colNumber,
	colName,
	colBirth,
	colInsurer,
	colSymbol,
	colBranch,
	colKana,
	colSex,
	colRelation,
	colSubscriber,
	colQualified,
	colCoverage,
	colLost,
	colShare,
	colValidFrom,
	colValidUntil,
	colLimit,
	colPostCode,
	colAddress,
	colMailCode,
	colMail,
	colHousehold,
	colEmployer,
	colRegistered,
	colCertificate,
	colFrequentUse,
	colNeedsCare,
	colWithheld,
	colIssued,
	colAlias,
	colAliasKana,
	colInsurerName,
}

// Columns returns every known column by its usual heading, the compulsory ones first.
func Columns() []Column { return slices.Clone(order) }

// compulsory are the columns without which no file is read.
var compulsory = []Column{colNumber, colName, colBirth}

// ParseColumn reads the usual heading of a column or another that is recognised for it. An empty text and
// 使わない are LeftOut. It returns an *eligibility.Error for anything else.
func ParseColumn(text string) (Column, error) {
	if name := normalHeading(text); name == "" || name == "使わない" {
		return LeftOut, nil
	} else if column, ok := synonyms[name]; ok {
		return column, nil
	}
	return LeftOut, refuseFile(
		"import.column_unknown",
		message.Args{"column": message.Text(shortQuote(text))},
	).In(
		"column",
	)
}

// ReadMap reads an insurer's own headings from JSON: {"加入者":"氏名","備考":""}; an empty column leaves the heading
// out. A heading that stands twice is refused, as is anything behind the object.
func ReadMap(file io.Reader) (map[string]Column, error) {
	texts, err := readTexts(file)
	if err != nil {
		return nil, refuseFile("import.map", nil).In("map").Because(err)
	}
	for _, t := range texts {
		if eligibility.HoldsMyNumber(t.heading) || eligibility.HoldsMyNumber(t.column) {
			return nil, errMapMyNumber // before any sentence repeats it
		}
	}
	out := map[string]Column{}
	for _, t := range texts {
		column, err := ParseColumn(t.column)
		if err != nil {
			return nil, err
		}
		out[t.heading] = column
	}
	return out, CheckMap(out)
}

type mapped struct{ heading, column string }

// readTexts reads one JSON object of texts. A fault must not quote what stands there.
func readTexts(file io.Reader) ([]mapped, error) {
	data, err := io.ReadAll(io.LimitReader(file, 1<<20))
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !json.Valid(data) {
		return nil, errors.New("not well-formed JSON")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return nil, errors.New("not an object")
	}
	var out []mapped
	seen := map[string]bool{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		t := mapped{heading: fmt.Sprint(name)}
		if err := d.Decode(&t.column); err != nil {
			return nil, errors.New("a column is not a text")
		}
		key := normalHeading(t.heading)
		if seen[key] {
			return nil, errors.New("a heading stands twice")
		}
		seen[key] = true
		out = append(out, t)
	}
	return out, nil
}

var errMapMyNumber = refuseFile("import.map_my_number", nil).In("map")

// CheckMap refuses headings that hold or announce a My Number, before they are remembered.
func CheckMap(headings map[string]Column) error {
	for heading := range headings {
		if forbiddenHeading(heading) || eligibility.HoldsMyNumber(heading) {
			return errMapMyNumber
		}
	}
	return nil
}

// normalMap makes an insurer's headings comparable with a file's.
func normalMap(headings map[string]Column) map[string]Column {
	out := make(map[string]Column, len(headings))
	for heading, column := range headings {
		out[normalHeading(heading)] = column
	}
	return out
}

// Heading is one column of a file before its rows are read.
type Heading struct {
	Name     string
	Column   Column   // what it means, LeftOut when nothing
	Known    bool     // recognised, or decided by the insurer; false: somebody must choose once
	Usual    bool     // recognised without the insurer's own headings
	Examples []string // its first cells that hold something
}

// examples is how many cells help a clerk to recognise a column.
const examples = 2

// exampleRows is how many rows are searched for them.
const exampleRows = 1000

// ReadHeadings says what the first row of a file means, and which compulsory columns nothing means.
func ReadHeadings(source Source, o Options) (headings []Heading, missing []Column, err error) {
	f, err := openFile(source)
	if err != nil {
		return nil, nil, err
	}
	own := normalMap(o.Map)
	found := map[Column]bool{}
	for _, cell := range f.heading().cells {
		h := Heading{Name: headingText(cell)}
		h.Column, h.Known, h.Usual = meaningOf(h.Name, own)
		if plainCell(h.Name) == "" {
			h.Known = true // a column without a heading is nobody's
		}
		found[h.Column] = true
		headings = append(headings, h)
	}
	row := 0
	for rec := range f.records() {
		if rec.fault != nil {
			return nil, nil, rec.fault
		}
		if row++; row > exampleRows {
			break
		}
		for i := range headings {
			if h := &headings[i]; row > 1 && len(h.Examples) < examples && i < len(rec.cells) &&
				plainCell(rec.cells[i]) != "" {
				h.Examples = append(h.Examples, shortQuote(plainCell(rec.cells[i])))
			}
		}
	}
	for _, c := range compulsory {
		if !found[c] {
			missing = append(missing, c)
		}
	}
	if o.Insurer == "" && !found[colInsurer] {
		missing = append(missing, colInsurer)
	}
	return headings, missing, nil
}

// meaningOf finds a heading in the insurer's own ones, then among the usual ones.
func meaningOf(name string, own map[string]Column) (column Column, known, usual bool) {
	key := normalHeading(name)
	if column, known = own[key]; known {
		return column, true, false
	}
	column, known = synonyms[key]
	return column, known, known
}

func headingText(cell string) string { return strings.TrimSpace(strings.TrimPrefix(cell, "\ufeff")) }
