package form

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/signintech/gopdf"

	"madoguchi/pdf/font"
)

// drawn is a small form as a document would compose it: a heading, a table of two rows, a slot for notes, a
// place for a code.
func drawn(t testing.TB, slots map[string]Slot) ([]byte, []Text, []CodePlace) {
	t.Helper()
	gp := &gopdf.GoPdf{}
	gp.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	gp.SetNoCompression()
	if err := gp.AddTTFFontData("body", font.Regular()); err != nil {
		t.Fatal(err)
	}
	gp.AddPage()
	gp.Line(50, 90, 500, 90)
	var texts []Text
	for _, one := range []struct {
		x, y, size float64
		text, slot string
	}{{50, 50, 20, "見出し", ""}, {50, 100, 12, "氏名", ""}, {200, 100, 12, "", "name"}, {50, 130, 12, "住所", ""},
		{200, 130, 12, "", "address"}, {50, 700, 9, "", NotesSlot}} {
		text := Text{Text: one.text}
		if one.slot != "" {
			s := slots[one.slot]
			s.Name = one.slot
			if s.Width == 0 {
				s.Width = 300
			}
			text.Text, text.Slot = "{"+one.slot+"}", &s
		}
		texts = append(texts, text)
		if err := gp.SetFont("body", "", one.size); err != nil {
			t.Fatal(err)
		}
		gp.SetTextColor(0x1a, 0x1a, 0x1c)
		gp.SetXY(one.x, one.y)
		if err := gp.Cell(nil, text.Text); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if _, err := gp.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), texts, []CodePlace{{Name: "Code", Alt: "試験のコード", X: 50, Y: 600, W: 60, Module: 1}}
}

func made(t testing.TB, slots map[string]Slot) *Form {
	t.Helper()
	f, err := Read(drawn(t, slots))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestWhatGopdfDrewIsFoundAgain(t *testing.T) {
	f := made(t, nil)
	if f.Width != 595 || f.Height != 842 || len(f.Slots) != 3 || len(f.Codes) != 1 {
		t.Fatalf("%+v", f)
	}
	s := f.Slots[0]
	// gopdf puts the top of a cell at y: its baseline lies lower by about the size.
	if s.Name != "name" || s.X != 200 || s.Y > 842-100 || s.Y < 842-100-14 || s.Size != 12 {
		t.Errorf("%+v", s)
	}
	if bytes.Contains(f.drawing, []byte("{")) || bytes.Count(f.drawing, []byte(" Tj")) != 3 {
		t.Errorf("%s", f.drawing)
	}
}

func TestTextsThatDoNotFitWhatWasDrawnAreRefused(t *testing.T) {
	file, texts, codes := drawn(t, nil)
	other := append([]Text{{Text: "ほか"}}, texts[1:]...)
	for name, texts := range map[string][]Text{"too few": texts[:5],
		"too many": append(texts[:6:6], Text{Text: "余り"}), "another": other, "none": nil} {
		if _, err := Read(file, texts, codes); !errors.Is(err, ErrForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A form is read once when a program starts, but an update of gopdf must give an error and nothing worse.
func TestBrokenFilesAreRefusedWithoutAPanic(t *testing.T) {
	file, texts, codes := drawn(t, nil)
	replaced := func(old, new string) []byte {
		if !bytes.Contains(file, []byte(old)) {
			t.Fatalf("%q is not in what gopdf writes any more", old)
		}
		return bytes.Replace(file, []byte(old), []byte(new), 1)
	}
	for name, broken := range map[string][]byte{
		"nothing":                nil,
		"words":                  []byte("words"),
		"half":                   file[:len(file)/2],
		"no table":               replaced("startxref\n", "startxrex\n"),
		"table outside":          replaced("startxref\n", "startxref\n99999999"),
		"table at a huge number": replaced("startxref\n", "startxref\n99999999999999999999999"),
		"no MediaBox":            replaced("/MediaBox", "/MediaBoy"),
		"no page":                replaced("/Type /Page\n", "/Type /Pagf\n"),
		"no contents":            replaced("/Contents", "/Contentt"),
		"contents nowhere": bytes.Replace(file, regexp.MustCompile(`/Contents\s+[0-9]+ 0 R`).Find(file),
			[]byte("/Contents 99 0 R"), 1),
		"an operator in a text":       replaced(" TJ\nET", " TJ\n(evil) Tj\nET"),
		"a text without an end":       replaced("\nET\n", "\nEX\n"),
		"a text in another font size": replaced(" Tf ", " Tg "),
		"other glyphs":                replaced("[<", "[<0001"),
		"a text drawn with Tj":        replaced("] TJ", "] Tj"),
		"an unknown operator":         replaced("BT\n", "/X Do\nBT\n"),
		"a colour that is no number":  replaced(" rg\n", "evil rg\n"),
		"a state that stays open":     replaced("BT\n", "q\nBT\n"),
	} {
		if _, err := Read(broken, texts, codes); !errors.Is(err, ErrForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for end := range len(file) / 97 { // cut off anywhere
		if _, err := Read(file[:end*97], texts, codes); !errors.Is(err, ErrForm) {
			t.Errorf("the first %d bytes: %v", end*97, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	file, texts, codes := drawn(f, nil)
	content, _, _, err := readPage(file)
	if err != nil {
		f.Fatal(err)
	}
	at := bytes.Index(file, content)
	f.Add(uint32(at), []byte("BT\n"))
	f.Add(uint32(len(file)-12), []byte("4294967295"))
	f.Add(uint32(0), []byte{})
	f.Fuzz(func(t *testing.T, at uint32, patch []byte) {
		broken := bytes.Clone(file)
		copy(broken[int(at)%len(broken):], patch)
		if read, err := Read(broken, texts, codes); err != nil && !errors.Is(err, ErrForm) ||
			err == nil && len(read.Slots) != 3 {
			t.Errorf("%v", err)
		}
	})
}

// width is what a line takes at a size, by the widths of the glyphs that the file declares.
func width(line []font.Piece, size float64) float64 { return widthInEms(line) * size }

func text(line []font.Piece) string {
	var b strings.Builder
	for _, p := range line {
		b.WriteString(p.Text)
	}
	return b.String()
}

// Japanese letters are as wide as they are high, so ten of them at 12 points take 120 (BIZ UDPGothic's kanji
// are full width).
func TestSlotsShrinkThenWrapThenSqueeze(t *testing.T) {
	ten := "漢字漢字漢字漢字漢字"
	for _, c := range []struct {
		name    string
		slot    Slot
		text    string
		size    float64 // 0: any
		lines   []string
		squeeze bool
	}{
		{"fits", Slot{Size: 12, Width: 120}, ten, 12, []string{ten}, false},
		{"shrinks to the width", Slot{Size: 12, Width: 100, Least: 8}, ten, 10, []string{ten}, false},
		{"wraps at full size rather than below the least", Slot{Size: 12, Width: 60, Least: 8, Lines: 2}, ten,
			12, []string{"漢字漢字漢", "字漢字漢字"}, false},
		{"fixed wraps at once", Slot{Size: 12, Width: 110, Least: 8, Lines: 2, Fixed: true}, ten, 12,
			[]string{"漢字漢字漢字漢字漢", "字"}, false},
		{"shrinks until the lines fit the height", Slot{Size: 12, Width: 60, Least: 6, Lines: 2, Height: 20},
			ten + "漢", 8, []string{"漢字漢字漢字漢", "字漢字漢"}, false},
		{"squeezes at last", Slot{Size: 12, Width: 60, Least: 12}, ten, 12, []string{ten}, true},
		{"line feeds part", Slot{Size: 12, Width: 120, Lines: 2}, "漢\n字", 12, []string{"漢", "字"}, false},
		{"no closing mark begins a line", Slot{Size: 12, Width: 36, Least: 12, Lines: 2}, "漢字漢。字", 12,
			[]string{"漢字", "漢。字"}, false},
		{"Latin words stay whole", Slot{Size: 12, Width: 60, Least: 12, Lines: 2}, "SATO HANAKO", 12,
			[]string{"SATO", "HANAKO"}, false},
	} {
		got := c.slot.fit(c.text)
		var lines []string
		for _, line := range got.lines {
			lines = append(lines, text(line))
			if w := width(line, got.size) * got.squeeze; w > c.slot.Width+0.01 {
				t.Errorf("%s: a line takes %.2f of %.2f points", c.name, w, c.slot.Width)
			}
		}
		if strings.Join(lines, "|") != strings.Join(c.lines, "|") || got.size > c.size+0.01 ||
			got.size < c.size-0.3 ||
			got.squeeze < 1 != c.squeeze {
			t.Errorf("%s: %q at %v, squeezed to %v", c.name, lines, got.size, got.squeeze)
		}
		if h := float64(len(got.lines)) * got.size * c.slot.leading(); c.slot.Height > 0 &&
			h > c.slot.Height {
			t.Errorf("%s: %v points high", c.name, h)
		}
	}
}

// Whatever the text, no line is wider than its slot, no letter is lost, and there are no more lines than
// allowed.
func FuzzFit(f *testing.F) {
	f.Add("WOLFESCHLEGELSTEINHAUSENBERGER 髙橋 。。、、（（", 50.0, 2)
	f.Add("\n\n\n", 1.0, 1)
	f.Add("\xff\uFE00 葛\U000E0100", 30.0, 3)
	f.Fuzz(func(t *testing.T, said string, wide float64, lines int) {
		if !(wide >= 5 && wide < 1000) || lines < 1 || lines > 5 || len(said) > 300 ||
			strings.Contains(said, "\n") {
			return
		}
		s := Slot{Size: 12, Least: 7, Width: wide, Lines: lines}
		got := s.fit(said)
		var all strings.Builder
		for _, line := range got.lines {
			all.WriteString(text(line))
			if w := width(line, got.size) * got.squeeze; w > wide+0.01 && len(line) > 1 &&
				got.squeeze > 0.03 {
				t.Errorf("%q takes %v of %v", text(line), w, wide)
			}
		}
		if squash(all.String()) != squash(text(font.Pieces(said))) || len(got.lines) > lines {
			t.Errorf("%q became %q on %d lines", said, all.String(), len(got.lines))
		}
	})
}

func squash(s string) string { return strings.ReplaceAll(s, " ", "") }

func TestAModuleIsAWholeNumberOfPrinterDots(t *testing.T) {
	for _, n := range []int{21, 25, 33, 105} {
		for _, p := range []CodePlace{{W: 60, Module: 0}, {W: 0, Module: 1.2}, {W: 70.87, Module: 1.19}} {
			m := p.module(&Code{Size: n})
			if dots := m * 600 / 72; dots < 0.99 ||
				fmt.Sprintf("%.6f", dots) != fmt.Sprintf("%d.000000", int(dots+0.5)) ||
				m*float64(n) < p.W-1e-6 ||
				m < p.Module-1e-6 {
				t.Errorf("%+v with %d modules: %v points a module", p, n, m)
			}
		}
	}
}
