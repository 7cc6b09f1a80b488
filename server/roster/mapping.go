package roster

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"madoguchi/eligibility"
)

// LeftOut is the choice for a heading whose column is not wanted.
const LeftOut Column = ""

// order is how clerks meet the columns in a list: what every file needs first.
var order = []Column{colNumber, colName, colBirth, colInsurer, colSymbol, colBranch, colKana, colSex, colRelation, colSubscriber,
	colQualified, colCoverage, colLost, colShare, colValidFrom, colValidUntil, colLimit, colPostCode, colAddress, colMailCode, colMail, colHousehold, colEmployer,
	colRegistered, colCertificate, colNeedsCare, colWithheld, colIssued, colAlias, colAliasKana, colInsurerName}

// Columns returns every known column by its usual heading, the compulsory ones first.
func Columns() []Column { return slices.Clone(order) }

// compulsory are the columns without which no file is read.
var compulsory = []Column{colNumber, colName, colBirth}

// ParseColumn reads the usual heading of a column or another that is recognised for it. An empty text and 使わない are
// LeftOut. It returns an *eligibility.Error for anything else.
func ParseColumn(text string) (Column, error) {
	if name := normalHeading(text); name == "" || name == "使わない" {
		return LeftOut, nil
	} else if column, ok := synonyms[name]; ok {
		return column, nil
	}
	return LeftOut, refused("column_unknown", fmt.Sprintf("「%s」という列はありません。「氏名」「番号」のように、決まった列の名前を選び直してください。", short(text)),
		"There is no such column. Choose one of the known columns, such as 氏名 or 番号.").In("column")
}

// ReadMap reads an insurer's own headings from JSON: {"加入者":"氏名","備考":""}; an empty column leaves the heading out.
func ReadMap(file io.Reader) (map[string]Column, error) {
	var texts map[string]string
	if err := json.NewDecoder(io.LimitReader(file, 1<<20)).Decode(&texts); err != nil {
		return nil, refused("map", "見出しの対応のファイルが読めません。{\"見出し\":\"氏名\"} の形のJSONにしてください。",
			`The file of headings cannot be read. Write JSON such as {"heading":"氏名"}.`).In("map").Because(err)
	}
	out := map[string]Column{}
	for _, heading := range slices.Sorted(maps.Keys(texts)) {
		column, err := ParseColumn(texts[heading])
		if err != nil {
			return nil, err
		}
		out[heading] = column
	}
	return out, CheckMap(out)
}

// CheckMap refuses headings that hold or announce a My Number, before they are remembered.
func CheckMap(headings map[string]Column) error {
	for heading := range headings {
		if forbiddenHeading(heading) || eligibility.HoldsMyNumber(heading) {
			return refused("map_my_number", "見出しにマイナンバー（12桁の個人番号）が入っています。何も保存していません。その見出しを消してください。",
				"A heading holds or announces a My Number. Nothing was kept. Delete that heading.").In("map")
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

// Headings says what the first row of a file means, and which compulsory columns nothing means.
func Headings(text Text, o Options) (headings []Heading, missing []Column) {
	own := normalMap(o.Map)
	found := map[Column]bool{}
	for _, cell := range text.heading().cells {
		h := Heading{Name: headingText(cell)}
		h.Column, h.Known, h.Usual = meaning(h.Name, own)
		if plain(h.Name) == "" {
			h.Known = true // a column without a heading is nobody's
		}
		found[h.Column] = true
		headings = append(headings, h)
	}
	row := 0
	for rec := range text.records() {
		if row++; row > exampleRows {
			break
		}
		for i := range headings {
			if h := &headings[i]; row > 1 && len(h.Examples) < examples && i < len(rec.cells) && plain(rec.cells[i]) != "" {
				h.Examples = append(h.Examples, short(plain(rec.cells[i])))
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
	return headings, missing
}

// meaning finds a heading in the insurer's own ones, then among the usual ones.
func meaning(name string, own map[string]Column) (column Column, known, usual bool) {
	key := normalHeading(name)
	if column, known = own[key]; known {
		return column, true, false
	}
	column, known = synonyms[key]
	return column, known, known
}

func headingText(cell string) string { return strings.TrimSpace(strings.TrimPrefix(cell, "\ufeff")) }
