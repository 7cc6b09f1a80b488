package insuredcsv

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

const twoPeople = "番号,氏名,生年月日\r\n1,試験 太郎,1986-04-12\r\n2,試験 花子,1988-11-30"

// named are the accepted rows as place and name, and the refused as place and code.
func named(rows []Row) string {
	var out []string
	for _, row := range rows {
		says := row.Person.Name
		if !row.Accepted {
			says = codes(row.Reasons)
		}
		out = append(out, fmt.Sprint(row.Sheet, " ", says))
	}
	return strings.Join(out, ", ")
}

// A row in which nobody sees anything is no person, whatever a program left there (Unicode White_Space and
// Cf; RFC 4180 section 2 for the quotes).
func TestBlankRowsAreNoPeople(t *testing.T) {
	for _, row := range []string{"", ",,", ",", `"",""`, `"","",""`, " , , ", "　,　,　", "\u00a0,\u00a0,",
		"\u200b,\u200b,\u200b", "\ufeff,,", "\t,\t,\t", `" ","　",""`,
		"\u2003,\u3000,\u202f", "\u2060", "\u3164,,", `="",="",`, "',,", ",,,,,,,", "\"\n\",\"\",",
		"\u00ad,\u200e,\u200f"} {
		t.Run(fmt.Sprintf("%+q", row), func(t *testing.T) {
			r := read(t, "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n"+row+"\n2,試験 花子,1988-11-30\n"+row+"\n"+row)
			if got := named(r.Rows); got != "2 試験 太郎, 4 試験 花子" || r.Refused != 0 {
				t.Errorf("%s, %d refused", got, r.Refused)
			}
			var d Digest
			for _, row := range r.Rows {
				d.Add(row)
			}
			if d.Rows != 2 {
				t.Errorf("%d rows are counted", d.Rows)
			}
		})
	}
	if r := read(t, "\n,,\n番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n"); named(r.Rows) != "4 試験 太郎" {
		t.Errorf("blank rows above the heading: %s", named(r.Rows))
	}
}

// Ctrl+Z ends a text of CP/M, DOS and many mainframes' transfers; it belongs to no cell.
func TestMarksAtTheEndOfAFileAreNoCharacters(t *testing.T) {
	codings := []struct {
		name  string
		write func(string) []byte
	}{
		{"UTF-8", func(s string) []byte { return []byte(s) }},
		{"UTF-8 with BOM", func(s string) []byte { return []byte("\ufeff" + s) }},
		{"Shift_JIS", func(s string) []byte {
			b, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(s))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}},
		{"UTF-16LE", func(s string) []byte {
			b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(s))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}},
		{"UTF-16BE", func(s string) []byte {
			b, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(s))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}},
	}
	for _, c := range codings {
		for _, end := range []string{"", "\x1a", "\r\n\x1a", "\r\n\x1a\x1a\x1a", "\x1a\r\n",
			"\r\n\x1a\r\n\x1a\r\n", "\r\n" + strings.Repeat("\x1a", 500), " \x1a"} {
			t.Run(fmt.Sprintf("%s %+.20q", c.name, end), func(t *testing.T) {
				if r := read(t, string(c.write(twoPeople+end))); named(r.Rows) != "2 試験 太郎, 3 試験 花子" {
					t.Error(named(r.Rows))
				}
			})
		}
	}
	odd := append(codings[3].write(twoPeople+"\r\n"), 0x1a)
	if r := read(t, string(odd)); named(r.Rows) != "2 試験 太郎, 3 試験 花子" {
		t.Errorf("one byte behind UTF-16: %s", named(r.Rows))
	}
	if r := read(t, "番号,氏名,生年月日\n1,試験\x1a太郎,1986-04-12\n2,試験 花子,1988-11-30\n"); named(
		r.Rows) != "2 control, 3 試験 花子" {
		t.Errorf("in the middle of a cell: %s", named(r.Rows))
	}
}

// Excel obeys a first line sep=; and does not show it: the heading is row 1.
func TestALineThatNamesTheDelimiterIsObeyed(t *testing.T) {
	for _, c := range []struct{ name, line, comma string }{
		{"a comma", "sep=,", ","}, {"a semicolon", "sep=;", ";"}, {"a tab", "sep=\t", "\t"},
		{"a bar", "sep=|", "|"}, {"capital letters", "SEP=;", ";"},
		{"in quotes", `"sep=;"`, ";"}, {"with BOM", "\ufeffsep=;", ";"}, {"filled up", "sep=,,,", ","},
		{"none: semicolons", "", ";"}, {"none: tabs", "", "\t"},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			t.Run(c.name+fmt.Sprintf(" %q", end), func(t *testing.T) {
				line, at := "", 1
				if c.line != "" {
					line, at = c.line+end, 2
				}
				text := strings.ReplaceAll("番号,氏名,生年月日"+end+"1,試験 太郎,1986-04-12"+end, ",", c.comma)
				r := read(t, line+text)
				if named(r.Rows) != "2 試験 太郎" || r.Rows[0].Line != at+1 {
					t.Errorf("%s at line %d", named(r.Rows), r.Rows[0].Line)
				}
			})
		}
	}
	sjis, err := japanese.ShiftJIS.NewEncoder().String("sep=;\r\n番号;氏名;生年月日\r\n1;髙橋 ①郎;1986-04-12\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if r := read(t, sjis); named(r.Rows) != "2 髙橋 ①郎" {
		t.Errorf("in Shift_JIS: %s", named(r.Rows))
	}
	spoilt := "sep=,\n番号,氏名,生年月日\n1,試験\xff郎,1986-04-12\n" // its heading tells the coding all the same
	if r := read(t, spoilt); named(r.Rows) != "2 試験〓郎" {
		t.Errorf("a spoilt byte: %s", named(r.Rows))
	}
}

// Databases and spreadsheets write a day as its midnight (ISO 8601; Excel in Japanese and English).
func TestMidnightBehindADateIsNoTime(t *testing.T) {
	for _, cell := range []string{"2026/04/01 0:00", "2026/04/01 0:00:00", "2026/04/01 00:00",
		"2026-04-01 00:00:00.000", "2026-04-01T00:00", "2026-04-01T00:00:00",
		"2026-04-01T00:00:00Z", "2026-04-01T00:00:00+09:00", "2026-04-01 00:00:00+0900",
		"2026-04-01 00:00:00 JST", "2026-04-01T00:00:00.000Z", "2026年4月1日 午前0時", "2026年4月1日午前0時00分",
		"２０２６／０４／０１　０：００：００", "2026/04/01 午前 0:00:00", "2026/04/01 12:00:00 AM", "2026/4/1 0時0分0秒",
		"R8.4.1 0:00", "令和8年4月1日 00:00:00", "20260401 00:00:00",
		"2026－04－01", "2026‐04‐01", "2026‑04‑01", "2026−04−01", "2026–04–01", "2026—04—01", "2026ー04ー01",
		"2026ｰ04ｰ01", "2026―04―01", "2026‒04‒01"} {
		t.Run(cell, func(t *testing.T) {
			row := read(t, "番号,氏名,生年月日,資格取得年月日\n1,試験 太郎,1986-04-12,"+cell+"\n").Rows[0]
			if !row.Accepted || row.Person.QualifiedOn != eligibility.MustDate("2026-04-01") {
				t.Errorf("%s %v", row.Person.QualifiedOn, row.Reasons)
			}
		})
	}
	others := []string{"2026/04/01 9:30", "2026/04/01 0:01", "2026-04-01T15:00:00Z",
		"2026-04-01T00:00:00-05:00", "2026年4月1日 午後0時", "2026/04/01 12:00:00 PM", "2026/04/01 12:00",
		"2026-04-01 00:00:00.5", "2026/04/01 24:00", "2026年4月1日9時"}
	testenv.Refused(t, testenv.Files, len(others))
	for _, cell := range others {
		t.Run(cell, func(t *testing.T) {
			row := read(t, "番号,氏名,生年月日,資格取得年月日\n1,試験 太郎,1986-04-12,"+cell+"\n").Rows[0]
			if codes(row.Reasons) != "date_time" || row.Reasons[0].Column != "資格取得年月日" {
				t.Errorf("%+v", row.Reasons)
			}
		})
	}
}

// 記号・番号 with any hyphen are the same person, and postcodes the same place.
func TestHyphensOfEveryKindAreRead(t *testing.T) {
	want := PersonKey(read(t, "記号,番号,枝番,氏名,生年月日\n12-3,45-6,01,試験 太郎,1986-04-12\n").Rows[0].Person)
	for _, r := range "‐‑‒–—―−－ーｰ─━﹣﹘" {
		t.Run(fmt.Sprintf("%U", r), func(t *testing.T) {
			h := string(r)
			row := read(t, "記号,番号,枝番,氏名,生年月日,郵便番号\n１２"+h+"３,45"+h+"6,01,試験 太郎,1986"+h+"04"+h+"12,100"+h+
				"0001\n").Rows[0]
			if !row.Accepted || PersonKey(row.Person) != want ||
				row.Person.BirthDate != eligibility.MustDate("1986-04-12") {
				t.Errorf("%+v", row)
			}
			if code, _ := eligibility.PostCode(row.Person.PostCode); code != "100-0001" {
				t.Error(code)
			}
		})
	}
}

// A spreadsheet's row is where clerks mend: blank rows count, breaks of lines in a cell do not.
func TestARowSaysItsPlaceAsTheSpreadsheetCounts(t *testing.T) {
	for _, c := range []struct{ name, rows, want string }{
		{"plainly", "1,試験 太郎,x\n", "2行目"},
		{"behind a blank row", "\n1,試験 太郎,x\n", "3行目"},
		{"behind a row of commas", ",,\n1,試験 太郎,x\n", "3行目"},
		{"behind a break in a cell", "1,\"試験\n太郎\",1986-04-12\n2,試験 花子,x\n", "表計算の3行目（ファイルの4行目）"},
		{"behind two breaks", "1,\"試験\n\n太郎\",1986-04-12\n2,試験 花子,x\n", "表計算の3行目（ファイルの5行目）"},
		{"behind a break and a blank row", "1,\"試験\n太郎\",1986-04-12\n\n2,試験 花子,x\n", "表計算の4行目（ファイルの5行目）"},
		{"with a break of its own", "1,\"試験\n太郎\",x\n", "2行目"},
		{"behind a blank row and breaks in a cell",
			"1,a,1986-04-12\n2,b,1986-04-12\n\n3,\"c\nd\ne\",1986-04-12\n4,f,1986-04-12\n5,試験,x\n",
			"表計算の7行目（ファイルの9行目）"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := read(t, "番号,氏名,生年月日\n"+c.rows)
			last := r.Rows[len(r.Rows)-1]
			if last.Accepted || last.Place() != c.want {
				t.Errorf("%s, want %s", last.Place(), c.want)
			}
			var file, report bytes.Buffer
			if r.WriteErrors(&file) != nil ||
				!strings.Contains(file.String(), fmt.Sprintf("\r\n%d,%d,", last.Line, last.Sheet)) {
				t.Errorf("%q", file.String())
			}
			if r.WriteJSON(&report) != nil ||
				!strings.Contains(report.String(),
					fmt.Sprintf(`{"line":%d,"row":%d,"accepted":false`, last.Line, last.Sheet)) {
				t.Error(report.String())
			}
		})
	}
	if r := read(t, "sep=,\n番号,氏名,生年月日\n1,試験,x\n"); r.Rows[0].Place() != "表計算の2行目（ファイルの3行目）" {
		t.Errorf("behind sep=: %s", r.Rows[0].Place())
	}
}
