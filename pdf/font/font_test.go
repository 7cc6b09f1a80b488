package font

import "testing"

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
