package roster

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"madoguchi/outside"
)

// OWASP, CSV Injection (the half-width ones); Excel's and LibreOffice's Japanese editions take the full-width ones
// alike.
var formulas = []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"}

func TestNoCellStartsAFormula(t *testing.T) {
	outside.Refused(t, outside.Files, len(formulas))
	for _, start := range formulas {
		for _, rest := range []string{"", "1+1", "cmd|' /C calc'!A0"} {
			if got := Cell(start + rest); got != "'"+start+rest {
				t.Errorf("%q became %q", start+rest, got)
			}
		}
	}
	for _, harmless := range []string{"", "1", "0001234", "国13", "試験 花子", "１２３－４", "a=b", "'=1+1", "ー", "〓",
		"\xff"} {
		if got := Cell(harmless); got != harmless {
			t.Errorf("%q became %q", harmless, got)
		}
	}
}

// The front door: whatever a row's cells and headings begin with, and a heading too, comes out as a text.
func TestNoCellOfTheErrorFileStartsAFormula(t *testing.T) {
	for _, start := range formulas {
		cell := start + "1+1"
		var file strings.Builder
		w := csv.NewWriter(&file)
		if err := w.WriteAll([][]string{{"番号", "氏名", "生年月日", start + "備考"}, {"1", cell, "1986-02-30",
			cell}}); err != nil {
			t.Fatal(err)
		}
		r := read(t, file.String())
		var b bytes.Buffer
		if err := r.WriteErrors(&b); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%q %v", b.String(), err)
		}
		for _, row := range rows {
			for _, c := range row {
				if c != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(c)[0]) {
					t.Errorf("%q: a cell begins as a formula: %q", start, row)
				}
			}
		}
	}
}
