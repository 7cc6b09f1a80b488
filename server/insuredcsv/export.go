package insuredcsv

import (
	"io"
	"strconv"

	"madoguchi/eligibility"
	"madoguchi/server/csvfile"
)

// Export writes people as a CSV that Read takes again: UTF-8, a heading for each known column, no cell that a
// spreadsheet would run.
type Export struct{ csv *csvfile.Writer }

// exported are the columns of an export, in its order: all that say something of a person.
var exported = []struct {
	column Column
	cell   func(eligibility.Person) string
}{
	{colInsurer, func(p eligibility.Person) string { return string(p.Insurer) }},
	{colSymbol, func(p eligibility.Person) string { return p.Symbol }},
	{colNumber, func(p eligibility.Person) string { return p.Number }},
	{colBranch, func(p eligibility.Person) string { return p.BranchNumber }},
	{colName, func(p eligibility.Person) string { return p.Name }},
	{colKana, func(p eligibility.Person) string { return p.Kana }},
	{colAlias, func(p eligibility.Person) string { return p.Alias }},
	{colAliasKana, func(p eligibility.Person) string { return p.AliasKana }},
	{colBirth, birthCell},
	{colSex, func(p eligibility.Person) string { return p.Sex.Japanese() }},
	{colRelation, func(p eligibility.Person) string { return p.Relation.Japanese() }},
	{colSubscriber, func(p eligibility.Person) string { return p.SubscriberName }},
	{colQualified, func(p eligibility.Person) string { return p.QualifiedOn.String() }},
	{colCoverage, func(p eligibility.Person) string { return p.CoverageFrom.String() }},
	{colLost, func(p eligibility.Person) string { return p.LostOn.String() }},
	{colShare, shareCell},
	{colValidFrom, func(p eligibility.Person) string { return p.ValidFrom.String() }},
	{colValidUntil, func(p eligibility.Person) string { return p.ValidUntil.String() }},
	{colLimit, func(p eligibility.Person) string { return string(p.Limit) }},
	{colPostCode, func(p eligibility.Person) string { return p.PostCode }},
	{colAddress, func(p eligibility.Person) string { return p.Address }},
	{colMailCode, func(p eligibility.Person) string { return p.MailPostCode }},
	{colMail, func(p eligibility.Person) string { return p.MailAddress }},
	{colHousehold, func(p eligibility.Person) string { return p.HouseholdNumber }},
	{colEmployer, func(p eligibility.Person) string { return p.Employer }},
	{colRegistered, func(p eligibility.Person) string { return answerCell(p.Registered) }},
	{colCertificate, func(p eligibility.Person) string { return p.CertificateUntil.String() }},
	{colFrequentUse, func(p eligibility.Person) string { return answerCell(p.FrequentUse) }},
	{colNeedsCare, func(p eligibility.Person) string { return answerCell(p.NeedsCare) }},
	{colWithheld, func(p eligibility.Person) string { return answerCell(p.Withheld) }},
	{colIssued, func(p eligibility.Person) string { return p.IssuedOn.String() }},
}

// NewExport begins a file with its headings.
func NewExport(w io.Writer) (*Export, error) {
	file, err := csvfile.New(w, csvfile.UTF8)
	if err != nil {
		return nil, err
	}
	headings := make([]string, len(exported))
	for i, e := range exported {
		headings[i] = string(e.column)
	}
	return &Export{file}, file.Row(headings...)
}

// Person writes a row.
func (e *Export) Person(p eligibility.Person) error {
	cells := make([]string, len(exported))
	for i, e := range exported {
		cells[i] = e.cell(p)
	}
	return e.csv.Row(cells...)
}

// Flush writes what is held back; nothing is whole before.
func (e *Export) Flush() error { return e.csv.Flush() }

func birthCell(p eligibility.Person) string {
	if p.BirthDate.IsZero() {
		return "不詳"
	}
	return p.BirthDate.String()
}

func shareCell(p eligibility.Person) string {
	if p.AssignedShare == 0 {
		return ""
	}
	return strconv.Itoa(p.AssignedShare)
}

func answerCell(a eligibility.Answer) string {
	return map[eligibility.Answer]string{eligibility.Yes: "有", eligibility.No: "無"}[a]
}
