package insurer

import (
	"slices"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/pdf"
)

// However a postcode was imported, notices are sorted by it as the post sorts, and it is printed as envelopes
// have it; also one of an older import that had lost its zero (日本郵便: 札幌市 060, 青森市 030, 千代田区 100, 那覇市 900).
func TestNoticesAreSortedAndPrintedByWholePostCodes(t *testing.T) {
	codes := []string{
		"9000001",
		"100-0001",
		"600001",
		"〒300801",
		"１００－０００２",
		"0300802",
		"60-0002",
		"100ー0003",
	}
	slices.SortFunc(codes, func(a, b string) int {
		key := func(code string) string {
			return sortKey(eligibility.Person{Number: "1", PostCode: code}, ByPostCode)
		}
		if key(a) < key(b) {
			return -1
		}
		return 1
	})
	var printed []string
	for _, code := range codes {
		p := eligibility.Person{
			Number:    "1",
			PostCode:  code,
			Address:   "架空市",
			BirthDate: eligibility.MustDate("1986-04-12"),
		}
		n, err := new(
			Documents,
		).noticeData(
			p,
			Insurer{},
			pdf.Branding{},
			"AAAABBBBCCCCDDDD",
			"http://localhost:8080/n/AAAABBBBCCCCDDDD",
			eligibility.MustDate("2026-11-22"),
		)
		if err != nil {
			t.Fatal(err)
		}
		printed = append(printed, n.Person.PostCode)
	}
	want := []string{
		"030-0801",
		"030-0802",
		"060-0001",
		"060-0002",
		"100-0001",
		"100-0002",
		"100-0003",
		"900-0001",
	}
	if !slices.Equal(printed, want) {
		t.Errorf("%q, want %q", printed, want)
	}
}
