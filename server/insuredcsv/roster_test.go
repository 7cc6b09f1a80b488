package insuredcsv

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"madoguchi/eligibility"
)

const insurer = eligibility.InsurerNumber("06139992")

// whole is a file with all its rows.
type whole struct {
	*Roster
	Rows    []Row
	Refused int
}

func readWhole(file io.Reader, o Options) (whole, error) {
	r, err := Read(file, o)
	if err != nil {
		return whole{}, err
	}
	w := whole{Roster: r, Rows: slices.Collect(r.Rows())}
	for _, row := range w.Rows {
		if !row.Accepted {
			w.Refused++
		}
	}
	return w, nil
}

func read(t *testing.T, text string) whole {
	t.Helper()
	r, err := readWhole(strings.NewReader(text), Options{Insurer: insurer, Today: eligibility.MustDate("2026-11-22")})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func codes(notes []Note) string {
	var out []string
	for _, n := range notes {
		out = append(out, n.Code)
	}
	return strings.Join(out, " ")
}

func TestSamplesAreAcceptedWhole(t *testing.T) {
	for _, n := range []eligibility.InsurerNumber{"00138990", "06139992", "01139997"} {
		r, err := readWhole(bytes.NewReader(Sample(n)), Options{Insurer: n})
		if err != nil || r.Refused != 0 || len(r.Unknown) != 0 || len(r.Rows) == 0 {
			t.Errorf("%s: %+v %v", n, r, err)
		}
	}
}

func TestColumnsInAnyOrderAndBySynonym(t *testing.T) {
	r := read(t, "ﾌﾘｶﾞﾅ,被保険者番号,メモ,氏　名,生年月日,一部負担金割合,有効開始年月日,有効終了年月日,通称名カナ,本人・家族の別\r\nｼｹﾝ ﾊﾅｺ,５６７,abc,試験 花子,S63.11.30,030,2026/8/1,20270731,ﾃｽﾄ,2\r\n")
	if len(r.Rows) != 1 || !r.Rows[0].Accepted || r.Rows[0].Line != 2 {
		t.Fatalf("%+v", r.Rows)
	}
	p := r.Rows[0].Person
	want := eligibility.Person{Insurer: insurer, Number: "５６７", Name: "試験 花子", Kana: "ｼｹﾝ ﾊﾅｺ", BirthDate: eligibility.MustDate("1988-11-30"), AssignedShare: 30,
		ValidFrom: eligibility.MustDate("2026-08-01"), ValidUntil: eligibility.MustDate("2027-07-31"), AliasKana: "ﾃｽﾄ", Relation: eligibility.Dependent}
	if p != want {
		t.Errorf("%+v", p)
	}
	if len(r.Unknown) != 1 || r.Unknown[0] != "メモ" {
		t.Errorf("unknown columns: %v", r.Unknown)
	}
}

func TestEveryFormOfAValue(t *testing.T) {
	one := func(column, value string) Row {
		return read(t, "番号,氏名,生年月日,"+column+"\n1,試験 太郎,1986-04-12,\""+strings.ReplaceAll(value, `"`, `""`)+"\"\n").Rows[0]
	}
	for value, want := range map[string]int{"3割": 30, "30": 30, "30%": 30, "030": 30, "0.3": 30, "３割": 30, "三割": 30, "1": 10, "2": 20, "3": 30, "２０％": 20, "": 0} {
		if row := one("負担割合", value); !row.Accepted || row.Person.AssignedShare != want {
			t.Errorf("負担割合 %q: %d %v", value, row.Person.AssignedShare, row.Reasons)
		}
	}
	for _, value := range []string{"4割", "3%", "50", "-1", "三", "割", "10割", "30割", "020割", "0.3割", "0.3%", ".1%", "30%%", "%"} { // 10割 is all of the costs
		if row := one("負担割合", value); row.Accepted != (value == "三") {
			t.Errorf("負担割合 %q: accepted %v", value, row.Accepted)
		}
	}
	for value, want := range map[string]eligibility.Answer{"有": "yes", "無": "no", "○": "yes", "×": "no", "1": "yes", "0": "no", "はい": "yes", "いいえ": "no", "": ""} {
		if row := one("マイナ保険証登録", value); !row.Accepted || row.Person.Registered != want {
			t.Errorf("登録 %q: %q %v", value, row.Person.Registered, row.Reasons)
		}
	}
	for value, want := range map[string]eligibility.LimitClass{"ア": "A01", "オ": "A05", "現役並みⅠ": "B03", "現役並みⅢ": "B01", "B10": "B10", "a01": "A01", "低所得Ⅱ": "B05", "ウ": "A03"} {
		if row := one("限度額適用区分", value); !row.Accepted || row.Person.Limit != want {
			t.Errorf("限度額 %q: %q %v", value, row.Person.Limit, row.Reasons)
		}
	}
	for value, want := range map[string]eligibility.Sex{"男": "male", "女": "female", "1": "male", "2": "female", "3": ""} {
		if row := one("性別", value); !row.Accepted || row.Person.Sex != want {
			t.Errorf("性別 %q: %q %v", value, row.Person.Sex, row.Reasons)
		}
	}
}

func TestRowsThatAreRefusedSayWhy(t *testing.T) {
	for name, c := range map[string]struct{ row, code, column string }{
		"no number":           {",試験 太郎,1986-04-12,", "missing", "番号"},
		"no name":             {"1,,1986-04-12,", "missing", "氏名"},
		"no birth date":       {"1,試験 太郎,,", "missing", "生年月日"},
		"impossible date":     {"1,試験 太郎,1986-02-30,", "date", "生年月日"},
		"era that had ended":  {"1,試験 太郎,昭和64年1月8日,", "date", "生年月日"},
		"born tomorrow":       {"1,試験 太郎,2026-11-23,", "future", "生年月日"},
		"serial date":         {"1,試験 太郎,31514,", "spreadsheet_date", "生年月日"},
		"another insurer":     {"1,試験 太郎,1986-04-12,01139997", "other_insurer", "保険者番号"},
		"wrong check digit":   {"1,試験 太郎,1986-04-12,06139993", "insurer", "保険者番号"},
		"scientific notation": {"1.23E+10,試験 太郎,1986-04-12,", "spreadsheet_number", "番号"},
		"too many cells":      {"1,試験 太郎,1986-04-12,,,,x", "too_many_cells", ""},
		"open quote":          {"1,\"試験 太郎,1986-04-12,", "quotes", ""},
		"control character":   {"1,試験\x00太郎,1986-04-12,", "control", "氏名"},
		"hidden direction":    {"1,試験\u202e太郎,1986-04-12,", "control", "氏名"},
	} {
		r := read(t, "番号,氏名,生年月日,保険者番号\n"+c.row+"\n2,試験 次郎,1990-05-05,\n")
		row := r.Rows[0]
		if row.Accepted || len(row.Reasons) == 0 || row.Reasons[0].Code != c.code || row.Reasons[0].Column != c.column || row.Reasons[0].Text("ja") == "" || row.Reasons[0].Text("en") == "" {
			t.Errorf("%s: %+v", name, row)
		}
		if last := r.Rows[len(r.Rows)-1]; !last.Accepted || last.Line != 3 {
			t.Errorf("%s: the good row behind it: %+v", name, last)
		}
	}
}

// 枝番 is two half-width digits (JP Core; docs/facts/insurer-numbers.md#symbol-number-branch); it stands
// in the signed code and on papers as it is stored.
func TestABranchNumberIsTwoDigits(t *testing.T) {
	for cell, want := range map[string]string{"01": "01", "1": "01", "０２": "02", "10": "10", "00": "00", "": "", "+1": "branch", "-0": "branch", "-1": "branch", "1.": "branch", "a": "branch", "001": "branch", "٠١": "branch"} {
		row := read(t, "番号,枝番,氏名,生年月日\n1,"+cell+",試験 太郎,1986-04-12\n").Rows[0]
		got := row.Person.BranchNumber
		if !row.Accepted {
			got = codes(row.Reasons)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", cell, got, want)
		}
	}
}

func TestWarningsDoNotRefuse(t *testing.T) {
	for name, c := range map[string]struct{ row, code string }{
		"day unknown":       {"1,試験 太郎,昭和25年月日不詳,", "birth_date_partial"},
		"zero month":        {"1,試験 太郎,1950-00-00,", "birth_date_partial"},
		"lost leading zero": {"1,試験 太郎,1986-04-12,6139992", "leading_zero"},
		"unreadable kanji":  {"1,試験 \ue000郎,1986-04-12,", "gaiji"},
	} {
		row := read(t, "番号,氏名,生年月日,保険者番号\n"+c.row+"\n").Rows[0]
		if !row.Accepted || codes(row.Warnings) != c.code {
			t.Errorf("%s: %+v", name, row)
		}
	}
}

// 00 for a month or day, and 不詳, are warnings (import's contract): what is known is kept. Only the two days that end an
// eligibility are not guessed: without 資格喪失年月日 or 有効期限 somebody would stay insured.
func TestPartlyUnknownDatesAreWarnings(t *testing.T) {
	for _, c := range []struct{ column, cell, code string }{
		{"資格取得年月日", "昭和50年不詳", "date_partial"}, {"適用開始年月日", "2020-04-00", "date_partial"}, {"交付年月日", "不詳", "date_partial"}, {"発効期日", "20200000", "date_partial"},
		{"電子証明書有効期限", "2027-00-00", "date_partial"}, {"資格喪失年月日", "2026-00-00", "refused date_partial"}, {"有効期限", "2027-07-00", "refused date_partial"}, {"有効期限", "不詳", "refused date_partial"},
		{"資格喪失年月日", "0000-00-00", ""}, {"資格取得年月日", "00000000", ""},
	} {
		row := read(t, "番号,氏名,生年月日,"+c.column+"\n1,試験 太郎,1986-04-12,"+c.cell+"\n").Rows[0]
		got := codes(row.Warnings)
		if !row.Accepted {
			got = "refused " + codes(row.Reasons)
		}
		p := row.Person
		if got != c.code || p.QualifiedOn != (eligibility.Date{}) || p.CoverageFrom != p.QualifiedOn || p.ValidFrom != p.QualifiedOn || p.CertificateUntil != p.QualifiedOn {
			t.Errorf("%s %s: %q, want %q: %+v", c.column, c.cell, got, c.code, p)
		}
	}
	for cell, want := range map[string]string{"不詳": "birth_date_unknown", "生年月日不詳": "birth_date_unknown", "昭和25年5月不詳": "birth_date_partial"} {
		if row := read(t, "番号,氏名,生年月日\n1,試験 太郎,"+cell+"\n").Rows[0]; !row.Accepted || codes(row.Warnings) != want {
			t.Errorf("生年月日 %s: %+v", cell, row)
		}
	}
	if row := read(t, "番号,氏名,生年月日\n1,試験 太郎,0000-00-00\n").Rows[0]; row.Accepted || codes(row.Reasons) != "missing" {
		t.Errorf("生年月日 0000-00-00: %+v", row)
	}
}

func TestDatesThatContradictEachOther(t *testing.T) {
	for _, c := range []struct{ qualified, lost, code string }{
		{"2020-04-01", "2020-03-31", "refused order"}, {"2020-04-01", "2020-04-01", ""}, {"2020-04-01", "2026-04-01", ""}, {"1986-04-12", "", ""}, {"1986-04-11", "", "before_birth"},
	} {
		row := read(t, "番号,氏名,生年月日,資格取得年月日,資格喪失年月日\n1,試験 太郎,1986-04-12,"+c.qualified+","+c.lost+"\n").Rows[0]
		got := codes(row.Warnings)
		if !row.Accepted {
			got = "refused " + codes(row.Reasons)
		}
		if got != c.code {
			t.Errorf("%s to %s: %q, want %q", c.qualified, c.lost, got, c.code)
		}
	}
}

// A number whose 法別番号 no health insurance has is a 公費負担者番号
// (docs/facts/insurer-numbers.md#system-numbers): nobody is insured by it.
func TestANumberOfAPublicExpenseIsNoInsurer(t *testing.T) {
	r, err := readWhole(strings.NewReader("保険者番号,番号,氏名,生年月日\n80130123,1,試験 太郎,1986-04-12\n06139992,2,試験 次郎,1990-05-05\n"), Options{})
	if err != nil || r.Rows[0].Accepted || codes(r.Rows[0].Reasons) != "insurer" || r.Rows[0].Reasons[0].Column != "保険者番号" || !r.Rows[1].Accepted || r.Insurer != insurer {
		t.Errorf("%+v %v", r.Rows, err)
	}
}

func TestShiftJISIsDetectedAndGaijiBecomesGeta(t *testing.T) {
	text := "番号,氏名,生年月日\r\n1,髙橋 ①㈱～,S55.2.17\r\n2,試験?郎,S55.2.17\r\n"
	sjis, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	sjis = bytes.Replace(sjis, []byte("?"), []byte{0xF0, 0x40}, 1) // the first code point of the user-defined area of CP932
	r := read(t, string(sjis))
	if got := r.Rows[0].Person.Name; got != "髙橋 ①㈱～" {
		t.Errorf("read as %q", got)
	}
	if got := r.Rows[1]; got.Person.Name != "試験〓郎" || codes(got.Warnings) != "gaiji" {
		t.Errorf("gaiji: %+v", got)
	}
	for _, bom := range []string{"", "\ufeff"} {
		if r := read(t, bom+text); r.Rows[0].Person.Name != "髙橋 ①㈱～" {
			t.Errorf("UTF-8 with %d bytes of BOM: %+v", len(bom), r.Rows[0])
		}
	}
}

// One byte that a program cut or spoiled does not make a UTF-8 file Shift_JIS: its heading tells. What cannot be read is 〓
// with a warning, as any gaiji is.
func TestASpoiltByteInUTF8IsOneUnreadableCharacter(t *testing.T) {
	for name, text := range map[string]string{
		"in a name":     "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n2,試験\xff郎,1990-05-05\n",
		"cut at an end": "番号,氏名,生年月日,住所\n1,試験 太郎,1986-04-12,\n2,試験郎,1990-05-05,東京都\xe6\x9e",
	} {
		r, err := readWhole(strings.NewReader(text), Options{Insurer: insurer})
		if err != nil || len(r.Rows) != 2 || !r.Rows[0].Accepted || codes(r.Rows[0].Warnings) != "" || !r.Rows[1].Accepted || codes(r.Rows[1].Warnings) != "gaiji" {
			t.Errorf("%s: %+v %v", name, r.Rows, err)
		}
	}
}

// validMyNumber makes a number at run time that passes the check digit; none stands in a file.
func validMyNumber() string {
	for d := '0'; d <= '9'; d++ {
		if n := "98765432109" + string(d); eligibility.HoldsMyNumber(n) {
			return n
		}
	}
	panic("no digit fits")
}

func TestAMyNumberRefusesTheWholeFileWithoutEcho(t *testing.T) {
	n := validMyNumber()
	for name, text := range map[string]string{
		"value":        "番号,氏名,生年月日,メモ\n1,試験 太郎,1986-04-12,\n2,試験 次郎,1990-05-05," + n + "\n",
		"with hyphens": "番号,氏名,生年月日,メモ\n1,試験 太郎,1986-04-12,\n2,試験 次郎,1990-05-05," + n[:4] + "-" + n[4:8] + "-" + n[8:] + "\n",
		"in the name":  "番号,氏名,生年月日,メモ\n1,試験 太郎,1986-04-12,\n2,試験 次郎 " + n + ",1990-05-05,\n",
	} {
		r, err := Read(strings.NewReader(text), Options{Insurer: insurer})
		var e *eligibility.Error
		if r != nil || !errors.Is(err, ErrMyNumber) || !errors.As(err, &e) || !strings.Contains(e.Ja(), "3行目") || strings.Contains(fmt.Sprint(err, e.Ja(), e.En()), n[:4]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, heading := range []string{"個人番号", "マイナンバー", "My Number", "ＭＹＮＵＭＢＥＲ", "マイナンバー（12桁）"} {
		if _, err := Read(strings.NewReader("番号,氏名,生年月日,"+heading+"\n1,試験 太郎,1986-04-12,\n"), Options{Insurer: insurer}); !errors.Is(err, ErrMyNumber) {
			t.Errorf("heading %s: %v", heading, err)
		}
	}
	for _, heading := range []string{"マイナ保険証登録", "マイナンバーカード保険証登録", "個人番号カード保険証登録"} { // 個人番号カード is the card's name in 番号法 2条7項
		if r, err := readWhole(strings.NewReader("番号,氏名,生年月日,"+heading+"\n1,試験 太郎,1986-04-12,有\n"), Options{Insurer: insurer}); err != nil || r.Rows[0].Person.Registered != eligibility.Yes {
			t.Errorf("%s: %+v %v", heading, r.Rows, err)
		}
	}
}

func TestAMapOfHeadingsIsOneObjectOfTexts(t *testing.T) {
	for text, want := range map[string]string{
		"\ufeff" + `{"加入者":"氏名","備考":""}`: "", `{}`: "", `{"加入者":"氏名"} `: "",
		``: "import.map", `[]`: "import.map", `null`: "import.map", `{"加入者":1}`: "import.map", `{"加入者":"氏名"} x`: "import.map", `{"加入者":"氏名"`: "import.map",
		`{"加入者":"氏名","加入者":"番号"}`: "import.map", `{"加入者":"氏名","加　入　者":"番号"}`: "import.map", `{"加入者":"なにか"}`: "import.column_unknown", `{"個人番号":""}`: "import.map_my_number",
	} {
		_, err := ReadMap(strings.NewReader(text))
		var e *eligibility.Error
		if want == "" && err != nil || want != "" && (!errors.As(err, &e) || e.Key != want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// A file of headings may hold a number by a slip of columns: the refusal must not say it again.
func TestAMyNumberAmongTheHeadingsIsNotEchoed(t *testing.T) {
	n := validMyNumber()
	for _, text := range []string{`{"加入者":"` + n + `"}`, `{"` + n + `":"氏名"}`, `{"加入者":"氏名 ` + n + `"}`} {
		_, err := ReadMap(strings.NewReader(text))
		var e *eligibility.Error
		if !errors.As(err, &e) || e.Key != "import.map_my_number" || strings.Contains(fmt.Sprint(err, e.Ja(), e.En()), n[:4]) {
			t.Error("not refused, or echoed")
		}
	}
}

func TestFilesThatAreRefusedWhole(t *testing.T) {
	for name, c := range map[string]struct{ text, key string }{
		"empty":          {"", "import.empty"},
		"blank lines":    {"\n\n \n", "import.empty"},
		"no birth date":  {"番号,氏名\n1,試験\n", "import.columns_missing"},
		"no heading":     {"1,試験 太郎,1986-04-12\n", "import.columns_missing"},
		"a column twice": {"番号,氏名,生年月日,被保険者番号\n1,試験,1986-04-12,2\n", "import.column_twice"},
	} {
		_, err := Read(strings.NewReader(c.text), Options{Insurer: insurer})
		var e *eligibility.Error
		if !errors.As(err, &e) || e.Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSamePersonTwiceInAFile(t *testing.T) {
	r := read(t, "記号,番号,枝番,氏名,生年月日\n１－２,０５６７,1,試験 花子,1988-11-30\n1-2,567,01,試験 花子,1988-11-30\n１－２,０５６７,1,試験 花子,1988-11-30\n")
	if !r.Rows[0].Accepted || r.Rows[1].Accepted || codes(r.Rows[1].Reasons) != "contradiction" || !r.Rows[2].Accepted || codes(r.Rows[2].Warnings) != "repeated" {
		t.Errorf("%+v", r.Rows)
	}
}

func TestFamilyWithoutBranchNumbersIsSeveralPeople(t *testing.T) {
	a := eligibility.Person{Insurer: insurer, Number: "567", Name: "試験 太郎", BirthDate: eligibility.MustDate("1986-04-12")}
	b := a
	b.Name, b.BirthDate = "試験 花子", eligibility.MustDate("1988-11-30")
	if Key(a) == Key(b) {
		t.Error("two people, one key")
	}
	c := a
	c.Name = "試験　太郎"
	if Key(a) != Key(c) {
		t.Error("blanks in a name make another person")
	}
}

func TestPhysicalLinesCountThroughQuotedBreaks(t *testing.T) {
	r := read(t, "番号,氏名,住所,生年月日\n1,試験 太郎,\"東京都\n架空市\",1986-04-12\n\n2,試験 次郎,,x\n")
	if len(r.Rows) != 2 || r.Rows[0].Line != 2 || r.Rows[0].Person.Address != "東京都 架空市" || r.Rows[1].Line != 5 {
		t.Errorf("%+v", r.Rows)
	}
}

// RFC 4180 section 2: a cell in quotes may hold commas, line breaks and doubled quotes; a cell without them holds no quote.
// Whatever stands on a line, the lines behind it are read for themselves.
func TestASlipWithQuotesSpoilsItsOwnRowOnly(t *testing.T) {
	for name, c := range map[string]struct {
		rows string
		want string // of each row: its line, and the name that was read or the code of the refusal
	}{
		"stray quotes on two lines":   {"1,試験\"太郎,1986-04-12\n2,試験 次郎,1990-05-05\n3,試験\"三郎,1990-05-06\n4,試験 四郎,1990-05-07\n", "2 quotes, 3 試験 次郎, 4 quotes, 5 試験 四郎"},
		"opened on two lines":         {"1,\"試験 太郎,1986-04-12\n2,試験 次郎,1990-05-05\n3,\"試験 三郎,1990-05-06\n4,試験 四郎,1990-05-07\n", "2 quotes, 3 試験 次郎, 4 quotes, 5 試験 四郎"},
		"closed too early":            {"1,\"試験\"太郎,1986-04-12\n2,試験 次郎,1990-05-05\n", "2 quotes, 3 試験 次郎"},
		"a pair within a cell":        {"1,試験 \"太\" 郎,1986-04-12\n2,試験 次郎,1990-05-05\n", "2 quotes, 3 試験 次郎"},
		"blanks around the quotes":    {"1, \"試験 太郎\" ,1986-04-12\n", "2 試験 太郎"},
		"commas and doubled quotes":   {"1,\"試験, \"\"太郎\"\"\",1986-04-12\n", "2 試験, \"太郎\""},
		"a line break and an end":     {"\"1\",\"試験\n太郎\",\"1986-04-12\"\n2,試験 次郎,1990-05-05", "2 試験 太郎, 4 試験 次郎"},
		"a number kept as a text":     {"=\"0012\",試験 太郎,1986-04-12\n", "2 試験 太郎"},
		"quoted, empty, then another": {"\"1\",試験 太郎,1986-04-12,\"\"\n\"2\",試験 次郎,1990-05-05,\n", "2 試験 太郎, 3 試験 次郎"},
	} {
		var got []string
		for _, row := range read(t, "番号,氏名,生年月日,住所\n"+c.rows).Rows {
			says := row.Person.Name
			if !row.Accepted {
				says = row.Reasons[0].Code
			}
			got = append(got, fmt.Sprint(row.Line, " ", says))
		}
		if got := strings.Join(got, ", "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestErrorFileCannotRunFormulasAndComesBackMended(t *testing.T) {
	r := read(t, "番号,氏名,生年月日\n=1+1,@試験,\n")
	var b bytes.Buffer
	if err := r.WriteErrors(&b); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(b.String(), "\ufeff")
	if !ok || !strings.Contains(text, "\r\n") {
		t.Error("no BOM or no CRLF")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != "2" || rows[1][4] != "'=1+1" || rows[1][5] != "'@試験" {
		t.Errorf("%q %v", rows, err)
	}
	if again := read(t, text); again.Rows[0].Person.Number != "=1+1" {
		t.Errorf("sent again: %+v", again.Rows[0].Person)
	}
}

// The command's contract: UTF-8 with BOM, whatever the file was written in. The clerk's page gives back what it got.
func TestErrorFileOfAShiftJISFile(t *testing.T) {
	sjis, err := japanese.ShiftJIS.NewEncoder().String("番号,氏名,生年月日\r\n1,髙橋 ①郎,1986-02-30\r\n")
	if err != nil {
		t.Fatal(err)
	}
	r := read(t, sjis)
	var utf8, asSent bytes.Buffer
	if err := errors.Join(r.WriteErrors(&utf8), r.WriteErrorsAsSent(&asSent)); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(utf8.String(), "\ufeff行,表計算の行,列,理由,番号,氏名,生年月日\r\n2,2,生年月日,") || !strings.Contains(utf8.String(), "1,髙橋 ①郎,1986-02-30") {
		t.Errorf("%q", utf8.String())
	}
	if text, err := japanese.ShiftJIS.NewDecoder().String(asSent.String()); err != nil || "\ufeff"+text != utf8.String() {
		t.Errorf("%q %v", text, err)
	}
	if again := read(t, utf8.String()); again.Rows[0].Cells[5] != "髙橋 ①郎" {
		t.Errorf("sent again: %+v", again.Rows[0])
	}
}

func TestReportIsOneJSONObjectARow(t *testing.T) {
	r := read(t, "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n,試験 次郎,1990-05-05\n")
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if lines[0] != `{"line":2,"row":2,"accepted":true,"reasons":[],"warnings":[]}` {
		t.Error(lines[0])
	}
	var second map[string]any
	if err := json.Unmarshal([]byte(lines[1]), &second); err != nil || second["accepted"] != false {
		t.Errorf("%v %v", second, err)
	}
}

func FuzzReadNeverPanics(f *testing.F) {
	f.Add([]byte("番号,氏名,生年月日\n1,\"試験,1986-04-12\n"))
	f.Add([]byte{0x94, 0xD4, ',', 0xFF, '\n'})
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Read(bytes.NewReader(data), Options{Insurer: insurer})
		if err == nil {
			for row := range r.Rows() {
				if row.Accepted == (len(row.Reasons) > 0) {
					t.Error("accepted with reasons, or refused without")
				}
			}
		}
	})
}

func BenchmarkRead100000Rows(b *testing.B) {
	var text strings.Builder
	text.WriteString("保険者番号,記号,番号,枝番,氏名,氏名カナ,生年月日,性別,負担割合,郵便番号,住所\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "06139992,１２－３,%07d,00,試験 太郎,ｼｹﾝ ﾀﾛｳ,S55.2.17,男,3割,100-0000,東京都架空市架空町1-2-3\n", i)
	}
	for b.Loop() {
		if r, err := readWhole(strings.NewReader(text.String()), Options{Insurer: insurer}); err != nil || r.Refused > 0 {
			b.Fatal(err)
		}
	}
}
