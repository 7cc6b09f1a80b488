package font

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"madoguchi/internal/testenv"
)

// What another program (Debian's fonttools) finds in a font for the screen.
const inspect = `
import json, sys
from fontTools.ttLib import TTFont
font = TTFont(sys.argv[1], checkChecksums=2, lazy=False)
font.ensureDecompiled()
cmap = {t.format: t for t in font["cmap"].tables}
empty = lambda name: font["glyf"][name].numberOfContours == 0
print(json.dumps({
  "basic": sorted(cmap[4].cmap), "full": sorted(cmap[12].cmap),
  "sequences": sorted([s, b] for s, pairs in cmap[14].uvsDict.items() for b, g in pairs),
  "empty": [c for c, g in cmap[12].cmap.items() if empty(g)] +
    [b for pairs in cmap[14].uvsDict.values() for b, g in pairs if empty(g)],
  "same": [b for pairs in cmap[14].uvsDict.values() for b, g in pairs
    if font["glyf"][g] == font["glyf"][cmap[12].cmap[b]]],
  "family": font["name"].getDebugName(1), "ascent": font["OS/2"].usWinAscent == font["hhea"].ascent,
}))
`

func TestAFontForTheScreenHoldsTheCharactersAndTheirVariants(t *testing.T) {
	testenv.Need(t, "/usr/bin/python3")
	testenv.NeedFile(t, "/usr/lib/python3/dist-packages/fontTools", "Debian's python3-fonttools")
	file := filepath.Join(t.TempDir(), "name.ttf")
	data := ForScreen("𠮷田 葛\U000E0100", "辻\U000E0100邉\U000E0102", "山\U000E01EF\U00030000")
	if len(data) > 40_000 {
		t.Errorf("%d bytes", len(data))
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/python3", "-c", inspect, file)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.Bytes())
	}
	var found struct {
		Basic, Full, Empty, Same []rune
		Sequences                [][2]rune
		Family                   string
		Ascent                   bool
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	if string(found.Full) != " 山田葛辻邉𠮷" || string(found.Basic) != " 山田葛辻邉" {
		t.Errorf("characters %q, of the basic plane %q", string(found.Full), string(found.Basic))
	}
	want := [][2]rune{{0xE0100, '葛'}, {0xE0100, '辻'}, {0xE0102, '邉'}}
	if len(found.Sequences) != len(want) {
		t.Fatalf("sequences %x", found.Sequences)
	}
	for i, s := range want {
		if found.Sequences[i] != s {
			t.Errorf("sequence %d is %x", i, found.Sequences[i])
		}
	}
	if string(found.Empty) != " " || found.Family != ScreenFamily || !found.Ascent {
		t.Errorf("without a shape %q, family %q, line height as in hhea %v", string(found.Empty),
			found.Family, found.Ascent)
	}
	if len(found.Same) == len(want) {
		t.Error("each variant looks like its base")
	}
}

func TestAFontForTheScreenIsReadBack(t *testing.T) {
	f, err := parseFace(ForScreen("髙橋 𠮷田葛\U000E0101"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range "髙橋 𠮷田葛" {
		if f.chars.glyph(r) == 0 {
			t.Errorf("no %c", r)
		}
	}
	if id := f.variant('葛', 0xE0101); id == 0 || id == f.chars.glyph('葛') || len(f.outline(id)) == 0 {
		t.Errorf("the variant is glyph %d", id)
	}
}
