package bundle

import (
	"strings"
	"testing"

	"madoguchi/message"
)

// Names of families stand in quotes, generic ones must not (CSS Fonts 4 section 2.1): system-ui in quotes
// would be the name of a font.
func TestALanguageAsksItsFontsAndLineBreaksOfTheStyleSheet(t *testing.T) {
	got := languageStyles([]message.Language{
		{Tag: "qaa", HTML: "qaa", Blanks: true, Fonts: []string{"Noto Sans", "system-ui", "sans-serif"}},
		{Tag: "qaa-easy", HTML: "qaa"},
		{Tag: "qab", HTML: "qab-Hira", Fonts: []string{"serif"}},
	})
	const want = `:lang(qaa) { font-family: "Noto Sans", system-ui, sans-serif; }
:lang(qab-Hira) { font-family: serif; }
html:lang(qaa) body { word-break: keep-all; }
`
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// Each language of the catalogue is in what is bundled: its fonts in the style sheet, its sentences behind a
// loader of the patient's program.
func TestEachLanguageIsBundled(t *testing.T) {
	files, err := Make("../..")
	if err != nil {
		t.Fatal(err)
	}
	sheet, program := string(files["app.css"]), ""
	for name, data := range files {
		if strings.HasSuffix(name, ".js") {
			program += string(data)
		}
	}
	for _, l := range message.Languages() {
		if !strings.Contains(sheet, ":lang("+l.HTML+"){font-family:") {
			t.Errorf("app.css asks no fonts for %s", l.Tag)
		}
		if !strings.Contains(program, l.Tag+`:()=>import(`) &&
			!strings.Contains(program, `"`+l.Tag+`":()=>import(`) {
			t.Errorf("no program loads sentences in %s", l.Tag)
		}
	}
}
