package insuredcsv

import (
	"fmt"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// What spreadsheets make of identifiers, each as Excel, LibreOffice, Google's Sheets or pandas write it into
// a CSV.
func TestSpreadsheetDamageIsRefusedByName(t *testing.T) {
	cases := []struct{ column, cell, code string }{
		{"記号", "12月3日", "spreadsheet_date_number"}, {"記号", "3-Dec", "spreadsheet_date_number"},
		{"記号", "Dec-03", "spreadsheet_date_number"},
		{"記号", "2026/12/3", "spreadsheet_date_number"}, {"記号", "2026-12-03", "spreadsheet_date_number"},
		{"記号", "3-Dec-26", "spreadsheet_date_number"},
		{"記号", "１２月３日", "spreadsheet_date_number"}, {"記号", "2026年12月3日", "spreadsheet_date_number"},
		{"記号", "Dec-26", "spreadsheet_date_number"},
		{"記号", "2026/12/3 0:00", "spreadsheet_date_number"},
		{"記号", "2026-12-03 00:00:00", "spreadsheet_date_number"},
		{"記号", "12/3/2026", "spreadsheet_date_number"},
		{"記号", "令和8年12月3日", "spreadsheet_date_number"}, {"記号", "12月", "spreadsheet_date_number"},
		{"番号", "1月2日", "spreadsheet_date_number"}, {"枝番", "1-Jan", "spreadsheet_date_number"},
		{"記号", "\"December 3, 2026\"", "spreadsheet_date_number"}, {"記号", "3‐Dec", "spreadsheet_date_number"},
		{"番号", "1234567.0", "spreadsheet_decimal"}, {"番号", "1234567.00", "spreadsheet_decimal"},
		{"番号", "１２３４.０", "spreadsheet_decimal"}, {"記号", "1234.0", "spreadsheet_decimal"},
		{"枝番", "1.0", "spreadsheet_decimal"}, {"保険者番号", "6139992.0", "spreadsheet_decimal"},
		{"番号", "1.2E+06", "spreadsheet_number"}, {"番号", "1.23457E+11", "spreadsheet_number"},
		{"番号", "1E+10", "spreadsheet_number"}, {"番号", "1.2e+06", "spreadsheet_number"},
		{"番号", "１．２Ｅ＋０６", "spreadsheet_number"}, {"記号", "1.39E+07", "spreadsheet_number"},
		{"保険者番号", "6.14E+06", "spreadsheet_number"},
		{"番号", "\"1,234\"", "spreadsheet_grouped"}, {"番号", "\"1,234,567\"", "spreadsheet_grouped"},
		{"番号", "\"1,234.00\"", "spreadsheet_grouped"}, {"番号", "１，２３４", "spreadsheet_grouped"},
		{"番号", "\"¥1,234\"", "spreadsheet_grouped"}, {"記号", "\"13,990,001\"", "spreadsheet_grouped"},
		{"番号", "#VALUE!", "spreadsheet_error"}, {"番号", "#REF!", "spreadsheet_error"},
		{"氏名", "#N/A", "spreadsheet_error"}, {"氏名", "#NAME?", "spreadsheet_error"},
		{"生年月日", "#DIV/0!", "spreadsheet_error"}, {"生年月日", "#NUM!", "spreadsheet_error"},
		{"番号", "#NULL!", "spreadsheet_error"}, {"番号", "＃ＶＡＬＵＥ！", "spreadsheet_error"},
		{"番号", "#SPILL!", "spreadsheet_error"}, {"番号", "Err:502", "spreadsheet_error"},
		{"住所", "#REF!", "spreadsheet_error"}, {"保険者番号", "#N/A", "spreadsheet_error"},
		{"番号", "####", "spreadsheet_hashes"}, {"生年月日", "########", "spreadsheet_hashes"},
		{"生年月日", "＃＃＃＃", "spreadsheet_hashes"}, {"資格取得年月日", "#######", "spreadsheet_hashes"},
		{"番号", "NULL", "placeholder"}, {"番号", "null", "placeholder"}, {"氏名", "None", "placeholder"},
		{"番号", "nan", "placeholder"}, {"番号", "NaN", "placeholder"},
		{"氏名", "undefined", "placeholder"}, {"生年月日", "(空白)", "placeholder"}, {"番号", "（空白）", "placeholder"},
		{"生年月日", "N/A", "placeholder"}, {"番号", "-", "placeholder"},
		{"氏名", "－", "placeholder"}, {"番号", "\\N", "placeholder"}, {"番号", "<NA>", "placeholder"},
		{"生年月日", "NaT", "placeholder"}, {"保険者番号", "NULL", "placeholder"}, {"氏名", "ＮＵＬＬ", "placeholder"},
	}
	testenv.Refused(t, testenv.Files, len(cases))
	said := map[string]string{}
	for _, c := range cases {
		t.Run(c.column+" "+c.cell, func(t *testing.T) {
			row := damaged(t, c.column, c.cell)
			if codes(row.Reasons) != c.code || row.Reasons[0].Column != c.column ||
				row.Reasons[0].Text("en") == "" {
				t.Fatalf("%+v", row.Reasons)
			}
			said[c.code] = strings.ReplaceAll(row.Reasons[0].Text("ja"), c.column, "")
			if ja := row.Reasons[0].Text("ja"); !strings.Contains(ja, "ください") ||
				!strings.Contains(ja, "「"+c.column+"」") {
				t.Errorf("no way to mend it: %s", ja)
			}
		})
	}
	if len(said) != 7 {
		t.Errorf("kinds with a sentence of their own: %q", said)
	}
	for code, ja := range said {
		if strings.HasPrefix(code, "spreadsheet_d") || code == "spreadsheet_number" ||
			code == "spreadsheet_grouped" {
			if !strings.Contains(ja, "「文字列」にしてから") {
				t.Errorf("%s: %s", code, ja)
			}
		}
	}
}

// damaged reads a row in which one cell is another.
func damaged(t *testing.T, column, cell string) Row {
	t.Helper()
	cells := map[string]string{"保険者番号": "06139992", "記号": "13-4", "番号": "567", "枝番": "01", "氏名": "試験 太郎",
		"生年月日": "1986-04-12"}
	heading := []string{"保険者番号", "記号", "番号", "枝番", "氏名", "生年月日", "資格取得年月日", "住所", "郵便番号", "送付先郵便番号"}
	cells[column] = cell
	var row []string
	for _, h := range heading {
		row = append(row, cells[h])
	}
	return read(t, strings.Join(heading, ",")+"\n"+strings.Join(row, ",")+"\n").Rows[0]
}

// Identifiers as papers have them (docs/facts/insurer-numbers.md#symbol-number-branch) and names that
// look like words are what they are. A serial date cannot be told from a 記号 of five digits.
func TestUsualIdentifiersAreNoDamage(t *testing.T) {
	for _, c := range []struct{ column, cell string }{
		{"記号", "12-3"}, {"記号", "１２－３４"}, {"記号", "国13"}, {"記号", "あいう"}, {"記号", "46359"}, {"記号", "13990001"},
		{"記号", "12.3"}, {"記号", "9-9"}, {"記号", "A1"}, {"記号", "1-2-3"},
		{"記号", "12/3"}, {"記号", "E12"}, {"記号", "市12"}, {"記号", "月12"}, {"番号", "0001234"}, {"番号", "１２３４"},
		{"番号", "12-34"}, {"番号", "１２ー３"}, {"番号", "1234567"},
		{"氏名", "NGUYEN NULL"}, {"氏名", "NA NA"}, {"氏名", "空白 太郎"}, {"氏名", "Ｅ Ｔ"}, {"住所", "#101"},
		{"住所", "架空市1,234番地"}, {"住所", "12月3日町"}, {"記号", ""}, {"記号", "Ⅲ-1"},
	} {
		t.Run(c.column+" "+c.cell, func(t *testing.T) {
			if row := damaged(t, c.column, c.cell); !row.Accepted || len(row.Warnings) > 0 {
				t.Errorf("%+v %+v", row.Reasons, row.Warnings)
			}
		})
	}
	for _, cell := range []string{"NULL", "nan", "(空白)", "N/A"} {
		if row := damaged(t, "住所", cell); !row.Accepted || codes(row.Warnings) != "placeholder" ||
			row.Person.Address != "" {
			t.Errorf("an address %s: %+v", cell, row)
		}
	}
	for _, cell := range []string{"-", "ー", "―", "－－"} { // papers of 後期 have this in place of a 記号
		if row := damaged(t, "記号", cell); !row.Accepted || len(row.Warnings) > 0 || row.Person.Symbol != "" {
			t.Errorf("a symbol %s: %+v", cell, row)
		}
	}
}

// 日本郵便: seven digits; 060-0001 is in 札幌市, 030-0801 in 青森市.
func TestAPostCodeGetsItsZeroBack(t *testing.T) {
	for _, c := range []struct{ cell, want, warning string }{
		{"600001", "060-0001", "leading_zero"}, {"60-0001", "060-0001", "leading_zero"},
		{"300801", "030-0801", "leading_zero"}, {"６００００１", "060-0001", "leading_zero"},
		{"600001.0", "060-0001", "leading_zero"}, {"〒600001", "060-0001", "leading_zero"},
		{"60ー0001", "060-0001", "leading_zero"}, {"60 0001", "060-0001", "leading_zero"},
		{"0600001", "0600001", ""}, {"060-0001", "060-0001", ""}, {"100-0001", "100-0001", ""}, {"", "", ""},
	} {
		for _, column := range []string{"郵便番号", "送付先郵便番号"} {
			t.Run(fmt.Sprint(column, c.cell), func(t *testing.T) {
				row := damaged(t, column, c.cell)
				got := row.Person.PostCode + row.Person.MailPostCode
				if !row.Accepted || got != c.want || codes(row.Warnings) != c.warning {
					t.Errorf("%q %+v", got, row.Warnings)
				}
			})
		}
	}
}
