package pdf

import (
	"fmt"
	"slices"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/pdf/font"
)

// printable replaces what the font cannot draw and collects a note for each: a missing character becomes 〓, a
// variation selector is left out since the base character is drawn instead.
type printable struct{ notes []string }

func (p *printable) text(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range eligibility.FoldRadicals(s) {
		switch {
		case r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF:
			p.note(fmt.Sprintf("「%c」の字体は登録されたものと異なることがあります（U+%04X U+%04X）", last, last, r))
			continue
		case r == '〓' || r == '●':
			p.note(fmt.Sprintf("「%c」は保険者の記録で文字が出せなかったところです", r))
		case !font.HasGlyph(r):
			p.note(fmt.Sprintf("〓 は印字できない文字です（U+%04X）", r))
			r = '〓'
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

func (p *printable) note(s string) {
	if !slices.Contains(p.notes, s) {
		p.notes = append(p.notes, s)
	}
}
