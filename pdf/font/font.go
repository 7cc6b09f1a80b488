// Package font holds the font that documents embed: BIZ UDPGothic, made for people who read with difficulty.
package font

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"

	"github.com/signintech/gopdf/fontmaker/core"
)

// Regular is BIZ UDPGothic Regular as TrueType (OFL.txt).
//
//go:embed BIZUDPGothic-Regular.ttf
var Regular []byte

// Has reports whether the font has a glyph for r. gopdf draws an empty box without a word where it has none, so texts are
// looked at before they are drawn.
func Has(r rune) bool { return glyphs()[int(r)] != 0 }

var glyphs = sync.OnceValue(func() map[int]uint {
	var parser core.TTFParser
	if err := parser.ParseByReader(bytes.NewReader(Regular)); err != nil {
		panic(fmt.Sprintf("font: the embedded font is broken: %v", err))
	}
	return parser.Chars()
})
