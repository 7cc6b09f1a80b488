package insuredcsv

import (
	"errors"
	"strings"
	"testing"

	"madoguchi/eligibility"
)

func TestRowsThatAreRefusedSayWhy(t *testing.T) {
	for _, c := range []struct {
		name              string
		row, code, column string
	}{
		{"no number", ",試験 太郎,1986-04-12,", "missing", "番号"},
		{"no name", "1,,1986-04-12,", "missing", "氏名"},
		{"no birth date", "1,試験 太郎,,", "missing", "生年月日"},
		{"impossible date", "1,試験 太郎,1986-02-30,", "date", "生年月日"},
		{"era that had ended", "1,試験 太郎,昭和64年1月8日,", "date", "生年月日"},
		{"born tomorrow", "1,試験 太郎,2026-11-23,", "future", "生年月日"},
		{"serial date", "1,試験 太郎,31514,", "spreadsheet_date", "生年月日"},
		{"another insurer", "1,試験 太郎,1986-04-12,01139997", "other_insurer", "保険者番号"},
		{"wrong check digit", "1,試験 太郎,1986-04-12,06139993", "insurer", "保険者番号"},
		{"scientific notation", "1.23E+10,試験 太郎,1986-04-12,", "spreadsheet_number", "番号"},
		{"too many cells", "1,試験 太郎,1986-04-12,,,,x", "too_many_cells", ""},
		{"open quote", "1,\"試験 太郎,1986-04-12,", "quotes", ""},
		{"control character", "1,試験\x00太郎,1986-04-12,", "control", "氏名"},
		{"hidden direction", "1,試験\u202e太郎,1986-04-12,", "control", "氏名"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := read(t, "番号,氏名,生年月日,保険者番号\n"+c.row+"\n2,試験 次郎,1990-05-05,\n")
			row := r.Rows[0]
			if row.Accepted || len(row.Reasons) == 0 || row.Reasons[0].Code != c.code ||
				row.Reasons[0].Column != c.column || row.Reasons[0].Text("ja") == "" ||
				row.Reasons[0].Text("en") == "" {
				t.Errorf("%s: %+v", c.name, row)
			}
			if last := r.Rows[len(r.Rows)-1]; !last.Accepted || last.Line != 3 {
				t.Errorf("%s: the good row behind it: %+v", c.name, last)
			}
		})
	}
}

// 枝番 is two half-width digits (JP Core; docs/facts/insurer-numbers.md#symbol-number-branch); it stands
// in the signed code and on papers as it is stored.
func TestABranchNumberIsTwoDigits(t *testing.T) {
	for _, c := range []struct {
		cell, want string
	}{
		{"01", "01"},
		{"1", "01"},
		{"０２", "02"},
		{"10", "10"},
		{"00", "00"},
		{"", ""},
		{"+1", "branch"},
		{"-0", "branch"},
		{"-1", "branch"},
		{"1.", "branch"},
		{"a", "branch"},
		{"001", "branch"},
		{"٠١", "branch"},
	} {
		t.Run(c.cell, func(t *testing.T) {
			row := read(t, "番号,枝番,氏名,生年月日\n1,"+c.cell+",試験 太郎,1986-04-12\n").Rows[0]
			got := row.Person.BranchNumber
			if !row.Accepted {
				got = codes(row.Reasons)
			}
			if got != c.want {
				t.Errorf("%q: %q, want %q", c.cell, got, c.want)
			}
		})
	}
}

func TestWarningsDoNotRefuse(t *testing.T) {
	for _, c := range []struct {
		name      string
		row, code string
	}{
		{"day unknown", "1,試験 太郎,昭和25年月日不詳,", "birth_date_partial"},
		{"zero month", "1,試験 太郎,1950-00-00,", "birth_date_partial"},
		{"lost leading zero", "1,試験 太郎,1986-04-12,6139992", "leading_zero"},
		{"unreadable kanji", "1,試験 \ue000郎,1986-04-12,", "gaiji"},
	} {
		t.Run(c.name, func(t *testing.T) {
			row := read(t, "番号,氏名,生年月日,保険者番号\n"+c.row+"\n").Rows[0]
			if !row.Accepted || codes(row.Warnings) != c.code {
				t.Errorf("%s: %+v", c.name, row)
			}
		})
	}
}

// 00 for a month or day, and 不詳, are warnings (import's contract): what is known is kept. Only the two days
// that end an eligibility are not guessed: without 資格喪失年月日 or 有効期限 somebody would stay insured.
func TestPartlyUnknownDatesAreWarnings(t *testing.T) {
	for _, c := range []struct{ column, cell, code string }{
		{"資格取得年月日", "昭和50年不詳", "date_partial"}, {"適用開始年月日", "2020-04-00", "date_partial"},
		{"交付年月日", "不詳", "date_partial"}, {"発効期日", "20200000", "date_partial"},
		{"電子証明書有効期限", "2027-00-00", "date_partial"}, {"資格喪失年月日", "2026-00-00", "refused date_partial"},
		{"有効期限", "2027-07-00", "refused date_partial"}, {"有効期限", "不詳", "refused date_partial"},
		{"資格喪失年月日", "0000-00-00", ""}, {"資格取得年月日", "00000000", ""},
	} {
		t.Run(c.column+" "+c.cell, func(t *testing.T) {
			row := read(t, "番号,氏名,生年月日,"+c.column+"\n1,試験 太郎,1986-04-12,"+c.cell+"\n").Rows[0]
			got := codes(row.Warnings)
			if !row.Accepted {
				got = "refused " + codes(row.Reasons)
			}
			p := row.Person
			if got != c.code || p.QualifiedOn != (eligibility.Date{}) || p.CoverageFrom != p.QualifiedOn ||
				p.ValidFrom != p.QualifiedOn || p.CertificateUntil != p.QualifiedOn {
				t.Errorf("%s %s: %q, want %q: %+v", c.column, c.cell, got, c.code, p)
			}
		})
	}
	for _, c := range []struct {
		cell, want string
	}{
		{"不詳", "birth_date_unknown"},
		{"生年月日不詳", "birth_date_unknown"},
		{"昭和25年5月不詳", "birth_date_partial"},
	} {
		t.Run(c.cell, func(t *testing.T) {
			if row := read(t, "番号,氏名,生年月日\n1,試験 太郎,"+c.cell+"\n").Rows[0]; !row.Accepted ||
				codes(row.Warnings) != c.want {
				t.Errorf("生年月日 %s: %+v", c.cell, row)
			}
		})
	}
	if row := read(t, "番号,氏名,生年月日\n1,試験 太郎,0000-00-00\n").Rows[0]; row.Accepted ||
		codes(row.Reasons) != "missing" {
		t.Errorf("生年月日 0000-00-00: %+v", row)
	}
}

func TestDatesThatContradictEachOther(t *testing.T) {
	for _, c := range []struct{ qualified, lost, code string }{
		{"2020-04-01", "2020-03-31", "refused order"}, {"2020-04-01", "2020-04-01", ""},
		{"2020-04-01", "2026-04-01", ""}, {"1986-04-12", "", ""}, {"1986-04-11", "", "before_birth"},
	} {
		t.Run(c.qualified+" to "+c.lost, func(t *testing.T) {
			row := read(t, "番号,氏名,生年月日,資格取得年月日,資格喪失年月日\n1,試験 太郎,1986-04-12,"+c.qualified+","+c.lost+
				"\n").Rows[0]
			got := codes(row.Warnings)
			if !row.Accepted {
				got = "refused " + codes(row.Reasons)
			}
			if got != c.code {
				t.Errorf("%s to %s: %q, want %q", c.qualified, c.lost, got, c.code)
			}
		})
	}
}

// A number whose 法別番号 no health insurance has is a 公費負担者番号
// (docs/facts/insurer-numbers.md#system-numbers): nobody is insured by it.
func TestANumberOfAPublicExpenseIsNoInsurer(t *testing.T) {
	r, err := readWhole(
		strings.NewReader("保険者番号,番号,氏名,生年月日\n80130123,1,試験 太郎,1986-04-12\n06139992,2,試験 次郎,1990-05-05\n"),
		Options{})
	if err != nil || r.Rows[0].Accepted || codes(r.Rows[0].Reasons) != "insurer" ||
		r.Rows[0].Reasons[0].Column != "保険者番号" || !r.Rows[1].Accepted || r.Insurer != insurer {
		t.Errorf("%+v %v", r.Rows, err)
	}
}

func TestFilesThatAreRefusedWhole(t *testing.T) {
	for _, c := range []struct {
		name      string
		text, key string
	}{
		{"empty", "", "import.empty"},
		{"blank lines", "\n\n \n", "import.empty"},
		{"a heading alone", "番号,氏名,生年月日\n", "import.empty"},
		{"a heading and blank rows", "番号,氏名,生年月日\n\n,,\n 　,\"\",\n", "import.empty"},
		{"a heading alone that is none of ours", "番号,氏名\n", "import.columns_missing"},
		{"no birth date", "番号,氏名\n1,試験\n", "import.columns_missing"},
		{"no heading", "1,試験 太郎,1986-04-12\n", "import.columns_missing"},
		{"a column twice", "番号,氏名,生年月日,被保険者番号\n1,試験,1986-04-12,2\n", "import.column_twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.text), Options{Insurer: insurer})
			var e *eligibility.Error
			if !errors.As(err, &e) || e.Key != c.key {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
}

func TestSamePersonTwiceInAFile(t *testing.T) {
	r := read(t,
		"記号,番号,枝番,氏名,生年月日\n１－２,０５６７,1,試験 花子,1988-11-30\n"+
			"1-2,567,01,試験 花子,1988-11-30\n１－２,０５６７,1,試験 花子,1988-11-30\n")
	if !r.Rows[0].Accepted || r.Rows[1].Accepted || codes(r.Rows[1].Reasons) != "contradiction" ||
		!r.Rows[2].Accepted || codes(r.Rows[2].Warnings) != "repeated" {
		t.Errorf("%+v", r.Rows)
	}
}

func TestFamilyWithoutBranchNumbersIsSeveralPeople(t *testing.T) {
	a := eligibility.Person{
		Insurer:   insurer,
		Number:    "567",
		Name:      "試験 太郎",
		BirthDate: eligibility.MustDate("1986-04-12"),
	}
	b := a
	b.Name, b.BirthDate = "試験 花子", eligibility.MustDate("1988-11-30")
	if PersonKey(a) == PersonKey(b) {
		t.Error("two people, one key")
	}
	c := a
	c.Name = "試験　太郎"
	if PersonKey(a) != PersonKey(c) {
		t.Error("blanks in a name make another person")
	}
}
