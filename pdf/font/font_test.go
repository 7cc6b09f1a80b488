package font

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"
)

// docs/facts/fonts.md#coverage: which of the fonts has what.
func TestEachCharacterComesFromTheFirstFontThatHasIt(t *testing.T) {
	for _, c := range []struct {
		text  string
		face  uint8
		found Found
	}{
		{"山", 0, Exact},
		{"髙", 0, Exact},
		{"﨑", 0, Exact},
		{"𡈽", 0, Exact},
		{"𩸽", 0, Exact},
		{"葛\U000E0100", 0, Exact},
		{"𠮷", 1, Exact},
		{"\u4E04", 1, Exact},
		{"邉\U000E010F", 1, Exact},
		{"邉\U000E0102", 2, Exact},
		{"山\U000E01EF", 0, Base},
		{"\U00030000", 0, Missing},
		{"é", 0, Exact},
	} {
		t.Run(c.text, func(t *testing.T) {
			pieces := Pieces(c.text)
			if len(pieces) != 1 || pieces[0].Found != c.found || pieces[0].Glyph.face != c.face ||
				pieces[0].Glyph.id == 0 {
				t.Errorf("%s (%+q): %+v", c.text, c.text, pieces)
			}
		})
	}
}

func TestACharacterAndItsDefaultVariantAreCopiedAsTheyCame(t *testing.T) {
	s := NewSubset()
	var numbers []uint16
	for _, p := range Pieces("葛葛\U000E0100葛\U000E0101葛") {
		numbers = append(numbers, s.Number(p))
	}
	if numbers[0] != numbers[3] || numbers[0] == numbers[1] || numbers[1] == numbers[2] {
		t.Error(numbers)
	}
}

// Unicode 15.0, EquivalentUnifiedIdeograph: what a Kangxi radical or a whole character among the CJK radicals
// looks like is printed.
func TestEveryKangxiRadicalIsPrintedAsItsCharacter(t *testing.T) {
	for r := rune(0x2F00); r <= 0x2FD5; r++ {
		if p := Pieces(string(r))[0]; p.Found != Exact || p.Rune == r {
			t.Errorf("%U is %+v", r, p)
		}
	}
	for _, r := range "⺟⺠⺼⻁⻄⻆⻑⻘⻝⻣⻤⻨⻩⻫⻭⻯⻲" {
		if p := Pieces(string(r))[0]; p.Found != Exact || p.Rune == r {
			t.Errorf("%c %U is %+v", r, r, p)
		}
	}
}

// Typefaces never mix within a name: Mincho beside Gothic looks like a correction, or a forgery.
func TestANameIsDrawnInOneTypeface(t *testing.T) {
	data, err := os.ReadFile("../testdata/hard-names.txt")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{
		"山田 花子", "髙橋 德一", "𠮷田 花子", "𠮷野家・Ｊ－Ｒ ガッツ　ｱﾞ", "𠮷田 John-Paul O'Neill", "渡邉\U000E0102 太郎",
		"𠮷葛\U000E0100 辻\U000E0100邉\U000E0102", "邉\U000E010F", "丄田 々〆ヶ",
	}
	for line := range strings.Lines(string(data)) {
		name, err := strconv.Unquote(`"` + strings.TrimSuffix(line, "\n") + `"`)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			pieces := Pieces(name)
			for _, p := range pieces[1:] {
				if p.Glyph.face != pieces[0].Glyph.face {
					t.Errorf("%s of face %d beside %s of face %d", p.Text, p.Glyph.face, pieces[0].Text,
						pieces[0].Glyph.face)
				}
			}
			f, err := parseFace(ForScreen(name, "東京都架空市"))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range linesOf(name, "東京都架空市")[0] {
				outline := faces[p.Glyph.face]().outline(p.Glyph.id)
				if p.Found == Exact && p.Selector == 0 && !isComposite(outline) &&
					!bytes.HasPrefix(f.outline(f.chars.glyph(p.Rune)), outline) { // padded
					t.Errorf("the screen draws %s otherwise", p.Text)
				}
			}
		})
	}
}

func isComposite(outline []byte) bool { return len(outline) > 0 && outline[0]&0x80 != 0 }

func TestTheLinesOfATextAreOfOneTypeface(t *testing.T) {
	lines := Lines("架空市\n\n𠮷田町")
	if len(lines) != 3 || len(lines[0]) != 3 || len(lines[1]) != 0 || len(lines[2]) != 3 {
		t.Fatalf("%+v", lines)
	}
	for _, p := range append(lines[0], lines[2]...) {
		if p.Glyph.face != 1 {
			t.Errorf("%s is of face %d", p.Text, p.Glyph.face)
		}
	}
}
