package insuredcsv

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/crowd"
	"madoguchi/internal/testenv"
)

// numberLike makes a number with a right check digit from eleven digits, at run time.
func numberLike(eleven string) string {
	for d := '0'; d <= '9'; d++ {
		if n := eleven + string(d); eligibility.MyNumberFits(n) {
			return n
		}
	}
	panic("no digit fits")
}

// cut cuts a number into cells.
func cut(n string, sizes ...int) string {
	var cells []string
	for _, size := range sizes {
		cells, n = append(cells, n[:size]), n[size:]
	}
	return strings.Join(cells, ",")
}

func isMyNumber(t *testing.T, text string) bool {
	t.Helper()
	_, err := Read(strings.NewReader(text), Options{Insurer: insurer})
	var e *eligibility.Error
	if err != nil && (!errors.As(err, &e) || e.Key != ErrMyNumber.Key) {
		t.Fatal(err)
	}
	return err != nil
}

// One row is enough where the cells mean no number: equal groups in columns that nobody knows, or in names
// and addresses.
func TestAMyNumberSplitOverCellsRefusesTheFile(t *testing.T) {
	n := validMyNumber()
	wide := strings.NewReplacer("0", "０", "1", "１", "2", "２", "3", "３", "4", "４", "5", "５", "6", "６", "7",
		"７", "8", "８", "9", "９")
	head := "番号,氏名,カナ氏名,生年月日,住所,メモ1,メモ2,メモ3,メモ4\n"
	row := func(tail string) string {
		return head + "1,試験 太郎,ｼｹﾝ ﾀﾛｳ,1986-04-12," + tail + "\n"
	}
	cases := []struct{ name, text string }{
		{"4+4+4 in memos", row("架空市," + cut(n, 4, 4, 4) + ",")},
		{"6+6 in memos", row("架空市," + cut(n, 6, 6) + ",,")},
		{"3+3+3+3 in memos", row("架空市," + cut(n, 3, 3, 3, 3))},
		{"address and memos", row(cut(n, 4, 4, 4) + ",,")},
		{"blank cells between", row("架空市," + n[:4] + ",," + n[4:8] + "," + n[8:])},
		{"NBSP between", row("架空市," + n[:6] + ",\u00a0,\u3000," + n[6:])},
		{"in full width", row("架空市," + wide.Replace(cut(n, 4, 4, 4)) + ",")},
		{"with hyphens behind", row("架空市," + n[:4] + "-," + n[4:8] + "-," + n[8:] + ",")},
		{"with apostrophes", row("架空市,'" + n[:4] + ",'" + n[4:8] + ",'" + n[8:] + ",")},
		{"as text formulas", row(`架空市,="` + n[:4] + `",="` + n[4:8] + `",="` + n[8:] + `",`)},
		{"in name, reading and address", head + "1," + n[:4] + "," + n[4:8] + ",1986-04-12," + n[8:] +
			",,,,\n"},
		{"half of it in the name", head + "1," + n[:6] + "," + n[6:] + ",1986-04-12,架空市,,,,\n"},
		{"beyond the heading", row("架空市,,,,," + cut(n, 4, 4, 4))},
		{"in the last of many rows", row("架空市,,,,") + strings.Repeat("2,試験 花子,,1988-11-30,架空市,,,,\n", 500) +
			"3,試験 次郎,,1990-05-05,架空市," + cut(n, 4, 4, 4) + ",\n"},
		{"one digit a cell", strings.TrimSuffix(head, "\n") + strings.Repeat(",欄", 12) +
			"\n1,試験 太郎,,1986-04-12,架空市,,,,," + strings.Join(strings.Split(n, ""), ",") + "\n"},
	}
	testenv.Refused(t, testenv.Files, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.text), Options{Insurer: insurer})
			var e *eligibility.Error
			if !errors.As(err, &e) || e.Key != ErrMyNumber.Key {
				t.Fatalf("%v", err)
			}
			for _, part := range []string{n[:4], n[4:8], n[8:], n[:6], n[6:], n} {
				if strings.Contains(e.Ja()+e.En()+err.Error(), part) {
					t.Error("a part of it is said again")
				}
			}
			if !strings.Contains(e.Ja(), "列目から") || !strings.Contains(e.Ja(), "分かれて") {
				t.Error(e.Ja())
			}
		})
	}
}

// In columns of numbers, and where the parts are no equal groups, a row proves nothing, but a file does: five
// and more different numbers fit, and four in five of all.
func TestAColumnOfSplitMyNumbersRefusesTheFile(t *testing.T) {
	r := rand.New(rand.NewPCG(20261129, 15))
	numbers := func(rows int) (all []string) {
		for range rows {
			all = append(all, numberLike(fmt.Sprintf("%011d", r.Int64N(1e11))))
		}
		return all
	}
	for _, c := range []struct {
		name, head string
		sizes      []int
	}{
		{"記号 and 番号, 6+6", "記号,番号", []int{6, 6}}, {"記号 and 番号, 4+8", "記号,番号", []int{4, 8}},
		{"番号 and 枝番, 10+2", "番号,枝番", []int{10, 2}},
		{"記号, 番号 and 枝番, 5+5+2", "記号,番号,枝番", []int{5, 5, 2}}, {"番号 and a memo, 7+5", "番号,メモ", []int{7, 5}},
		{"memos, 5+7", "番号,メモ1,メモ2", []int{0, 5, 7}},
		{"memos, 2+2+2+2+2+2", "番号,a,b,c,d,e,f", []int{0, 2, 2, 2, 2, 2, 2}},
		{"番号 and household, 3+9", "番号,世帯番号", []int{3, 9}},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := func(rows int) string {
				var b strings.Builder
				b.WriteString(c.head + ",氏名,生年月日\n")
				for i, n := range numbers(rows) {
					cells := cut(n, c.sizes...)
					if c.sizes[0] == 0 {
						cells = fmt.Sprint(i+1, cells)
					}
					fmt.Fprintf(&b, "%s,試験 太郎,1986-04-12\n", cells)
				}
				return b.String()
			}
			if !isMyNumber(t, file(40)) {
				t.Error("40 numbers are taken for no numbers")
			}
			if isMyNumber(t, file(1)) { // one in eleven ordinary rows looks the same
				t.Error("one row is taken for a number")
			}
		})
	}
}

// Neighbours with digits are most of a register, and one in eleven fits by chance. Each of these files has
// 100,000 rows (the small ones 400 times 5) of figures that a random generator gave, in the columns where
// insurers have them.
func TestOrdinaryRegistersAreNotTakenForMyNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(20261129, 12))
	day := func() string { return fmt.Sprintf("%04d%02d%02d", 1930+r.IntN(96), 1+r.IntN(12), 1+r.IntN(28)) }
	files := []struct {
		name, head string
		row        func(i int) string
	}{
		{"記号 8, 番号 4", "記号,番号,枝番,氏名,生年月日", func(i int) string {
			return fmt.Sprintf("%08d,%04d,%02d,試験 太郎,1986-04-12", 13990000+r.IntN(9999), r.IntN(10000), i%4)
		}},
		{"記号 6, 番号 6", "記号,番号,枝番,氏名,生年月日", func(i int) string {
			return fmt.Sprintf("%06d,%06d,,試験 第%d,1986-04-12", r.IntN(1e6), r.IntN(1e6), i)
		}},
		{"番号 10, 枝番 2", "番号,枝番,氏名,生年月日", func(i int) string {
			return fmt.Sprintf("%010d,%02d,試験 太郎,1986-04-12", r.Int64N(1e10), i%4)
		}},
		{"dates without signs, sexes and shares", "番号,氏名,生年月日,性別,資格取得年月日,負担割合", func(i int) string {
			return fmt.Sprintf("%d,試験 第%d,%s,%d,20240401,%d", i+1, i, day(), 1+r.IntN(2), 1+r.IntN(3))
		}},
		{"telephones in three cells", "番号,氏名,生年月日,市外,市内,番,郵便番号,内線", func(i int) string {
			return fmt.Sprintf("%d,試験 第%d,1986-04-12,0%d,%04d,%04d,%07d,%04d", i+1, i, 3+r.IntN(900),
				r.IntN(1e4), r.IntN(1e4), 1e6+r.IntN(8e6), r.IntN(1e4))
		}},
		{"codes of four digits side by side", "番号,氏名,生年月日,所属,職員,内線,年度", func(i int) string {
			return fmt.Sprintf("%d,試験 第%d,1986-04-12,%04d,%04d,%04d,2026", i+1, i, r.IntN(1e4), r.IntN(1e4),
				r.IntN(1e4))
		}},
		{"codes of six digits side by side", "番号,氏名,生年月日,宛名,所属", func(i int) string {
			return fmt.Sprintf("%d,試験 第%d,1986-04-12,%06d,%06d", i+1, i, r.IntN(1e6), r.IntN(1e6))
		}},
		{"three years", "番号,氏名,生年月日,前年,今年,来年", func(i int) string {
			return fmt.Sprintf("%d,試験 第%d,1986-04-12,2025,2026,2027", i+1, i)
		}},
		{"one code for all", "番号,氏名,生年月日,a,b,c", func(i int) string {
			return fmt.Sprintf("%d,試験 第%d,1986-04-12,%s", i+1, i, cut(validMyNumber(), 4, 4, 4))
		}},
		{"times", "番号,氏名,生年月日,更新日時,期間", func(i int) string {
			return fmt.Sprintf("%d,試験 第%d,1986-04-12,2026/%02d/%02d %02d:%02d,2026/04〜2027/03", i+1, i,
				1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60))
		}},
	}
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			const rows = 100_000
			var b strings.Builder
			b.WriteString(f.head + "\n")
			for i := range rows {
				b.WriteString(f.row(i) + "\n")
			}
			if isMyNumber(t, b.String()) {
				t.Error("an ordinary file was refused")
			}
			if f.name == "one code for all" { // with five rows it is still one value
				return
			}
			refused := 0
			for range 400 {
				b.Reset()
				b.WriteString(f.head + "\n")
				for i := range 5 {
					b.WriteString(f.row(i) + "\n")
				}
				if isMyNumber(t, b.String()) {
					refused++
				}
			}
			if refused > 2 { // four in five by chance: 0.03 % of files that have such columns side by side
				t.Errorf("%d of 400 files of five rows were refused", refused)
			}
		})
	}
	t.Run("a family without numbers of its own", func(t *testing.T) {
		n := validMyNumber()
		if isMyNumber(t, "記号,番号,枝番,氏名,生年月日\n"+strings.Repeat(n[:8]+","+n[8:]+",01,試験 太郎,1986-04-12\n", 12)) {
			t.Error("the same 記号 and 番号 in every row is one chance, not twelve")
		}
	})
	t.Run("a mended error file", func(t *testing.T) {
		n := numberLike("10012310012") // 行 and 表計算の行 of six digits each
		if isMyNumber(t, "行,表計算の行,列,理由,番号,氏名,生年月日\n"+cut(n, 6, 6)+",生年月日,x,1,試験 太郎,1986-04-12\n") {
			t.Error("the numbers of lines were taken for one")
		}
	})
	t.Run("the crowd", func(t *testing.T) {
		var b strings.Builder
		if _, err := (crowd.File{Insurer: "06139992", People: 100_000}).WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		if isMyNumber(t, b.String()) {
			t.Error("refused")
		}
	})
}
