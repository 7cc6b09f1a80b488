package insuredcsv

import (
	"bytes"
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
	*File
	Rows    []Row
	Refused int
}

func readWhole(file io.Reader, o Options) (whole, error) {
	r, err := Read(file, o)
	if err != nil {
		return whole{}, err
	}
	w := whole{File: r, Rows: slices.Collect(r.Rows())}
	for _, row := range w.Rows {
		if !row.Accepted {
			w.Refused++
		}
	}
	return w, nil
}

func read(t *testing.T, text string) whole {
	t.Helper()
	r, err := readWhole(strings.NewReader(text),
		Options{Insurer: insurer, Today: eligibility.MustDate("2026-11-22")})
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
		r, err := readWhole(bytes.NewReader(SampleFile(n)), Options{Insurer: n})
		if err != nil || r.Refused != 0 || len(r.Unknown) != 0 || len(r.Rows) == 0 {
			t.Errorf("%s: %+v %v", n, r, err)
		}
	}
}

func TestColumnsInAnyOrderAndBySynonym(t *testing.T) {
	r := read(t,
		"ﾌﾘｶﾞﾅ,被保険者番号,メモ,氏　名,生年月日,一部負担金割合,有効開始年月日,有効終了年月日,通称名カナ,本人・家族の別\r\n"+
			"ｼｹﾝ ﾊﾅｺ,５６７,abc,試験 花子,S63.11.30,030,2026/8/1,20270731,ﾃｽﾄ,2\r\n")
	if len(r.Rows) != 1 || !r.Rows[0].Accepted || r.Rows[0].Line != 2 {
		t.Fatalf("%+v", r.Rows)
	}
	p := r.Rows[0].Person
	want := eligibility.Person{Insurer: insurer, Number: "５６７", Name: "試験 花子", Kana: "ｼｹﾝ ﾊﾅｺ",
		BirthDate: eligibility.MustDate("1988-11-30"), AssignedShare: 30,
		ValidFrom: eligibility.MustDate("2026-08-01"), ValidUntil: eligibility.MustDate("2027-07-31"),
		AliasKana: "ﾃｽﾄ", Relation: eligibility.Dependent}
	if p != want {
		t.Errorf("%+v", p)
	}
	if len(r.Unknown) != 1 || r.Unknown[0] != "メモ" {
		t.Errorf("unknown columns: %v", r.Unknown)
	}
}

func TestEveryFormOfAValue(t *testing.T) {
	one := func(column, value string) Row {
		return read(t, "番号,氏名,生年月日,"+column+"\n1,試験 太郎,1986-04-12,\""+strings.ReplaceAll(value, `"`, `""`)+
			"\"\n").Rows[0]
	}
	for _, c := range []struct {
		value string
		want  int
	}{
		{"3割", 30},
		{"30", 30},
		{"30%", 30},
		{"030", 30},
		{"0.3", 30},
		{"３割", 30},
		{"三割", 30},
		{"1", 10},
		{"2", 20},
		{"3", 30},
		{"２０％", 20},
		{"", 0},
	} {
		t.Run(c.value, func(t *testing.T) {
			if row := one("負担割合", c.value); !row.Accepted || row.Person.AssignedShare != c.want {
				t.Errorf("負担割合 %q: %d %v", c.value, row.Person.AssignedShare, row.Reasons)
			}
		})
	}
	// 10割 is all of the costs
	for _, value := range []string{"4割", "3%", "50", "-1", "三", "割", "10割", "30割", "020割", "0.3割", "0.3%",
		".1%", "30%%", "%"} {
		if row := one("負担割合", value); row.Accepted != (value == "三") {
			t.Errorf("負担割合 %q: accepted %v", value, row.Accepted)
		}
	}
	for _, c := range []struct {
		value string
		want  eligibility.Answer
	}{
		{"有", "yes"},
		{"無", "no"},
		{"○", "yes"},
		{"×", "no"},
		{"1", "yes"},
		{"0", "no"},
		{"はい", "yes"},
		{"いいえ", "no"},
		{"", ""},
	} {
		t.Run(c.value, func(t *testing.T) {
			if row := one("マイナ保険証登録", c.value); !row.Accepted || row.Person.Registered != c.want {
				t.Errorf("登録 %q: %q %v", c.value, row.Person.Registered, row.Reasons)
			}
		})
	}
	for _, c := range []struct {
		value string
		want  eligibility.LimitClass
	}{
		{"ア", "A01"},
		{"オ", "A05"},
		{"現役並みⅠ", "B03"},
		{"現役並みⅢ", "B01"},
		{"B10", "B10"},
		{"a01", "A01"},
		{"低所得Ⅱ", "B05"},
		{"ウ", "A03"},
	} {
		t.Run(c.value, func(t *testing.T) {
			if row := one("限度額適用区分", c.value); !row.Accepted || row.Person.Limit != c.want {
				t.Errorf("限度額 %q: %q %v", c.value, row.Person.Limit, row.Reasons)
			}
		})
	}
	for _, c := range []struct {
		value string
		want  eligibility.Sex
	}{
		{"男", "male"},
		{"女", "female"},
		{"1", "male"},
		{"2", "female"},
		{"3", ""},
	} {
		t.Run(c.value, func(t *testing.T) {
			if row := one("性別", c.value); !row.Accepted || row.Person.Sex != c.want {
				t.Errorf("性別 %q: %q %v", c.value, row.Person.Sex, row.Reasons)
			}
		})
	}
}

func TestShiftJISIsDetectedAndGaijiBecomesGeta(t *testing.T) {
	text := "番号,氏名,生年月日\r\n1,髙橋 ①㈱～,S55.2.17\r\n2,試験?郎,S55.2.17\r\n"
	sjis, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	// the first code point of the user-defined area of CP932
	sjis = bytes.Replace(sjis, []byte("?"), []byte{0xF0, 0x40}, 1)
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

// One byte that a program cut or spoiled does not make a UTF-8 file Shift_JIS: its heading tells. What cannot
// be read is 〓 with a warning, as any gaiji is.
func TestASpoiltByteInUTF8IsOneUnreadableCharacter(t *testing.T) {
	for _, c := range []struct {
		name, text string
	}{
		{"in a name", "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n2,試験\xff郎,1990-05-05\n"},
		{"cut at an end", "番号,氏名,生年月日,住所\n1,試験 太郎,1986-04-12,\n2,試験郎,1990-05-05,東京都\xe6\x9e"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := readWhole(strings.NewReader(c.text), Options{Insurer: insurer})
			if err != nil || len(r.Rows) != 2 || !r.Rows[0].Accepted || codes(r.Rows[0].Warnings) != "" ||
				!r.Rows[1].Accepted || codes(r.Rows[1].Warnings) != "gaiji" {
				t.Errorf("%s: %+v %v", c.name, r.Rows, err)
			}
		})
	}
}

func TestAMapOfHeadingsIsOneObjectOfTexts(t *testing.T) {
	for _, c := range []struct {
		text, want string
	}{
		{"\ufeff" + `{"加入者":"氏名","備考":""}`, ""},
		{`{}`, ""},
		{`{"加入者":"氏名"} `, ""},
		{``, "import.map"},
		{`[]`, "import.map"},
		{`null`, "import.map"},
		{`{"加入者":1}`, "import.map"},
		{`{"加入者":"氏名"} x`, "import.map"},
		{`{"加入者":"氏名"`, "import.map"},
		{`{"加入者":"氏名","加入者":"番号"}`, "import.map"},
		{`{"加入者":"氏名","加　入　者":"番号"}`, "import.map"},
		{`{"加入者":"なにか"}`, "import.column_unknown"},
		{`{"個人番号":""}`, "import.map_my_number"},
	} {
		t.Run(c.text, func(t *testing.T) {
			_, err := ReadMap(strings.NewReader(c.text))
			var e *eligibility.Error
			if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &e) || e.Key != c.want) {
				t.Errorf("%s: %v, want %q", c.text, err, c.want)
			}
		})
	}
}

func TestPhysicalLinesCountThroughQuotedBreaks(t *testing.T) {
	r := read(t, "番号,氏名,住所,生年月日\n1,試験 太郎,\"東京都\n架空市\",1986-04-12\n\n2,試験 次郎,,x\n")
	if len(r.Rows) != 2 || r.Rows[0].Line != 2 || r.Rows[0].Person.Address != "東京都 架空市" ||
		r.Rows[1].Line != 5 {
		t.Errorf("%+v", r.Rows)
	}
}

// RFC 4180 section 2: a cell in quotes may hold commas, line breaks and doubled quotes; a cell without them
// holds no quote. Whatever stands on a line, the lines behind it are read for themselves.
func TestASlipWithQuotesSpoilsItsOwnRowOnly(t *testing.T) {
	for _, c := range []struct {
		name string

		rows string
		want string // of each row: its line, and the name that was read or the code of the refusal

	}{
		{"stray quotes on two lines",
			"1,試験\"太郎,1986-04-12\n2,試験 次郎,1990-05-05\n3,試験\"三郎,1990-05-06\n4,試験 四郎,1990-05-07\n",
			"2 quotes, 3 試験 次郎, 4 quotes, 5 試験 四郎"},
		{"opened on two lines",
			"1,\"試験 太郎,1986-04-12\n2,試験 次郎,1990-05-05\n3,\"試験 三郎,1990-05-06\n4,試験 四郎,1990-05-07\n",
			"2 quotes, 3 試験 次郎, 4 quotes, 5 試験 四郎"},
		{"closed too early", "1,\"試験\"太郎,1986-04-12\n2,試験 次郎,1990-05-05\n", "2 quotes, 3 試験 次郎"},
		{"a pair within a cell", "1,試験 \"太\" 郎,1986-04-12\n2,試験 次郎,1990-05-05\n", "2 quotes, 3 試験 次郎"},
		{"blanks around the quotes", "1, \"試験 太郎\" ,1986-04-12\n", "2 試験 太郎"},
		{"commas and doubled quotes", "1,\"試験, \"\"太郎\"\"\",1986-04-12\n", "2 試験, \"太郎\""},
		{"a line break and an end", "\"1\",\"試験\n太郎\",\"1986-04-12\"\n2,試験 次郎,1990-05-05",
			"2 試験 太郎, 4 試験 次郎"},
		{"a number kept as a text", "=\"0012\",試験 太郎,1986-04-12\n", "2 試験 太郎"},
		{"quoted, empty, then another", "\"1\",試験 太郎,1986-04-12,\"\"\n\"2\",試験 次郎,1990-05-05,\n",
			"2 試験 太郎, 3 試験 次郎"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, row := range read(t, "番号,氏名,生年月日,住所\n"+c.rows).Rows {
				says := row.Person.Name
				if !row.Accepted {
					says = row.Reasons[0].Code
				}
				got = append(got, fmt.Sprint(row.Line, " ", says))
			}
			if got := strings.Join(got, ", "); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		})
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
		if r, err := readWhole(strings.NewReader(text.String()), Options{Insurer: insurer}); err != nil ||
			r.Refused > 0 {
			b.Fatal(err)
		}
	}
}
