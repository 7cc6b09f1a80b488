package insuredcsv

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"madoguchi/eligibility"
)

// The quick look at a cell answers as the whole way does, for every character at either end, and for texts of
// any length and any bytes.
func TestAQuickLookAtACellsEndsMissesNothing(t *testing.T) {
	whole := func(cell string) string { // a blank within the ends has plainCell go the whole way
		return plainCell(" " + cell + " ")
	}
	check := func(cell string) {
		t.Helper()
		if got, want := plainCell(cell), whole(cell); got != want {
			t.Fatalf("%q is plain as %q, want %q", cell, got, want)
		}
	}
	for r := range rune(0x3_0000) {
		c := string(r)
		for _, cell := range []string{c, c + c, c + "山", "山" + c, c + "1", "1" + c, "a山" + c, c + "山a"} {
			check(cell)
		}
	}
	eachText(200_000, []string{"", " ", "　", "山", "あ", "ア", "ー", "1", "a", "=", `"`, "'", `="`, "\xe3",
		"\xe4", "\x80", "\x81", "\ufeff", "\u3164", "\u200b", "\ufffd", "𠮷", "é"}, check)
}

// mayBeDamaged is asked before what takes long: whatever that finds, it must let through.
func TestAQuickLookAtACellsBeginningMissesNothing(t *testing.T) {
	check := func(cell string) {
		t.Helper()
		damaged := errorValue(cell) || strings.Trim(cell, "#＃") == "" || isPlaceholder(cell)
		if cell != "" && damaged && !mayBeDamaged(cell) {
			t.Fatalf("%q is not looked at", cell)
		}
	}
	for r := range rune(0x3_0000) {
		if utf8.RuneCountInString(eligibility.NFKC(string(r))) > 1 {
			continue // signs of units: ㎁ is nA, and no spreadsheet's "na"
		}
		check(string(r))
		check(string(r) + string(r))
	}
	for _, word := range placeholders {
		for _, form := range []string{word, strings.ToUpper(word), eligibility.FullWidth(word),
			eligibility.FullWidth(strings.ToUpper(word))} {
			if !isPlaceholder(form) {
				continue // FullWidth of 空白 in brackets
			}
			check(form)
		}
	}
	eachText(100_000, []string{"#", "＃", "N/A", "n/a", "VALUE!", "ERR:501", "null", "ＮＵＬＬ", "-", "ー", "空白",
		"(", "）", "[", "¥n", "\\n", "￥"}, check)
}

// A text of usual characters alone is left as it is; one with any other goes the whole way.
func TestAQuickLookAtATextMissesNothing(t *testing.T) {
	for r := range rune(0x3_0000) {
		if !utf8.ValidRune(r) {
			continue
		}
		alone, beside := &reader{}, &reader{}
		// U+E000 is a gaiji, which has the whole text looked at
		got := alone.text(colAddress, "架空"+string(r)+"町")
		want := beside.text(colAddress, "\ue000架空"+string(r)+"町")
		if "〓"+got != want || len(alone.reasons) != len(beside.reasons) {
			t.Fatalf("%U: %q and %v, with a gaiji before %q and %v", r, got, alone.reasons, want,
				beside.reasons)
		}
	}
}

// eachText hands on texts of a few parts each.
func eachText(n int, parts []string, take func(string)) {
	chance := rand.New(rand.NewPCG(1, 2))
	for range n {
		var b strings.Builder
		for range chance.IntN(6) {
			b.WriteString(parts[chance.IntN(len(parts))])
		}
		take(b.String())
	}
}

// A refused row keeps its cells for the file of errors while the next rows are read.
func TestARefusedRowKeepsItsCells(t *testing.T) {
	r := read(t, "番号,氏名,生年月日\n1,架空 一郎,1980-13-01\n"+`2,"架空 ""二"" 郎",1980-13-02`+"\n3,架空 三郎,1980-01-03\n"+
		"4,架空 四郎,1980-13-04\n")
	var got []string
	for _, row := range r.Rows {
		if !row.Accepted {
			got = append(got, strings.Join(row.Cells, "|"))
		}
	}
	want := []string{"1|架空 一郎|1980-13-01", `2|架空 "二" 郎|1980-13-02`, "4|架空 四郎|1980-13-04"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
