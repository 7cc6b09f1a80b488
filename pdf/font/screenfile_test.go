package font

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// structure is what another program (Debian's fonttools) says of font files: of each what is in it, and what
// it calculates from the glyphs for the tables that tell of them.
const structure = `
import json, sys
from fontTools.ttLib import TTFont
out = []
for path in sys.argv[1:]:
    font = TTFont(path, checkChecksums=2, lazy=False)
    font.ensureDecompiled()
    tables = font["cmap"].tables
    cmap = {t.format: t for t in tables}
    pick = lambda table, names: [getattr(font[table], n) for n in names.split()]
    told = {"head": "xMin yMin xMax yMax",
            "hhea": "advanceWidthMax minLeftSideBearing minRightSideBearing xMaxExtent",
            "OS/2": "usFirstCharIndex usLastCharIndex xAvgCharWidth"}
    most = ("numGlyphs maxPoints maxContours maxCompositePoints maxCompositeContours maxComponentElements "
            "maxComponentDepth")
    one = {
        "order": [[t.platformID, t.platEncID, t.format] for t in tables],
        "basic": sorted(cmap[4].cmap), "full": sorted(cmap[12].cmap),
        "records": 0 if 14 not in cmap else len(cmap[14].uvsDict),
        "sequences": sorted([b, s] for s, pairs in (cmap[14].uvsDict if 14 in cmap else {}).items()
                            for b, g in pairs if g),
        "offsets": [[e.tag, e.offset] for e in sorted(font.reader.tables.values(), key=lambda e: e.offset)],
        "names": sorted(r.nameID for r in font["name"].names), "post": font["post"].formatType,
        "empty": sorted(c for c, g in cmap[12].cmap.items() if font["glyf"][g].numberOfContours == 0),
        "typo": pick("OS/2", "sTypoAscender sTypoDescender") == pick("hhea", "ascent descent"),
    }
    said, limits = {t: pick(t, n) for t, n in told.items()}, pick("maxp", most)
    font["maxp"].recalc(font); font["hhea"].recalc(font)
    font["OS/2"].updateFirstAndLastCharIndex(font); font["OS/2"].recalcAvgCharWidth(font)
    one["untrue"] = [[t, said[t], pick(t, n)] for t, n in told.items() if said[t] != pick(t, n)]
    one["over"] = [n for n, a, b in zip(most.split(), limits, pick("maxp", most)) if a < b]
    out.append(one)
print(json.dumps(out))
`

// fontFile is one answer of structure.
type fontFile struct {
	Order       [][3]int
	Basic, Full []rune
	Empty       []rune
	Records     int
	Sequences   [][2]rune
	Offsets     [][2]any
	Names       []int
	Post        float64
	Typo        bool
	Untrue      []any
	Over        []string
}

// structures has fonttools read font files.
func structures(t *testing.T, fonts [][]byte) []fontFile {
	t.Helper()
	testenv.Need(t, "/usr/bin/python3")
	testenv.NeedFile(t, "/usr/lib/python3/dist-packages/fontTools", "Debian's python3-fonttools")
	args := []string{"-c", structure}
	for i, data := range fonts {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("%d.ttf", i))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	cmd := exec.Command("/usr/bin/python3", args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || errs.Len() > 0 { // a table that it mends is told there
		t.Fatalf("%v\n%s", err, errs.Bytes())
	}
	var read []fontFile
	if err := json.Unmarshal(out, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// What browsers demand of a font (OpenType 1.9.1; the OpenType Sanitizer refuses a cmap of format 12 without
// groups, one of format 14 without records, and an OS/2 whose first character lies behind its last).
func TestAFontForTheScreenIsOneThatBrowsersTake(t *testing.T) {
	cases := []struct {
		name, text, full string
		sequences        [][2]rune
	}{
		{name: "no rare character", text: "山田 花子", full: " 子山田花"},
		{name: "only rare ones of the basic plane", text: "髙﨑德", full: "德髙﨑"},
		{
			name:      "an ideographic variation sequence",
			text:      "葛\U000E0100",
			full:      "葛",
			sequences: [][2]rune{{'葛', 0xE0100}},
		},
		{
			name:      "two variants of one character and a second one",
			full:      "城葛辻",
			text:      "葛\U000E0101城葛\U000E0100辻\U000E0101",
			sequences: [][2]rune{{'葛', 0xE0100}, {'葛', 0xE0101}, {'辻', 0xE0101}},
		},
		{
			name:      "a standardized variation sequence (Unicode: U+FA67)",
			text:      "逸\uFE00",
			full:      "逸",
			sequences: [][2]rune{{'逸', 0xFE00}},
		},
		{name: "a variant that no face has", text: "山\U000E01EF", full: "山"},
		{name: "one beyond the basic plane alone", text: "𠮷", full: "𠮷"},
		{name: "one beyond the basic plane with others", text: "𠮷野 𡈽屋", full: " 屋野𠮷𡈽"},
		{name: "some that no face has", text: "山\U00030000😀", full: "山"},
		{name: "ninety letters", text: strings.Repeat("WOLFESCHLEGEL-", 7)[:90], full: "-CEFGHLOSW"},
		{name: "half-width kana, marks, a tab", text: "ﾀﾞ・々\t—", full: " —々・ﾀﾞ"},
		{name: "a glyph made of others", text: "Åéガ", full: "Åéガ"},
	}
	fonts := make([][]byte, len(cases))
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if fonts[i] = ForScreen(c.text); fonts[i] == nil {
				t.Fatalf("no font")
			}
		})
	}
	read := structures(t, fonts)
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := read[i]
			basic := strings.Map(func(r rune) rune {
				if r > 0xFFFF {
					return -1
				}
				return r
			}, c.full)
			if string(got.Full) != c.full || string(got.Basic) != basic {
				t.Errorf("characters %q, of the basic plane %q", string(got.Full), string(got.Basic))
			}
			if !slices.Equal(got.Sequences, c.sequences) {
				t.Errorf("sequences %x", got.Sequences)
			}
			order := [][3]int{{3, 1, 4}, {3, 10, 12}}
			if c.sequences != nil {
				order = slices.Insert(order, 0, [3]int{0, 5, 14})
			}
			if !slices.Equal(got.Order, order) || (got.Records > 0) != (c.sequences != nil) {
				t.Errorf("sub-tables %v, %d records of variants", got.Order, got.Records)
			}
			if blank := strings.Trim(string(got.Empty), " "); blank != "" {
				t.Errorf("without a shape: %q", blank)
			}
			if len(got.Untrue) > 0 || len(got.Over) > 0 || !got.Typo {
				t.Errorf("told and calculated: %v, above the limits of maxp: %v", got.Untrue, got.Over)
			}
			for _, at := range got.Offsets {
				if offset, ok := at[1].(float64); !ok || int(offset)%4 != 0 {
					t.Errorf("table %v", at)
				}
			}
			names := []int{0, 1, 2, 3, 4, 5, 6, 13}
			if len(got.Offsets) != 10 || !slices.Equal(got.Names, names) || got.Post != 3 {
				t.Errorf("tables %v, names %v, post %v", got.Offsets, got.Names, got.Post)
			}
		})
	}
}

func TestThereIsNoFontWhereNoFaceHasAShape(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
	}{
		{"nothing", nil}, {"an empty text", []string{""}}, {"a blank", []string{" "}},
		{"a wide blank", []string{"　"}}, {"a line break", []string{"\n"}},
		{"a kanji that no face has", []string{"\U00030000"}},
		{"two of them and a blank", []string{"\U00030000 \U00030001"}},
		{"two texts", []string{"\U00030000", "\U00030001"}},
		{"an emoji", []string{"😀"}}, {"one with its selector", []string{"😀\uFE0F"}},
		{"a kanji that no face has with a selector", []string{"\U00030000\U000E0100"}},
		{"bytes that are no text", []string{"\xff\xfe"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if data := ForScreen(c.texts...); data != nil {
				t.Errorf("%d bytes", len(data))
			}
		})
	}
}

func TestATextIsCompleteWhereEveryShapeIsThere(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"", true},
		{"山田 花子", true},
		{"𠮷田", true},
		{"葛\U000E0100", true},
		{"渡邉\U000E0102", true},
		{"髙橋 德一", true},
		{"山\U000E01EF", false},
		{"\U00030000田", false},
		{"😀", false},
		{"山田 \U00030000", false},
	} {
		t.Run(c.text, func(t *testing.T) {
			if got := Complete(c.text); got != c.want {
				t.Error(got)
			}
		})
	}
}
