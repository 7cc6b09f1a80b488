package insuredcsv

import (
	"strings"
	"testing"

	"madoguchi/eligibility"
)

// From 2026-08-01 each 広域連合 says by its own rule whose use of マイナ保険証 is enough for the notice alone
// (municipal pages of Akita, council paper of 2025-12-18): the file brings its answer.
func TestTheFileOf後期SaysWhoseUseIsEnough(t *testing.T) {
	for _, c := range []struct {
		cell string
		want eligibility.Answer
	}{
		{"有", eligibility.Yes},
		{"無", eligibility.No},
		{"", eligibility.Unknown},
	} {
		t.Run(c.cell, func(t *testing.T) {
			text := "番号,氏名,生年月日,マイナ保険証登録,マイナ保険証利用実績\n" + "09999996,試験 一郎,1944-02-29,有," + c.cell + "\n"
			file, err := Read(strings.NewReader(text), Options{Insurer: "39139993"})
			if err != nil {
				t.Fatal(err)
			}
			rows := 0
			for row := range file.Rows() {
				rows++
				if !row.Accepted || row.Person.FrequentUse != c.want {
					t.Errorf("%q was read as %q: %+v", c.cell, row.Person.FrequentUse, row.Reasons)
				}
			}
			if rows != 1 {
				t.Errorf("%q: %d rows", c.cell, rows)
			}
		})
	}
}
