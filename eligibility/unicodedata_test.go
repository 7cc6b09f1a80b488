package eligibility

import (
	"bufio"
	"compress/bzip2"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// unicodeData are the files of the Unicode Character Database 15.0 as Debian's package unicode-data has them.
// Where they are not installed, the digests of what they say stand for them.
const unicodeData = "/usr/share/unicode"

func fields(t *testing.T, file string, line func(fields []string)) bool {
	t.Helper()
	f, err := os.Open(filepath.Join(unicodeData, file))
	if err != nil {
		return false
	}
	defer f.Close()
	var from io.Reader = f
	if strings.HasSuffix(file, ".bz2") {
		from = bzip2.NewReader(f)
	}
	for s := bufio.NewScanner(from); s.Scan(); {
		text, _, _ := strings.Cut(s.Text(), "#")
		parts := strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\t' })
		if len(parts) > 1 {
			line(parts)
		}
	}
	return true
}

func codePoint(t *testing.T, s string) rune {
	t.Helper()
	s, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(s), "U+"), "<")
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	return rune(n)
}

// UAX #44, EquivalentUnifiedIdeograph.txt 15.0.0: 114 of U+2E80–2EFF and all 214 of U+2F00–2FDF have an
// equivalent.
func TestRadicalsAreFoldedAsUnicodeSays(t *testing.T) {
	var ours strings.Builder
	n := 0
	for r := rune(0x2E80); r <= 0x2FDF; r++ {
		if to := foldRadical(r); to != r {
			n++
			fmt.Fprintf(&ours, "%04X %04X\n", r, to)
		}
	}
	if n != 114+214 {
		t.Errorf("%d radicals are folded", n)
	}
	var theirs strings.Builder
	installed := fields(t, "EquivalentUnifiedIdeograph.txt", func(f []string) {
		first, last, ranged := strings.Cut(strings.TrimSpace(f[0]), "..")
		if !ranged {
			last = first
		}
		for r := codePoint(t, first); r <= codePoint(t, last); r++ {
			if isRadical(r) {
				fmt.Fprintf(&theirs, "%04X %04X\n", r, codePoint(t, f[1]))
			}
		}
	})
	if installed && ours.String() != theirs.String() {
		t.Error("the table is not that of the installed file")
	}
	// of the file's lines as written above
	const digest = "f9ff9d626a6fac8b2f5d864ade0bc9513a33ab9441e7ed0435788bc54a027c9d"
	if sum := sha256.Sum256([]byte(ours.String())); hex.EncodeToString(sum[:]) != digest {
		t.Errorf("the table is not that of Unicode 15.0: %x", sum)
	}
}

// UAX #38, Unihan_Variants.txt 15.0.0.
func TestSimplifiedFormsAreThoseOfUnihan(t *testing.T) {
	known := map[[2]rune]bool{}
	if !fields(t, "Unihan_Variants.txt.bz2", func(f []string) {
		if f[1] != "kTraditionalVariant" {
			return
		}
		for _, full := range strings.Fields(f[2]) {
			known[[2]rune{codePoint(t, f[0]), codePoint(t, full)}] = true
		}
	}) {
		known = nil
	}
	n := 0
	look := func(short, full rune) {
		n++
		if known != nil && !known[[2]rune{short, full}] {
			t.Errorf("%c for %c is not in Unihan", short, full)
		}
		if !unicode.Is(unicode.Han, short) || !unicode.Is(unicode.Han, full) ||
			!simplifiedPair(letters(string(short))[0], letters(string(full))[0]) {
			t.Errorf("%c for %c", short, full)
		}
	}
	for short, full := range pairs(simplifiedForms) {
		look(short, full)
	}
	for group := range strings.FieldsSeq(simplifiedOfSeveral) {
		forms := []rune(group)
		for _, full := range forms[1:] {
			look(forms[0], full)
		}
	}
	if n != 2467+69 {
		t.Errorf("%d pairs", n)
	}
}
