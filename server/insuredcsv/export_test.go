package insuredcsv

import (
	"bytes"
	"reflect"
	"testing"

	"madoguchi/eligibility"
)

// people reads a file of which every row must be good.
func people(t *testing.T, file []byte) []eligibility.Person {
	t.Helper()
	read, err := Read(bytes.NewReader(file), Options{Today: eligibility.MustDate("2026-11-22")})
	if err != nil {
		t.Fatal(err)
	}
	var all []eligibility.Person
	for row := range read.Rows() {
		if !row.Accepted {
			t.Errorf("row %d: %v", row.Line, row.Reasons)
		}
		all = append(all, row.Person)
	}
	return all
}

// An export is read as it was written: the samples, and one person with a value in every field, for whom the
// type of Person is the list of what there is.
func TestAnExportIsReadAsItWasWritten(t *testing.T) {
	full := eligibility.Person{
		Insurer:          "00138990",
		Symbol:           "国13",
		Number:           "0009234",
		BranchNumber:     "02",
		Name:             "試験 一葉",
		Kana:             "シケン イチヨウ",
		Alias:            "架空 一葉",
		AliasKana:        "カクウ イチヨウ",
		BirthDate:        eligibility.MustDate("1980-02-17"),
		Sex:              eligibility.Female,
		Relation:         eligibility.Dependent,
		SubscriberName:   "試験 太郎",
		QualifiedOn:      eligibility.MustDate("2008-04-01"),
		CoverageFrom:     eligibility.MustDate("2008-04-01"),
		LostOn:           eligibility.MustDate("2027-04-01"),
		AssignedShare:    30,
		ValidFrom:        eligibility.MustDate("2026-08-01"),
		ValidUntil:       eligibility.MustDate("2027-03-31"),
		Limit:            "A03",
		PostCode:         "100-0000",
		Address:          "東京都架空市架空町1-2-3",
		MailPostCode:     "530-0000",
		MailAddress:      "大阪府架空市練習町7-8",
		HouseholdNumber:  "H-77",
		Employer:         "架空商事",
		Registered:       eligibility.Yes,
		CertificateUntil: eligibility.MustDate("2028-05-15"),
		FrequentUse:      eligibility.No,
		NeedsCare:        eligibility.Yes,
		Withheld:         eligibility.No,
		IssuedOn:         eligibility.MustDate("2026-11-22"),
	}
	for fields, i := reflect.ValueOf(full), 0; i < fields.NumField(); i++ {
		if fields.Field(i).IsZero() {
			t.Errorf("%s has no value here", fields.Type().Field(i).Name)
		}
	}
	formula := full
	formula.Number, formula.Address = "0009235", "=HYPERLINK(0)"
	unknownDay, unknown := full, full
	unknownDay.Number, unknownDay.BirthDate = "0009236", eligibility.MustDate("1980-02")
	unknown.Number, unknown.BirthDate = "0009237", eligibility.Date{}
	want := []eligibility.Person{full, formula, unknownDay, unknown}
	want = append(want, people(t, SampleFile("00138990"))...)
	var file bytes.Buffer
	export, err := NewExport(&file)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range want {
		if err := export.Person(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := export.Flush(); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(file.Bytes(), []byte(",=HYPERLINK")) {
		t.Error("a cell begins a formula")
	}
	got := people(t, file.Bytes())
	if len(got) != len(want) {
		t.Fatalf("%d people of %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("\n%+v\n%+v", want[i], got[i])
		}
	}
}
