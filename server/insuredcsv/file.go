package insuredcsv

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"io"
	"iter"
	"slices"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/hashes"
)

// Options say what the caller knows about a file.
type Options struct {
	// rows of others are refused; empty: the first row's number is the file's
	Insurer eligibility.InsurerNumber
	Map     map[string]Column // the insurer's own headings; they go before the usual ones
	Today   eligibility.Date  // births after it are refused; zero: not checked
}

// File is a file as it is understood. Its rows are read anew each time that they are asked for, so that a
// large file needs no more memory than a small one.
type File struct {
	Insurer  eligibility.InsurerNumber
	Headings []string
	Unknown  []string // headings that mean nothing here and were left out

	source  *sourceFile
	columns map[Column]int // where each known one stands
	options Options
	fault   error
}

// Row is one record of the file.
type Row struct {
	Line     int    `json:"line"` // physical line where the record starts; the first is 1
	Sheet    int    `json:"row"`  // its row in a spreadsheet
	Accepted bool   `json:"accepted"`
	Reasons  []Note `json:"reasons"`
	Warnings []Note `json:"warnings"`

	Person eligibility.Person `json:"-"`
	Key    string             `json:"-"` // PersonKey of an accepted one
	Cells  []string           `json:"-"` // as they stood; nil when the row was accepted
}

// MaxFile is the largest file that is read, in bytes: a register of a million people has 260 MB.
const MaxFile = 512 << 20

func refuseFile(key string, args message.Args) *eligibility.Error {
	return &eligibility.Error{Code: eligibility.Invalid, Key: key, Args: args, Field: "file"}
}

// Read reads a whole file; an *os.File stays open until its rows are read. An *eligibility.Error means that
// nothing of it was taken: empty, too large, not a text, no heading, a compulsory column missing, or a My
// Number in it.
func Read(file io.Reader, o Options) (*File, error) {
	source, err := takeWhole(file)
	if err != nil {
		return nil, err
	}
	return Open(source, o)
}

// Open understands the headings of a file that was kept.
func Open(source Source, o Options) (*File, error) {
	f, err := openFile(source)
	if err != nil {
		return nil, err
	}
	heading := f.heading()
	if heading.fault != nil {
		return nil, heading.fault
	}
	out := &File{Insurer: o.Insurer, Headings: heading.cells, source: f, options: o}
	if out.columns, err = out.recognise(out.Headings, o); err != nil {
		return nil, err
	}
	if !f.hasRows() { // an export that failed looks like that: nobody is told that all is well
		return nil, refuseFile("import.empty", nil)
	}
	if out.Insurer == "" { // the first good row's number is the file's
		for row := range out.Rows() {
			if row.Accepted {
				out.Insurer = row.Person.Insurer
				break
			}
		}
	}
	return out, out.fault
}

// Err returns why Rows ended before the file did: its source could not be read on. What was taken from it is
// not the file.
func (out *File) Err() error { return out.fault }

// Lines returns how many lines the file has below its headings: about as many as rows, which only reading
// tells.
func (out *File) Lines() (n int) {
	for i := range out.source.source.Parts() {
		part, err := out.source.source.Part(i)
		if err != nil {
			return n // reading the rows says why
		}
		n += bytes.Count(part, []byte("\n"))
	}
	return max(0, n-1)
}

// Rows reads the rows in the order of the file.
func (out *File) Rows() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		var seen hashes.Map[seenRow]
		heading := true
		for rec := range out.source.records() {
			var source sourceFault
			if errors.As(rec.fault, &source) {
				out.fault = source.error
				return
			}
			if heading {
				heading = false
				continue
			}
			row := out.read(rec, out.columns, out.options)
			if row.Accepted {
				out.compare(&row, &seen)
			}
			if row.Accepted {
				row.Cells = nil
			} else {
				row.Cells = slices.Clone(row.Cells) // the next record has their room
			}
			if !yield(row) {
				return
			}
		}
	}
}

// HasGood reports whether at least one row is accepted.
func (out *File) HasGood() bool {
	for row := range out.Rows() {
		if row.Accepted {
			return true
		}
	}
	return false
}

// recognise finds the known columns among the headings.
func (out *File) recognise(headings []string, o Options) (map[Column]int, error) {
	place := map[Column]int{}
	own := normalMap(o.Map)
	for i, h := range headings {
		name := headingText(h)
		if plainCell(name) == "" {
			continue
		}
		column, _, _ := meaningOf(name, own)
		if column == LeftOut {
			out.Unknown = append(out.Unknown, name)
			continue
		}
		if before, twice := place[column]; twice {
			return nil, refuseFile("import.column_twice", message.Args{
				"column": message.Text(string(column)),
				"first":  message.Number(before + 1),
				"second": message.Number(i + 1),
			})
		}
		place[column] = i
	}
	var missing []string
	for _, c := range compulsory {
		if _, ok := place[c]; !ok {
			missing = append(missing, string(c))
		}
	}
	if _, ok := place[colInsurer]; !ok && o.Insurer == "" {
		missing = append(missing, string(colInsurer))
	}
	if len(missing) > 0 {
		return nil, refuseFile("import.columns_missing", message.Args{"columns": message.List(missing)})
	}
	return place, nil
}

// read understands one record.
func (out *File) read(rec record, columns map[Column]int, o Options) Row {
	r := &reader{insurer: out.Insurer, today: o.Today}
	var limit *eligibility.Error
	if errors.As(rec.fault, &limit) {
		r.reasons = append(r.reasons, Note{Code: "too_long", Message: limit.Message()})
	}
	if rec.broken {
		r.refuse("", "row.quotes", nil)
	}
	if extra := rec.cells; len(extra) > len(out.Headings) &&
		strings.TrimSpace(strings.Join(extra[len(out.Headings):], "")) != "" {
		r.refuse("", "row.too_many_cells", message.Args{
			"columns": message.Number(len(out.Headings)),
			"cells":   message.Number(len(rec.cells)),
		})
	}
	cell := func(c Column) string {
		if i, ok := columns[c]; ok && i < len(rec.cells) {
			return r.undamaged(c, rec.cells[i])
		}
		return ""
	}
	r.fill(cell)
	r.compareDates()
	row := Row{
		Line:     rec.line,
		Sheet:    rec.row,
		Accepted: len(r.reasons) == 0,
		Reasons:  r.reasons,
		Warnings: r.warnings,
		Person:   r.person,
		Cells:    rec.cells,
	}
	if row.Reasons == nil {
		row.Reasons = []Note{}
	}
	if row.Warnings == nil {
		row.Warnings = []Note{}
	}
	return row
}

// fill reads a person's cells, in the order in which a row's reasons are told.
func (r *reader) fill(cell func(Column) string) {
	r.insurerNumber(cell(colInsurer))
	p := &r.person
	p.Symbol = r.identifier(colSymbol, cell(colSymbol))
	p.Number = r.identifier(colNumber, cell(colNumber))
	p.BranchNumber = r.branch(cell(colBranch))
	if p.Number == "" {
		r.refuse(colNumber, "row.missing.number", nil)
	}
	if p.Name = r.name(colName, cell(colName)); p.Name == "" {
		r.refuse(colName, "row.missing.name", nil)
	}
	r.birth(cell(colBirth))
	p.Kana = r.name(colKana, cell(colKana))
	p.Alias = r.name(colAlias, cell(colAlias))
	p.AliasKana = r.name(colAliasKana, cell(colAliasKana))
	p.Sex = oneOf(r, colSex, cell(colSex), sexes, "男・女・1・2・3")
	p.Relation = oneOf(r, colRelation, cell(colRelation), relations, "本人・家族・被扶養者・1・2")
	p.SubscriberName = r.name(colSubscriber, cell(colSubscriber))
	p.QualifiedOn = r.date(colQualified, cell(colQualified))
	p.CoverageFrom = r.date(colCoverage, cell(colCoverage))
	p.LostOn = r.date(colLost, cell(colLost))
	p.AssignedShare = r.share(cell(colShare))
	p.ValidFrom = r.date(colValidFrom, cell(colValidFrom))
	p.ValidUntil = r.date(colValidUntil, cell(colValidUntil))
	p.Limit = oneOf(r, colLimit, cell(colLimit), limits, "ア～オ・現役並みⅠ～Ⅲ・一般・低所得Ⅰ・Ⅱ・A01～B10")
	p.PostCode = r.postCode(colPostCode, cell(colPostCode))
	p.Address = r.text(colAddress, cell(colAddress))
	p.MailPostCode = r.postCode(colMailCode, cell(colMailCode))
	p.MailAddress = r.text(colMail, cell(colMail))
	p.HouseholdNumber = r.text(colHousehold, cell(colHousehold))
	p.Employer = r.text(colEmployer, cell(colEmployer))
	p.FrequentUse = r.answer(colFrequentUse, cell(colFrequentUse))
	p.Registered = r.answer(colRegistered, cell(colRegistered))
	p.NeedsCare = r.answer(colNeedsCare, cell(colNeedsCare))
	p.Withheld = r.answer(colWithheld, cell(colWithheld))
	p.CertificateUntil = r.date(colCertificate, cell(colCertificate))
	p.IssuedOn = r.date(colIssued, cell(colIssued))
}

// compareDates refuses dates that stand in the wrong order, and warns of insurance that began before birth.
func (r *reader) compareDates() {
	p := &r.person
	if !p.QualifiedOn.IsZero() && !p.LostOn.IsZero() && p.LostOn.Before(p.QualifiedOn) {
		r.refuse(colLost, "row.order.lost", nil)
	}
	if !p.QualifiedOn.IsZero() && p.QualifiedOn.Before(p.BirthDate.Earliest()) {
		r.warn(colQualified, "row.before_birth", nil)
	}
	if !p.ValidFrom.IsZero() && !p.ValidUntil.IsZero() && p.ValidUntil.Before(p.ValidFrom) {
		r.refuse(colValidUntil, "row.order.valid", nil)
	}
}

// seenRow is an earlier row of a person: where it stands and a hash of what it says.
type seenRow struct {
	line, row int32
	says      uint32
}

// Rows and their keys are remembered as hashes under unpredictable seeds, in 24 bytes: a register has a
// million.
var rowSeed, otherSeed = maphash.MakeSeed(), maphash.MakeSeed()

func hashOf(key string) (h hashes.Hash) {
	binary.LittleEndian.PutUint64(h[:], maphash.String(rowSeed, key))
	binary.LittleEndian.PutUint32(h[8:], uint32(maphash.String(otherSeed, key)))
	return h
}

// compare refuses a row that contradicts an earlier one about the same person, and warns of a repeated one.
func (out *File) compare(row *Row, seen *hashes.Map[seenRow]) {
	row.Key = PersonKey(row.Person)
	key, says := hashOf(row.Key), uint32(maphash.Comparable(rowSeed, row.Person))
	before, again := seen.Get(key)
	if !again {
		seen.Put(key, seenRow{int32(row.Line), int32(row.Sheet), says})
		return
	}
	args := message.Args{"place": message.Nested(placeOf(int(before.line), int(before.row)))}
	if before.says == says {
		row.Warnings = append(row.Warnings, newNote("", "row.repeated", args))
		return
	}
	row.Accepted = false
	row.Reasons = append(row.Reasons, newNote(colNumber, "row.contradiction", args))
}

// normalIdentifier brings 記号・番号 to half width, one form of hyphen, no blanks.
func normalIdentifier(s string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '　' || r == '\u00ad':
			return -1
		case eligibility.IsHyphen(r):
			return '-'
		}
		return r
	}, eligibility.NFKC(s)))
}
